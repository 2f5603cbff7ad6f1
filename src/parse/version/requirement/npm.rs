//! npm's ranges (<https://github.com/npm/node-semver#ranges>).

use super::semver::comparator_of;
use super::{BeforeRelease, Bound, Requirement};

/// Sets of comparators with `||` between them.
pub fn parse(text: &str) -> Option<Requirement> {
    let text = match text.strip_prefix("npm:") {
        // Another package under this name: the range follows its real one.
        Some(alias) => alias
            .rfind('@')
            .filter(|at| *at > 0)
            .map_or("*", |at| &alias[at + 1..]),
        None => text,
    };
    let mut any_of = Vec::new();
    for set in text.split("||") {
        any_of.push(one_of(set.trim())?);
    }
    Some(Requirement::any(any_of, BeforeRelease::OfNamed))
}

fn one_of(text: &str) -> Option<Vec<Bound>> {
    if let Some((first, last)) = text.split_once(" - ") {
        let mut bounds = comparator_of(&format!(">={}", first.trim()))?;
        bounds.extend(comparator_of(&format!("<={}", last.trim()))?);
        return Some(bounds);
    }
    let mut bounds = Vec::new();
    // Blanks may stand between an operator and its version.
    let mut operator = String::new();
    for word in text.split([' ', '\t', '\n', ',']).filter(|w| !w.is_empty()) {
        operator.push_str(word);
        if operator.ends_with(['<', '>', '=', '^', '~']) {
            continue;
        }
        bounds.extend(comparator_of(&std::mem::take(&mut operator))?);
    }
    operator.is_empty().then_some(bounds)
}
