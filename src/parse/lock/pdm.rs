//! pdm.lock. A package that is locked with its extras has an entry more for each set of them; all
//! are one package.

use std::collections::HashMap;

use super::connected::{Asked, Need, Node, connect, stronger};
use super::pep508::Demand;
use super::pypi::{Files, is_public};
use super::pyproject;
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::toml::Value;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let path = input.near("pyproject.toml");
    path.map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let asked = pyproject::beside(input);
    let mut records = Records::new(input.text);
    let mut nodes: Vec<Node> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    let mut errors = Vec::new();
    // Old lockfiles have the hashes of all packages at their end.
    let mut files: HashMap<String, Vec<String>> = HashMap::new();
    for record in records.by_ref() {
        if record.is_one_of("package") {
            let Some(node) = node(&record, asked.as_ref()) else {
                errors.push(record.error("a package without a name"));
                continue;
            };
            let key = (node.package.name.clone(), node.package.version.clone());
            match known.get(&key).and_then(|at| nodes.get_mut(*at)) {
                Some(same) => merge(same, node),
                None => {
                    known.insert(key, nodes.len());
                    nodes.push(node);
                }
            }
        } else if matches!(record.path()[..], ["metadata", "files"]) {
            for entry in record.entries() {
                // `"name version" = [..]`
                let name = entry.key.first().map_or("", AsRef::as_ref);
                files.insert(name.to_owned(), hashes(&entry.value));
            }
        }
    }
    errors.extend(records.into_errors());
    for package in nodes.iter_mut().map(|node| &mut node.package) {
        let name = format!("{} {}", package.name, package.version);
        if let Some(hashes) = files.remove(&name) {
            package.facts.integrity = hashes;
        }
    }
    Lockfile {
        packages: connect(nodes, asked.as_ref()),
        errors,
        unknown: Vec::new(),
    }
}

/// The same package with other extras.
fn merge(first: &mut Node, again: Node) {
    let name = &first.package.name;
    first
        .needs
        .extend(again.needs.into_iter().filter(|need| need.name != *name));
    first.package.scope = stronger(first.package.scope, again.package.scope);
}

fn hashes(files: &Value<'_>) -> Vec<String> {
    let mut all = Files::default();
    files.items().iter().for_each(|file| all.add(file));
    all.integrity()
}

fn node(record: &Record<'_>, asked: Option<&Asked>) -> Option<Node> {
    let name = record.text("name").filter(|name| !name.is_empty())?;
    let text = |key: &str| record.text(key).map(str::to_owned);
    let commit = text("revision").or_else(|| text("ref"));
    let (source, resolved) = if let Some(git) = text("git") {
        (PackageSource::Git, Some(git))
    } else if let Some(path) = text("path") {
        (PackageSource::Path, Some(path))
    } else if let Some(url) = text("url") {
        (PackageSource::Url, Some(url))
    } else {
        (PackageSource::Registry, None)
    };
    let mut files = Files::default();
    let listed = record.value("files").map_or(&[][..], Value::items);
    let mut elsewhere = false;
    for file in listed {
        files.add(file);
        // Only a static list of files says where they are.
        let url = file.get("url").and_then(Value::as_str);
        elsewhere |= url.is_some_and(|url| !is_public(url));
    }
    let mut needs = Vec::new();
    let dependencies = record.value("dependencies").map_or(&[][..], Value::items);
    for text in dependencies.iter().filter_map(Value::as_str) {
        let Ok(demand) = Demand::read(text) else {
            continue;
        };
        needs.push(Need {
            name: Ecosystem::PyPI.normalise(demand.name),
            range: Some(demand.specifiers.to_owned()),
        });
    }
    // The entry of a package with extras needs the one without.
    let own = Ecosystem::PyPI.normalise(name);
    needs.retain(|need| need.name != own);
    let version = record.text("version").unwrap_or_default();
    Some(Node {
        package: Package {
            scope: scope(record, asked),
            source: match source {
                PackageSource::Registry if elsewhere => PackageSource::Url,
                source => source,
            },
            facts: PackageFacts {
                resolved,
                commit: commit.filter(|_| source == PackageSource::Git),
                released: files.released.take(),
                integrity: files.integrity(),
                ..PackageFacts::default()
            },
            ..Package::new(Ecosystem::PyPI, name, version, record.span())
        },
        needs,
    })
}

/// By the groups: `default`, the project's extras and its groups for development, of which only
/// pyproject.toml tells which is which; `dev` is called so by everyone.
fn scope(record: &Record<'_>, asked: Option<&Asked>) -> Scope {
    let groups = record.value("groups").map_or(&[][..], Value::items);
    let mut groups = groups.iter().filter_map(Value::as_str).peekable();
    if groups.peek().is_none() {
        return Scope::Unknown;
    }
    let groups: Vec<&str> = groups.collect();
    if groups.contains(&"default") {
        Scope::Prod
    } else if asked.is_some() {
        Scope::Unknown
    } else if groups.iter().all(|group| is_for_development(group)) {
        Scope::Dev
    } else {
        Scope::Optional
    }
}

fn is_for_development(group: &str) -> bool {
    let words = ["dev", "development", "test", "tests", "lint", "doc", "docs"];
    words.contains(&group)
}
