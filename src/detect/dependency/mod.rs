//! What a lockfile pins and what commands install, held against the advisories.

mod advisories;
mod banned;
mod changed_integrity;
mod discouraged;
mod forbidden_licence;
mod group;
pub mod installed;
mod integrity;
mod misleading_alias;
mod misleading_source;
mod missing_lockfile;
mod mixed_registries;
mod moving_git_source;
mod new_install_script;
mod place;
mod plain_http_source;
mod recent_release;
mod remedy;
mod sources;
mod stale_lockfile;
mod syntax;
mod traces;
mod unknown_registry;
mod unpinned;
mod update;
mod well_known;
mod written;

use std::collections::HashMap;

use super::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, Package, PackageSource};
use crate::parse::{Document, lock};
use advisories::Command;

pub use banned::Ban;
pub use forbidden_licence::{LicencePolicy, NamedLicence};
pub use recent_release::ReleasePolicy;

/// The family of dependencies.
#[derive(Debug)]
pub struct Dependency;

impl Detector for Dependency {
    fn family(&self) -> &'static str {
        "dependency"
    }

    fn kinds(&self) -> KindSet {
        lock::KINDS
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let Some(lockfile) = doc.lockfile() else {
            return;
        };
        syntax::check(doc.source, lockfile, out);
        sources::check(lockfile, out);
        unpinned::check(doc.source, lockfile, out);
        let given = cx.given;
        forbidden_licence::check(given.licences.as_ref(), doc.source, lockfile, out);
        banned::check(&given.bans, &lockfile.packages, out);
        recent_release::check(given, lockfile, out);
        plain_http_source::check(doc.source, lockfile, out);
        moving_git_source::check(doc.source, lockfile, out);
        misleading_alias::check(doc.source, lockfile, out);
        misleading_source::check(doc.source, lockfile, out);
        unknown_registry::check(cx.given, doc.source, lockfile, out);
        mixed_registries::check(doc.source, lockfile, out);
        discouraged::check(lockfile, out);
        integrity::check(doc.source, lockfile, out);
        changed_integrity::check(doc, out);
        new_install_script::check(doc, out);
        stale_lockfile::check(doc, lockfile, out);
        let mut looked_up = 0;
        let packages = lockfile.packages.iter().map(|package| (package, None));
        for pinned in pinned(packages) {
            looked_up += 1;
            advisories::check(cx, doc.source, &pinned, out);
        }
        out.count_packages(looked_up);
    }
}

/// Judges a lockfile against its manifests, and nothing else.
pub fn stale_lockfile(doc: &Document<'_>, out: &mut Sink<'_>) {
    if let Some(lockfile) = doc.lockfile() {
        stale_lockfile::check(doc, lockfile, out);
    }
}

/// The detector for manifests that no lockfile pins.
#[derive(Debug)]
pub struct Manifests;

impl Detector for Manifests {
    fn family(&self) -> &'static str {
        "dependency"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[
            FileKind::PackageJson,
            FileKind::CargoToml,
            FileKind::Pyproject,
            FileKind::GoMod,
            // Gemfile, composer.json, Pipfile and pubspec.yaml.
            FileKind::Ruby,
            FileKind::Json,
            FileKind::Text,
            FileKind::Yaml,
        ])
    }

    fn check(&self, _: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        missing_lockfile::check(doc, out);
    }
}

/// One version of a public package, with every place of the file that pins it.
#[derive(Debug)]
struct Pinned<'p> {
    package: &'p Package,
    /// The same again: npm installs one version in several folders.
    elsewhere: Vec<&'p Package>,
    /// What is known where a command names it and no lockfile.
    command: Option<Command>,
}

/// The packages that advisories can know: from the public registry, and pinned.
fn pinned<'p>(
    packages: impl ExactSizeIterator<Item = (&'p Package, Option<Command>)>,
) -> Vec<Pinned<'p>> {
    let mut places = HashMap::with_capacity(packages.len());
    let mut found: Vec<Pinned<'p>> = Vec::with_capacity(packages.len());
    for (package, command) in packages {
        let is_known = package.source == PackageSource::Registry
            && !package.version.is_empty()
            && !package.facts.is_lowest;
        if !is_known {
            continue;
        }
        let place = *places
            .entry((package.ecosystem, &package.name, &package.version))
            .or_insert(found.len());
        match found.get_mut(place) {
            Some(known) => known.elsewhere.push(package),
            None => found.push(Pinned {
                package,
                elsewhere: Vec::new(),
                command,
            }),
        }
    }
    found
}
