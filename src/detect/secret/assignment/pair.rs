//! `name: NAME` with `value: VALUE` beside it, in either order.

use std::ops::Range;

use crate::detect::secret::syntax::Syntax;

use super::cursor::Cursor;
use super::literal::Bare;
use super::operator::Name;

/// How far from a name its value may stand.
const REACH: usize = 240;

/// Fields that hold a name, and fields beside them that hold its value, in lower case.
const KEYS: &[&str] = &[
    "key",
    "name",
    "field",
    "variable",
    "var",
    "property",
    "param",
    "parameter",
    "id",
    "option",
    "env",
    "envvar",
    "attribute",
    "identifier",
    "varname",
    "keyname",
    "variablename",
    "type",
    "k",
    "setting",
    "header",
    "fieldname",
    "propertyname",
    "label",
];
const VALUES: &[&str] = &[
    "value",
    "default",
    "val",
    "content",
    "contents",
    "defaultvalue",
    "default_value",
    "stringvalue",
    "string_value",
    "plaintext",
    "initial_value",
    "v",
    "text",
    "currentvalue",
    "secretvalue",
    "secret_value",
];

/// The value of a pair of which `name` is the name, and whether it stands in quotes.
pub fn value(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<(Range<usize>, bool)> {
    let text = cursor.text;
    let start = name.range.start - name.dashes;
    let before = text.slice(start.saturating_sub(REACH)..start);
    let path = before.iter().rev().take(60).take_while(|b| is_path(**b));
    let before = before.get(..before.len() - path.count())?;
    if before.ends_with(b">") {
        return between_tags(cursor, before);
    }
    let key = key_before(before)?;
    let variable = before.get(key.clone())?.eq_ignore_ascii_case(b"variable");
    cursor.mark();
    let end = cursor.at;
    if let Some(value) = forward(cursor, before.get(key.clone())?, variable) {
        return Some(value);
    }
    cursor.at = end;
    backward(
        cursor,
        start - before.len()..start - before.len() + key.start,
    )
}

/// `<key>NAME</key> <string>VALUE</string>`.
fn between_tags(cursor: &mut Cursor<'_, '_>, before: &[u8]) -> Option<(Range<usize>, bool)> {
    let open = memchr::memrchr(b'<', before)?;
    let tag = before.get(open + 1..before.len() - 1)?.to_ascii_lowercase();
    if !KEYS.iter().any(|key| key.as_bytes() == tag) || !cursor.take(b"</") {
        return None;
    }
    cursor.take_while(24, |b| b != b'>' && b != b'\n');
    if !cursor.take(b">") {
        return None;
    }
    cursor.take_while(80, |b| b.is_ascii_whitespace());
    if !cursor.take(b"<") || cursor.peek() == Some(b'/') {
        return None;
    }
    cursor.take_while(24, |b| b.is_ascii_alphanumeric() || b"_-:".contains(&b));
    if !cursor.take(b">") {
        return None;
    }
    cursor.bare(Bare::Tag).map(|value| (value, false))
}

/// What a dotted path before the last word of a name is made of.
fn is_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-/[]$".contains(&byte)
}

/// The range of the field in `before` that holds the name behind it: `"name": "`, `key="`, and of
/// `variable "` in Terraform.
fn key_before(before: &[u8]) -> Option<Range<usize>> {
    let rest = before.trim_ascii_end();
    let marks = |text: &[u8]| -> usize {
        text.iter()
            .rev()
            .take(8)
            .take_while(|b| b"\"'\\`".contains(b))
            .count()
    };
    let unquoted = rest.get(..rest.len() - marks(rest))?;
    let quoted = unquoted.len() < rest.len();
    let rest = unquoted.trim_ascii_end();
    let (rest, assigned) = match rest.last() {
        Some(b':' | b'=') => (rest.get(..rest.len() - 1)?.trim_ascii_end(), true),
        _ => (rest, false),
    };
    let rest = rest.get(..rest.len() - marks(rest))?;
    let length = rest
        .iter()
        .rev()
        .take(16)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let key = rest.get(rest.len() - length..)?.to_ascii_lowercase();
    let known = KEYS.iter().any(|word| word.as_bytes() == key);
    let fits = known && (assigned || (quoted && key == b"variable"));
    fits.then(|| rest.len() - length..rest.len())
}

/// The value's field behind the name.
fn forward(
    cursor: &mut Cursor<'_, '_>,
    key: &[u8],
    variable: bool,
) -> Option<(Range<usize>, bool)> {
    let start = cursor.at;
    let rest = cursor.rest(REACH);
    let end = boundary(rest, variable);
    let fields = rest.get(..end)?;
    let at = field(fields, VALUES)?;
    // The next pair has begun before a value was seen.
    if memchr::memmem::find_iter(fields.get(..at)?, key)
        .any(|other| is_field(fields, other, key.len()))
    {
        return None;
    }
    cursor.at = start + at;
    read(cursor)
}

/// The value's field before the name's, in `range`.
fn backward(cursor: &mut Cursor<'_, '_>, range: Range<usize>) -> Option<(Range<usize>, bool)> {
    let text = cursor.text.slice(range.clone());
    let open = text.iter().rposition(|b| b"{<}>".contains(b));
    let open = open.map_or(0, |at| at + 1);
    let fields = text.get(open..)?;
    let listed = memchr::memmem::rfind(fields, b"\n\n").unwrap_or(0);
    let fields = fields.get(listed..)?;
    let at = field(fields, VALUES)?;
    cursor.at = range.start + open + listed + at;
    let (value, quoted) = read(cursor)?;
    (value.end <= range.end).then_some((value, quoted))
}

fn read(cursor: &mut Cursor<'_, '_>) -> Option<(Range<usize>, bool)> {
    let bare = match cursor.text.syntax() {
        Syntax::Yaml => Some(Bare::Line),
        Syntax::Json => Some(Bare::Digits),
        _ => None,
    };
    cursor.value(bare)
}

/// Where the object, tag or list entry that holds the name ends.
fn boundary(rest: &[u8], variable: bool) -> usize {
    let mut depth = 0;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'{' if variable => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'{' | b'}' | b'>' | b']' => return at,
            b'\n' if rest.get(at + 1) == Some(&b'\n') => return at,
            _ => {}
        }
        if *byte == b'}' && depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// Where the value of the first of `names` among the fields begins.
fn field(fields: &[u8], names: &[&str]) -> Option<usize> {
    let mut at = 0;
    while let Some(offset) = fields.get(at..)?.iter().position(u8::is_ascii_alphabetic) {
        let start = at + offset;
        let word = fields
            .get(start..)?
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        at = start + word;
        let lower = fields.get(start..at)?.to_ascii_lowercase();
        if names.iter().any(|name| name.as_bytes() == lower) && is_field(fields, start, word) {
            let behind = fields.get(at..)?;
            let sign = behind.iter().position(|b| b":=".contains(b))?;
            return Some(at + sign + 1);
        }
    }
    None
}

/// True where the word at `at` is followed by `:` or `=`, in quotes or not.
fn is_field(fields: &[u8], at: usize, length: usize) -> bool {
    let behind = fields.get(at + length..).unwrap_or_default();
    let sign = behind
        .iter()
        .take(8)
        .find(|b| !b"\"'\\ \t".contains(b))
        .copied();
    matches!(sign, Some(b':' | b'='))
}
