//! `name = value` in any syntax, found around a word of the name.

mod around;
mod column;
mod cursor;
mod literal;
mod operator;
mod pair;
mod reversed;
#[cfg(test)]
mod tests;
mod wrapped;

use std::ops::Range;

use super::syntax::Syntax;
use super::text::Text;
pub use cursor::Cursor;
use cursor::VALUE;
use operator::{Hang, Name};

/// A name and the literal text it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub name: Range<usize>,
    pub value: Range<usize>,
    pub quoted: bool,
    pub style: Style,
}

impl Assignment {
    /// Up to where the text needs no second look: a value may hold names of its own.
    pub fn done(&self) -> usize {
        match self.style {
            Style::Position => self.value.start,
            // Other names stand between a name and its row.
            Style::Below => self.name.end,
            _ => self.value.start.max(self.name.end),
        }
    }
}

/// How the value hangs on its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `name = value`, `name: value`, `"name" => value`, `<name>value</name>`, `--name value`,
    /// `name="DB_PASSWORD" value="..."`, `setName("value")`, `${NAME:-value}`.
    Given,
    /// `("name", "value")`: a call or a pair.
    Listed,
    /// `?name=value&`, `;name=value;` inside a larger text.
    Embedded,
    /// `name == "value"`, `name.equals("value")`.
    Compared,
    /// `The name is value`, `| name | value |`: text for people, and comments.
    Told,
    /// In the row of a table below its name, or of an `INSERT` behind it.
    Below,
    /// No name: the place is one where a password stands, as in `curl -u user:value`. `name` is
    /// what tells it, `-u` or the user.
    Position,
}

/// Names that are no words of a name elsewhere, in lower case: `<Pass>` and `<Pass encoding="...">`.
pub const TAGS: &[&str] = &["<pass>", "<pass "];

/// Longest name that is looked at.
const NAME: usize = 80;

/// The name of which `hit` is a part.
pub fn name_around(text: &Text<'_>, hit: Range<usize>) -> Range<usize> {
    let bytes = text.bytes;
    // Only in properties is a dot part of a name.
    let dotted = text.syntax() == Syntax::Properties;
    let of_name = |b: &&u8| {
        b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-') || (dotted && **b == b'.')
    };
    // The hit itself may begin or end in a sign that only helped to find it.
    let word = bytes.get(hit.clone()).unwrap_or_default();
    let skipped = word.iter().position(|b| of_name(&b)).unwrap_or(0);
    let before = match skipped {
        0 => bytes
            .get(hit.start.saturating_sub(NAME)..hit.start)
            .unwrap_or_default(),
        _ => &[],
    };
    let start = hit.start + skipped - before.iter().rev().take_while(of_name).count();
    let inside = word
        .iter()
        .rposition(|b| of_name(&b))
        .map_or(0, |last| last + 1);
    let end = hit.start + inside;
    let after = match inside == word.len() {
        true => bytes
            .get(end..bytes.len().min(end + NAME))
            .unwrap_or_default(),
        false => &[],
    };
    let end = end + after.iter().take_while(of_name).count();
    start + escape(text, start, end)..end
}

/// `\n` before a name in a string, or `%22` in a URL, are no part of it.
fn escape(text: &Text<'_>, start: usize, end: usize) -> usize {
    let before = start.checked_sub(1).and_then(|at| text.at(at));
    let head = text.slice(start..end.min(start + 2));
    match (before, head) {
        (Some(b'\\'), [b'n' | b't' | b'r', _]) => 1,
        (Some(b'%'), [high, low]) if high.is_ascii_digit() && low.is_ascii_hexdigit() => 2,
        _ => 0,
    }
}

/// The assignment of which `name` is the name, where it gives a literal; otherwise up to where the
/// text needs no second look.
pub fn parse(text: &Text<'_>, name: Range<usize>) -> Result<Assignment, usize> {
    let end = name.end;
    let mut cursor = Cursor::new(text, end);
    match assignment(&mut cursor, name) {
        Some(found) => Ok(found),
        None if cursor.too_long => Err(cursor.at + VALUE),
        None => Err(end),
    }
}

fn assignment(cursor: &mut Cursor<'_, '_>, name: Range<usize>) -> Option<Assignment> {
    let mut name = Name::new(cursor.text, name);
    let start = cursor.at;
    if let Some((value, quoted)) = pair::value(cursor, &name) {
        return given(name, value, quoted, Style::Given);
    }
    *cursor = Cursor::new(cursor.text, start);
    if let Some(value) = column::value(cursor, &name) {
        return given(name, value, true, Style::Below);
    }
    *cursor = Cursor::new(cursor.text, start);
    let hung = operator::hang(cursor, &mut name)
        .and_then(|Hang { style, bare }| Some((cursor.value(bare)?, style)));
    if let Some(((value, quoted), style)) = hung {
        return given(name, value, quoted, style);
    }
    let value = reversed::value(cursor.text, name.range.start)?;
    given(name, value, true, Style::Compared)
}

fn given(name: Name, value: Range<usize>, quoted: bool, style: Style) -> Option<Assignment> {
    (!value.is_empty()).then_some(Assignment {
        name: name.range,
        value,
        quoted,
        style,
    })
}
