//! Ranges over Semantic Versioning: what npm, Cargo and Dart have in common, and the last two.

use super::part::Partial;
use super::{BeforeRelease, Bound, Op, Requirement};
use crate::parse::version::Scheme;

/// Cargo: comparators with commas between them; a bare version is a caret.
pub fn cargo(text: &str) -> Option<Requirement> {
    let mut bounds = Vec::new();
    for comparator in text.split(',') {
        let comparator = comparator.trim();
        let caret = comparator.starts_with(|c: char| c.is_ascii_digit());
        match comparator {
            bare if caret && !bare.contains('*') => bounds.extend(compatible(bare)?),
            other => bounds.extend(comparator_of(other)?),
        }
    }
    Some(Requirement::all(bounds, BeforeRelease::OfNamed))
}

/// Dart: a caret, or comparators with blanks between them; a bare version is exact.
pub fn dart(text: &str) -> Option<Requirement> {
    let before = BeforeRelease::IfNamed;
    if text == "any" || text.is_empty() {
        return Some(Requirement::all(Vec::new(), before));
    }
    if let Some(version) = text.strip_prefix('^') {
        let part = Partial::read(version)?;
        // Of versions below 1.0.0, those of one minor version are compatible.
        let kept = if part.numbers.first() == Some(&0) {
            2
        } else {
            1
        };
        let bounds = between(
            Scheme::Pub,
            &part.first(),
            &format!("{}-0", part.after(kept)),
        )?;
        return Some(Requirement::all(bounds, before));
    }
    let mut bounds = Vec::new();
    for comparator in text.split_ascii_whitespace() {
        let (op, version) = Op::split(comparator);
        bounds.push(Bound::read(
            op.unwrap_or(Op::Exactly),
            Scheme::Pub,
            version,
        )?);
    }
    Some(Requirement::all(bounds, before))
}

/// One comparator as npm and Cargo read it: a version that is not whole stands for all it may mean.
pub fn comparator_of(text: &str) -> Option<Vec<Bound>> {
    if let Some(version) = text.strip_prefix('^') {
        return compatible(version);
    }
    if let Some(version) = text.strip_prefix("~>").or_else(|| text.strip_prefix('~')) {
        return patches(version);
    }
    let (op, version) = Op::split(text);
    let part = Partial::read(version)?;
    let (first, pre) = (part.first(), part.pre.is_some());
    let count = part.numbers.len();
    let after = format!("{}-0", part.after(count));
    let bound = |op, at: &str| Some(vec![Bound::read(op, Scheme::SemVer, at)?]);
    match op {
        _ if count == 0 => Some(Vec::new()),
        None | Some(Op::Exactly) if part.is_whole(3) || pre => bound(Op::Exactly, &first),
        None | Some(Op::Exactly) => between(Scheme::SemVer, &first, &after),
        Some(Op::More) if !part.is_whole(3) && !pre => bound(Op::AtLeast, &part.after(count)),
        Some(Op::AtMost) if !part.is_whole(3) && !pre => bound(Op::Less, &after),
        Some(Op::Not) => None,
        Some(op) => bound(op, &first),
    }
}

fn compatible(version: &str) -> Option<Vec<Bound>> {
    let part = Partial::read(version)?;
    if part.numbers.is_empty() {
        return Some(Vec::new());
    }
    let after = format!("{}-0", part.after(part.compatible()));
    between(Scheme::SemVer, &part.first(), &after)
}

fn patches(version: &str) -> Option<Vec<Bound>> {
    let part = Partial::read(version)?;
    if part.numbers.is_empty() {
        return Some(Vec::new());
    }
    let after = format!("{}-0", part.after(part.numbers.len().min(2)));
    between(Scheme::SemVer, &part.first(), &after)
}

/// From one version up to, but without, another.
pub fn between(scheme: Scheme, first: &str, after: &str) -> Option<Vec<Bound>> {
    Some(vec![
        Bound::read(Op::AtLeast, scheme, first)?,
        Bound::read(Op::Less, scheme, after)?,
    ])
}
