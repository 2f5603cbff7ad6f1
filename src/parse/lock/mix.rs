//! mix.lock: a map of Elixir's, from the name of an application to the package that it comes from.
//! What the project itself asks for stands only in mix.exs, which is a program.

use std::collections::HashMap;

use super::lines::lines;
use super::needs::{Needs, Scopes, Want};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageSource, RepoPath, Requested, Scope};
use crate::parse::SyntaxError;
use crate::parse::terms::{Kind, Language, Term, Terms};

/// Longest tuple of a mix.exs that is looked at, in bytes.
const LONGEST_TUPLE: usize = 2000;
/// Tuples of one line that are looked at.
const MOST_TUPLES: usize = 16;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    vec![Ask::File(manifest(input))]
}

fn manifest(input: &Input<'_>) -> RepoPath {
    input.path.parent().join(b"mix.exs")
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (terms, error) = Terms::parse(input.text, Language::Elixir);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let mut applications = Vec::new();
    let mut needed = Vec::new();
    let map = terms.all().find(|term| term.kind() == Kind::Map);
    let mut entries = map.into_iter().flat_map(Term::children);
    while let (Some(key), Some(value)) = (entries.next(), entries.next()) {
        match package(key, value) {
            Some(package) => {
                lockfile.packages.push(package);
                applications.push(key.word());
                needed.push(value.children().nth(5));
            }
            None => lockfile.errors.push(SyntaxError {
                span: key.span(),
                message: "a package without a version".into(),
            }),
        }
    }
    if map.is_none() && !input.text.trim().is_empty() && lockfile.errors.is_empty() {
        lockfile.errors.push(SyntaxError {
            span: terms.all().next().map(Term::span).unwrap_or_default(),
            message: "a lockfile is a map".into(),
        });
    }
    let places: HashMap<&str, usize> = applications.iter().copied().zip(0..).collect();
    let mut needs = Needs::default();
    for package in std::mem::take(&mut lockfile.packages) {
        needs.add(package);
    }
    for (by, list) in needed.into_iter().enumerate() {
        for need in list.into_iter().flat_map(Term::children) {
            let parts: Vec<Term<'_>> = need.children().collect();
            let name = parts.first().map_or("", |name| name.word());
            let range = parts.get(1).and_then(|range| range.as_text());
            if let Some(needed) = places.get(name) {
                let optional = scope(&parts) == Scope::Optional;
                needs.need(by, *needed, range, optional);
            }
        }
    }
    let asked = asked(input, &places);
    let known = !asked.is_empty();
    for want in asked {
        needs.want(want);
    }
    lockfile.packages = needs.finish(Scopes::Derived, known);
    lockfile
}

/// `{:hex, :package, "version", "hash", managers, needs, "repository", "hash"}` or
/// `{:git, "url", "commit", options}`.
fn package(key: Term<'_>, value: Term<'_>) -> Option<Package> {
    let parts: Vec<Term<'_>> = value.children().take(8).collect();
    let text = |at: usize| parts.get(at).and_then(|part| part.as_text());
    match parts.first().map(|kind| kind.word()) {
        Some("hex") => {
            let version = *parts.get(2)?;
            let span = key.span().cover(version.span());
            let name = parts.get(1).map_or("", |name| name.word());
            let mut package = Package::new(Ecosystem::Hex, name, version.as_text()?, span);
            // `hexpm:name` is what an organisation keeps for itself.
            if text(6).is_some_and(|repository| repository != "hexpm") {
                package.source = PackageSource::Url;
            }
            let hash = text(7).or(text(3)).filter(|hash| !hash.is_empty());
            package.facts.integrity.extend(hash.map(str::to_owned));
            package.facts.alias = (name != key.word()).then(|| key.word().to_owned());
            Some(package)
        }
        Some("git") => {
            let mut package = Package {
                source: PackageSource::Git,
                ..Package::new(Ecosystem::Hex, key.word(), "", key.span())
            };
            package.facts.resolved = text(1).map(str::to_owned);
            package.facts.commit = text(2).map(str::to_owned);
            Some(package)
        }
        _ => None,
    }
}

/// What mix.exs asks for: the tuples in it that begin with the name of a locked application.
/// Empty where the projects of an umbrella ask, each in its own file.
fn asked(input: &Input<'_>, places: &HashMap<&str, usize>) -> Vec<Want> {
    let path = manifest(input);
    let text = input.beside.file(&path).unwrap_or("");
    if text.contains("apps_path:") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, (start, code)) in (1..).zip(lines(text)) {
        let code = code.split('#').next().unwrap_or("");
        for (column, _) in code.match_indices("{:").take(MOST_TUPLES) {
            let from = start + column;
            let tuple = text
                .as_bytes()
                .get(from..(from + LONGEST_TUPLE).min(text.len()));
            let length = tuple.and_then(|tuple| memchr::memchr(b'}', tuple));
            let tuple = length.and_then(|length| text.get(from..=from + length));
            let (terms, _) = Terms::parse(tuple.unwrap_or(""), Language::Elixir);
            let parts: Vec<Term<'_>> = terms.all().flat_map(Term::children).collect();
            let Some(package) = parts.first().and_then(|name| places.get(name.word())) else {
                continue;
            };
            let requirement = parts.get(1).and_then(|range| range.as_text());
            found.push(Want {
                package: *package,
                by: String::new(),
                scope: scope(&parts),
                range: requirement.map(str::to_owned),
                requested: Some(Requested {
                    path: path.clone(),
                    line,
                    requirement: requirement.unwrap_or("").to_owned(),
                }),
            });
        }
    }
    found
}

/// From `only: :dev`, `only: [:dev, :test]` and `optional: true`.
fn scope(parts: &[Term<'_>]) -> Scope {
    // Options stand at the end of the tuple, in brackets or not.
    let mut words = Vec::new();
    for part in parts {
        words.push(*part);
        let is_options = part.kind() == Kind::List
            && part
                .children()
                .any(|p| p.word() == "only" || p.word() == "optional");
        if is_options {
            words.extend(part.children());
        }
    }
    let after = |name: &str| {
        let at = words
            .iter()
            .position(|word| word.kind() == Kind::Atom && word.word() == name)?;
        words.get(at + 1)
    };
    if let Some(only) = after("only") {
        let mut environments: Vec<&str> = only.children().map(Term::word).collect();
        if environments.is_empty() {
            environments.push(only.word());
        }
        let dev = ["dev", "test", "docs", "ci", "bench", "lint"];
        if environments
            .iter()
            .all(|environment| dev.contains(environment))
        {
            return Scope::Dev;
        }
    }
    match after("optional") {
        Some(value) if value.word() == "true" => Scope::Optional,
        _ => Scope::Prod,
    }
}
