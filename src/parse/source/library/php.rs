//! PHP's functions and superglobals, and the requests of its frameworks.
//!
//! Functions are named as they are (`mysqli_query`), types by their last name whatever their
//! namespace: `DB.raw` is a static method, `PDO` makes an object and `PDO().query` is what it can,
//! also where a parameter is declared as `PDO`.

use super::{Clean, Library, Taint, fills_nothing, keeps_nothing, no_number};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
    cleans,
    passes_on,
    template,
    fills: fills_nothing,
    wraps: |path| {
        matches!(
            path,
            "trim" | "rtrim" | "strval" | "strtolower" | "wp_unslash"
        )
    },
    keeps: keeps_nothing,
    reference: None,
    is_number: no_number,
    is_own,
    loads,
    request_words: &[
        "_GET",
        "_POST",
        "_REQUEST",
        "_COOKIE",
        "_FILES",
        "_SERVER",
        "php://input",
        "request",
        "Request",
        "ServerRequestInterface",
        "Input",
        "input",
        "filter_input",
        "get_query_var",
        "getallheaders",
        "apache_request_headers",
        "Route",
        "Controller",
        "BaseController",
        "AbstractController",
        "CI_Controller",
        "AppController",
    ],
};

fn entry(path: &str) -> Taint {
    // What is in a superglobal is of the client, whatever it is called.
    let root = path.split('.').next().unwrap_or(path);
    match if root == "$_SERVER" { path } else { root } {
        "$_GET"
        | "$_POST"
        | "$_REQUEST"
        | "$_COOKIE"
        | "$_FILES"
        | "$HTTP_RAW_POST_DATA"
        | "$HTTP_GET_VARS"
        | "$HTTP_POST_VARS"
        | "$HTTP_COOKIE_VARS"
        | "get_query_var()"
        | "filter_input()"
        | "filter_input_array()"
        | "getallheaders()"
        | "apache_request_headers()" => Taint::REQUEST,
        "$argv" | "$_SERVER.argv" | "getopt()" => Taint::ARGV,
        "$_ENV" | "getenv()" => Taint::ENV,
        "readline()" | "STDIN" => Taint::INPUT,
        _ => {
            if let Some(name) = path.strip_prefix("$_SERVER.") {
                return if is_of_client(name) {
                    Taint::REQUEST
                } else {
                    Taint::NONE
                };
            }
            let Some((object, rest)) = split_request(path) else {
                return Taint::NONE;
            };
            let member = rest.split(['.', '(']).next().unwrap_or(rest);
            let is_bag = matches!(
                member,
                "query" | "request" | "headers" | "cookies" | "files"
            );
            // `Request::query(...)` and `$request->query->get(...)`: the bag itself is no data.
            if is_member(member) && (!is_bag || object == "Request" || rest.len() > member.len()) {
                Taint::REQUEST
            } else {
                Taint::NONE
            }
        }
    }
}

/// A request by its type or facade, and what is asked of it.
fn split_request(path: &str) -> Option<(&str, &str)> {
    [
        "Request()",
        "ServerRequestInterface()",
        "ServerRequest()",
        "request()",
        "Request",
        "Input",
        "Illuminate.Request()",
    ]
    .iter()
    .find_map(|object| {
        let rest = path.strip_prefix(object)?.strip_prefix('.')?;
        Some((*object, rest))
    })
}

/// What the client says in `$_SERVER`.
fn is_of_client(name: &str) -> bool {
    name.starts_with("HTTP_")
        || matches!(
            name,
            "QUERY_STRING"
                | "REQUEST_URI"
                | "PHP_SELF"
                | "PATH_INFO"
                | "ORIG_PATH_INFO"
                | "PATH_TRANSLATED"
                | "PHP_AUTH_USER"
                | "PHP_AUTH_PW"
                | "REDIRECT_URL"
                | "UNENCODED_URL"
        )
}

fn request_member(object: &str, member: &str) -> bool {
    match object {
        // What a client of HTTP made is called so, too.
        "$req" if member == "getContent" => false,
        "$request" | "$req" | "$this.request" | "$this.getRequest()" | "request()"
        | "$this.getRequest" => is_member(member),
        // CodeIgniter, and Slim by its `$args`.
        "$this.input" | "$this.request.input" | "$input" => matches!(
            member,
            "get"
                | "post"
                | "get_post"
                | "post_get"
                | "cookie"
                | "server"
                | "raw_input_stream"
                | "request_headers"
                | "get_request_header"
                | "user_agent"
                | "input_stream"
        ),
        _ => {
            object.ends_with(".request")
                && matches!(
                    member,
                    "get" | "post" | "getQueryParam" | "getBodyParam" | "rawBody"
                )
        }
    }
}

