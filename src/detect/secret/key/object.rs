use std::ops::Range;

use super::super::text::Text;

/// Farthest that an object's braces are looked for.
const REACH: usize = 8 << 10;

/// The innermost object of JSON, or of code that looks like it, around a place; otherwise up to
/// where the text needs no second look.
pub fn around(text: &Text<'_>, at: usize) -> Result<Range<usize>, usize> {
    let from = at.saturating_sub(REACH);
    let to = text.bytes.len().min(at + REACH);
    let close = memchr::memchr(b'}', text.slice(at..to)).ok_or(at + REACH / 2)?;
    let open = memchr::memrchr(b'{', text.slice(from..at)).ok_or(at + 1)?;
    Ok(from + open..at + close)
}

/// The value of a member: the characters of a token behind `"name":`, quoted in any way.
pub fn member(text: &Text<'_>, object: &Range<usize>, name: &str) -> Option<Range<usize>> {
    let area = text.slice(object.clone());
    memchr::memmem::find_iter(area, name.as_bytes()).find_map(|at| {
        let before = at.checked_sub(1).and_then(|at| area.get(at));
        let begins = before.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
        let rest = area.get(at + name.len()..).filter(|_| begins)?;
        let skip =
            |rest: &[u8], of: &[u8]| rest.iter().take(24).take_while(|b| of.contains(b)).count();
        let closing = skip(rest, b"\\\"'` \t");
        let colon = rest.get(closing..)?;
        let sign = match colon {
            [b'=', b'>', ..] => 2,
            [b':' | b'=', ..] => 1,
            _ => return None,
        };
        let opening = skip(colon.get(sign..)?, b"\\\"'` \t\r\nb");
        let start = closing + sign + opening;
        let value = rest.get(start..)?;
        let length = value
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || b"+/=_-.~".contains(b))
            .count();
        let start = object.start + at + name.len() + start;
        (length > 0).then_some(start..start + length)
    })
}
