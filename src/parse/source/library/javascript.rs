use super::{
    Clean, Library, Taint, escapes_html, fills_nothing, finds_the_harmful, keeps_nothing,
    makes_sql, no_number, quotes_name,
};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
    cleans,
    passes_on,
    template: |path| (path == "util.format").then_some(0),
    fills: fills_nothing,
    wraps: |path| path == "String",
    keeps: keeps_nothing,
    reference: None,
    is_number: no_number,
    is_own,
    loads,
    request_words: &[
        "req",
        "request",
        "ctx",
        "event",
        "Query",
        "Body",
        "Param",
        "Headers",
        "QueryParam",
        "BodyParam",
        // Parameters that are taken apart: by what follows them, or by what is taken.
        "}, res",
        "}, reply",
        "}, response",
        "}, next) =>",
        "{ params",
        "Request",
        "searchParams",
        "getServerSideProps",
    ],
};

fn entry(path: &str) -> Taint {
    match path {
        "process.argv" => Taint::ARGV,
        "process.env" => Taint::ENV,
        "location.search"
        | "location.hash"
        | "location.href"
        | "document.location.search"
        | "document.location.hash"
        | "document.location.href"
        | "document.URL"
        | "document.documentURI"
        | "document.referrer"
        | "prompt()"
        | "react-router-dom.useSearchParams()"
        | "react-router-dom.useParams()"
        | "react-router.useSearchParams()"
        | "react-router.useParams()"
        | "next/navigation.useSearchParams()"
        | "next/navigation.useParams()" => Taint::INPUT,
        _ => Taint::NONE,
    }
}

fn request_member(object: &str, member: &str) -> bool {
    let is_request = matches!(
        object,
        "req"
            | "request"
            | "ctx.request"
            | "ctx"
            | "this.request"
            | "this.req"
            | "c.req"
            | "this.ctx.request"
            | "this.ctx"
            | "context.req"
            | "socket.request"
    );
    // Koa answers through the object that holds the request.
    let is_answer = matches!(object, "ctx" | "this.ctx")
        && matches!(member, "body" | "get" | "file" | "files" | "json" | "text");
    // Functions of the clouds get their request as an event.
    let is_event = object == "event"
        && matches!(
            member,
            "queryStringParameters"
                | "pathParameters"
                | "multiValueQueryStringParameters"
                | "rawQueryString"
                | "body"
        );
    is_event || (is_request && !is_answer && REQUEST_PARTS.contains(&member))
}

/// `req.app`: what has been set on it was set by the program.
pub(in crate::parse::source) fn is_program(object: &str, member: &str) -> bool {
    member == "app" && matches!(object, "req" | "request" | "ctx")
}

/// `req.payload.config`: Payload keeps itself where others keep what was sent.
pub(in crate::parse::source) fn is_of_payload(object: &str, member: &str) -> bool {
    object == "req.payload" && matches!(member, "config" | "logger" | "db")
}

/// An element of a list that is the program itself, `process.argv[0]`, or the page itself, without
/// what is asked of it: `location.href.split("?")[0]`.
pub(in crate::parse::source) fn is_program_or_page(text: &str) -> bool {
    if matches!(text, "process.argv[0]" | "process.argv[1]") {
        return true;
    }
    let Some((address, by)) = text
        .strip_suffix(")[0]")
        .and_then(|list| list.rsplit_once(".split("))
    else {
        return false;
    };
    let address = ["window.", "self.", "top."]
        .iter()
        .find_map(|of| address.strip_prefix(of))
        .unwrap_or(address);
    let is_page = matches!(
        address,
        "location.href"
            | "location.toString()"
            | "document.location.href"
            | "document.URL"
            | "document.documentURI"
            | "String(location)"
    );
    is_page && by.contains('?') && by.chars().all(|c| "'\"`/[]\\|?#".contains(c))
}

/// What follows the host in an address: whoever asks for a page of ours chooses it.
pub(in crate::parse::source) fn is_behind_host(member: &str) -> bool {
    matches!(member, "searchParams" | "search" | "query")
}

/// What a request holds that whoever sends it chooses.
const REQUEST_PARTS: &[&str] = &[
    "query",
    "body",
    "params",
    "headers",
    "cookies",
    "url",
    "originalUrl",
    "rawBody",
    "files",
    "file",
    "param",
    "get",
    "header",
    "signedCookies",
    "payload",
    "hostname",
    "path",
    "querystring",
    "nextUrl",
    "searchParams",
    "formData",
    "json",
    "text",
    "headersDistinct",
];

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        "parseInt" | "parseFloat" | "Number" | "Number()" | "Boolean" | "Date.now"
        | "Math.floor" | "Math.random" | "Math.round" | "Math.max" | "Math.min" | "Math.ceil"
        | "Math.abs" | "crypto.randomUUID" | "performance.now" | "BigInt" | "uuid.v4"
        | "process.cwd" | "os.tmpdir" | "process.hrtime" => Clean::ALL,
        "encodeURIComponent" | "encodeURI" => Clean::URL.with(Clean::HTML).with(Clean::PATH),
        "path.basename" => Clean::PATH,
        "shell-quote.quote" | "shell-escape" | "shescape.quote" => Clean::SHELL,
        "escape-html"
        | "he.encode"
        | "he.escape"
        | "lodash.escape"
        | "sanitize-html"
        | "xss"
        | "validator.escape"
        | "DOMPurify.sanitize"
        | "dompurify.sanitize"
        | "isomorphic-dompurify.sanitize" => Clean::HTML,
        "mysql.escape"
        | "mysql2.escape"
        | "mysql.escapeId"
        | "mysql2.escapeId"
        | "sqlstring.escape"
        | "sqlstring.escapeId"
        | "pg-format"
        | "pg.escapeIdentifier" => Clean::SQL,
        _ => match method {
            "escape" | "sanitize" | "escapeHtml" | "escapeHTML" | "htmlEscape" | "encodeHTML" => {
                Clean::HTML
            }
            "escapeId" | "escapeIdentifier" | "escapeLiteral" | "quoteIdentifier" => Clean::SQL,
            // What a builder of queries has built.
            "getQuery" | "toSQL" | "escapeRegExp" => Clean::ALL,
            "getTime" | "indexOf" | "toISOString" | "valueOf" | "toFixed" => Clean::ALL,
            _ if escapes_html(method) => Clean::HTML,
            _ if makes_sql(method) => Clean::ALL,
            _ if quotes_for_shell(method) => Clean::SHELL,
            _ if quotes_name(method) => Clean::SQL,
            _ => return None,
        },
    })
}

