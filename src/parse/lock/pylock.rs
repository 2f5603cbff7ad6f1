//! pylock.toml (PEP 751). The groups and extras that a package is for stand in its marker; a
//! package that is built from a repository or a folder may have no version.

use super::connected::{Need, Node, connect};
use super::pep508::{Location, index_source};
use super::pypi::Files;
use super::pyproject;
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::toml::{Value, place};

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let path = input.near("pyproject.toml");
    path.map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let asked = pyproject::beside(input);
    let mut records = Records::new(input.text);
    let mut nodes: Vec<Node> = Vec::new();
    let mut errors = Vec::new();
    for record in records.by_ref() {
        if record.is_one_of("packages") {
            match node(input.text, &record) {
                Some(node) => nodes.push(node),
                None => errors.push(record.error("a package without a name")),
            }
        }
    }
    errors.extend(records.into_errors());
    // Who needs whom is told by some tools only.
    let is_graph = nodes.iter().any(|node| !node.needs.is_empty());
    let mut packages = connect(nodes, asked.as_ref());
    if !is_graph && asked.is_none() {
        for package in &mut packages {
            package.direct = None;
            package.dependency_path.clear();
        }
    }
    Lockfile {
        packages,
        errors,
        unknown: Vec::new(),
    }
}

fn node(text: &str, record: &Record<'_>) -> Option<Node> {
    let name = record.text("name").filter(|name| !name.is_empty())?;
    let inner = |table: &'static str, key: &str| record.inner(table, key);
    let mut files = Files::default();
    for table in ["wheels", "sdist", "archive"] {
        match record.value(table) {
            Some(Value::Array(items)) => items.iter().for_each(|file| files.add(file)),
            Some(file) => files.add(file),
            None => {}
        }
        for entry in record.below(table) {
            match (&entry.key[..], &entry.value) {
                ([key], Value::Other(time)) if key == "upload-time" => files.add_time(time),
                ([key], Value::Text(time)) if key == "upload-time" => files.add_time(time),
                ([key], hashes) if key == "hashes" => add_hashes(hashes, &mut files),
                _ => {}
            }
        }
        for (below, entry) in record.far_below(table) {
            if let ("hashes", [kind], Some(hash)) = (below, &entry.key[..], entry.value.as_str()) {
                files.add_hash(kind, hash);
            }
        }
    }
    let or_path = |table: &'static str| inner(table, "url").or_else(|| inner(table, "path"));
    let (source, resolved, commit) = if record.has("vcs") {
        let commit = inner("vcs", "commit-id").or_else(|| inner("vcs", "requested-revision"));
        (PackageSource::Git, or_path("vcs"), commit)
    } else if record.has("directory") {
        (PackageSource::Path, inner("directory", "path"), None)
    } else if record.has("archive") {
        let source = match inner("archive", "url") {
            Some(_) => PackageSource::Url,
            None => PackageSource::Path,
        };
        (source, or_path("archive"), None)
    } else {
        let index = record.text("index");
        let source = index.map_or(PackageSource::Registry, index_source);
        (source, index, None)
    };
    let mut span = record.span();
    let version = match (record.text("version"), resolved) {
        (Some(version), _) => version.to_owned(),
        // The name of an archive tells it.
        (None, Some(location)) => {
            let version = Location::read(location).version;
            if let (Some(_), Some(location)) = (&version, place(text, location)) {
                span = span.cover(location);
            }
            version.unwrap_or_default()
        }
        (None, None) => String::new(),
    };
    let dependencies = record.value("dependencies").map_or(&[][..], Value::items);
    let needs = dependencies
        .iter()
        .filter_map(|need| need.get("name").and_then(Value::as_str))
        .map(|name| Need {
            name: Ecosystem::PyPI.normalise(name),
            range: None,
        })
        .collect();
    Some(Node {
        package: Package {
            scope: scope(record.text("marker").unwrap_or("")),
            source,
            facts: PackageFacts {
                resolved: resolved.map(str::to_owned),
                commit: commit.map(str::to_owned),
                released: files.released.take(),
                integrity: files.integrity(),
                ..PackageFacts::default()
            },
            ..Package::new(Ecosystem::PyPI, name, &version, span)
        },
        needs,
    })
}

fn add_hashes(hashes: &Value<'_>, files: &mut Files) {
    for hash in hashes.entries() {
        if let ([kind], Some(value)) = (&hash.key[..], hash.value.as_str()) {
            files.add_hash(kind, value);
        }
    }
}

/// `'dev' in dependency_groups` is for development, `'x' in extras` for who asks for the extra;
/// a marker that lets neither matter says nothing.
fn scope(marker: &str) -> Scope {
    // `"default" in dependency_groups` is how a tool calls what is always installed.
    let is_default = marker.contains("'default' in") || marker.contains("\"default\" in");
    match (
        marker.contains("dependency_groups"),
        marker.contains("extras"),
    ) {
        _ if is_default => Scope::Prod,
        (_, true) => Scope::Optional,
        (true, false) => Scope::Dev,
        (false, false) => Scope::Unknown,
    }
}
