//! rebar.lock: Erlang terms. Each package stands with its distance from the project, so that the
//! direct ones are known; who needs whom is not.

use std::collections::HashMap;

use super::{Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageSource};
use crate::parse::SyntaxError;
use crate::parse::terms::{Kind, Language, Term, Terms};

pub fn read(input: &Input<'_>) -> Lockfile {
    let (terms, error) = Terms::parse(input.text, Language::Erlang);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    // The list of packages alone, or behind the version of the format; then their hashes.
    let lists = terms.all().flat_map(|term| {
        let inner = (term.kind() == Kind::Tuple).then(|| term.children());
        std::iter::once(term).chain(inner.into_iter().flatten())
    });
    let items = lists
        .filter(|list| list.kind() == Kind::List)
        .flat_map(Term::children);
    let mut hashes: HashMap<&str, &str> = HashMap::new();
    for item in items {
        let parts: Vec<Term<'_>> = item.children().take(3).collect();
        match parts[..] {
            // `pkg_hash_ext` stands behind `pkg_hash` and is the one of the whole archive.
            [name, list] if name.word().starts_with("pkg_hash") => {
                for pair in list.children() {
                    let mut pair = pair.children();
                    if let (Some(name), Some(hash)) = (pair.next(), pair.next()) {
                        hashes.insert(name.word(), hash.word());
                    }
                }
            }
            [name, place, level] if name.kind() == Kind::Text => {
                lockfile.packages.push(package(name, place, level));
            }
            _ => lockfile.errors.push(SyntaxError {
                span: item.span(),
                message: "a package without its place".into(),
            }),
        }
    }
    for package in &mut lockfile.packages {
        let alias = package.facts.alias.as_deref();
        if let Some(hash) = hashes.get(alias.unwrap_or(&package.name)) {
            package.facts.integrity.push((*hash).to_owned());
        }
    }
    lockfile
}

/// `{pkg, Name, Version}`, or `{git, Url, {ref, Commit}}` and the like.
fn package(key: Term<'_>, place: Term<'_>, level: Term<'_>) -> Package {
    let parts: Vec<Term<'_>> = place.children().collect();
    let text = |at: usize| parts.get(at).and_then(|part| part.as_text());
    let mut package = match (parts.first().map(|kind| kind.word()), text(1), text(2)) {
        (Some("pkg"), Some(name), Some(version)) => {
            let span = parts
                .get(2)
                .map_or(key.span(), |version| key.span().cover(version.span()));
            let mut package = Package::new(Ecosystem::Hex, name, version, span);
            package.facts.alias = (name != key.word()).then(|| key.word().to_owned());
            package
        }
        (kind, url, _) => {
            let mut package = Package::new(Ecosystem::Hex, key.word(), "", key.span());
            package.source = match kind {
                Some("pkg") => PackageSource::Registry,
                Some(git) if git.starts_with("git") => PackageSource::Git,
                _ => PackageSource::Url,
            };
            package.facts.resolved = url.map(str::to_owned);
            let reference = parts
                .get(2)
                .and_then(|reference| reference.children().nth(1));
            package.facts.commit = reference.map(|commit| commit.word().to_owned());
            package
        }
    };
    package.direct = match level.span().len() {
        0 => None,
        _ => Some(level.word() == "0"),
    };
    package
}
