//! bun.lock: JSON with comments. Packages stand under the way on which they are found,
//! `parent/name`, as lists: `["name@1.2.3", registry, {needs}, hash]`; what is in no registry is
//! shorter. bun.lockb is the same for machines alone.

use std::cell::Cell;
use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want, bare_range, project_name};
use super::origin::Origin;
use super::package_json::{self, Manifest};
use super::yarn::split;
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::json::{Json, Kind, Value};

/// Packages above a package under which what it needs may stand.
const LEVELS: usize = 64;
/// Bytes of a key; deeper ones are listed and not looked into.
const LONGEST_KEY: usize = 4096;
/// Bytes of all keys that are tried; a hundred thousand packages need a fifth of it.
const ALL_TRIES: usize = 512 << 20;

const BINARY: &str =
    "bun.lockb is binary; run `bun install --save-text-lockfile` for a lockfile that can be read";

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks = package_json::ask(input, [""]);
    if !asks.iter().all(|ask| input.beside.knows(ask)) {
        // The workspaces stand before the packages.
        let end = memchr::memmem::find(input.text.as_bytes(), b"\n  \"packages\"");
        let (json, _) = Json::parse(&input.text[..end.unwrap_or(input.text.len())]);
        let workspaces = json.root().and_then(|root| root.get("workspaces"));
        let folders = workspaces.into_iter().flat_map(Value::children);
        let folders: Vec<_> = folders.map(Value::key).collect();
        asks.extend(package_json::ask(input, folders.iter().map(|f| &**f)));
    }
    asks
}

/// One package.
struct Entry<'j> {
    key: String,
    /// What it needs.
    info: Option<Value<'j>>,
    package: usize,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    if input
        .text
        .starts_with("#!/usr/bin/env bun\nbun-lockfile-format")
    {
        lockfile.unknown.push(BINARY.into());
        return lockfile;
    }
    let (json, error) = Json::parse(input.text);
    let Some(root) = lockfile.object(&json, error, "a lockfile") else {
        return lockfile;
    };
    let workspaces = root.get("workspaces");
    let mut versions: HashMap<String, String> = HashMap::new();
    for workspace in workspaces.into_iter().flat_map(Value::children) {
        if let Some(version) = workspace.get("version").and_then(Value::as_str) {
            versions.insert(workspace.key().into_owned(), version.into_owned());
        }
    }
    let mut needs = Needs::default();
    let mut entries = Vec::new();
    for value in root.get("packages").into_iter().flat_map(Value::children) {
        if is_root(value) {
            continue;
        }
        let Some((package, info)) = read_package(value, &versions) else {
            lockfile.errors.push(SyntaxError {
                span: value.key_span(),
                message: "a package is a list that begins with its name".into(),
            });
            continue;
        };
        let place = package.facts.resolved.as_deref();
        let package = if place.is_some_and(|place| place.starts_with("workspace:")) {
            needs.add_project(package)
        } else {
            needs.add(package)
        };
        entries.push(Entry {
            key: value.key().into_owned(),
            info,
            package,
        });
    }
    let keys = Keys::new(&entries);
    link(&entries, &keys, &mut needs);
    for workspace in workspaces.into_iter().flat_map(Value::children) {
        project(input, workspace, &keys, &mut needs);
    }
    lockfile.packages = needs.finish(Scopes::Derived, workspaces.is_some());
    lockfile
}

/// The project itself, which somebody needs.
fn is_root(value: Value<'_>) -> bool {
    let id = value.children().next().and_then(Value::as_str);
    id.is_some_and(|id| split(&id).is_some_and(|(_, reference)| reference.starts_with("root:")))
}

fn read_package<'j>(
    value: Value<'j>,
    versions: &HashMap<String, String>,
) -> Option<(Package, Option<Value<'j>>)> {
    let mut parts = value.children().filter(|_| value.kind() == Kind::Array);
    let id = parts.next()?;
    let written = id.as_str()?;
    let (name, reference) = split(&written)?;
    let (mut info, mut registry, mut integrity) = (None, None, None);
    for (at, part) in parts.enumerate() {
        match part.kind() {
            Kind::Object => info = Some(part),
            Kind::Text if at == 0 => registry = part.as_str(),
            Kind::Text => integrity = part.as_str().filter(|text| text.starts_with("sha")),
            _ => {}
        }
    }
    let in_registry = reference.starts_with(|c: char| c.is_ascii_digit()) && registry.is_some();
    let origin = if in_registry {
        Origin::of(registry.as_deref().unwrap_or(""))
    } else {
        placed(reference)
    };
    let folder = reference.strip_prefix("workspace:");
    let version = match folder.and_then(|folder| versions.get(folder)) {
        Some(version) => version,
        None if in_registry => reference,
        None => "",
    };
    let mut package = Package {
        source: origin.source,
        ..Package::new(
            Ecosystem::Npm,
            name,
            version,
            value.key_span().cover(id.span()),
        )
    };
    let key = value.key();
    let asked = last_name(&key);
    let place = if in_registry {
        registry.as_deref().unwrap_or("")
    } else {
        reference
    };
    package.facts = PackageFacts {
        resolved: (!place.is_empty()).then(|| place.to_owned()),
        integrity: integrity
            .map(|hash| hash.into_owned())
            .into_iter()
            .collect(),
        commit: origin.commit,
        alias: (asked != name && folder.is_none()).then(|| asked.to_owned()),
        ..PackageFacts::default()
    };
    Some((package, info))
}

