//! dependency/unchecked-source

use crate::detect::Sink;
use crate::model::{Ecosystem, Package, PackageSource};
use crate::parse::lock::Lockfile;

/// Says once a file that packages from elsewhere than the public registry were not looked up: an
/// advisory for a public name says nothing about another package of that name.
pub fn check(lockfile: &Lockfile, out: &mut Sink<'_>) {
    // Every action comes from a repository; most names of theirs are no versions.
    let elsewhere = |package: &&Package| {
        matches!(package.source, PackageSource::Git | PackageSource::Url)
            && package.ecosystem != Ecosystem::GitHubActions
    };
    let mut packages = lockfile.packages.iter().filter(elsewhere);
    let Some(first) = packages.next() else {
        return;
    };
    let origin = match first.source {
        PackageSource::Git => "a git repository",
        _ => "another registry or a URL",
    };
    let (message, help) = match packages.count() {
        0 => (
            format!(
                "{} comes from {origin} and is not looked up in the advisories",
                first.name
            ),
            "watch this package yourself, or take it from the public registry",
        ),
        more => (
            format!(
                "{} and {more} more come from git, other registries or URLs and are not looked up in the advisories",
                first.name
            ),
            "watch these packages yourself, or take them from the public registry",
        ),
    };
    out.report("dependency/unchecked-source", first.span, message)
        .text(format!("from {origin}"))
        .help(help);
}
