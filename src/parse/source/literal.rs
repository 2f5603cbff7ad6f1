//! String literals as their languages read them.

use std::borrow::Cow;

/// The text of a Python string literal, prefix and quotes included in `raw`.
pub(super) fn python(raw: &str) -> Cow<'_, str> {
    let quoted = raw.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_raw = raw[..raw.len() - quoted.len()].contains(['r', 'R']);
    let body = inner(quoted, &["\"\"\"", "'''", "\"", "'"]);
    if is_raw {
        Cow::Borrowed(body)
    } else {
        unescape(body)
    }
}

/// The text of a JavaScript string or template without substitutions.
pub(super) fn javascript(raw: &str) -> Cow<'_, str> {
    unescape(inner(raw, &["\"", "'", "`"]))
}

/// The text of a Java string, text block or character.
pub(super) fn java(raw: &str) -> Cow<'_, str> {
    if let Some(block) = raw.strip_prefix("\"\"\"") {
        let block = block.strip_suffix("\"\"\"").unwrap_or(block);
        let body = block.trim_start_matches([' ', '\t', '\r']);
        return unescape(body.strip_prefix('\n').unwrap_or(body));
    }
    unescape(inner(raw, &["\"", "'"]))
}

/// The text of a C# string, verbatim string, raw string or character.
pub(super) fn csharp(raw: &str) -> Cow<'_, str> {
    let raw = raw.strip_suffix("u8").unwrap_or(raw);
    if let Some(verbatim) = raw.strip_prefix('@') {
        let body = inner(verbatim, &["\""]);
        return match body.contains("\"\"") {
            true => Cow::Owned(body.replace("\"\"", "\"")),
            false => Cow::Borrowed(body),
        };
    }
    if raw.starts_with("\"\"\"") {
        return Cow::Borrowed(raw.trim_matches('"').trim_matches('\n'));
    }
    unescape(inner(raw, &["\"", "'"]))
}

/// What stands between the first of some quotes that there is, closed or not.
fn inner<'s>(raw: &'s str, quotes: &[&str]) -> &'s str {
    quotes
        .iter()
        .find_map(|quote| {
            raw.strip_prefix(quote)
                .map(|rest| rest.strip_suffix(quote).unwrap_or(rest))
        })
        .unwrap_or(raw)
}

/// A number that may end with the letters of its type: `10L`, `1.5f`, `2m`.
pub(super) fn number_with_suffix(raw: &str) -> Option<f64> {
    let is_hex = raw.starts_with("0x") || raw.starts_with("0X");
    let digits = match is_hex {
        true => raw.trim_end_matches(['l', 'L', 'u', 'U']),
        false => raw.trim_end_matches(['l', 'L', 'u', 'U', 'f', 'F', 'd', 'D', 'm', 'M']),
    };
    number(digits)
}

/// The text of a Go string literal: raw between backquotes.
pub(super) fn go(raw: &str) -> Cow<'_, str> {
    let inner = |quote| {
        raw.strip_prefix(quote)
            .map(|rest| rest.strip_suffix(quote).unwrap_or(rest))
    };
    match inner('`') {
        Some(text) => Cow::Borrowed(text),
        None => unescape(inner('"').unwrap_or(raw)),
    }
}

/// The text of a Rust string literal, of bytes and raw ones, too.
pub(super) fn rust(raw: &str) -> Cow<'_, str> {
    match raw.trim_start_matches(['b', 'c']).starts_with('r') {
        true => Cow::Borrowed(rust_body(raw)),
        false => unescape(rust_body(raw)),
    }
}

/// What stands between the quotes of a Rust string literal.
pub(super) fn rust_body(raw: &str) -> &str {
    let quoted = raw
        .trim_start_matches(['b', 'c', 'r'])
        .trim_start_matches('#');
    let inner = quoted.strip_prefix('"').unwrap_or(quoted);
    let inner = inner.trim_end_matches('#');
    inner.strip_suffix('"').unwrap_or(inner)
}

/// The text of a literal in which a backslash escapes only quotes and itself: PHP and Ruby in `'`.
pub(super) fn single_quoted(raw: &str) -> Cow<'_, str> {
    let raw = raw.strip_prefix(['b', 'B']).unwrap_or(raw);
    let body = raw.strip_prefix('\'').unwrap_or(raw);
    let body = body.strip_suffix('\'').unwrap_or(body);
    if !body.contains('\\') {
        return Cow::Borrowed(body);
    }
    Cow::Owned(body.replace("\\'", "'").replace("\\\\", "\\"))
}

