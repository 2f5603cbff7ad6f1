use super::{Clean, Library, Taint, fills_nothing, keeps_nothing, no_number, no_template};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
    cleans,
    passes_on,
    template: no_template,
    fills: fills_nothing,
    wraps: |path| matches!(path, "str" | "textwrap.dedent"),
    keeps: keeps_nothing,
    reference: None,
    is_number: no_number,
    is_own,
    loads,
    request_words: &[
        "request",
        "req",
        "route",
        "app",
        "router",
        "APIRouter",
        "FastAPI",
        "fastapi",
        "Blueprint",
        "Flask",
        "event",
        "tornado",
        "reqparse",
    ],
};

fn entry(path: &str) -> Taint {
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
                    | "view_args" | "path" | "base_url" | "url_root" | "host",
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
        "flask_restful.reqparse.RequestParser().parse_args()"
        | "flask_restx.reqparse.RequestParser().parse_args()"
        | "web.input()"
        | "web.data()"
        | "web.cookies()"
        | "cherrypy.request.params"
        | "cherrypy.request.json"
        | "cherrypy.request.headers"
        | "cherrypy.request.cookie"
        | "cherrypy.request.query_string" => Taint::REQUEST,
        "zipfile.ZipFile().infolist()"
        | "zipfile.ZipFile().namelist()"
        | "tarfile.open().getmembers()"
        | "tarfile.open().getnames()"
        | "tarfile.TarFile.open().getmembers()" => Taint::ARCHIVE,
        _ if is_weak_random(path) => Taint::RANDOM,
        _ => Taint::NONE,
    }
}

/// `random.random()`, not `random.SystemRandom()`.
fn is_weak_random(path: &str) -> bool {
    let name = path
        .strip_prefix("random.")
        .and_then(|p| p.strip_suffix("()"));
    name.is_some_and(|name| !name.contains("SystemRandom") && !name.starts_with("seed"))
}

fn request_member(object: &str, member: &str) -> bool {
    // A requirement is called so, too.
    if object == "req" && matches!(member, "url" | "text" | "content") {
        return false;
    }
    // Tornado's handlers, and wrappers of requests, have methods for every part of one.
    matches!(
        member,
        "get_argument" | "get_arguments" | "get_query_argument" | "get_body_argument"
    ) || matches!(object, "request" | "self.request" | "req" | "info.context")
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
                | "query"
                | "query_string"
                | "path"
                | "url"
                | "post"
                | "get_data"
                | "stream"
                | "content"
                | "text"
                | "arguments"
                | "params"
                | "matchdict"
                | "json_body"
        )
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        "shlex.quote" | "pipes.quote" | "shlex.join" => Clean::SHELL,
        "html.escape"
        | "markupsafe.escape"
        | "flask.escape"
        | "cgi.escape"
        | "bleach.clean"
        | "django.utils.html.escape"
        | "django.utils.html.conditional_escape"
        | "django.utils.html.format_html"
        | "markupsafe.escape_silent"
        | "xml.sax.saxutils.escape"
        | "xml.sax.saxutils.quoteattr"
        | "tornado.escape.xhtml_escape" => Clean::HTML,
        // Escaped for a pattern is escaped for nothing else.
        "re.escape" | "regex.escape" | "glob.escape" | "fnmatch.translate" => return None,
        "ldap.filter.escape_filter_chars"
        | "ldap.filter.filter_format"
        | "ldap.dn.escape_dn_chars"
        | "ldap3.utils.conv.escape_filter_chars"
        | "ldap3.utils.dn.escape_rdn" => Clean::LDAP,
        "urllib.parse.quote"
        | "urllib.parse.quote_plus"
        | "urllib.parse.urlencode"
        | "urllib.quote" => Clean::URL.with(Clean::HTML).with(Clean::PATH),
        // Routes of the program's own.
        "django.urls.reverse" | "django.urls.reverse_lazy" | "flask.url_for" => {
            Clean::URL.with(Clean::LINE).with(Clean::HTML)
        }
        "werkzeug.utils.secure_filename"
        | "werkzeug.security.safe_join"
        | "flask.safe_join"
        | "django.utils._os.safe_join"
        | "django.utils.text.get_valid_filename"
        | "os.path.basename" => Clean::PATH,
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
            "urlencode" => Clean::URL.with(Clean::HTML).with(Clean::PATH),
            "url_for" => Clean::URL.with(Clean::LINE).with(Clean::HTML),
            "get_absolute_url" | "reverse_url" => Clean::URL.with(Clean::LINE),
            "isoformat" | "hexdigest" | "fileno" | "bit_length" | "strftime" => Clean::ALL,
            method if quotes(method) => Clean::SQL,
            "escape_filter_chars" | "escape_dn_chars" | "escape_rdn" | "binary_encode" => {
                Clean::LDAP
            }
            "secure_filename" | "safe_join" | "get_valid_filename" => Clean::PATH,
            method if is_html_escape(method) => Clean::HTML,
            _ => return None,
        },
    })
}

