//! The text of a file, and what BuildKit refuses about it as a whole.

use std::borrow::Cow;

use crate::model::Span;
use crate::parse::SyntaxError;

/// The longest line that BuildKit reads, in bytes.
const LONGEST_LINE: usize = 65_535;

pub(super) fn faults(text: &str, has_instructions: bool) -> Vec<SyntaxError> {
    let mut faults = Vec::new();
    let mut fault = |start: usize, end: usize, message: &str| {
        faults.push(SyntaxError {
            span: Span::from_usize(start, end),
            message: message.to_owned(),
        });
    };
    if let Some(at) = long_line(text) {
        let end = text.len().min(at + 80);
        let end = (at..=end).rev().find(|end| text.is_char_boundary(*end));
        fault(
            at,
            end.unwrap_or(at),
            "this line is longer than the 65,535 bytes that BuildKit reads",
        );
    }
    let returns = text.trim_end_matches('\r').find('\r');
    if let Some(at) = returns.filter(|_| !text.contains('\n')) {
        fault(
            at,
            at + 1,
            "lines end with a carriage return alone, so BuildKit takes the file for one line",
        );
    }
    if !has_instructions {
        fault(0, 0, "this file holds no instructions");
    }
    faults
}

/// Where a line begins that is too long.
fn long_line(text: &str) -> Option<usize> {
    if text.len() <= LONGEST_LINE {
        return None;
    }
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        if end - start > LONGEST_LINE {
            return Some(start);
        }
        start = end + 1;
    }
    None
}

/// The text with every byte that is not UTF-8 replaced by one that is, so that offsets stay.
pub(super) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_LINE, faults};

    #[test]
    fn only_longer_lines_are_refused() {
        let line = "x".repeat(LONGEST_LINE);
        assert!(faults(&format!("a\n{line}\nb"), true).is_empty());
        assert_eq!(faults(&format!("a\n{line}x\nb"), true)[0].span.start, 2);
        assert_eq!(faults(&"é".repeat(LONGEST_LINE), true).len(), 1);
    }

    #[test]
    fn carriage_returns_alone_are_refused_where_they_end_lines() {
        assert_eq!(faults("a\rb", true).len(), 1);
        assert!(faults("a\r\nb\rc", true).is_empty());
        assert!(faults("a\r", true).is_empty());
    }
}
