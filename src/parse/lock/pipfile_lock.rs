//! Pipfile.lock: an object a category (`default`, `develop`, or one of the project's own).

use std::borrow::Cow;
use std::collections::HashMap;

use super::connected::{Asked, stronger};
use super::pep508::{Location, index_source};
use super::tables::Records;
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Requested, Scope, Span};
use crate::parse::json::{Json, Kind, Value};
use crate::parse::toml::{self, Entry};
use crate::text::LineIndex;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let path = input.near("Pipfile");
    path.map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let Some(root) = json.root().filter(|root| root.kind() == Kind::Object) else {
        return lockfile;
    };
    let indexes = indexes(root);
    let asked = asked(input);
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for category in root.children().filter(|c| c.key() != "_meta") {
        let scope = match &*category.key() {
            "default" => Scope::Prod,
            "develop" => Scope::Dev,
            _ => Scope::Optional,
        };
        let entries = category.children().filter(|e| e.kind() == Kind::Object);
        for entry in entries {
            let mut package = package(entry, &indexes);
            // The project itself, which it installs in place.
            if matches!(package.facts.resolved.as_deref(), Some("." | "./")) {
                continue;
            }
            package.scope = scope;
            if let Some(asked) = &asked {
                package.requested = asked.requested(&package.name).cloned();
                package.direct = Some(package.requested.is_some());
                if package.requested.is_some() {
                    package.dependency_path = vec![package.name.clone()];
                }
            }
            // What production needs stands again among what development needs.
            let key = (package.name.clone(), package.version.clone());
            match known
                .get(&key)
                .and_then(|at| lockfile.packages.get_mut(*at))
            {
                Some(same) if same.source == package.source => {
                    same.scope = stronger(same.scope, scope);
                }
                _ => {
                    known.insert(key, lockfile.packages.len());
                    lockfile.packages.push(package);
                }
            }
        }
    }
    lockfile
}

/// URLs of the indexes by name. The first one serves what names none.
fn indexes(root: Value<'_>) -> Vec<(String, String)> {
    let sources = root.get("_meta").and_then(|meta| meta.get("sources"));
    let Some(sources) = sources else {
        return Vec::new();
    };
    let text = |source: Value<'_>, key: &str| {
        let value = source.get(key).and_then(Value::as_str);
        value.map(Cow::into_owned).unwrap_or_default()
    };
    sources
        .children()
        .take(MOST_INDEXES)
        .map(|source| (text(source, "name"), text(source, "url")))
        .collect()
}

const MOST_INDEXES: usize = 100;
/// A name and a version that stand further apart are not marked as one.
const MOST_MARKED: u32 = 400;

fn package(entry: Value<'_>, indexes: &[(String, String)]) -> Package {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).map(Cow::into_owned);
    let written = text("version").unwrap_or_default();
    let version = written.trim_start_matches('=').trim();
    // Without a hash lock, Pipenv writes what was asked for: `*`.
    let version = if version.contains(['*', '<', '>', '~', '!']) {
        ""
    } else {
        version
    };
    let git = text("git");
    let path = text("path").or_else(|| text("file"));
    let (source, resolved) = match (git, path) {
        (Some(git), _) => (PackageSource::Git, Some(git)),
        (None, Some(path)) => (Location::read(&path).source, Some(path)),
        (None, None) => {
            let index = text("index");
            let named = indexes
                .iter()
                .find(|(name, _)| Some(name) == index.as_ref());
            let url = named.or(indexes.first()).map(|(_, url)| url.clone());
            let source = match (&url, index) {
                (Some(url), _) => index_source(url),
                (None, Some(index)) if index != "pypi" => PackageSource::Url,
                (None, _) => PackageSource::Registry,
            };
            (source, url)
        }
    };
    let mut integrity: Vec<String> = match entry.get("hashes") {
        Some(hashes) => hashes
            .children()
            .filter_map(Value::as_str)
            .map(Cow::into_owned)
            .collect(),
        None => Vec::new(),
    };
    integrity.sort();
    let shipped = resolved
        .as_deref()
        .filter(|_| source != PackageSource::Registry);
    let version = match shipped.map(Location::read).and_then(|place| place.version) {
        Some(shipped) if version.is_empty() => shipped,
        _ => version.to_owned(),
    };
    let key = entry.key_span();
    let name = entry.key();
    // The name of an archive tells the version, too.
    let told_by = ["version", "path", "file"]
        .iter()
        .find_map(|key| entry.get(key));
    let span = match told_by.map(|value| key.cover(value.span())) {
        // Hashes stand between them.
        Some(span) if span.len() <= MOST_MARKED => span,
        _ => key,
    };
    Package {
        source,
        facts: PackageFacts {
            resolved,
            integrity,
            commit: text("ref").filter(|_| source == PackageSource::Git),
            ..PackageFacts::default()
        },
        ..Package::new(Ecosystem::PyPI, &name, &version, span)
    }
}

/// What the Pipfile beside asks for.
fn asked(input: &Input<'_>) -> Option<Asked> {
    let path = input.near("Pipfile")?;
    let text = input.beside.file(&path)?;
    let lines = LineIndex::new(text.as_bytes());
    let mut asked = Asked::default();
    for record in Records::new(text) {
        let table = record.path().join(".");
        if ["", "source", "requires", "scripts", "pipenv"].contains(&table.as_str()) {
            continue;
        }
        let (table, name) = match &record.path()[..] {
            [table, name] => ((*table).to_owned(), Some((*name).to_owned())),
            _ => (table, None),
        };
        let scope = match table.as_str() {
            "packages" => Scope::Prod,
            "dev-packages" => Scope::Dev,
            _ => Scope::Optional,
        };
        let mut add = |name: &str, span: Span, requirement: &str| {
            let requested = Requested {
                path: path.clone(),
                line: lines.line(span.start),
                requirement: requirement.to_owned(),
            };
            asked.add(&Ecosystem::PyPI.normalise(name), scope, Some(requested));
        };
        if let Some(name) = name {
            add(&name, record.header, record.text("version").unwrap_or(""));
            continue;
        }
        for entry in record.entries() {
            let name = entry.key.first().map_or("", AsRef::as_ref);
            add(name, entry.span, requirement(entry));
        }
    }
    Some(asked)
}

fn requirement<'e>(entry: &'e Entry<'_>) -> &'e str {
    let version = entry.value.get("version").unwrap_or(&entry.value);
    toml::Value::as_str(version).unwrap_or_default()
}
