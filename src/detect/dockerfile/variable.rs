//! Where a word refers to variables.

use crate::model::Span;
use crate::parse::dockerfile::Word;
use crate::rules::edit_distance;

/// What the build sets itself and every FROM may use.
pub(super) const PREDEFINED: &[&str] = &[
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETSTAGE",
];

/// The longest name that is compared with others.
const LONGEST: usize = 40;

/// The name that was meant, where a name is a letter or two away from one.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = if name.len() < 5 { 1 } else { 2 };
    known
        .into_iter()
        .filter(|other| *other != name && other.len().max(name.len()) <= LONGEST)
        .filter(|other| other.len().abs_diff(name.len()) <= most)
        .map(|other| (edit_distance(name, other), other))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, other)| other)
}

/// One `$name` or `${name...}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reference<'w> {
    pub name: &'w str,
    /// Of the reference in the source; of the whole word where that is split over lines.
    pub span: Span,
    /// True where it says what to use if the variable is not set.
    pub has_default: bool,
}

/// The references of a word, those in single quotes and behind escapes left out.
pub(super) fn references(word: &Word, escape: char) -> Vec<Reference<'_>> {
    let raw = word.raw.as_str();
    let in_one_piece = word.span.len() as usize == raw.len();
    let mut found = Vec::new();
    let mut at = 0;
    let mut is_double = false;
    while let Some(c) = raw.get(at..).and_then(|rest| rest.chars().next()) {
        let start = at;
        at += c.len_utf8();
        let rest = raw.get(at..).unwrap_or_default();
        match c {
            '"' => is_double = !is_double,
            '\'' if !is_double => at += rest.find('\'').map_or(rest.len(), |end| end + 1),
            c if c == escape => at += rest.chars().next().map_or(0, char::len_utf8),
            '$' => {
                let braced = rest.starts_with('{');
                let inner = rest.strip_prefix('{').unwrap_or(rest);
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let name = inner.split(|c| !is_name(c)).next().unwrap_or_default();
                if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
                    continue;
                }
                let after = inner.get(name.len()..).unwrap_or_default();
                at += name.len() + usize::from(braced);
                let closed = braced && after.starts_with('}');
                let end = at + usize::from(closed);
                found.push(Reference {
                    name,
                    span: if in_one_piece {
                        let from = word.span.start;
                        Span::new(
                            from.saturating_add(offset(start)),
                            from.saturating_add(offset(end)),
                        )
                    } else {
                        word.span
                    },
                    has_default: braced
                        && after.trim_start_matches(':').starts_with(['-', '+', '?']),
                });
            }
            _ => {}
        }
    }
    found
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::dockerfile::Value;

    fn names(raw: &str) -> Vec<(String, bool)> {
        let word = Word {
            raw: raw.to_owned(),
            span: Span::from_usize(0, raw.len()),
            value: Value::UNKNOWN,
        };
        references(&word, '\\')
            .into_iter()
            .map(|r| (r.name.to_owned(), r.has_default))
            .collect()
    }

    #[test]
    fn references_are_found_where_they_are_replaced() {
        let plain = |name: &str| (name.to_owned(), false);
        assert_eq!(names("$a-${b_1}/x"), [plain("a"), plain("b_1")]);
        assert_eq!(names("\"'$a'\""), [plain("a")]);
        assert_eq!(names("'$a'\\$b$"), []);
        assert_eq!(names("$1 $? ${} $"), []);
    }

    #[test]
    fn a_default_is_noticed_and_what_it_refers_to_is_found() {
        let found = names("${a:-$b}${c-d}${e%.*}");
        let expected = [("a", true), ("b", false), ("c", true), ("e", false)];
        assert_eq!(
            found,
            expected.map(|(name, default)| (name.to_owned(), default))
        );
    }
}
