//! dependency/new-install-script

use std::collections::HashSet;

use crate::detect::Sink;
use crate::model::Package;
use crate::parse::Document;

/// Reports packages that run a program when they are installed, and that did not before. Another
/// version of a package that always did is no news.
pub fn check(doc: &Document<'_>, out: &mut Sink<'_>) {
    if !out.is_enabled("dependency/new-install-script") {
        return;
    }
    let (Some(now), Some(before)) = (doc.lockfile(), doc.lockfile_before()) else {
        return;
    };
    let mut known: HashSet<_> = before.packages.iter().filter_map(scripted).collect();
    let is_old: HashSet<_> = before.packages.iter().map(|p| p.name.as_str()).collect();
    for package in &now.packages {
        let Some(name) = scripted(package).filter(|name| known.insert(name)) else {
            continue;
        };
        let news = if is_old.contains(name) {
            "runs a program when it is installed, which it did not before"
        } else {
            "is new and runs a program when it is installed"
        };
        out.report(
            "dependency/new-install-script",
            package.span,
            format!("{} {} {news}", package.name, package.version),
        )
        .text("has an install script")
        .help("read the script before anybody installs this; `npm ci --ignore-scripts` runs none");
    }
}

fn scripted(package: &Package) -> Option<&str> {
    let runs = package.facts.has_install_script;
    runs.then_some(package.name.as_str())
}
