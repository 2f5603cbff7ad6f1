//! Ruby's methods, and the requests of Rails, Sinatra and Rack.
//!
//! Constants and methods are joined by dots: `OpenSSL.SSL.VERIFY_NONE`, `Net.HTTP.get`,
//! `Digest.MD5.hexdigest`. What Kernel has is named alone (`system`), the backtick is "`".

use super::{Clean, Library, Taint, fills_nothing, keeps_nothing, no_number};

pub(in crate::parse::source) static LIBRARY: Library = Library {
    entry,
    request_member,
    cleans,
    passes_on,
    template,
    fills: fills_nothing,
    wraps: |path| path == "String",
    keeps: keeps_nothing,
    reference: None,
    is_number: no_number,
    is_own,
    loads,
    request_words: &["params", "request", "cookies", "req", "env", "event"],
};

fn entry(path: &str) -> Taint {
    if let Some(member) = path.strip_prefix("request.") {
        let member = member.split(['.', '(']).next().unwrap_or(member);
        return if is_member(member) {
            Taint::REQUEST
        } else {
            Taint::NONE
        };
    }
    match path {
        _ if path.starts_with("params.") || path.starts_with("cookies.") => Taint::REQUEST,
        "params" | "cookies" => Taint::REQUEST,
        "env.QUERY_STRING"
        | "env.PATH_INFO"
        | "env.REQUEST_URI"
        | "env.HTTP_HOST"
        | "env.HTTP_REFERER"
        | "env.HTTP_COOKIE"
        | "env.HTTP_USER_AGENT"
        | "env.rack.input" => Taint::REQUEST,
        "ARGV" => Taint::ARGV,
        "ENV" => Taint::ENV,
        "gets" | "gets()" | "STDIN" | "$stdin" | "ARGF" | "readline" => Taint::INPUT,
        _ => match path.strip_prefix("Rack.Request.new().") {
            Some(member) if is_member(member) => Taint::REQUEST,
            _ => Taint::NONE,
        },
    }
}

fn is_member(member: &str) -> bool {
    matches!(
        member,
        "params"
            | "GET"
            | "POST"
            | "body"
            | "raw_post"
            | "query_string"
            | "query_parameters"
            | "request_parameters"
            | "path_parameters"
            | "headers"
            | "referer"
            | "referrer"
            | "user_agent"
            | "url"
            | "original_url"
            | "fullpath"
            | "original_fullpath"
            | "path_info"
            | "host"
            | "env"
            | "cookies"
            | "filtered_parameters"
    )
}

fn request_member(object: &str, member: &str) -> bool {
    matches!(
        object,
        "request" | "req" | "@request" | "@req" | "self.request" | "controller" | "self"
    ) && is_member(member)
        && (!matches!(object, "controller" | "self") || member == "params")
}

/// Methods that are calls without brackets or arguments, for rules and for what they do.
pub(in crate::parse::source) fn is_call(method: &str) -> bool {
    method.ends_with(['!', '?'])
        || matches!(
            method,
            "to_i"
                | "to_f"
                | "to_r"
                | "to_s"
                | "to_str"
                | "to_json"
                | "strip"
                | "lstrip"
                | "rstrip"
                | "chomp"
                | "chop"
                | "downcase"
                | "upcase"
                | "capitalize"
                | "squish"
                | "freeze"
                | "dup"
                | "strip_heredoc"
                | "shellescape"
                | "html_safe"
                | "constantize"
                | "safe_constantize"
                | "classify"
                | "parameterize"
                | "size"
                | "count"
                | "hash"
                | "new"
                | "hexdigest"
                | "rand"
                | "create"
                | "read"
                | "join"
        )
}