/// What requests of frameworks are asked for: Symfony, Laravel, PSR-7, CodeIgniter, CakePHP, Yii.
fn is_member(member: &str) -> bool {
    matches!(
        member,
        "query"
            | "request"
            | "get"
            | "input"
            | "all"
            | "post"
            | "cookie"
            | "cookies"
            | "header"
            | "headers"
            | "file"
            | "files"
            | "json"
            | "only"
            | "except"
            | "route"
            | "string"
            | "str"
            | "collect"
            | "fullUrl"
            | "getContent"
            | "toArray"
            | "getPayload"
            | "getRequestUri"
            | "getUri"
            | "getPathInfo"
            | "getQueryString"
            | "getHost"
            | "getQueryParams"
            | "getQueryParam"
            | "getParsedBody"
            | "getParsedBodyParam"
            | "getBody"
            | "getCookieParams"
            | "getCookieParam"
            | "getHeader"
            | "getHeaderLine"
            | "getHeaders"
            | "getUploadedFiles"
            | "getParam"
            | "getParams"
            | "getQuery"
            | "getData"
            | "getCookie"
            | "getVar"
            | "getGet"
            | "getPost"
            | "getPostGet"
            | "getGetPost"
            | "getJSON"
            | "getRawInput"
            | "getBodyParam"
            | "getBodyParams"
            | "rawBody"
    )
}

/// Classes whose public methods answer requests, by what they extend.
pub(in crate::parse::source) fn is_controller(base: &str) -> bool {
    let base = base.trim_start_matches("extends").trim();
    let last = base.rsplit('\\').next().unwrap_or(base);
    matches!(
        last,
        "Controller" | "BaseController" | "AbstractController" | "CI_Controller" | "AppController"
    )
}