/// A place that the project names itself is no public package, wherever it is.
fn placed(reference: &str) -> Origin {
    let origin = Origin::of(reference);
    let source = match origin.source {
        PackageSource::Registry if reference.contains("://") => PackageSource::Url,
        PackageSource::Registry => PackageSource::Path,
        source => source,
    };
    Origin { source, ..origin }
}

/// The name at the end of a key, and with it the key before that name.
fn parent(key: &str) -> &str {
    let before = key.rfind('/').map_or("", |at| &key[..at]);
    let start = before.rfind('/').map_or(0, |at| at + 1);
    if before[start..].starts_with('@') {
        before[..start].trim_end_matches('/')
    } else {
        before
    }
}

fn last_name(key: &str) -> &str {
    key[parent(key).len()..].trim_start_matches('/')
}

struct Keys<'e> {
    packages: HashMap<&'e str, usize>,
    /// Bytes of keys that may still be tried.
    left: Cell<usize>,
}

impl<'e> Keys<'e> {
    fn new(entries: &'e [Entry<'_>]) -> Self {
        let packages = entries
            .iter()
            .map(|entry| (entry.key.as_str(), entry.package));
        Self {
            packages: packages.collect(),
            left: Cell::new(ALL_TRIES),
        }
    }

    /// Looks under the key itself, then under every one above it.
    fn resolve(&self, key: &str, name: &str) -> Option<usize> {
        let mut base = key;
        for _ in 0..LEVELS {
            if base.is_empty() {
                break;
            }
            self.left
                .set(self.left.get().checked_sub(base.len() + name.len())?);
            if let Some(found) = self.packages.get(format!("{base}/{name}").as_str()) {
                return Some(*found);
            }
            base = parent(base);
        }
        self.packages.get(name).copied()
    }
}

/// Names and ranges of what a package or project needs.
fn lists<'j>(info: Value<'j>) -> impl Iterator<Item = (Value<'j>, Scope, bool)> {
    package_json::lists().flat_map(move |(list, scope)| {
        let is_peer = list == "peerDependencies";
        let needs = info.get(list).into_iter().flat_map(Value::children);
        needs.map(move |need| (need, scope, is_peer))
    })
}

fn link(entries: &[Entry<'_>], keys: &Keys<'_>, needs: &mut Needs) {
    for entry in entries.iter().filter(|entry| entry.key.len() < LONGEST_KEY) {
        let Some(info) = entry.info else { continue };
        let optional_peers = info.get("optionalPeers");
        let optional_peers: Vec<_> = optional_peers
            .into_iter()
            .flat_map(Value::children)
            .filter_map(Value::as_str)
            .collect();
        // Where all peers are optional, it is enough to know that there are some.
        for (need, scope, is_peer) in lists(info) {
            let name = need.key();
            let Some(range) = need.as_str() else { continue };
            let optional = scope == Scope::Optional
                || (is_peer && optional_peers.iter().take(64).any(|peer| *peer == name));
            if let Some(to) = keys.resolve(&entry.key, &name) {
                needs.need(entry.package, to, Some(&range), optional);
            }
        }
    }
}

fn project(input: &Input<'_>, workspace: Value<'_>, keys: &Keys<'_>, needs: &mut Needs) {
    let folder = workspace.key();
    let manifest = Manifest::beside(input, &folder);
    let name = workspace
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    // What two projects need in different versions stands under the name of one.
    let base = match &*folder {
        "" => "",
        _ if name.len() >= LONGEST_KEY => "",
        _ => &*name,
    };
    for (need, scope, _) in lists(workspace) {
        let key = need.key();
        let (Some(package), Some(range)) = (keys.resolve(base, &key), need.as_str()) else {
            continue;
        };
        needs.want(Want {
            package,
            by: project_name(base),
            scope,
            range: Some(bare_range(&range)),
            requested: manifest.as_ref().and_then(|m| m.requested(&key)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_names_below_names() {
        for (key, above, name) in [
            ("a", "", "a"),
            ("@s/a", "", "@s/a"),
            ("a/b", "a", "b"),
            ("@s/a/b", "@s/a", "b"),
            ("a/@s/b", "a", "@s/b"),
            ("@s/a/@t/b", "@s/a", "@t/b"),
            ("", "", ""),
        ] {
            assert_eq!((parent(key), last_name(key)), (above, name), "{key}");
        }
    }
}
