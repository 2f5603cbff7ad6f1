//! conan.lock: lists of references (Conan 2), or a graph of numbered nodes (Conan 1), of which the
//! one with a path is the project itself.

use std::borrow::Cow;
use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want};
use super::{Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::json::{Json, Kind, Value};

/// The lists of Conan 2. What builds the packages, or their recipes, is not part of the product.
const LISTS: [(&str, Scope); 4] = [
    ("requires", Scope::Prod),
    ("build_requires", Scope::Dev),
    ("python_requires", Scope::Dev),
    ("config_requires", Scope::Dev),
];

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let Some(root) = json.root().filter(|root| root.kind() == Kind::Object) else {
        return lockfile;
    };
    let graph = root.get("graph_lock").and_then(|graph| graph.get("nodes"));
    if let Some(nodes) = graph {
        lockfile.packages = nodes_of(nodes);
        return lockfile;
    }
    for (list, scope) in LISTS {
        let references = root.get(list).into_iter().flat_map(Value::children);
        let packages = references.filter_map(|reference| package(reference, scope));
        lockfile.packages.extend(packages);
    }
    lockfile
}

fn nodes_of(nodes: Value<'_>) -> Vec<Package> {
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut projects = Vec::new();
    let mut all = Needs::default();
    for node in nodes.children() {
        let text = |key: &str| node.get(key).and_then(Value::as_str);
        let scope = match text("context").as_deref() {
            Some("build") => Scope::Dev,
            _ => Scope::Prod,
        };
        // Before Conan 1.28 nodes had the reference of the binary only.
        let reference = node.get("ref").or_else(|| node.get("pref"));
        let package = reference
            .filter(|_| {
                node.get("path")
                    .is_none_or(|path| path.kind() == Kind::Null)
            })
            .and_then(|reference| package(reference, scope));
        match package {
            Some(package) => {
                places.insert(node.key(), all.add(package));
            }
            None => projects.push(node),
        }
    }
    let needs = |node: Value<'_>| {
        let lists = ["requires", "build_requires"].into_iter();
        let lists = lists
            .filter_map(|list| node.get(list))
            .flat_map(Value::children);
        let needed = lists.filter_map(|id| places.get(&id.as_str()?).copied());
        needed.collect::<Vec<usize>>()
    };
    for node in nodes.children() {
        if let Some(&at) = places.get(&node.key()) {
            for needed in needs(node) {
                all.need(at, needed, None, false);
            }
        }
    }
    let direct: Vec<usize> = projects.into_iter().flat_map(needs).collect();
    let knows = !direct.is_empty();
    for package in direct {
        all.want(Want {
            package,
            by: String::new(),
            scope: Scope::Unknown,
            range: None,
            requested: None,
        });
    }
    all.finish(Scopes::Stated, knows)
}

/// `name/version@user/channel#revision%time`, or with `:package` behind it.
fn package(reference: Value<'_>, scope: Scope) -> Option<Package> {
    let text = reference.as_str()?;
    let text = text.split('%').next().unwrap_or(&text);
    let (coordinates, revision) = match text.split_once('#') {
        Some((coordinates, revision)) => (coordinates, revision.split([':', '#']).next()),
        None => (text.split(':').next().unwrap_or(text), None),
    };
    let (package, user) = match coordinates.split_once('@') {
        Some((package, user)) => (package, user),
        None => (coordinates, ""),
    };
    let (name, version) = package.split_once('/')?;
    if name.is_empty() || version.is_empty() {
        return None;
    }
    // The public packages belong to no user; in the old days they belonged to this one.
    let is_public = matches!(user, "" | "_/_" | "_" | "conan/stable");
    Some(Package {
        scope,
        source: match is_public {
            true => PackageSource::Registry,
            false => PackageSource::Url,
        },
        facts: PackageFacts {
            resolved: (!is_public).then(|| user.to_owned()),
            integrity: revision
                .filter(|revision| !revision.is_empty())
                .map(|revision| revision.to_owned())
                .into_iter()
                .collect(),
            ..PackageFacts::default()
        },
        ..Package::new(Ecosystem::ConanCenter, name, version, reference.span())
    })
}