/// The function that does to a value what a filter of `filter_var` does.
pub(in crate::parse::source) fn filter(call: &str) -> Option<&'static str> {
    const NUMBERS: &[&str] = &[
        "FILTER_VALIDATE_INT",
        "FILTER_VALIDATE_FLOAT",
        "FILTER_VALIDATE_BOOL",
        "FILTER_VALIDATE_IP",
        "FILTER_VALIDATE_MAC",
        "FILTER_SANITIZE_NUMBER",
    ];
    const HTML: &[&str] = &[
        "FILTER_SANITIZE_SPECIAL_CHARS",
        "FILTER_SANITIZE_FULL_SPECIAL_CHARS",
        "FILTER_SANITIZE_STRING",
        "FILTER_SANITIZE_STRIPPED",
        "FILTER_SANITIZE_ENCODED",
    ];
    let has = |names: &[&str]| names.iter().any(|name| call.contains(name));
    if has(NUMBERS) {
        Some("intval")
    } else if has(HTML) && !call.starts_with("filter_input") {
        Some("htmlspecialchars")
    } else {
        None
    }
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        _ if path.contains("escapeshell") || path == "ProcessUtils.escapeArgument" => Clean::SHELL,
        "htmlspecialchars"
        | "htmlentities"
        | "esc_html"
        | "esc_attr"
        | "esc_js"
        | "esc_textarea"
        | "esc_xml"
        | "esc_html__"
        | "esc_attr__"
        | "wp_kses"
        | "wp_kses_post"
        | "wp_kses_data"
        | "wp_strip_all_tags"
        | "sanitize_text_field"
        | "sanitize_textarea_field"
        | "sanitize_email"
        | "strip_tags"
        | "check_plain"
        | "filter_xss"
        | "json_encode"
        | "wp_json_encode"
        | "h"
        | "e"
        | "Html.encode"
        | "Html.escape"
        | "Xss.filter"
        | "var_export" => Clean::HTML,
        // What names a file that is there, nobody made up.
        "esc_url" | "esc_url_raw" | "realpath" => Clean::HTML,
        "urlencode" | "rawurlencode" | "http_build_query" => Clean::URL
            .with(Clean::HTML)
            .with(Clean::PATH)
            .with(Clean::SQL)
            .with(Clean::SHELL),
        "wp_validate_redirect" | "wp_sanitize_redirect" | "url_for" => Clean::URL,
        "mysqli_real_escape_string"
        | "mysql_real_escape_string"
        | "mysql_escape_string"
        | "mysqli_escape_string"
        | "pg_escape_string"
        | "pg_escape_literal"
        | "pg_escape_identifier"
        | "pg_escape_bytea"
        | "sqlite_escape_string"
        | "SQLite3.escapeString"
        | "addslashes"
        | "esc_sql"
        | "esc_like"
        | "db_escape_string"
        | "pSQL" => Clean::SQL,
        "ldap_escape" => Clean::LDAP,
        "basename" | "sanitize_file_name" | "wp_unique_filename" => Clean::PATH,
        "=="
        | "md5"
        | "sha1"
        | "hash"
        | "hash_hmac"
        | "crc32"
        | "bin2hex"
        | "uniqid"
        | "count"
        | "sizeof"
        | "strlen"
        | "mb_strlen"
        | "intval"
        | "floatval"
        | "doubleval"
        | "boolval"
        | "absint"
        | "abs"
        | "round"
        | "floor"
        | "ceil"
        | "max"
        | "min"
        | "rand"
        | "mt_rand"
        | "random_int"
        | "random_bytes"
        | "time"
        | "microtime"
        | "mktime"
        | "strtotime"
        | "date"
        | "gmdate"
        | "date_i18n"
        | "number_format"
        | "is_numeric"
        | "is_array"
        | "is_string"
        | "is_int"
        | "isset"
        | "empty"
        | "in_array"
        | "array_key_exists"
        | "preg_match"
        | "strpos"
        | "stripos"
        | "strcmp"
        | "file_exists"
        | "is_file"
        | "is_dir"
        | "filesize"
        | "filemtime"
        | "getmypid"
        | "getcwd"
        | "sys_get_temp_dir"
        | "tempnam"
        | "phpversion"
        | "php_sapi_name"
        | "php_uname"
        | "session_id"
        | "array_search"
        | "password_hash"
        | "password_verify"
        | "sanitize_key"
        | "sanitize_title"
        | "sanitize_html_class"
        | "sanitize_hex_color"
        | "ctype_digit"
        | "ctype_alnum"
        | "ctype_alpha"
        | "ord"
        | "hexdec"
        | "bindec"
        | "octdec"
        | "base64_encode"
        | "gettype"
        | "get_class"
        | "uuid_create"
        | "ip2long"
        | "range"
        | "str_repeat"
        | "wp_create_nonce"
        | "wp_verify_nonce"
        | "wp_generate_password"
        | "current_time"
        | "get_current_user_id"
        | "move_uploaded_file" => Clean::ALL,
        _ if method.contains("escape") && method.contains("filter") => Clean::LDAP,
        _ if path.ends_with("html_escape") || path == "__esc" => Clean::HTML,
        _ => match method {
            "quote"
            | "real_escape_string"
            | "escape_string"
            | "escapeString"
            | "escape"
            | "prepare"
            | "quoteIdentifier"
            | "quoteInto"
            | "quoteName"
            | "quoteString"
            | "qstr"
            | "escape_like"
            | "esc_like"
            | "escapeLike"
            | "escapeIdentifier"
            | "backquote"
            | "addQuotes"
            | "placeholder"
            | "createNamedParameter"
            | "createPositionalParameter"
            | "quoteSmart" => Clean::SQL,
            "escapeHtml" | "escapeHTML" | "escapeAttr" | "escapeHtmlAttr" | "purify"
            | "htmlEscape" | "sanitizeHtml" => Clean::HTML,
            "getInt" | "getInteger" | "getBoolean" | "getDigits" | "getAlnum" | "getAlpha"
            | "getSize" | "integer" | "boolean" | "float" | "date" | "hasFile" | "has"
            | "filled" | "getClientIp" | "ip" | "user" | "isMethod" | "getMethod" | "method"
            | "ajax" | "isXmlHttpRequest" | "getSession" | "session" | "getCurrentRoute"
            | "getLocale" => Clean::ALL,
            _ => return None,
        },
    })
}

/// True for what is called after cleaning something: whoever drops what it gives back has it change
/// its argument, which is handed over by reference.
pub(in crate::parse::source) fn cleans_in_place(name: &str) -> bool {
    const WORDS: [&str; 6] = ["clean", "Clean", "escape", "Escape", "sanitize", "Sanitize"];
    WORDS.iter().any(|word| name.ends_with(word))
        || name
            .split_once('_')
            .is_some_and(|(first, _)| WORDS.contains(&first))
}

