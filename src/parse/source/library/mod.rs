//! What the libraries of a language do to values, one file a language: where foreign data enters,
//! what makes it harmless, what passes it on.

pub(super) mod csharp;
pub(super) mod go;
pub(super) mod java;
pub(super) mod javascript;
pub(super) mod php;
pub(super) mod python;
pub(super) mod ruby;
pub(super) mod rust;

use super::Language;
use super::value::{Clean, Taint};

/// What there is to know about a language's libraries. Paths are canonical names.
#[derive(Debug)]
pub(super) struct Library {
    /// The foreign data that a name stands for when it is read: `sys.argv`.
    pub entry: fn(&str) -> Taint,
    /// Foreign data by the shape of the access, object and member as they are written: `req.query`
    /// where `req` is a parameter.
    pub request_member: fn(&str, &str) -> bool,
    /// What a call, by its path and its last name, takes away from its arguments' danger.
    pub cleans: fn(&str, &str) -> Option<Clean>,
    /// True for functions, by path and last name, whose result carries what their arguments carry.
    pub passes_on: fn(&str, &str) -> bool,
    /// Functions that fill a template of `%` placeholders, and which argument that is.
    pub template: fn(&str) -> Option<usize>,
    /// Functions, by path and last name, that write what they read through the references given.
    pub fills: fn(&str, &str) -> bool,
    /// Functions whose result is the one value that they are given, as far as rules care.
    pub wraps: fn(&str) -> bool,
    /// Methods whose result is what they are called on, as far as rules care.
    pub keeps: fn(&str) -> bool,
    /// How a variable is written that a function may write to: `&`, `&mut`.
    pub reference: Option<&'static str>,
    /// Types of numbers and the like, which no attacker can put a text into.
    pub is_number: fn(&str) -> bool,
    /// Names whose value the program or its platform sets, not a user.
    pub is_own: fn(&str) -> bool,
    /// Functions that give back the module that their first argument names.
    pub loads: fn(&str) -> bool,
    /// Words of which a file that gets hold of a request contains one.
    pub request_words: &'static [&'static str],
}

impl Library {
    /// Names whose value the program, its platform or a convention sets.
    pub fn is_own(&self, path: &str) -> bool {
        let last = path.rsplit('.').next().unwrap_or(path);
        (self.is_own)(path) || matches!(last, "__file__" | "__name__") || is_constant_name(last)
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
            | "String"
            | "trim"
            | "toLowerCase"
            | "toUpperCase"
            | "trimEnd"
            | "trimStart"
            | "freeze"
            | "dup"
            | "to_s"
            | "squish"
            | "chomp"
            | "strip_heredoc"
            | "downcase"
            | "upcase"
            | "resolve"
            | "absolute"
            | "as_posix"
            | "casefold"
            | "title"
            | "getvalue"
            | "ToString"
            | "ToLower"
            | "ToUpper"
            | "Trim"
            | "getBytes"
            | "toCharArray"
            | "intern"
            | "ToLowerInvariant"
            | "ToUpperInvariant"
            | "ToCharArray"
    )
}

/// Members of a request that lead back to where it came to.
pub(super) fn is_own_address(name: &str) -> bool {
    matches!(
        name,
        "referrer"
            | "url"
            | "base_url"
            | "url_root"
            | "full_path"
            | "path"
            | "originalUrl"
            | "host"
    )
}

/// Names under which a request says which page it comes from, or a proxy which path it serves.
pub(super) fn is_referrer(key: &str) -> bool {
    let name = key.strip_prefix("HTTP_").unwrap_or(key);
    let names = [
        "referer",
        "referrer",
        "x-forwarded-prefix",
        "x_forwarded_prefix",
    ];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The type of what a call gives back, by its path.
pub(super) fn returns(language: Language, path: &str) -> Option<&'static str> {
    match language {
        Language::Java => java::returns(path),
        Language::CSharp => csharp::returns(path),
        _ => None,
    }
}

/// True for methods of a type that give one of it, by convention.
pub(super) fn makes_its_own(method: &str) -> bool {
    matches!(
        method,
        "getInstance" | "newInstance" | "getInstanceStrong" | "newFactory" | "Create"
    )
}

/// True for methods that nobody knows but whose names say that they give back their argument in
/// another form.
pub(super) fn hands_on(method: &str) -> bool {
    let words = [
        "do",
        "process",
        "transform",
        "convert",
        "normali",
        "format",
        "decode",
        "decrypt",
        "wrap",
        "concat",
        "handle",
        "Do",
        "Process",
        "Transform",
        "Convert",
        "Format",
        "Decode",
        "Decrypt",
    ];
    words.iter().any(|word| {
        method.strip_prefix(word).is_some_and(|rest| {
            word.len() > 3 || rest.starts_with(|c: char| c.is_ascii_uppercase())
        })
    })
}

