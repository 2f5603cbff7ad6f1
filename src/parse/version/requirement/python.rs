//! PEP 440's specifiers (<https://peps.python.org/pep-0440/#version-specifiers>) and Poetry's
//! carets and tildes.

use super::part::Partial;
use super::semver::between;
use super::{BeforeRelease, Bound, Op, Requirement};
use crate::parse::version::Scheme;

/// Specifiers with commas between them, and with `||` or `|` between sets of them.
pub fn parse(text: &str) -> Option<Requirement> {
    let text = text.split(';').next().unwrap_or(text).trim();
    let text = text
        .strip_prefix('(')
        .and_then(|t| t.strip_suffix(')'))
        .unwrap_or(text);
    let mut any_of = Vec::new();
    for set in text.split('|').filter(|set| !set.is_empty()) {
        let mut bounds = Vec::new();
        for specifier in set.split(',').map(str::trim).filter(|s| !s.is_empty()) {
            // Poetry takes blanks for commas.
            let (op, version) = operator(specifier);
            let mut words = version.split_ascii_whitespace();
            bounds.extend(bounds_of(op, words.next().unwrap_or_default())?);
            for word in words {
                let (op, version) = operator(word);
                bounds.extend(bounds_of(op, version)?);
            }
        }
        any_of.push(bounds);
    }
    if any_of.is_empty() {
        any_of.push(Vec::new());
    }
    Some(Requirement::any(any_of, BeforeRelease::IfNamed))
}

fn operator(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !"<>=!~^".contains(c))
        .unwrap_or(text.len());
    let (op, version) = text.split_at(end);
    (op, version.trim())
}

fn bounds_of(op: &str, version: &str) -> Option<Vec<Bound>> {
    let one = |op| Some(vec![Bound::read(op, Scheme::Pep440, version)?]);
    if version == "*" {
        return matches!(op, "" | "==").then(Vec::new);
    }
    if let Some(prefix) = version.strip_suffix(".*") {
        let part = Partial::read(prefix)?;
        let (first, after) = (part.first(), part.after(part.numbers.len()));
        return match op {
            "" | "==" => up_to(&first, &after),
            // What lies on both sides of it cannot be said as one set.
            _ => None,
        };
    }
    match op {
        ">=" => one(Op::AtLeast),
        "<=" => one(Op::AtMost),
        "!=" => one(Op::Not),
        "" | "==" | "===" | "=" => one(Op::Exactly),
        ">" => one(Op::More),
        // A pre-release of the version itself is not meant.
        "<" => Some(vec![
            Bound::read(Op::Less, Scheme::Pep440, &format!("{version}.dev0"))
                .or_else(|| Bound::read(Op::Less, Scheme::Pep440, version))?,
        ]),
        "~=" => {
            let part = release_of(version)?;
            let kept = part.numbers.len().checked_sub(1).filter(|n| *n > 0)?;
            up_to(version, &part.after(kept))
        }
        "~" => {
            let part = release_of(version)?;
            up_to(version, &part.after(part.numbers.len().min(2)))
        }
        "^" => {
            let part = release_of(version)?;
            up_to(version, &part.after(part.compatible()))
        }
        _ => None,
    }
}

/// The numbers of a version, whatever follows them.
fn release_of(version: &str) -> Option<Partial<'_>> {
    let end = version
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(version.len());
    Partial::read(version.get(..end)?.trim_end_matches('.'))
}

fn up_to(first: &str, after: &str) -> Option<Vec<Bound>> {
    between(Scheme::Pep440, first, &format!("{after}.dev0"))
}
