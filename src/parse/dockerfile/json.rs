//! The exec form: a JSON array of strings.

use crate::model::Span;
use crate::text::Mapped;

/// What an argument that may be an exec form turns out to be.
#[derive(Debug)]
pub(super) enum ExecForm {
    /// The strings, and where in the line the array ends: BuildKit drops what follows it.
    Strings(Vec<Mapped>, usize),
    /// A JSON array, but not of strings only: BuildKit refuses it.
    NotStrings,
    /// Not JSON: the shell form.
    Not,
}

/// Reads the part of a joined line from `start` to its end.
pub(super) fn read(line: &Mapped, start: u32) -> ExecForm {
    let text = line.as_str().get(start as usize..).unwrap_or_default();
    if !text.trim_start().starts_with('[') {
        return ExecForm::Not;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Vec<serde_json::Value>>();
    match values.next() {
        None | Some(Err(_)) => return ExecForm::Not,
        Some(Ok(items)) if items.iter().any(|item| !item.is_string()) => {
            return ExecForm::NotStrings;
        }
        Some(Ok(_)) => {}
    }
    let end = start as usize + values.byte_offset();
    // Valid from here on, so that only strings, commas and blanks can follow.
    let mut strings = Vec::new();
    let mut at = start as usize;
    let bytes = line.as_str().as_bytes();
    while let Some(quote) = bytes
        .get(at..end)
        .and_then(|rest| memchr::memchr(b'"', rest))
        .map(|found| at + found)
    {
        let (string, after) = read_string(line, quote + 1);
        strings.push(string);
        at = after;
    }
    ExecForm::Strings(strings, end)
}

/// The string whose text begins at `start`, and where the text after its closing quote begins.
fn read_string(line: &Mapped, start: usize) -> (Mapped, usize) {
    let text = line.as_str();
    let mut string = Mapped::new();
    let mut at = start;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(length) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) else {
            return (string, text.len());
        };
        string.append_mapped(&line.slice(Span::from_usize(at, at + length)));
        if rest[length..].starts_with('"') {
            if string.is_empty() {
                // An empty string still has a place.
                let place = line.offset(u32::try_from(start).unwrap_or(u32::MAX));
                string = Mapped::verbatim("", place);
            }
            return (string, at + length + 1);
        }
        at += length;
        let (decoded, width) = escape(&text[at..]);
        let source = line.span(Span::from_usize(at, at + width));
        string.push_for(decoded.encode_utf8(&mut [0; 4]), source);
        at += width;
    }
}

/// The character that an escape stands for, and how long the escape is.
fn escape(text: &str) -> (char, usize) {
    let hex = |at: usize| {
        text.get(at..at + 4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => {
            let high = hex(2).unwrap_or(0xfffd);
            if (0xd800..0xdc00).contains(&high) && text.get(6..8) == Some("\\u") {
                let low = hex(8).unwrap_or(0);
                let code = 0x10000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
                return (char::from_u32(code).unwrap_or('\u{fffd}'), 12);
            }
            (char::from_u32(high).unwrap_or('\u{fffd}'), 6)
        }
        Some(other) if other.is_ascii() => (char::from(*other), 2),
        _ => ('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        match read(&Mapped::verbatim(text, 0), 0) {
            ExecForm::Strings(list, _) => {
                Some(list.iter().map(|s| s.as_str().to_owned()).collect())
            }
            _ => None,
        }
    }

    #[test]
    fn only_a_valid_array_of_strings_counts() {
        assert_eq!(
            strings(r#"[ "a" , "b\"c\\", "é\u00e9\ud83d\ude00" ]"#).unwrap(),
            ["a", "b\"c\\", "éé😀"]
        );
        assert_eq!(strings("[]"), Some(vec![]));
        for text in ["['a']", "[\"a\",]", "[a]", "a", "[ -f x ] && y"] {
            assert_eq!(strings(text), None, "{text}");
        }
        assert_eq!(strings("[\"a\"] && \"b\"").unwrap(), ["a"]);
        assert!(matches!(
            read(&Mapped::verbatim("[1]", 0), 0),
            ExecForm::NotStrings
        ));
    }

    #[test]
    fn each_string_maps_back_between_its_quotes() {
        let text = r#"CMD ["ab", "c\nd"]"#;
        let ExecForm::Strings(list, _) = read(&Mapped::verbatim(text, 0), 4) else {
            panic!("not an exec form");
        };
        assert_eq!(&text[list[0].source_span().range()], "ab");
        assert_eq!(&text[list[1].source_span().range()], "c\\nd");
        assert_eq!(list[1].span(Span::new(2, 3)), Span::new(15, 16));
    }
}