fn cleans(path: &str, method: &str) -> Option<Clean> {
    Some(match path {
        "Shellwords.escape"
        | "shell_quote"
        | "shell_escape"
        | "Shellwords.shellescape"
        | "Shellwords.join"
        | "Shellwords.shelljoin" => Clean::SHELL,
        "h"
        | "html_escape"
        | "ERB.Util.html_escape"
        | "ERB.Util.h"
        | "CGI.escapeHTML"
        | "CGI.escape_html"
        | "Rack.Utils.escape_html"
        | "escape_html"
        | "sanitize"
        | "strip_tags"
        | "json_escape"
        | "escape_javascript"
        | "simple_format" => Clean::HTML,
        "CGI.escape"
        | "URI.encode_www_form_component"
        | "URI.encode_www_form"
        | "ERB.Util.url_encode"
        | "Rack.Utils.escape"
        | "escape" => Clean::URL
            .with(Clean::HTML)
            .with(Clean::PATH)
            .with(Clean::SQL)
            .with(Clean::SHELL),
        "File.basename" | "ActiveStorage.Filename.new" => Clean::PATH,
        "Net.LDAP.Filter.escape" => Clean::LDAP,
        "Integer"
        | "Float"
        | "Rational"
        | "Time.now"
        | "Time.zone.now"
        | "Date.today"
        | "rand"
        | "SecureRandom.hex"
        | "SecureRandom.uuid"
        | "Process.pid"
        | "Date.parse"
        | "Time.parse"
        | "Digest.MD5.hexdigest"
        | "Digest.SHA1.hexdigest"
        | "Digest.SHA256.hexdigest"
        | "Dir.pwd"
        | "Dir.tmpdir"
        | "Dir.mktmpdir"
        | "url_for"
        | "root_path" => Clean::ALL,
        _ => match method {
            "shell_quote" | "shell_escape" => Clean::SHELL,
            "to_i" | "to_f" | "to_r" | "size" | "count" | "length" | "hash" | "hexdigest"
            | "parameterize" | "shellescape" | "strftime" | "bytesize" | "index" | "id" => {
                Clean::ALL
            }
            "quote"
            | "quote_column_name"
            | "quote_table_name"
            | "quote_string"
            | "sanitize_sql"
            | "sanitize_sql_array"
            | "sanitize_sql_for_conditions"
            | "sanitize_sql_like"
            | "sanitize_sql_for_order"
            | "escape_string"
            | "escape_literal"
            | "escape_identifier"
            | "quoted_table_name"
            | "quote_ident"
            | "escape"
            | "to_sql" => Clean::SQL,
            _ if method.ends_with('?') || method.ends_with("_path") || method.ends_with("_url") => {
                Clean::ALL
            }
            _ => return None,
        },
    })
}

fn passes_on(path: &str, method: &str) -> bool {
    matches!(
        path,
        "String"
            | "Array"
            | "Hash"
            | "URI"
            | "URI.parse"
            | "URI.join"
            | "URI.decode"
            | "URI.encode"
            | "URI.decode_www_form_component"
            | "CGI.unescape"
            | "CGI.unescapeHTML"
            | "File.join"
            | "File.expand_path"
            | "File.absolute_path"
            | "Rails.root.join"
            | "Pathname.new"
            | "Pathname"
            | "JSON.parse"
            | "JSON.generate"
            | "Base64.decode64"
            | "Base64.urlsafe_decode64"
            | "Base64.strict_decode64"
            | "StringIO.new"
            | "Shellwords.split"
            | "Addressable.URI.parse"
            | "Rack.Utils.unescape"
            | "Rack.Utils.parse_nested_query"
            | "format"
            | "sprintf"
            | "raw"
    ) || matches!(method, "concat" | "permit" | "fetch" | "dig")
}

fn template(path: &str) -> Option<usize> {
    matches!(path, "format" | "sprintf" | "Kernel.format").then_some(0)
}

fn is_own(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    matches!(
        path,
        "__dir__" | "__method__" | "Rails.root" | "Rails.env" | "$0" | "$$"
    ) || matches!(
        last,
        "table_name"
            | "quoted_table_name"
            | "primary_key"
            | "root_path"
            | "quoted_true"
            | "quoted_false"
            | "id"
            | "lft"
            | "rgt"
            | "class_name"
    ) || path.contains('.') && last.ends_with("_id")
        || path.ends_with(".class.name")
        || last.ends_with("_path") && !path.contains('@')
}

fn loads(_: &str) -> bool {
    false
}
