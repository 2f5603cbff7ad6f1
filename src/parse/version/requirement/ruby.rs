//! RubyGems' requirements, which CocoaPods shares, and those of Elixir, which have the same
//! pessimistic operator.

use super::semver::between;
use super::{BeforeRelease, Bound, Op, Requirement};
use crate::model::Ecosystem;
use crate::parse::version::Scheme;

/// Requirements with commas between them; a bare version is exact.
pub fn gems(ecosystem: Ecosystem, text: &str) -> Option<Requirement> {
    let scheme = Scheme::for_ecosystem(ecosystem);
    let mut bounds = Vec::new();
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        bounds.extend(requirement(scheme, one)?);
    }
    Some(Requirement::all(bounds, BeforeRelease::IfNamed))
}

/// Requirements with `and` and `or` between them.
pub fn hex(text: &str) -> Option<Requirement> {
    let mut any_of = Vec::new();
    for set in text.split(" or ") {
        let mut bounds = Vec::new();
        for one in set.split(" and ") {
            bounds.extend(requirement(Scheme::SemVer, one.trim())?);
        }
        any_of.push(bounds);
    }
    Some(Requirement::any(any_of, BeforeRelease::IfNamed))
}

fn requirement(scheme: Scheme, text: &str) -> Option<Vec<Bound>> {
    let Some(version) = text.strip_prefix("~>") else {
        let (op, version) = Op::split(text);
        let version = version.trim_matches(['"', '\'']);
        return Some(vec![Bound::read(
            op.unwrap_or(Op::Exactly),
            scheme,
            version,
        )?]);
    };
    let version = version.trim().trim_matches(['"', '\'']);
    // The last number may grow, and nothing before it.
    let core = version.split('-').next().unwrap_or(version);
    let mut numbers: Vec<u64> = Vec::new();
    for part in core.split('.') {
        match part.parse() {
            Ok(number) => numbers.push(number),
            Err(_) if scheme == Scheme::RubyGems && !numbers.is_empty() => break,
            Err(_) => return None,
        }
    }
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.last_mut()?;
    *last = last.checked_add(1)?;
    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
    let after = numbers.join(".");
    // Below every pre-release of it.
    let after = match scheme {
        Scheme::RubyGems => format!("{after}.A"),
        _ => format!("{after}-0"),
    };
    between(scheme, version, &after)
}
