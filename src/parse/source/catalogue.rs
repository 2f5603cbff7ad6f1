//! What each language's libraries do to values: where foreign data enters, what makes it harmless,
//! what passes it on.

use super::Language;
use super::value::{Clean, Taint};

/// What a canonical name stands for when it is read.
pub(super) fn entry(language: Language, path: &str) -> Taint {
    match language {
        Language::Python => python_entry(path),
        Language::JavaScript => javascript_entry(path),
    }
}

fn python_entry(path: &str) -> Taint {
    const REQUESTS: &[&str] = &[
        "flask.request",
        "bottle.request",
        "quart.request",
        "sanic.request",
    ];
    for request in REQUESTS {
        if let Some(rest) = path.strip_prefix(request) {
            let part = rest.trim_start_matches('.').split(['.', '(']).next();
            return match part {
                Some(
                    "args" | "form" | "values" | "json" | "data" | "get_json" | "get_data"
                    | "headers" | "cookies" | "files" | "query" | "forms" | "params" | "stream"
                    | "query_string" | "full_path" | "url" | "referrer" | "user_agent"
                    | "view_args",
                ) => Taint::REQUEST,
                _ => Taint::NONE,
            };
        }
    }
    match path {
        "sys.argv" => Taint::ARGV,
        "input()" | "raw_input()" | "sys.stdin.read()" | "sys.stdin.readline()" | "sys.stdin" => {
            Taint::INPUT
        }
        "os.environ" | "os.getenv()" | "os.environb" => Taint::ENV,
        _ => Taint::NONE,
    }
}

fn javascript_entry(path: &str) -> Taint {
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
        | "prompt()" => Taint::INPUT,
        _ => Taint::NONE,
    }
}

/// Foreign data by the shape of the access: `req.query.x` where `req` is a parameter.
pub(super) fn request_member(language: Language, object: &str, member: &str) -> bool {
    match language {
        Language::Python => {
            matches!(object, "request" | "self.request" | "req")
                && matches!(
                    member,
                    "GET"
                        | "POST"
                        | "REQUEST"
                        | "FILES"
                        | "COOKIES"
                        | "META"
                        | "body"
                        | "args"
                        | "form"
                        | "values"
                        | "json"
                        | "data"
                        | "query_params"
                        | "path_params"
                        | "cookies"
                        | "headers"
                        | "get_json"
                        | "match_info"
                        | "rel_url"
                        | "get_argument"
                )
        }
        Language::JavaScript => {
            let is_request = matches!(
                object,
                "req" | "request" | "ctx.request" | "ctx" | "this.request" | "this.req" | "c.req"
            );
            is_request
                && matches!(
                    member,
                    "query"
                        | "body"
                        | "params"
                        | "headers"
                        | "cookies"
                        | "url"
                        | "originalUrl"
                        | "rawBody"
                        | "files"
                        | "file"
                        | "param"
                        | "get"
                        | "header"
                        | "signedCookies"
                        | "hostname"
                        | "path"
                        | "querystring"
                )
                && !(object == "ctx" && matches!(member, "body" | "get" | "file" | "files"))
        }
    }
}

