//! dependency/missing-integrity, dependency/weak-integrity

use super::group::Group;
use super::place::Place;
use super::written::Written;
use crate::detect::Sink;
use crate::model::{FileKind, Package, PackageSource, Source};
use crate::parse::lock::Lockfile;

/// Reports once a file the packages without a hash among those that have one, and those whose only
/// hashes can be forged.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    if !Written::by(source.kind).hashes {
        return;
    }
    let from_registry = |package: &&Package| {
        matches!(package.source, PackageSource::Registry) && !package.version.is_empty()
    };
    let packages = || lockfile.packages.iter().filter(from_registry);
    let hashed = packages().filter(|p| !p.facts.integrity.is_empty()).count();
    let without = Group::of(packages().filter(|package| lacks(source.kind, package)));
    if let Some(without) = without.filter(|without| hashed > without.len()) {
        let who = without.with_verb("has", "have");
        out.report(
            "dependency/missing-integrity",
            without.first.span,
            format!("{who} no hash, as others in this file have"),
        )
        .text("whatever the registry sends is installed")
        .help("remove the entry and let the package manager lock it again");
    }
    let weak = Group::of(packages().filter(|package| {
        let hashes = &package.facts.integrity;
        !hashes.is_empty() && hashes.iter().all(|hash| is_weak(hash))
    }));
    if let Some(weak) = weak {
        let who = weak.with_verb("is", "are");
        out.report(
            "dependency/weak-integrity",
            weak.first.span,
            format!("{who} checked by SHA-1 or MD5 only"),
        )
        .text("this hash can be forged")
        .help(
            "lock the package again with a current package manager, which writes sha512 or sha256",
        );
    }
}

/// What npm finds inside of another package has neither an address nor a hash, and yarn writes no
/// hash of what only other platforms install, from version 2 on, which writes no addresses.
fn lacks(kind: FileKind, package: &Package) -> bool {
    let has_places = matches!(kind, FileKind::NpmLock | FileKind::YarnLock);
    package.facts.integrity.is_empty() && (!has_places || Place::of(package).is_some())
}

/// SHA-1 and MD5, with their name or, as old lockfiles of yarn have it, without.
pub fn is_weak(hash: &str) -> bool {
    let is_named = ["sha1-", "sha1:", "md5-", "md5:"]
        .iter()
        .any(|name| hash.starts_with(name));
    is_named || (hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}
