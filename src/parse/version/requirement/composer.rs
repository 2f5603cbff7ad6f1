//! Composer's constraints (<https://getcomposer.org/doc/articles/versions.md>).

use super::part::Partial;
use super::semver::between;
use super::{BeforeRelease, Bound, Op, Requirement};
use crate::parse::version::Scheme;

const SCHEME: Scheme = Scheme::Packagist;

/// Constraints with `||` or `|` between sets, and commas or blanks inside them.
pub fn parse(text: &str) -> Option<Requirement> {
    let mut any_of = Vec::new();
    for set in text.split('|').filter(|set| !set.is_empty()) {
        any_of.push(one_of(set.trim())?);
    }
    // Which of them count depends on the project's stability.
    (!any_of.is_empty()).then(|| Requirement::any(any_of, BeforeRelease::Any))
}

fn one_of(text: &str) -> Option<Vec<Bound>> {
    if let Some((first, last)) = text.split_once(" - ") {
        let part = Partial::read(last)?;
        let mut bounds = vec![Bound::read(Op::AtLeast, SCHEME, first.trim())?];
        bounds.push(match part.is_whole(3) || part.pre.is_some() {
            true => Bound::read(Op::AtMost, SCHEME, last.trim())?,
            false => Bound::read(Op::Less, SCHEME, &next(&part, part.numbers.len()))?,
        });
        return Some(bounds);
    }
    let mut bounds = Vec::new();
    let mut operator = String::new();
    for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
        operator.push_str(word);
        if !operator.ends_with(['<', '>', '=']) {
            bounds.extend(constraint(&std::mem::take(&mut operator))?);
        }
    }
    operator.is_empty().then_some(bounds)
}

fn constraint(text: &str) -> Option<Vec<Bound>> {
    // A flag of stability says nothing about the range.
    let text = text.split_once('@').map_or(text, |(version, _)| version);
    if text == "*" {
        return Some(Vec::new());
    }
    if let Some(version) = text.strip_prefix('^') {
        let part = Partial::read(version)?;
        return between(SCHEME, &least(&part), &next(&part, part.compatible()));
    }
    if let Some(version) = text.strip_prefix('~') {
        let part = Partial::read(version)?;
        let kept = part.numbers.len().saturating_sub(1);
        return between(SCHEME, &least(&part), &next(&part, kept));
    }
    let (op, version) = Op::split(text);
    if op.is_none() && version.ends_with('*') {
        let part = Partial::read(version)?;
        return between(SCHEME, &least(&part), &next(&part, part.numbers.len()));
    }
    // Branches are no places in an order.
    Partial::read(version)?;
    let at = match op {
        Some(Op::Less | Op::AtLeast) if !version.contains('-') => format!("{version}-dev"),
        _ => version.to_owned(),
    };
    Some(vec![Bound::read(op.unwrap_or(Op::Exactly), SCHEME, &at)?])
}

fn least(part: &Partial<'_>) -> String {
    match part.pre {
        Some(_) => part.first(),
        None => before(&part.numbers),
    }
}

fn next(part: &Partial<'_>, kept: usize) -> String {
    let mut numbers: Vec<u64> = part.numbers.iter().take(kept.max(1)).copied().collect();
    if let Some(last) = numbers.last_mut() {
        *last = last.saturating_add(1);
    }
    before(&numbers)
}

/// Below every version that begins with these numbers, written with any number of zeros.
fn before(numbers: &[u64]) -> String {
    let zeros = numbers.iter().rev().take_while(|n| **n == 0).count();
    let kept = (numbers.len() - zeros).max(1);
    let texts: Vec<String> = numbers.iter().take(kept).map(u64::to_string).collect();
    format!("{}-dev", texts.join("."))
}