/// True for what reads rows of a result: what they hold is of the database, whatever it was asked.
pub(in crate::parse::source) fn reads_rows(method: &str) -> bool {
    matches!(
        method,
        "fetch"
            | "fetchAll"
            | "fetchAssoc"
            | "fetchArray"
            | "fetchRow"
            | "fetchColumn"
            | "fetchObject"
            | "fetch_all"
            | "fetch_assoc"
            | "fetch_array"
            | "fetch_row"
            | "fetch_object"
    )
}

fn passes_on(path: &str, method: &str) -> bool {
    matches!(
        path,
        "trim"
            | "ltrim"
            | "rtrim"
            | "chop"
            | "strtolower"
            | "strtoupper"
            | "mb_strtolower"
            | "mb_strtoupper"
            | "ucfirst"
            | "ucwords"
            | "lcfirst"
            | "substr"
            | "mb_substr"
            | "str_replace"
            | "str_ireplace"
            | "substr_replace"
            | "preg_replace"
            | "preg_replace_callback"
            | "strtr"
            | "urldecode"
            | "rawurldecode"
            | "base64_decode"
            | "json_decode"
            | "stripslashes"
            | "stripcslashes"
            | "nl2br"
            | "html_entity_decode"
            | "htmlspecialchars_decode"
            | "explode"
            | "preg_split"
            | "str_split"
            | "implode"
            | "join"
            | "array_merge"
            | "array_filter"
            | "array_values"
            | "array_keys"
            | "array_pop"
            | "array_shift"
            | "array_slice"
            | "array_unique"
            | "array_reverse"
            | "array_combine"
            | "array_map"
            | "reset"
            | "current"
            | "end"
            | "key"
            | "next"
            | "serialize"
            | "strval"
            | "str_pad"
            | "strrev"
            | "utf8_encode"
            | "utf8_decode"
            | "iconv"
            | "mb_convert_encoding"
            | "mb_convert_case"
            | "storage_path"
            | "public_path"
            | "base_path"
            | "resource_path"
            | "app_path"
            | "wordwrap"
            | "gzinflate"
            | "gzuncompress"
            | "pathinfo"
            | "parse_url"
            | "realpath"
            | "dirname"
            | "strstr"
            | "strrchr"
            | "stristr"
            | "wp_unslash"
            | "wp_parse_args"
            | "wp_normalize_path"
            | "trailingslashit"
            | "untrailingslashit"
            | "filter_var"
            | "hex2bin"
            | "convert_uudecode"
            | "str_rot13"
            | "compact"
            | "ArrayObject"
            | "new"
            | "print_r"
            | "nl_langinfo"
            | "sprintf"
            | "vsprintf"
    ) || matches!(method, "toString" | "__toString")
}

fn template(path: &str) -> Option<usize> {
    matches!(path, "sprintf" | "vsprintf").then_some(0)
}

fn is_own(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        path,
        "__DIR__"
            | "__CLASS__"
            | "__LINE__"
            | "__FUNCTION__"
            | "__METHOD__"
            | "__NAMESPACE__"
            | "self"
            | "static"
            | "parent"
            | "$table_prefix"
            | "$_SERVER.SCRIPT_FILENAME"
    ) || (path.starts_with("$wpdb.") && !path.ends_with("()"))
        || is_configuration(path)
        || matches!(
            last,
            "prefix" | "dbprefix" | "table_prefix" | "base_prefix" | "tbl_prefix" | "class"
        )
}

fn loads(_: &str) -> bool {
    false
}

/// What an administrator of the program sets.
fn is_configuration(path: &str) -> bool {
    let root = path.split(['.', '(']).next().unwrap_or(path);
    matches!(
        root,
        "$config" | "$conf" | "$CONF" | "$cfg" | "$CFG" | "$settings" | "$sysconf"
    ) && path.len() > root.len()
        || matches!(
            path,
            "read_config_option()"
                | "variable_get()"
                | "config()"
                | "get_option()"
                | "Configure.read()"
        )
}

/// What `settype` calls a type that holds no text.
pub(in super::super) fn is_number_type(name: &str) -> bool {
    let names = ["int", "integer", "float", "double", "bool", "boolean"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}