/// `shellEscape`, `quoteForShell`
pub(in crate::parse::source) fn quotes_for_shell(method: &str) -> bool {
    let does = ["quot", "Quot", "escap", "Escap"];
    (method.contains("shell") || method.contains("Shell"))
        && does.iter().any(|word| method.contains(word))
}

fn passes_on(path: &str, method: &str) -> bool {
    matches!(
        path,
        "String"
            | "Array.from"
            | "Object.assign"
            | "JSON.parse"
            | "JSON.stringify"
            | "Buffer.from"
            | "decodeURIComponent"
            | "decodeURI"
            | "unescape"
            | "path.join"
            | "path.resolve"
            | "path.normalize"
            | "url.parse"
            | "URL"
            | "atob"
            | "URLSearchParams"
            | "Object.entries"
            | "Object.fromEntries"
            | "structuredClone"
            | "Array.of"
            | "Promise.resolve"
            | "lodash.trim"
            | "lodash.toString"
            | "lodash.get"
            | "btoa"
            | "Object.values"
            | "Object.keys"
            | "querystring.parse"
            | "qs.parse"
            | "util.promisify"
    ) || method == "concat"
}

fn is_own(path: &str) -> bool {
    let is_type = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().any(|b| b.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    // `Status.Pending`, a member of an enumeration.
    let mut ends = path.rsplit('.');
    let is_member = ends.next().is_some_and(is_type) && ends.next().is_some_and(is_type);
    is_member
        || matches!(
            path,
            "__dirname"
                | "__filename"
                | "process.execPath"
                | "process.platform"
                | "process.pid"
                | "path.sep"
                | "os.EOL"
                | "process.version"
                | "process.arch"
                | "undefined"
                | "NaN"
        )
}

fn loads(path: &str) -> bool {
    path == "require"
}

/// What a text is good for when all that a regular expression, as it is written, finds in it has
/// been replaced: by a constant, or by what a function says.
pub(in crate::parse::source) fn replaced_for(pattern: &str, constant: Option<&str>) -> Clean {
    let parts = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'));
    let Some((body, _)) = parts.filter(|(_, flags)| flags.contains('g')) else {
        return Clean::NONE;
    };
    let one = body.strip_suffix('+').unwrap_or(body);
    let class = one
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let mut clean = Clean::NONE;
    match class {
        Some(class) if class.starts_with('^') => {
            if constant.is_some() && finds_the_harmful(one) {
                clean = Clean::ALL;
            }
        }
        Some(class) => {
            if class.contains('<') {
                clean = Clean::HTML;
            }
            if class.contains('/') && constant.is_some_and(|text| !text.contains('/')) {
                clean = clean.with(Clean::PATH);
            }
        }
        None => match one {
            "\\W" | "\\D" if constant.is_some() => clean = Clean::ALL,
            "<" if constant.is_some_and(|text| text.contains("lt;")) => clean = Clean::HTML,
            "\\/" | "\\.\\." if constant == Some("") => clean = Clean::PATH,
            _ => {}
        },
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_and_the_page_have_their_own_addresses() {
        for text in [
            "process.argv[0]",
            "process.argv[1]",
            "location.href.split('?')[0]",
            "window.location.href.split(/[?#]/)[0]",
            "document.URL.split(\"?\")[0]",
        ] {
            assert!(is_program_or_page(text), "{text}");
        }
        for text in [
            "process.argv[2]",
            "location.href.split('?')[1]",
            "location.href.split('next=')[0]",
            "location.href.split('#')[0]",
            "location.hash.split('?')[0]",
            "query.split('?')[0]",
        ] {
            assert!(!is_program_or_page(text), "{text}");
        }
    }

    #[test]
    fn what_is_replaced_everywhere_says_what_a_text_is_good_for() {
        for (pattern, constant, clean) in [
            ("/[^a-z0-9]/g", Some(""), Clean::ALL),
            ("/[^\\w-]+/gi", Some("_"), Clean::ALL),
            ("/\\W/g", Some(""), Clean::ALL),
            ("/[&<>\"']/g", None, Clean::HTML),
            ("/</g", Some("&lt;"), Clean::HTML),
            (
                "/[<>:\"\\\\/|?*]+/g",
                Some(""),
                Clean::HTML.with(Clean::PATH),
            ),
            ("/\\.\\./g", Some(""), Clean::PATH),
            // The first alone, more than these, what puts itself together again, other words.
            ("/[^a-z0-9]/", Some(""), Clean::NONE),
            ("/[^a-z0-9/]/g", Some(""), Clean::NONE),
            ("/[^a-z]x/g", Some(""), Clean::NONE),
            ("/\\.\\.\\//g", Some(""), Clean::NONE),
            ("/</g", Some("<b>"), Clean::NONE),
            ("'/'", Some(""), Clean::NONE),
        ] {
            assert_eq!(replaced_for(pattern, constant), clean, "{pattern}");
        }
    }
}