/// Resolves the escapes that the C family of languages shares; unknown ones stay as written.
pub(super) fn unescape(body: &str) -> Cow<'_, str> {
    if !body.contains('\\') {
        return Cow::Borrowed(body);
    }
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let mut chars = tail.chars();
        let Some(first) = chars.next() else {
            text.push('\\');
            rest = "";
            break;
        };
        rest = chars.as_str();
        match first {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            '0' => text.push('\0'),
            '\\' | '\'' | '"' | '`' | '$' | '/' => text.push(first),
            '\n' => {}
            'x' | 'u' => {
                let digits = if first == 'x' { 2 } else { 4 };
                let code = rest
                    .get(..digits)
                    .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                    .and_then(char::from_u32);
                match code {
                    Some(c) => {
                        text.push(c);
                        rest = &rest[digits..];
                    }
                    None => {
                        text.push('\\');
                        text.push(first);
                    }
                }
            }
            other => {
                text.push('\\');
                text.push(other);
            }
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// A number as Python and JavaScript write it: separators, hexadecimal, octal, binary, suffixes.
pub(super) fn number(raw: &str) -> Option<f64> {
    // Most are a few digits.
    let is_plain = raw.bytes().all(|b| b.is_ascii_digit());
    if is_plain && (raw.len() == 1 || !raw.starts_with('0')) {
        return raw.parse().ok();
    }
    let digits: String = raw.chars().filter(|c| *c != '_').collect();
    let digits = digits.trim_end_matches(['n', 'l', 'L', 'j', 'J']);
    let lower = digits.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = lower.strip_prefix(prefix) {
            // 64 bits hold every number that a rule compares with.
            #[allow(clippy::cast_precision_loss)]
            return u64::from_str_radix(rest, radix).ok().map(|n| n as f64);
        }
    }
    // `0777`: octal wherever it may be written so.
    if lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|b| matches!(b, b'0'..=b'7'))
    {
        #[allow(clippy::cast_precision_loss)]
        return u64::from_str_radix(&lower, 8).ok().map(|n| n as f64);
    }
    lower.parse().ok()
}

/// True for a placeholder between its braces whose format no text has: `{size:.2f}`.
pub(super) fn takes_numbers(placeholder: &str) -> bool {
    let format = placeholder
        .strip_suffix('}')
        .and_then(|inner| inner.rsplit_once(':'));
    format.is_some_and(|(_, format)| {
        format.ends_with([
            'd', 'f', 'F', 'x', 'X', 'b', 'o', 'e', 'E', 'g', 'G', 'n', '%',
        ]) && !format.contains(['\'', '"', '[', '{', '(', '='])
            && format.len() < 12
    })
}

#[cfg(test)]
mod tests {
    use super::{go, javascript, number, python, rust};

    #[test]
    fn python_literals_lose_prefix_quotes_and_escapes() {
        assert_eq!(python("'a'"), "a");
        assert_eq!(python("b\"\"\"a\"b\"\"\""), "a\"b");
        assert_eq!(python(r"'a\n\x41'"), "a\nA");
        assert_eq!(python(r"r'\n'"), r"\n");
        assert_eq!(python("'"), "");
    }

    #[test]
    fn raw_literals_of_go_have_no_escapes() {
        assert_eq!(go(r"`a\n`"), r"a\n");
        assert_eq!(go(r#""a\tb""#), "a\tb");
        assert_eq!(go("`"), "");
    }

    #[test]
    fn literals_of_rust_lose_prefix_and_quotes() {
        assert_eq!(rust(r##"br#"a"\n"#"##), r#"a"\n"#);
        assert_eq!(rust(r#""a\tb""#), "a\tb");
        assert_eq!(rust("b\"key\""), "key");
        assert_eq!(rust("r#\""), "");
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(javascript(r"'\u12'"), r"\u12");
        assert_eq!(javascript("'a\\"), "a\\");
        assert_eq!(javascript(r"'\xé'"), r"\xé");
    }

    #[test]
    fn numbers_are_read_in_every_base() {
        assert_eq!(number("0o777"), Some(511.0));
        assert_eq!(number("0777"), Some(511.0));
        assert_eq!(number("0.5"), Some(0.5));
        assert_eq!(number("1_024"), Some(1024.0));
        assert_eq!(number("0xffn"), Some(255.0));
        assert_eq!(number("1.5e3"), Some(1500.0));
    }
}
