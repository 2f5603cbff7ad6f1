//! What stands around a name on its line.

use crate::detect::secret::text::Text;

use super::NAME;

/// True where the name stands between `${` and its closing brace.
pub fn in_braces(text: &Text<'_>, start: usize) -> bool {
    let before = text.line_before(start, NAME);
    memchr::memrchr(b'{', before).is_some_and(|at| {
        at > 0
            && before.get(at - 1) == Some(&b'$')
            && before.get(at + 1..).is_some_and(|path| {
                path.iter()
                    .all(|b| b.is_ascii_alphanumeric() || b"_.-:".contains(b))
            })
    })
}

/// The mark of the string in which `start` lies, as far as its line tells.
pub fn in_string(text: &Text<'_>, start: usize) -> Option<u8> {
    let mut open = None;
    let mut before = b' ';
    for byte in text.line_before(start, 240) {
        match (open, byte) {
            (Some(mark), _) if mark == *byte && before != b'\\' => open = None,
            // Between letters it is an apostrophe.
            (None, b'\'') if before.is_ascii_alphanumeric() => {}
            (None, b'"' | b'\'' | b'`') => open = Some(*byte),
            _ => {}
        }
        before = *byte;
    }
    open
}

/// True where `start` lies in a comment, as far as its line tells.
pub fn in_comment(text: &Text<'_>, start: usize) -> bool {
    let line = text.line_before(start, 240);
    let head = line.trim_ascii_start();
    [
        &b"#"[..],
        b"//",
        b"*",
        b"--",
        b"/*",
        b"<!--",
        b";",
        b"REM ",
        b"rem ",
        b"::",
    ]
    .iter()
    .any(|mark| head.starts_with(mark))
        && !head.starts_with(b"#define")
        || memchr::memmem::find(line, b" // ").is_some()
        || memchr::memmem::find(line, b" # ").is_some()
}

/// True where nothing but indentation, `export`, a list's dash or a dotted path stands before.
pub fn stands_alone(text: &Text<'_>, start: usize) -> bool {
    let line = text.line_before(start, NAME);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| {
        !word.is_empty()
            && !matches!(
                *word,
                b"export"
                    | b"set"
                    | b"$"
                    | b"-"
                    | b"*"
                    | b"#"
                    | b"//"
                    | b"ENV"
                    | b"ARG"
                    | b"spring"
            )
    });
    words.next().is_none_or(|word| {
        word.iter()
            .all(|b| b.is_ascii_alphanumeric() || b"._-/:#;[\"'".contains(b))
    }) && words.next().is_none()
}
