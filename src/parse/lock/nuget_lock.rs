//! packages.lock.json, versions 1 and 2: for each framework that a project is built for, all
//! packages and who needs them. A package that several frameworks need stands in each.

use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want};
use super::{Ask, Input, Lockfile, from_name_to, msbuild};
use crate::model::{Ecosystem, Package, PackageSource, RepoPath, Requested, Scope};
use crate::parse::json::{Json, Value};

/// Asks for the project file, where there is only one that it can be.
pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut wanted = vec![Ask::Folder(input.path.parent())];
    if let Some(project) = project(input) {
        wanted.extend(msbuild::wants(&project));
        wanted.push(Ask::File(project));
    }
    wanted
}

fn project(input: &Input<'_>) -> Option<RepoPath> {
    let here = input.path.parent();
    let names = input.beside.folder(&here).iter();
    let ends = [".csproj", ".fsproj", ".vbproj"];
    let mut projects = names.filter(|name| ends.iter().any(|end| name.ends_with(end)));
    let only = projects.next().filter(|_| projects.next().is_none())?;
    Some(here.join(only.as_bytes()))
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = lockfile.object(&json, error, "a lockfile") else {
        return lockfile;
    };
    let asked = asked(input);
    let mut needs = Needs::default();
    let mut entries: Vec<(usize, Value<'_>)> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let frameworks = root.get("dependencies");
    for framework in frameworks.into_iter().flat_map(Value::children) {
        for entry in framework.children() {
            let package = package(entry);
            let key = (framework.key().into_owned(), package.name.clone());
            let place = needs.add(package);
            places.insert(key, place);
            entries.push((place, entry));
        }
    }
    let mut is_needed = vec![false; needs.len()];
    let frameworks = root.get("dependencies");
    let mut at = entries.iter();
    for framework in frameworks.into_iter().flat_map(Value::children) {
        let framework_name = framework.key();
        // `net8.0/win-x64` holds what differs from `net8.0`.
        let base = framework_name.split('/').next().unwrap_or("");
        let find = |name: &str| {
            let name = Ecosystem::NuGet.normalise(name);
            let own = places.get(&(framework_name.to_string(), name.clone()));
            own.or_else(|| places.get(&(base.to_owned(), name)))
                .copied()
        };
        for (place, entry) in at.by_ref().take(framework.children().count()) {
            let needed = entry.get("dependencies");
            for need in needed.into_iter().flat_map(Value::children) {
                if let Some(to) = find(&need.key()) {
                    needs.need(*place, to, need.as_str().as_deref(), false);
                    if let Some(is_needed) = is_needed.get_mut(to) {
                        *is_needed = true;
                    }
                }
            }
        }
    }
    for (place, entry) in entries {
        let kind = entry
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let is_project = kind == "Project";
        if kind != "Direct" && !(is_project && is_needed.get(place) == Some(&false)) {
            continue;
        }
        let name = needs.package(place).map_or("", |package| &package.name);
        let known = asked.get(name);
        let range = entry.get("requested").and_then(Value::as_str);
        needs.want(Want {
            package: place,
            by: String::new(),
            scope: match known {
                Some((scope, _)) => *scope,
                // A project counts as much as the one that refers to it.
                None if is_project && !asked.is_empty() => Scope::Prod,
                None => Scope::Unknown,
            },
            range: range.map(|range| range.into_owned()),
            requested: known.and_then(|(_, requested)| requested.clone()),
        });
    }
    lockfile.packages = needs.finish(Scopes::Derived, true);
    lockfile
}

/// What the project file asks for, by name.
fn asked(input: &Input<'_>) -> HashMap<String, (Scope, Option<Requested>)> {
    let Some(path) = project(input) else {
        return HashMap::new();
    };
    let text = input.beside.file(&path).unwrap_or("");
    let references = msbuild::read(input, &path, text).references.into_iter();
    let named = references.map(|reference| {
        let name = Ecosystem::NuGet.normalise(&reference.name);
        (name, (reference.scope, reference.requested))
    });
    named.collect()
}

fn package(entry: Value<'_>) -> Package {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let version = text("resolved").unwrap_or_default();
    let span = from_name_to(entry.key_span(), entry.get("resolved").map(Value::span));
    let mut package = Package::new(Ecosystem::NuGet, &entry.key(), &version, span);
    if text("type").as_deref() == Some("Project") {
        package.source = PackageSource::Path;
    }
    let hash = text("contentHash").map(|hash| hash.into_owned());
    package.facts.integrity.extend(hash);
    package
}