/// True for declared types that no text fits into: numbers, truth, dates, ids.
pub(super) fn is_plain_type(name: &str) -> bool {
    matches!(
        name,
        "int"
            | "long"
            | "short"
            | "byte"
            | "float"
            | "double"
            | "boolean"
            | "bool"
            | "decimal"
            | "uint"
            | "ulong"
            | "ushort"
            | "sbyte"
            | "Integer"
            | "Long"
            | "Short"
            | "Byte"
            | "Float"
            | "Double"
            | "Boolean"
            | "BigInteger"
            | "BigDecimal"
            | "Int32"
            | "Int64"
            | "Int16"
            | "UInt32"
            | "UInt64"
            | "Guid"
            | "UUID"
            | "DateTime"
            | "DateTimeOffset"
            | "DateOnly"
            | "TimeSpan"
            | "LocalDate"
            | "LocalDateTime"
            | "Instant"
            | "Duration"
            | "OptionalInt"
    )
}

/// True for declared types that say nothing about what is in a variable.
pub(super) fn is_open_type(name: &str) -> bool {
    matches!(
        name,
        "String"
            | "string"
            | "Object"
            | "object"
            | "char"
            | "Character"
            | "CharSequence"
            | "T"
            | "dynamic"
            | "void"
    )
}

/// True for functions that give back their first argument in the reader's language.
pub(super) fn translates(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        last,
        "_" | "__"
            | "_x"
            | "_n"
            | "gettext"
            | "gettext_lazy"
            | "gettext_noop"
            | "ugettext"
            | "ugettext_lazy"
            | "ngettext"
            | "ungettext"
            | "lazy_gettext"
            | "pgettext"
            | "npgettext"
            | "translate"
    )
}

/// A pattern, as it is written, for one or more characters other than harmless ones: what is left
/// when those that it finds are taken out means nothing to anybody.
pub(super) fn finds_the_harmful(pattern: &str) -> bool {
    leaves(pattern) == Some(Clean::ALL)
}

/// What the characters mean nothing to that such a pattern leaves: `[^\w\s]` leaves line ends.
pub(super) fn leaves(pattern: &str) -> Option<Clean> {
    let pattern = pattern.trim_start_matches(['r', 'u', '\'', '"', '/', '#', '~', '%', '{']);
    let Some((class, _)) = pattern
        .strip_prefix("[^")
        .and_then(|rest| rest.split_once(']'))
    else {
        let is_class = pattern.starts_with("\\W") || pattern.starts_with("\\D");
        return is_class.then_some(Clean::ALL);
    };
    let (class, clean) = match class.contains("\\s") {
        true => (class.replace("\\s", ""), BUT_LINES),
        false => (class.to_owned(), Clean::ALL),
    };
    let escaped = class.replace("\\-", "-").replace("\\.", ".");
    let escaped = ["\\w", "\\d"]
        .iter()
        .fold(escaped, |text, known| text.replace(known, ""));
    let is_plain =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '@' | ',');
    escaped.chars().all(is_plain).then_some(clean)
}

/// What words on several lines mean nothing to.
const BUT_LINES: Clean = Clean(
    Clean::HTML.0 | Clean::SQL.0 | Clean::PATH.0 | Clean::URL.0 | Clean::LDAP.0 | Clean::XPATH.0,
);

/// True for functions and methods that replace what a pattern finds, which is their first argument.
pub(super) fn replaces(path: &str, method: &str) -> bool {
    matches!(path, "preg_replace" | "re.sub" | "regex.sub") || matches!(method, "gsub" | "gsub!")
}

/// True for functions that replace one text by another: what is looked for, what takes its place,
/// where.
pub(super) fn replaces_text(path: &str) -> bool {
    matches!(path, "str_replace" | "str_ireplace")
}

/// True for functions that give a part of their first argument; the others say which.
pub(super) fn takes_a_part(path: &str) -> bool {
    matches!(path, "array_slice" | "array_chunk" | "substr" | "mb_substr")
}

/// True for calls that look like a web request's data and are none: `request.query(sql)` asks a
/// database, `request.url()` a request of a browser that is driven, since what a web request holds
/// is read, not called.
pub(super) fn asks_another(language: Language, owner: &str, method: &str) -> bool {
    language == Language::JavaScript
        && matches!(method, "query" | "url")
        && matches!(owner, "request" | "this.request")
}

