//! Values below their names: rows of tables, and what INSERT gives to the columns it names.

use std::ops::Range;

use crate::detect::secret::syntax::Syntax;
use crate::detect::secret::text::Text;

use super::cursor::Cursor;
use super::operator::Name;

/// How far a row may stand from the names of its columns.
const REACH: usize = 400;

/// The value in the first row below or behind the name of a column.
pub fn value(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Range<usize>> {
    let text = cursor.text;
    cursor.at = name.range.end;
    cursor.mark();
    cursor.blanks();
    let separator = cursor.peek()?;
    if !matches!(separator, b'|' | b',' | b';' | b')' | b'\n' | b'\r') {
        return None;
    }
    inserted(cursor, name).or_else(|| below(text, name, separator))
}

/// `INSERT INTO users (name, password) VALUES ('ann', 'value')`.
fn inserted(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Range<usize>> {
    let text = cursor.text;
    let before = text.slice(name.range.start.saturating_sub(REACH)..name.range.start);
    let open = memchr::memrchr(b'(', before)?;
    let statement = before
        .get(open.saturating_sub(80)..open)?
        .to_ascii_lowercase();
    memchr::memmem::find(&statement, b"into ")?;
    let column = memchr::memchr_iter(b',', before.get(open..)?).count();
    let rest = cursor.rest(REACH);
    let close = memchr::memchr(b')', rest)?;
    let values = rest
        .get(close..rest.len().min(close + 40))?
        .to_ascii_lowercase();
    let keyword = memchr::memmem::find(&values, b"values")?;
    let row = keyword + memchr::memchr(b'(', values.get(keyword..)?)?;
    cursor.at += close + row + 1;
    for at in 0..=column {
        if !cursor.line_end() {
            cursor.blanks();
        }
        let literal = cursor.quoted();
        if at == column {
            return literal?;
        }
        if literal.is_none() {
            cursor.take_while(80, |b| !matches!(b, b',' | b')' | b'\n' | b'\''));
        }
        cursor.blanks();
        if !cursor.take(b",") {
            return None;
        }
    }
    None
}

/// The same column of the next row of a table whose columns `separator` divides.
fn below(text: &Text<'_>, name: &Name, separator: u8) -> Option<Range<usize>> {
    let before = text.line_before(name.range.start, REACH);
    let start = name.range.start - before.len();
    let (header, mut next) = line(text, start)?;
    let separator = match separator {
        b'|' | b',' | b';' => separator,
        _ => *before.iter().rev().find(|b| b"|,;".contains(b))?,
    };
    if separator != b'|' && text.syntax() != Syntax::Prose {
        return None;
    }
    let of_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-. \"*'".contains(b) || *b == separator;
    let titles = header.iter().all(of_name)
        && match separator {
            b'|' => header.trim_ascii_start().starts_with(b"|"),
            // Elsewhere commas divide much, but single words only in the head of a table.
            _ => header
                .split(|b| *b == separator)
                .all(|title| !title.trim_ascii().contains(&b' ')),
        };
    if !titles {
        return None;
    }
    let column = memchr::memchr_iter(separator, before).count();
    let columns = memchr::memchr_iter(separator, header).count();
    let (mut row, mut after) = line(text, next)?;
    if separator == b'|' {
        let ruled = row.iter().all(|b| b"|-: +".contains(b));
        let above = text.line_before(start.saturating_sub(1), REACH);
        let first = !above.trim_ascii_start().starts_with(b"|");
        if ruled {
            next = after;
            (row, after) = line(text, next)?;
        } else if text.syntax() == Syntax::Prose || !first {
            return None;
        }
    }
    if after == next || columns == 0 || memchr::memchr_iter(separator, row).count() != columns {
        return None;
    }
    let mut at = next;
    for (number, field) in row.split(|b| *b == separator).enumerate() {
        if number == column {
            let marks: &[u8] = b" \"'`";
            let lead = field.iter().take_while(|b| marks.contains(b)).count();
            let tail = field.iter().rev().take_while(|b| marks.contains(b)).count();
            return (lead + tail < field.len()).then(|| at + lead..at + field.len() - tail);
        }
        at += field.len() + 1;
    }
    None
}

/// The line that starts at `at`, and where the next one starts.
fn line<'a>(text: &Text<'a>, at: usize) -> Option<(&'a [u8], usize)> {
    let rest = text.slice(at..text.bytes.len().min(at + REACH));
    let end = memchr::memchr(b'\n', rest).or((rest.len() < REACH).then_some(rest.len()))?;
    let line = rest.get(..end)?;
    Some((line.trim_ascii_end(), at + end + 1))
}
