//! cabal.project.freeze: one long field of constraints. A package is pinned by `==`; flags are no
//! versions.

use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, Span};

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    let mut is_inside = false;
    let mut start = 0;
    for line in input.text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let code = line.split("--").next().unwrap_or(line);
        let is_field = code.starts_with(|c: char| c.is_ascii_alphabetic());
        let constraints = match code.split_once(':') {
            Some((field, rest)) if is_field => {
                is_inside = field.trim().eq_ignore_ascii_case("constraints");
                rest
            }
            _ => code,
        };
        if !is_inside {
            continue;
        }
        let mut place = at + code.len() - constraints.len();
        for constraint in constraints.split(',') {
            let trimmed = constraint.trim();
            let from = place + constraint.len() - constraint.trim_start().len();
            let span = Span::from_usize(from, from + trimmed.len());
            place += constraint.len() + 1;
            match read_constraint(trimmed, span) {
                Ok(package) => lockfile.packages.extend(package),
                Err(message) => lockfile.errors.push(SyntaxError {
                    span,
                    message: message.to_owned(),
                }),
            }
        }
    }
    lockfile
}

/// `any.name ==1.2`, `name +flag -flag` or `name installed`.
fn read_constraint(text: &str, span: Span) -> Result<Option<Package>, &'static str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-.:_".contains(c)));
    let (qualified, rest) = text.split_at(end.unwrap_or(text.len()));
    let rest = rest.trim();
    if qualified.is_empty() {
        return if rest.is_empty() {
            Ok(None)
        } else {
            Err("not a constraint")
        };
    }
    // `any.`, or the package that needs it for its setup: `name:setup.`
    let name = qualified.rsplit(['.', ':']).next().unwrap_or(qualified);
    let is_range = rest.starts_with(['=', '<', '>', '^']);
    if !is_range {
        return Ok(None);
    }
    let version = rest.strip_prefix("==").map_or("", str::trim);
    let is_one = version.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let version = if is_one { version } else { "" };
    Ok(Some(Package::new(Ecosystem::Hackage, name, version, span)))
}
