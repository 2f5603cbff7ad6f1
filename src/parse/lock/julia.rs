//! Manifest.toml of Julia, in its first form (`[[Name]]`) and its second (`[[deps.Name]]`). Other
//! tools have files of that name, too: what has no UUID is no package of Julia's.

use super::connected::{Asked, Need, Node, connect};
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Requested, Scope};
use crate::parse::toml::Value;
use crate::text::LineIndex;

/// The names that a project's own file may have.
const PROJECTS: [&str; 2] = ["JuliaProject.toml", "Project.toml"];

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let paths = PROJECTS.iter().filter_map(|name| input.near(name));
    paths.map(Ask::File).collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut records = Records::new(input.text);
    let mut nodes = Vec::new();
    let mut is_manifest = false;
    for record in records.by_ref() {
        is_manifest |= record.value("julia_version").is_some();
        is_manifest |= record.value("manifest_format").is_some();
        nodes.extend(node(&record));
    }
    if nodes.is_empty() && !is_manifest {
        return Lockfile::default();
    }
    Lockfile {
        packages: connect(nodes, asked(input).as_ref()),
        errors: records.into_errors(),
        unknown: Vec::new(),
    }
}

fn node(record: &Record<'_>) -> Option<Node> {
    let name = match record.path()[..] {
        ["deps", name] | [name] => name.to_owned(),
        _ => return None,
    };
    record.text("uuid")?;
    let text = |key: &str| record.text(key).map(str::to_owned);
    let (source, resolved) = match (text("repo-url"), text("path")) {
        (Some(url), _) => (PackageSource::Git, Some(url)),
        (None, Some(path)) => (PackageSource::Path, Some(path)),
        // The standard library comes with the language, under versions of the registry's.
        (None, None) => (PackageSource::Registry, None),
    };
    let listed = record.value("deps").map_or(&[][..], Value::items);
    let listed = listed.iter().filter_map(Value::as_str);
    // Where two packages share a name, a table tells them apart.
    let tabled = record.below("deps").filter_map(|entry| entry.key.first());
    let needs = listed.chain(tabled.map(AsRef::as_ref)).map(|name| Need {
        name: name.to_owned(),
        range: None,
    });
    let version = record.entry("version");
    let span = version.map_or(record.header, |entry| record.header.cover(entry.span));
    Some(Node {
        needs: needs.collect(),
        package: Package {
            source,
            facts: PackageFacts {
                resolved,
                commit: text("repo-rev").filter(|_| source == PackageSource::Git),
                integrity: text("git-tree-sha1").into_iter().collect(),
                ..PackageFacts::default()
            },
            ..Package::new(
                Ecosystem::Julia,
                &name,
                record.text("version").unwrap_or_default(),
                span,
            )
        },
    })
}

/// What the project beside asks for: names in `[deps]`, versions in `[compat]`.
fn asked(input: &Input<'_>) -> Option<Asked> {
    let mut paths = PROJECTS.iter().filter_map(|name| input.near(name));
    let (path, text) = paths.find_map(|path| {
        let text = input.beside.file(&path)?;
        Some((path, text))
    })?;
    let lines = LineIndex::new(text.as_bytes());
    let records: Vec<Record<'_>> = Records::new(text).collect();
    let table = |name: &'static str| {
        let records = records.iter().filter(move |record| record.path() == [name]);
        records.flat_map(Record::entries)
    };
    let ranges: std::collections::HashMap<&str, &str> = table("compat")
        .filter_map(|entry| Some((entry.key.first()?.as_ref(), entry.value.as_str()?)))
        .collect();
    let mut asked = Asked::default();
    for entry in table("deps") {
        let name = entry.key.first().map_or("", AsRef::as_ref);
        let requested = Requested {
            path: path.clone(),
            line: lines.line(entry.span.start),
            requirement: ranges.get(name).copied().unwrap_or_default().to_owned(),
        };
        asked.add(name, Scope::Prod, Some(requested));
    }
    Some(asked)
}