/// What a call takes away from its arguments' danger.
pub(super) fn cleans(language: Language, path: &str, method: &str) -> Option<Clean> {
    match language {
        Language::Python => Some(match path {
            "shlex.quote" | "pipes.quote" | "shlex.join" => Clean::SHELL,
            "html.escape"
            | "markupsafe.escape"
            | "flask.escape"
            | "cgi.escape"
            | "bleach.clean"
            | "django.utils.html.escape"
            | "django.utils.html.conditional_escape"
            | "django.utils.html.format_html"
            | "markupsafe.escape_silent" => Clean::HTML,
            "urllib.parse.quote"
            | "urllib.parse.quote_plus"
            | "urllib.parse.urlencode"
            | "urllib.quote" => Clean::URL.with(Clean::HTML).with(Clean::PATH),
            "werkzeug.utils.secure_filename" | "os.path.basename" => Clean::PATH,
            "int"
            | "float"
            | "len"
            | "bool"
            | "hash"
            | "ord"
            | "id"
            | "round"
            | "abs"
            | "uuid.UUID"
            | "uuid.uuid4"
            | "uuid.uuid1"
            | "hex"
            | "time.time"
            | "os.getpid"
            | "os.getcwd"
            | "tempfile.mkdtemp"
            | "tempfile.gettempdir"
            | "type"
            | "datetime.datetime.now"
            | "datetime.datetime.utcnow"
            | "datetime.date.today"
            | "time.strftime"
            | "secrets.token_hex"
            | "secrets.token_urlsafe" => Clean::ALL,
            _ => match method {
                "isoformat" | "hexdigest" | "fileno" | "bit_length" | "strftime" => Clean::ALL,
                "escape_string" | "escape_literal" | "escape_identifier" | "quote_ident"
                | "quote_identifier" | "quote_name" | "literal" | "mogrify" => Clean::SQL,
                _ => return None,
            },
        }),
        Language::JavaScript => Some(match path {
            "parseInt" | "parseFloat" | "Number" | "Number()" | "Boolean" | "Date.now"
            | "Math.floor" | "Math.random" | "Math.round" | "Math.max" | "Math.min"
            | "Math.ceil" | "Math.abs" | "crypto.randomUUID" | "performance.now" | "BigInt"
            | "uuid.v4" | "process.cwd" | "os.tmpdir" | "process.hrtime" => Clean::ALL,
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
                "sanitize" | "escapeHtml" | "escapeHTML" | "htmlEscape" | "encodeHTML" => {
                    Clean::HTML
                }
                "shellEscape" | "shellescape" | "shellQuote" | "escapeShellArg" | "quoteShell" => {
                    Clean::SHELL
                }
                "escapeId" | "escapeIdentifier" | "escapeLiteral" | "quoteIdentifier" => Clean::SQL,
                "getTime" | "indexOf" | "toISOString" | "valueOf" | "toFixed" => Clean::ALL,
                _ => return None,
            },
        }),
    }
}

/// True for functions whose result carries what their arguments carry.
pub(super) fn passes_on(language: Language, path: &str, method: &str) -> bool {
    match language {
        Language::Python => matches!(
            path,
            "str"
                | "repr"
                | "bytes"
                | "list"
                | "tuple"
                | "dict"
                | "set"
                | "sorted"
                | "reversed"
                | "next"
                | "iter"
                | "os.path.join"
                | "os.path.abspath"
                | "os.path.normpath"
                | "os.path.realpath"
                | "os.path.expanduser"
                | "os.path.expandvars"
                | "pathlib.Path"
                | "pathlib.PurePath"
                | "urllib.parse.unquote"
                | "urllib.parse.unquote_plus"
                | "urllib.parse.urljoin"
                | "urllib.parse.urlparse"
                | "urllib.parse.parse_qs"
                | "json.loads"
                | "json.dumps"
                | "base64.b64decode"
                | "base64.b64encode"
                | "base64.urlsafe_b64decode"
                | "codecs.decode"
                | "io.StringIO"
                | "io.BytesIO"
                | "textwrap.dedent"
                | "copy.copy"
                | "copy.deepcopy"
                | "html.unescape"
                | "zlib.decompress"
                | "typing.cast"
                | "StringIO.StringIO"
        ),
        Language::JavaScript => {
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
                    | "btoa"
                    | "util.format"
                    | "Object.values"
                    | "Object.keys"
                    | "querystring.parse"
                    | "qs.parse"
                    | "util.promisify"
            ) || method == "concat"
        }
    }
}

/// True for methods that give back the text they were called on, as far as rules care.
pub(super) fn keeps_text(method: &str) -> bool {
    matches!(
        method,
        "encode"
            | "decode"
            | "strip"
            | "lstrip"
            | "rstrip"
            | "lower"
            | "upper"
            | "toString"
            | "trim"
            | "toLowerCase"
            | "toUpperCase"
            | "trimEnd"
            | "trimStart"
    )
}

/// Names whose value the program or its platform sets, not a user.
pub(super) fn is_own(language: Language, path: &str) -> bool {
    let known = match language {
        Language::Python => matches!(
            path,
            "sys.executable"
                | "__file__"
                | "__name__"
                | "__doc__"
                | "os.sep"
                | "os.linesep"
                | "sys.platform"
                | "os.name"
                | "sys.version"
                | "os.pathsep"
                | "os.devnull"
        ),
        Language::JavaScript => matches!(
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
        ),
    };
    let last = path.rsplit('.').next().unwrap_or(path);
    known || matches!(last, "__file__" | "__name__") || is_constant_name(last)
}

/// Members that hold a number whoever owns them.
pub(super) fn is_number_member(name: &str) -> bool {
    matches!(name, "pid" | "ppid" | "length" | "byteLength")
}

/// `MAX_SIZE`: by every style guide, a constant.
pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1
        && name.bytes().any(|b| b.is_ascii_uppercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
