//! Canonical names of Rust: paths with dots, as their `use` says: `std.process.Command.new`,
//! `sqlx.query`, macros with their sign. What `new` and `default` of a type give is of that type, as
//! is a variable of a declared type: `std.process.Command.arg`; other results are calls:
//! `reqwest.Client.builder().build`. `?`, `.await`, `unwrap` and their like leave no trace.

use super::{Clean, Library, Taint, no_template};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
    cleans,
    passes_on,
    template: no_template,
    fills,
    wraps,
    keeps,
    reference: Some("&mut"),
    is_number,
    is_own,
    loads,
    request_words: &[
        "axum",
        "axum_extra",
        "actix_web",
        "rocket",
        "warp",
        "tide",
        "poem",
        "hyper",
        "salvo",
        "lambda_http",
        "http",
        "HttpRequest",
    ],
};

fn entry(path: &str) -> Taint {
    match path {
        "std.env.args()" | "std.env.args_os()" => return Taint::ARGV,
        "std.env.var()" | "std.env.var_os()" | "std.env.vars()" => return Taint::ENV,
        "std.io.stdin()" => return Taint::INPUT,
        "zip.ZipArchive.by_index().name()" | "zip.read.ZipFile.name()" => return Taint::ARCHIVE,
        _ => {}
    }
    if path.starts_with("zip.") && path.ends_with(".by_index().name()") {
        return Taint::ARCHIVE;
    }
    let (owner, name) = path.rsplit_once('.').unwrap_or(("", path));
    let is_extractor = match owner {
        "axum.extract" | "axum_extra.extract" => matches!(
            name,
            "Path"
                | "Query"
                | "Form"
                | "Json"
                | "RawQuery"
                | "RawForm"
                | "Multipart"
                | "OriginalUri"
                | "Request"
                | "CookieJar"
                | "Host"
        ),
        "axum" | "rocket.serde.json" | "rocket.form" | "rocket" => {
            matches!(name, "Json" | "Form" | "Data")
        }
        "actix_web.web" | "poem.web" => matches!(
            name,
            "Path" | "Query" | "Form" | "Json" | "Bytes" | "Payload" | "Multipart"
        ),
        "actix_multipart" | "actix_multipart.form" => name.starts_with("Multipart"),
        "axum.http" => matches!(name, "HeaderMap" | "Uri"),
        // Clients have addresses, too.
        "http" => name == "HeaderMap",
        _ => false,
    };
    if is_extractor {
        return Taint::REQUEST;
    }
    let method = name.strip_suffix("()").unwrap_or("");
    let is_request = match owner {
        "actix_web.HttpRequest" => matches!(
            method,
            "match_info" | "query_string" | "headers" | "uri" | "path" | "cookie" | "cookies"
        ),
        "tide.Request" => matches!(
            method,
            "param" | "query" | "body_string" | "body_json" | "body_form" | "url" | "header"
        ),
        "hyper.Request" | "http.Request" | "lambda_http.Request" => matches!(
            method,
            "uri"
                | "headers"
                | "body"
                | "into_body"
                | "query_string_parameters"
                | "path_parameters"
        ),
        "salvo.Request" | "salvo.prelude.Request" => {
            matches!(
                method,
                "query" | "param" | "form" | "parse_json" | "header" | "file"
            )
        }
        _ => false,
    };
    match is_request {
        true => Taint::REQUEST,
        false => Taint::NONE,
    }
}

fn request_member(_: &str, _: &str) -> bool {
    false
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        "std.process.id"
        | "std.env.current_dir"
        | "std.env.current_exe"
        | "uuid.Uuid.new_v4"
        | "uuid.Uuid.now_v7"
        | "uuid.Uuid.parse_str"
        | "chrono.Utc.now"
        | "chrono.Local.now"
        | "std.time.Instant.now"
        | "std.time.SystemTime.now"
        | "hex.encode"
        | "tempfile.tempdir"
        | "tempfile.NamedTempFile.new" => Clean::ALL,
        "html_escape.encode_text"
        | "html_escape.encode_safe"
        | "html_escape.encode_quoted_attribute"
        | "html_escape.encode_double_quoted_attribute"
        | "ammonia.clean"
        | "v_htmlescape.escape"
        | "askama_escape.escape"
        | "tera.escape_html"
        | "htmlescape.encode_minimal" => Clean::HTML,
        "urlencoding.encode"
        | "percent_encoding.utf8_percent_encode"
        | "percent_encoding.percent_encode"
        | "form_urlencoded.byte_serialize"
        | "url.form_urlencoded.byte_serialize" => Clean::URL
            .with(Clean::HTML)
            .with(Clean::PATH)
            .with(Clean::LINE),
        "shlex.quote"
        | "shlex.try_quote"
        | "shlex.join"
        | "shlex.try_join"
        | "shell_escape.escape"
        | "shell_escape.unix.escape"
        | "shell_words.quote"
        | "shell_words.join" => Clean::SHELL,
        "sanitize_filename.sanitize" => Clean::PATH,
        "ldap3.ldap_escape" => Clean::LDAP,
        _ => match method {
            "len" | "is_empty" | "count" | "as_u64" | "as_i64" | "timestamp" | "as_secs"
            | "as_millis" | "is_some" | "is_none" | "is_ok" | "hash" | "exists" | "is_file"
            | "is_dir" => Clean::ALL,
            "parse" if !path.ends_with("Url.parse") && !path.ends_with("Uri.parse") => Clean::ALL,
            "file_name" | "enclosed_name" | "mangled_name" => Clean::PATH,
            "escape_html" | "html_escape" | "escape_default" | "encode_text" => Clean::HTML,
            // What a template is given is escaped by it: Askama, Tera, Handlebars.
            "render" | "render_once" => Clean::HTML,
            "quote_ident" | "quote_identifier" | "quote_literal" | "escape_identifier"
            | "escape_literal" => Clean::SQL,
            _ => return None,
        },
    })
}

