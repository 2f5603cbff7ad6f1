//! dependency/banned

use std::collections::HashMap;

use crate::detect::Sink;
use crate::detect::dockerfile::known_image::fits;
use crate::model::{Ecosystem, Package};
use crate::parse::version::requirement::Named;

/// A package that a team does not want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// Its name; one `*` stands for anything.
    pub package: String,
    /// `None`: whichever has the name.
    pub ecosystem: Option<Ecosystem>,
    /// A version or a range; `None`: every version.
    pub versions: Option<String>,
    pub reason: String,
    /// What takes its place.
    pub instead: Option<String>,
}

impl Ban {
    /// True where its versions mean the package's. A version that the file does not name is in no
    /// range.
    fn covers_version(&self, package: &Package) -> bool {
        let is_known = !package.version.is_empty() && !package.facts.is_lowest;
        self.versions.as_ref().is_none_or(|versions| {
            is_known && Named::covers(package.ecosystem, versions, &package.version)
        })
    }
}

/// Reports each banned version of a package once, wherever the package comes from.
pub fn check<'p>(
    bans: &[Ban],
    packages: impl IntoIterator<Item = &'p Package>,
    out: &mut Sink<'_>,
) {
    if bans.is_empty() {
        return;
    }
    let mut names: HashMap<Ecosystem, Vec<String>> = HashMap::new();
    // Places in the list of the packages of one name and version, in order.
    let mut places = HashMap::new();
    let mut found: Vec<(&Ban, Vec<&Package>)> = Vec::new();
    for package in packages {
        let ecosystem = package.ecosystem;
        let names = names.entry(ecosystem).or_insert_with(|| {
            let names = bans.iter().map(|ban| ecosystem.normalise(&ban.package));
            names.collect()
        });
        let mut named = bans.iter().zip(names.iter());
        let ban = named.find(|(ban, name)| {
            fits(name, &package.name)
                && ban.ecosystem.is_none_or(|only| only == ecosystem)
                && ban.covers_version(package)
        });
        let Some((ban, _)) = ban else {
            continue;
        };
        let place = *places
            .entry((ecosystem, &package.name, &package.version))
            .or_insert(found.len());
        match found.get_mut(place) {
            Some((_, same)) => same.push(package),
            None => found.push((ban, vec![package])),
        }
    }
    for (ban, packages) in found {
        report(ban, &packages, out);
    }
}

fn report(ban: &Ban, packages: &[&Package], out: &mut Sink<'_>) {
    let Some((first, same)) = packages.split_first() else {
        return;
    };
    let name = format!("{} {}", first.name, first.version);
    let reason = ban.reason.trim().trim_end_matches('.');
    let help = match (&ban.instead, &ban.versions) {
        (Some(instead), _) => format!("use {instead}"),
        (None, Some(versions)) => format!("take a version that is not {versions}"),
        (None, None) => format!("remove {}", first.name),
    };
    let help = match &first.dependency_path[..] {
        [direct, .., _] => format!("{help}; it comes in through {direct}"),
        _ => help,
    };
    let mut reported = out
        .report(
            "dependency/banned",
            first.span,
            format!("{} is banned: {reason}", name.trim_end()),
        )
        .text("the configuration bans it")
        .package(first)
        .help(help);
    for package in same {
        reported = reported.label(package.span, "installed here too");
    }
}
