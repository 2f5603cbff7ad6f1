//! Comparisons with the literal first: `"value" == name`, `assertEquals("value", user.getName())`.

use std::ops::Range;

use crate::detect::secret::syntax::Syntax;
use crate::detect::secret::text::Text;

/// How far before a name its literal may begin.
const REACH: usize = 240;

/// The literal that the name at `start` is compared with.
pub fn value(text: &Text<'_>, start: usize) -> Option<Range<usize>> {
    if text.syntax() != Syntax::Code {
        return None;
    }
    let line = text.line_before(start, REACH);
    let of_path = |b: &&u8| b.is_ascii_alphanumeric() || b"_.$>-()@:".contains(*b);
    let path = line.iter().rev().take(48).take_while(of_path).count();
    let before = line.get(..line.len() - path)?.trim_ascii_end();
    let written = match line.get(before.len()..)?.strip_prefix(b".equals(") {
        Some(_) => before,
        None => operands(before)?,
    };
    let mark = *written.last().filter(|b| b"\"'`".contains(b))?;
    let inside = written.get(..written.len() - 1)?;
    let open = memchr::memrchr(mark, inside)?;
    let from = start - line.len();
    (open + 1 < inside.len()).then_some(from + open + 1..from + inside.len())
}

/// What stands before `==`, and before the comma of an assertion.
fn operands(before: &[u8]) -> Option<&[u8]> {
    for sign in [&b"==="[..], b"!==", b"==", b"!="] {
        if let Some(operand) = before.strip_suffix(sign) {
            return Some(operand.trim_ascii_end());
        }
    }
    let operand = before.strip_suffix(b",")?.trim_ascii_end();
    let asserts = [&b"assert"[..], b"Assert", b".Equal(", b"EXPECT_"]
        .iter()
        .any(|word| memchr::memmem::find(operand, word).is_some());
    asserts.then_some(operand)
}
