//! poetry.lock. Scopes are groups (Poetry 2) or a category (before 1.5); where it says neither, and
//! for what the project asks for itself, pyproject.toml tells.

use std::collections::HashMap;

use super::connected::{Asked, Need, Node, connect};
use super::pep508::index_source;
use super::pypi::Files;
use super::pyproject::{self, group_scope};
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::toml::Value;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    input
        .near("pyproject.toml")
        .map(Ask::File)
        .into_iter()
        .collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut records = Records::new(input.text);
    let mut nodes: Vec<Node> = Vec::new();
    let mut errors = Vec::new();
    // Old lockfiles have the hashes of all packages at their end.
    let mut files: HashMap<String, Vec<String>> = HashMap::new();
    for record in records.by_ref() {
        if record.is_one_of("package") {
            match node(&record) {
                Some(node) => nodes.push(node),
                None => errors.push(record.error("a package without a name or a version")),
            }
        } else if matches!(record.path()[..], ["metadata", "files" | "hashes"]) {
            for entry in record.entries() {
                let name = entry.key.first().map_or("", AsRef::as_ref);
                files.insert(Ecosystem::PyPI.normalise(name), hashes(&entry.value));
            }
        }
    }
    errors.extend(records.into_errors());
    for node in &mut nodes {
        if let Some(hashes) = files.get(&node.package.name)
            && node.package.facts.integrity.is_empty()
        {
            node.package.facts.integrity.clone_from(hashes);
        }
    }
    let asked: Option<Asked> = pyproject::beside(input);
    Lockfile {
        packages: connect(nodes, asked.as_ref()),
        errors,
        unknown: Vec::new(),
    }
}

fn hashes(files: &Value<'_>) -> Vec<String> {
    let mut all = Files::default();
    for file in files.items() {
        match file {
            Value::Text(hash) => all.add_hash("sha256", hash),
            file => all.add(file),
        }
    }
    all.integrity()
}

fn node(record: &Record<'_>) -> Option<Node> {
    let name = record.text("name").filter(|name| !name.is_empty())?;
    let version = record.text("version")?;
    let from = |key: &str| record.inner("source", key).map(str::to_owned);
    let (source, resolved, commit) = match from("type").as_deref() {
        None => (PackageSource::Registry, None, None),
        Some("git") => {
            let commit = from("resolved_reference").or_else(|| from("reference"));
            (PackageSource::Git, from("url"), commit)
        }
        Some("directory" | "file") => (PackageSource::Path, from("url"), None),
        // `legacy` is how the indexes of the project's own list are called.
        Some("legacy") => {
            let url = from("url");
            (index_source(url.as_deref().unwrap_or("")), url, None)
        }
        Some(_) => (PackageSource::Url, from("url"), None),
    };
    let mut needs = Vec::new();
    let mut need = |name: &str, range: Option<&str>| {
        needs.push(Need {
            name: Ecosystem::PyPI.normalise(name),
            range: range.map(str::to_owned),
        });
    };
    for entry in record.below("dependencies") {
        let name = entry.key.first().map_or("", AsRef::as_ref);
        let tables = match &entry.value {
            Value::Text(range) => {
                need(name, Some(range));
                continue;
            }
            // One constraint for each of several platforms.
            Value::Array(items) => &items[..],
            table => std::slice::from_ref(table),
        };
        for table in tables {
            let range = table.get("version").or(Some(table)).and_then(Value::as_str);
            need(name, range);
        }
    }
    for (name, entry) in record.far_below("dependencies") {
        if entry.is("version") {
            need(name, entry.value.as_str());
        }
    }
    Some(Node {
        package: Package {
            scope: scope(record),
            source,
            facts: PackageFacts {
                resolved,
                commit,
                integrity: record.value("files").map(hashes).unwrap_or_default(),
                ..PackageFacts::default()
            },
            ..Package::new(Ecosystem::PyPI, name, version, record.span())
        },
        needs,
    })
}

fn scope(record: &Record<'_>) -> Scope {
    let category = record.text("category").map(group_scope);
    let groups = record.value("groups").map_or(&[][..], Value::items);
    // Whatever a build of the main group needs is needed in production.
    let groups = groups.iter().filter_map(Value::as_str).map(group_scope);
    let is_optional = matches!(record.value("optional"), Some(Value::Bool(true)));
    match groups.min().or(category) {
        Some(Scope::Prod) | None if is_optional => Scope::Optional,
        Some(scope) => scope,
        None => Scope::Unknown,
    }
}