/// Members that ask what wraps a request for a part of it: `get_form_parameter`, `getTheCookie`.
pub(super) fn is_part_of_request(member: &str) -> bool {
    let Some(what) = member.strip_prefix("get") else {
        return false;
    };
    ["parameter", "cookie", "header"].iter().any(|part| {
        let at = what.len().checked_sub(part.len());
        at.and_then(|at| what.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(part))
    })
}

/// `nowLiteral`, `claimableSql`: a part of a query, made by who knows that it is one.
pub(super) fn makes_sql(method: &str) -> bool {
    ["Literal", "Sql", "SQL"]
        .iter()
        .any(|end| method.ends_with(end))
}

/// `escapeTableName`, `quoteIdentifier`: a name in its quotation marks.
pub(super) fn quotes_name(method: &str) -> bool {
    let names = [
        "Id",
        "Ident",
        "Identifier",
        "Name",
        "Path",
        "Table",
        "Column",
        "Field",
    ];
    ["escape", "quote"]
        .iter()
        .any(|word| method.starts_with(word))
        && names.iter().any(|end| method.ends_with(end))
}

/// `escHtml`, `encodeEntities`, `htmlEncode`.
pub(super) fn escapes_html(method: &str) -> bool {
    let lower = method.to_ascii_lowercase();
    let does = ["esc", "encod", "sanit", "purif"];
    let what = ["html", "entit", "xml", "attr"];
    does.iter().any(|word| lower.contains(word))
        && what.iter().any(|word| lower.contains(word))
        && !lower.contains("unesc")
}

/// What a language without such functions answers.
pub(super) fn no_template(_: &str) -> Option<usize> {
    None
}

/// What a language without references to variables answers.
pub(super) fn fills_nothing(_: &str, _: &str) -> bool {
    false
}

/// What a language without such methods answers.
pub(super) fn keeps_nothing(_: &str) -> bool {
    false
}

/// What a language without declared types answers.
pub(super) fn no_number(_: &str) -> bool {
    false
}

/// Members that hold a number, or a path of the server's making, whoever owns them.
pub(super) fn is_number_member(name: &str) -> bool {
    matches!(name, "pid" | "ppid" | "length" | "byteLength" | "tmp_name")
}

/// `upload.filepath`, `file.path`: where the server has put what was sent.
pub(super) fn is_place_of_upload(object: &str, member: &str) -> bool {
    let lower = object.to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match member {
        "filepath" | "tempFilePath" => true,
        "path" => holds(&["file", "upload"]) && !holds(&["body", "query", "params"]),
        _ => false,
    }
}

/// Members of a row that number it or others: `issue.root_id`.
pub(super) fn is_key_of_row(name: &str) -> bool {
    matches!(name, "id" | "lft" | "rgt") || name.ends_with("_id")
}

/// `MAX_SIZE`: by every style guide, a constant.
pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1
        && name.bytes().any(|b| b.is_ascii_uppercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// True for calls that do not come back: a function, or a method of what is written before it.
pub(super) fn ends<'s>(path: &str, receiver: impl FnOnce() -> &'s str, method: &str) -> bool {
    matches!(
        path,
        "sys.exit"
            | "os._exit"
            | "exit"
            | "quit"
            | "process.exit"
            | "os.Exit"
            | "panic"
            | "die"
            | "System.exit"
            | "java.lang.System.exit"
            | "log.Fatal"
            | "log.Fatalf"
            | "Environment.Exit"
            | "System.Environment.Exit"
            | "std.process.exit"
            | "panic!"
            | "unreachable!"
            | "abort"
    ) || match method {
        "abort" => true,
        // What Koa hands to a handler.
        "throw" => receiver() == "ctx",
        _ => false,
    }
}

/// What a constructor makes whose contents are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Makes {
    /// A text that methods add to.
    Text,
    /// A list or map, empty.
    Collection,
}

/// What the constructor of a canonical name makes.
pub(super) fn makes(path: &str) -> Option<Makes> {
    let mut parts = path.rsplit(['.', '/', ':', '\\']).filter(|p| !p.is_empty());
    let mut last = parts.next()?.trim_end_matches("()");
    if matches!(last, "new" | "with_capacity" | "default") {
        last = parts.next()?;
    }
    Some(match last {
        "StringBuilder" | "StringBuffer" | "StringIO" | "StringWriter" => Makes::Text,
        "String" if path == "String.new" || path == "String.with_capacity" => Makes::Text,
        "ArrayList" | "LinkedList" | "Vector" | "Stack" | "ArrayDeque" | "HashMap"
        | "LinkedHashMap" | "TreeMap" | "ConcurrentHashMap" | "Hashtable" | "HashSet"
        | "LinkedHashSet" | "TreeSet" | "List" | "Dictionary" | "Hash" | "Array" | "Map"
        | "Set" | "Vec" | "VecDeque" | "BTreeMap" | "list" | "dict" | "set" | "deque"
        | "OrderedDict" | "defaultdict" | "ConfigParser" | "RawConfigParser"
        | "SafeConfigParser" | "ArrayObject" | "SplObjectStorage" => Makes::Collection,
        _ => return None,
    })
}

