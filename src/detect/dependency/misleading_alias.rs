//! dependency/misleading-alias

use std::collections::HashSet;

use super::well_known::{is_well_known, may_stand_in};
use crate::detect::Sink;
use crate::model::{Ecosystem, Package, PackageSource, Source};
use crate::parse::lock::Lockfile;

const RULE: &str = "dependency/misleading-alias";

/// Reports a package that is installed under a name that everybody takes for another one.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    if !out.is_enabled(RULE) {
        return;
    }
    let mut said = HashSet::new();
    for package in &lockfile.packages {
        let Some(alias) = package.facts.alias.as_deref() else {
            continue;
        };
        let (ecosystem, real) = (package.ecosystem, package.name.as_str());
        let misleads = package.source == PackageSource::Registry
            && is_well_known(ecosystem, alias)
            && !may_stand_in(ecosystem, alias, real)
            && (package.direct != Some(false) || !is_asked_for(source, package));
        if !misleads || !said.insert((alias, real)) {
            continue;
        }
        let written = match ecosystem {
            Ecosystem::CratesIo => "use the crate under its own name",
            _ => "depend on the package under its own name",
        };
        out.report(
            RULE,
            package.span,
            format!(
                "{alias} is not {alias}: {real} {} is installed under that name",
                package.version
            ),
        )
        .text(format!("an alias: whoever loads {alias} gets {real}"))
        .help(format!(
            "find out who wants {real} here; if it is meant, {written}"
        ))
        .package(package);
    }
}

/// True where a package that the project does not name itself asks for this one under its alias.
fn is_asked_for(source: &Source, package: &Package) -> bool {
    let asked = format!("npm:{}@", package.name);
    memchr::memmem::find(&source.bytes, asked.as_bytes()).is_some()
}
