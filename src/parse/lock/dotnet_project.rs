//! Project files of .NET (`.csproj`, `.fsproj`, `.vbproj`): the packages that they name, with
//! versions of their own or centrally kept ones. Where a lockfile stands beside a project, that one
//! speaks.

use super::msbuild::{self, Reference};
use super::{Ask, Input, Lockfile, SyntaxError, nuget};
use crate::model::{Ecosystem, Package, RepoPath};
use crate::parse::xml::Xml;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut wanted = msbuild::wants(input.path);
    wanted.push(Ask::File(lockfile(input.path)));
    wanted
}

fn lockfile(project: &RepoPath) -> RepoPath {
    project.parent().join(b"packages.lock.json")
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut found = references(input);
    if input.beside.file(&lockfile(input.path)).is_some() {
        found.packages.clear();
        found.unknown.clear();
    }
    found
}

/// What the items of a file name.
pub fn references(input: &Input<'_>) -> Lockfile {
    let (xml, errors) = Xml::parse(input.text);
    let mut found = Lockfile {
        errors,
        ..Lockfile::default()
    };
    match xml.root() {
        Some(root) if root.name() != "Project" => found.errors.push(SyntaxError {
            span: root.tag_span(),
            message: "not a project".into(),
        }),
        _ => {}
    }
    let project = msbuild::read(input, input.path, input.text);
    found.packages = project.references.iter().map(package).collect();
    let without = project
        .references
        .iter()
        .filter(|reference| reference.requested.is_none());
    match without.count() {
        0 => {}
        1 => found
            .unknown
            .push("1 package has no version in this repository".into()),
        count => found.unknown.push(format!(
            "{count} packages have no version in this repository"
        )),
    }
    if !project.undefined.is_empty() {
        let names: Vec<String> = project
            .undefined
            .iter()
            .map(|n| format!("$({n})"))
            .collect();
        let names = names.join(", ");
        found.unknown.push(format!(
            "nothing in this repository defines {names} in one way"
        ));
    }
    if !found.packages.is_empty() {
        let what = "what its packages depend on stands in no project file: restore with a lockfile";
        found.unknown.push(what.into());
    }
    found
}

fn package(reference: &Reference) -> Package {
    let requested = reference.requested.clone();
    let asked = requested
        .as_ref()
        .map_or("", |requested| &requested.requirement);
    let version = nuget::exact(asked).unwrap_or_default();
    let mut package = Package {
        scope: reference.scope,
        requested: requested.clone(),
        ..Package::new(Ecosystem::NuGet, &reference.name, version, reference.span)
    };
    if !reference.is_central {
        package.direct = Some(true);
        package.dependency_path.push(package.name.clone());
    }
    package
}