/// `x.isdigit()`: what passes holds no character that means anything to anybody.
pub(super) fn is_class_test(method: &str) -> bool {
    matches!(
        method,
        "isdigit"
            | "isnumeric"
            | "isdecimal"
            | "isalnum"
            | "isalpha"
            | "isidentifier"
            | "ctype_digit"
            | "ctype_alnum"
            | "ctype_alpha"
            | "ctype_xdigit"
            | "is_numeric"
            | "is_int"
            | "intval"
    )
}

/// `x.startswith(base)`.
pub(super) fn is_prefix_test(method: &str) -> bool {
    matches!(
        method,
        "startswith"
            | "startsWith"
            | "StartsWith"
            | "starts_with"
            | "start_with?"
            | "str_starts_with"
            | "is_relative_to"
    )
}

/// `ALLOWED.includes(x)`.
pub(super) fn is_membership_test(method: &str) -> bool {
    matches!(
        method,
        "includes"
            | "contains"
            | "Contains"
            | "has"
            | "hasOwnProperty"
            | "containsKey"
            | "ContainsKey"
            | "contains_key"
            | "include?"
            | "key?"
            | "has_key"
            | "__contains__"
    )
}

/// A regular expression that the whole of a text must match; `matcher` is what the method is
/// called on, as it is written, and `pattern` the first argument.
pub(super) fn is_whole_match<'t>(
    method: &str,
    matcher: &str,
    pattern: impl Fn() -> Option<std::borrow::Cow<'t, str>>,
) -> bool {
    match method {
        "fullmatch" => true,
        "match" | "search" | "matches" | "test" | "IsMatch" => {
            let written = pattern().filter(|p| p.starts_with('^') || p.ends_with('$'));
            let anchored = match &written {
                Some(pattern) => is_anchored(pattern) || (method == "match" && is_closed(pattern)),
                None => is_anchored(matcher),
            };
            anchored || (method == "matches" && pattern().is_some_and(|p| !p.contains(".*")))
        }
        _ => false,
    }
}

/// A pattern between its delimiters, as PHP writes it, that the whole of a text must match.
pub(super) fn is_whole_pattern(delimited: &str) -> bool {
    let mut chars = delimited.chars();
    let close = match chars.next() {
        Some('(') => ')',
        Some('{') => '}',
        Some('[') => ']',
        Some(other) => other,
        None => return false,
    };
    let body = chars.as_str().rsplit_once(close);
    body.is_some_and(|(body, _)| is_anchored(body))
}

fn is_anchored(pattern: &str) -> bool {
    (pattern.starts_with('^') || pattern.starts_with("\\A")) && is_closed(pattern)
}

/// True for methods of a regular expression that say whether it finds something.
pub(super) fn is_match(method: &str) -> bool {
    matches!(method, "match" | "fullmatch" | "test" | "IsMatch")
}

/// `MD5_REGEX`, `SLUG`, `namePattern`: an expression that another module keeps. How an address looks
/// says nothing about where it leads.
pub(super) fn is_name_of_pattern(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = ["regex", "regexp", "pattern", "_re"];
    let addresses = ["url", "uri", "http", "href", "link", "origin", "domain"];
    (is_constant_name(name) || ends.iter().any(|end| lower.ends_with(end)))
        && !addresses.iter().any(|word| lower.contains(word))
}

/// A line that sets a variable to an expression that the whole of a text must match.
pub(super) fn sets_whole_pattern(line: &str) -> bool {
    let from = line.find('^').or_else(|| line.find("\\A"));
    let to = line.rfind('$').map(|at| at + 1);
    let to = to.or_else(|| line.rfind("\\Z").map(|at| at + 2));
    from.zip(to)
        .and_then(|(from, to)| line.get(from..to))
        .is_some_and(is_anchored)
}

/// Ends with its text, and does not take anything at all: a point in `[a-z.+]` is one.
fn is_closed(pattern: &str) -> bool {
    let ends = ["$", "\\Z", "\\z"];
    ends.iter().any(|end| pattern.ends_with(end))
        && !outside_classes(pattern).any(|part| part.contains(".*") || part.contains(".+"))
}