fn passes_on(path: &str, method: &str) -> bool {
    if matches!(
        path,
        "Ok" | "serde_json.from_str"
            | "serde_json.from_slice"
            | "serde_json.to_string"
            | "std.str.from_utf8"
            | "url.Url.parse"
            | "reqwest.Url.parse"
            | "percent_encoding.percent_decode_str"
            | "urlencoding.decode"
            | "std.fs.canonicalize"
            | "std.mem.take"
            | "std.iter.once"
    ) {
        return true;
    }
    matches!(
        method,
        "join"
            | "with_file_name"
            | "with_extension"
            | "concat"
            | "from_utf8"
            | "from_utf8_lossy"
            | "from_iter"
            | "replace"
            | "chain"
            | "unwrap_or"
            | "from_str"
    )
}

/// What is written into through a mutable reference.
fn fills(_: &str, method: &str) -> bool {
    matches!(
        method,
        "read_line" | "read_to_string" | "read_to_end" | "read_exact" | "read"
    )
}

pub(in crate::parse::source) fn is_number(path: &str) -> bool {
    matches!(
        path,
        "u8" | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "f32"
            | "f64"
            | "bool"
            | "uuid.Uuid"
            | "std.net.IpAddr"
            | "std.net.SocketAddr"
            | "std.time.Duration"
            | "std.time.Instant"
            | "chrono.NaiveDate"
            | "chrono.NaiveDateTime"
    )
}

fn is_own(path: &str) -> bool {
    matches!(
        path,
        "std.path.MAIN_SEPARATOR" | "None" | "std.env.temp_dir()" | "std.env.temp_dir().join()"
    )
}

fn loads(_: &str) -> bool {
    false
}

/// Functions that give back the one value they are given, as far as rules care.
fn wraps(path: &str) -> bool {
    matches!(
        path,
        "Some"
            | "Box.new"
            | "Arc.new"
            | "Rc.new"
            | "std.sync.Arc.new"
            | "std.rc.Rc.new"
            | "String.from"
            | "PathBuf.from"
            | "Path.new"
            | "std.path.PathBuf.from"
            | "std.path.Path.new"
            | "OsString.from"
            | "OsStr.new"
            | "std.ffi.OsString.from"
            | "std.ffi.OsStr.new"
            | "Cow.from"
            | "std.borrow.Cow.from"
            | "std.borrow.Cow.Borrowed"
            | "std.borrow.Cow.Owned"
            | "Cow.Borrowed"
            | "Cow.Owned"
            | "Pin.new"
            | "Vec.from"
            | "Bytes.from"
    )
}

/// Methods whose result is what they are called on, as far as rules care.
fn keeps(method: &str) -> bool {
    matches!(
        method,
        "unwrap"
            | "expect"
            | "clone"
            | "to_string"
            | "to_owned"
            | "into"
            | "as_str"
            | "as_ref"
            | "as_mut"
            | "as_bytes"
            | "as_path"
            | "borrow"
            | "borrow_mut"
            | "ok"
            | "map_err"
            | "context"
            | "with_context"
            | "unwrap_or_default"
            | "unwrap_or_else"
            | "cloned"
            | "copied"
            | "iter"
            | "iter_mut"
            | "into_iter"
            | "into_inner"
            | "into_string"
            | "into_bytes"
            | "into_boxed_str"
            | "into_owned"
            | "to_string_lossy"
            | "to_path_buf"
            | "to_str"
            | "to_vec"
            | "as_slice"
            | "as_deref"
            | "as_deref_mut"
            | "as_os_str"
            | "ok_or"
            | "ok_or_else"
            | "display"
            | "lock"
            | "trim"
            | "trim_end"
            | "trim_start"
            | "to_lowercase"
            | "to_uppercase"
            | "to_ascii_lowercase"
            | "to_ascii_uppercase"
            | "by_ref"
            | "as_mut_slice"
            | "boxed"
            | "leak"
            | "try_into"
            | "unwrap_unchecked"
            | "raw_name"
            | "dangerous_unsafe_unsanitized_raw"
    )
}