/// True for a parameter of a handler that no visitor fills, or with no text, by its name and what
/// follows it.
pub(in crate::parse::source) fn is_of_server(name: &str, after: &[u8]) -> bool {
    let declared = declared(after);
    let (of, default) = declared.split_once('=').unwrap_or((&declared, ""));
    let of = of.trim_matches([':', ' ', '\n', '\t']);
    let last = of.rsplit('.').next().unwrap_or(of);
    matches!(name, "self" | "cls" | "request" | "response")
        || matches!(
            last,
            "Request"
                | "Response"
                | "WebSocket"
                | "BackgroundTasks"
                | "HTTPConnection"
                | "UUID"
                | "UUID4"
                | "int"
                | "float"
                | "bool"
                | "date"
                | "datetime"
                | "Decimal"
        )
        || last.ends_with("Session")
        || [of, default].iter().any(|part| part.contains("Depends("))
}

/// True for a parameter that another function of the program makes of the request:
/// `path: str = Depends(checked_path)`.
pub(in crate::parse::source) fn is_of_helper(after: &[u8]) -> bool {
    declared(after)
        .split_once("Depends(")
        .is_some_and(|(_, rest)| !rest.starts_with(')'))
}

/// What follows the name of a parameter: its type and its default.
fn declared(after: &[u8]) -> String {
    let mut depth = 0_usize;
    let end = after.iter().take(300).position(|byte| {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth > 0 => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(byte, b',' | b')')
    });
    String::from_utf8_lossy(after.get(..end.unwrap_or(0)).unwrap_or_default()).into_owned()
}

/// True for the last step of a path, or its extension, which leads nowhere else:
/// `path.split('/')[-1]`, `os.path.splitext(name)[1]`.
pub(in crate::parse::source) fn is_last_step(text: &str) -> bool {
    let ends = ["[-1]", "[1]"];
    let Some(list) = ends.iter().find_map(|end| text.strip_suffix(end)) else {
        return false;
    };
    if list.contains("splitext(") {
        return true;
    }
    let Some((_, by)) = list.rsplit_once("split(") else {
        return false;
    };
    let by = by.trim_end_matches(')').replace('"', "'");
    let (by, most) = by.split_once(',').unwrap_or((&by, ""));
    let is_last = text.ends_with("[-1]") || list.contains("rsplit(") && most.trim() == "1";
    is_last && matches!(by.trim(), "'/'" | "'.'" | "os.sep" | "os.path.sep")
}

/// `Path(name).name`, `Path(name).suffix`: the last step of a path, or its extension.
pub(in crate::parse::source) fn is_last_part(member: &str) -> bool {
    matches!(member, "name" | "stem" | "suffix" | "suffixes")
}

/// True for what a route makes a number of: `<int:id>`, `{id:int}`.
pub(in crate::parse::source) fn is_number_in(route: &str, name: &str) -> bool {
    let kinds = ["int", "float", "uuid"];
    let said = |kind: &str| {
        route.contains(&format!("<{kind}:{name}>")) || route.contains(&format!("{{{name}:{kind}}}"))
    };
    kinds.into_iter().any(said)
}

/// True for what makes a literal or a name of SQL.
pub(in crate::parse::source) fn quotes(method: &str) -> bool {
    matches!(
        method,
        "literal_string"
            | "quote_literal"
            | "quoted_name"
            | "escape_string"
            | "escape_literal"
            | "escape_identifier"
            | "quote_ident"
            | "quote_identifier"
            | "quote_name"
            | "literal"
            | "mogrify"
            | "escape_sql"
            | "escape_sqlite"
            | "escape_mysql"
            | "escape_name"
            | "escape_table"
            | "escape_table_name"
            | "escape_column"
            | "escape_column_name"
            | "quote_table_name"
            | "quote_column_name"
    )
}

fn is_html_escape(method: &str) -> bool {
    let lower = method.to_ascii_lowercase();
    // What renders a piece of a page escapes what goes into it.
    if matches!(
        method,
        "__html__" | "flatatt" | "render_to_string" | "render" | "as_widget"
    ) {
        return true;
    }
    lower == "render_html"
        || (lower.contains("escape") && !lower.contains("unescape"))
        || lower.contains("html")
            && ["escape", "sanitize", "clean", "encode"]
                .iter()
                .any(|word| lower.contains(word))
            && !lower.contains("unescape")
}

fn passes_on(path: &str, method: &str) -> bool {
    matches!(
        method,
        "unquote"
            | "unquote_plus"
            | "b64decode"
            | "b64encode"
            | "urlsafe_b64decode"
            | "decodebytes"
            | "decodestring"
    ) || matches!(
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
            | "os.fspath"
            | "os.path.split"
            | "os.path.splitext"
            | "urllib.parse.urlsplit"
            | "urllib.parse.parse_qsl"
            | "urllib.request.Request"
            | "json.load"
            | "bytearray"
            | "memoryview"
            | "enumerate"
            | "zip"
            | "map"
            | "filter"
            | "min"
            | "max"
            | "shlex.split"
            | "xml.etree.ElementTree.fromstring"
            | "lxml.etree.XML"
            | "lxml.etree.fromstring"
            | "lxml.etree.parse"
            | "ast.literal_eval"
            | "operator.itemgetter"
            | "string.Template"
            | "format"
            | "asyncio.wait_for"
            | "StringIO.StringIO"
    )
}

/// True for what gives back, in another form, what it was given: code of a text, and helpers that
/// are written as those of Java are.
pub(in crate::parse::source) fn hands_on(path: &str, method: &str) -> bool {
    path == "compile"
        || super::hands_on(method) && method.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn is_own(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        last,
        "db_table" | "__tablename__" | "table_name" | "tablename" | "__table__"
    ) || matches!(
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
    )
}

fn loads(path: &str) -> bool {
    matches!(path, "importlib.import_module" | "__import__")
}