/// What stands in a pattern before, between and after its classes.
fn outside_classes(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('[').enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once(']').map_or("", |(_, after)| after),
    })
}

/// A function whose name promises that what it approves of is harmless.
pub(super) fn is_approval(name: &str) -> Option<Clean> {
    let lower = name.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "url_has_allowed_host_and_scheme" | "is_safe_url" | "islocalurl"
    ) {
        return Some(Clean::URL);
    }
    // `isRelativeUrl`, `is_local_redirect`
    let stays_here = [
        "relative",
        "local",
        "internal",
        "sameorigin",
        "same_origin",
        "samehost",
    ];
    let leads = ["url", "uri", "redirect", "link", "href", "return"];
    if lower.starts_with("is")
        && stays_here.iter().any(|word| lower.contains(word))
        && leads.iter().any(|word| lower.contains(word))
    {
        return Some(Clean::URL);
    }
    // `isAlphaNumeric`, `is_uuid`, `is_md5`
    let forms = [
        "alphanum", "numeric", "uuid", "guid", "objectid", "integer", "md5", "sha1", "sha256",
        "sha512", "hash", "checksum", "hex", "digits",
    ];
    if lower.starts_with("is") && forms.iter().any(|form| lower.ends_with(form)) {
        return Some(Clean::ALL);
    }
    let stays = [
        "descends",
        "within",
        "inside",
        "issub",
        "contained",
        "is_sub",
    ];
    // `is_in_curdir`, `is_in_base_path`
    let is_in = lower.starts_with("is_in_") || lower.starts_with("isin");
    let folders = ["dir", "folder", "root", "path"];
    if stays.iter().any(|word| lower.contains(word))
        || is_in && folders.iter().any(|word| lower.contains(word))
    {
        return Some(Clean::PATH);
    }
    let words = [
        "valid",
        "allowed",
        "safe",
        "permitted",
        "whitelist",
        "allowlist",
        "safelist",
        "trusted",
    ];
    let negated = ["invalid", "unsafe", "disallowed", "untrusted", "not"];
    let asks = [
        "is", "valid", "check", "allowed", "verify", "has", "safe_for", "safe_to",
    ];
    let answers = [
        "allowed",
        "valid",
        "permitted",
        "whitelisted",
        "inwhitelist",
        "in_whitelist",
        "inallowlist",
        "in_allowlist",
        "in_safelist",
        "trusted",
    ];
    let is_question = asks.iter().any(|word| lower.starts_with(word))
        || answers.iter().any(|word| lower.ends_with(word));
    if is_question
        && words.iter().any(|word| lower.contains(word))
        && !negated.iter().any(|word| lower.contains(word))
    {
        return Some(Clean::ALL);
    }
    // `check_cors`, `verifyOrigin`
    let checks = ["check", "verify", "validate"];
    let is_check = checks.iter().any(|word| lower.starts_with(word));
    let ends = ["cors", "origin"];
    (is_check && ends.iter().any(|end| lower.ends_with(end))).then_some(Clean::URL)
}

/// What a name begins with that may be a demand.
const DEMANDS: [&str; 7] = [
    "validate", "check", "verify", "assert", "ensure", "require", "reject",
];

/// A cheap question before the words in it are looked for.
fn may_demand(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    let rest = DEMANDS.iter().find_map(|verb| name.strip_prefix(verb));
    rest.is_some_and(|rest| rest.starts_with(|next: char| next == '_' || next.is_ascii_uppercase()))
}

/// A function that ends with an error unless what it is given is harmless, by its name:
/// `validate_path`, `check_url_allowed`, `ensure_within_root`.
pub(super) fn demands(name: &str) -> Option<Clean> {
    if !may_demand(name) {
        return None;
    }
    let lower = name.trim_start_matches('_').to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["exist", "unsafe", "status", "signature", "checksum"]) {
        return None;
    }
    let stays = ["within", "inside", "traversal", "descend", "contained"];
    if has(&stays) {
        return Some(Clean::PATH);
    }
    if has(&["ssrf", "private_ip", "privateip", "public_ip", "publicip"]) {
        return Some(Clean::URL);
    }
    // `ensure_path` makes one, and `require_path` reads it.
    let makes = ["ensure", "require"];
    let is_judged = [
        "safe",
        "allowed",
        "permitted",
        "whitelist",
        "allowlist",
        "valid_",
    ];
    if makes.iter().any(|verb| lower.starts_with(verb)) && !has(&is_judged) {
        return None;
    }
    if has(&["url", "uri", "redirect", "origin", "hostname"]) {
        return Some(Clean::URL);
    }
    if has(&["path", "filename", "file_name"]) {
        return Some(Clean::PATH);
    }
    None
}
