//! Intervals in mathematical notation, as Maven and NuGet write them.

use super::part::Partial;
use super::semver::between;
use super::{BeforeRelease, Bound, Op, Requirement};
use crate::parse::version::Scheme;

/// Maven: intervals with commas between them; a bare version is what Maven takes.
pub fn maven(text: &str) -> Option<Requirement> {
    let any_of = match text.starts_with(['[', '(']) {
        true => intervals(Scheme::Maven, text)?,
        // A property that was not resolved is no version.
        false if text.contains('$') || text.contains(char::is_whitespace) => return None,
        false => vec![vec![Bound::read(Op::Exactly, Scheme::Maven, text)?]],
    };
    Some(Requirement::any(any_of, BeforeRelease::Any))
}

/// NuGet: an interval; a bare version is the least one, a star stands for all that may follow.
pub fn nuget(text: &str) -> Option<Requirement> {
    let scheme = Scheme::NuGet;
    let any_of = if text.starts_with(['[', '(']) {
        intervals(scheme, text)?
    } else if let Some(prefix) = text.strip_suffix('*') {
        match prefix.trim_end_matches('.') {
            "" => vec![Vec::new()],
            prefix => {
                let part = Partial::read(prefix)?;
                let after = format!("{}-0", part.after(part.numbers.len()));
                vec![between(scheme, &part.first(), &after)?]
            }
        }
    } else {
        vec![vec![Bound::read(Op::AtLeast, scheme, text)?]]
    };
    Some(Requirement::any(any_of, BeforeRelease::IfNamed))
}

fn intervals(scheme: Scheme, text: &str) -> Option<Vec<Vec<Bound>>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find([']', ')'])?;
        let (interval, after) = rest.split_at(end + 1);
        rest = after.trim_start().trim_start_matches(',').trim_start();
        found.push(interval_of(scheme, interval.trim())?);
    }
    (!found.is_empty()).then_some(found)
}

fn interval_of(scheme: Scheme, text: &str) -> Option<Vec<Bound>> {
    let first_op = match text.get(..1)? {
        "[" => Op::AtLeast,
        "(" => Op::More,
        _ => return None,
    };
    let last_op = if text.ends_with(']') {
        Op::AtMost
    } else {
        Op::Less
    };
    let inner = text.get(1..text.len() - 1)?.trim();
    let Some((first, last)) = inner.split_once(',') else {
        let exact = first_op == Op::AtLeast && last_op == Op::AtMost;
        return Some(vec![
            Bound::read(Op::Exactly, scheme, inner).filter(|_| exact)?,
        ]);
    };
    let mut bounds = Vec::new();
    for (op, at) in [(first_op, first.trim()), (last_op, last.trim())] {
        if !at.is_empty() {
            bounds.push(Bound::read(op, scheme, at)?);
        }
    }
    Some(bounds)
}
