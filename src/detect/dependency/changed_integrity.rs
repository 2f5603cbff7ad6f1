//! dependency/changed-integrity

use std::collections::{HashMap, HashSet};

use crate::detect::Sink;
use crate::model::{Ecosystem, FileKind, Package, PackageSource, Source};
use crate::parse::Document;
use crate::parse::lock::{self, Beside, Lockfile};

type Hash<'p> = (&'p str, &'p str);

/// Reports packages of a version that the file had before, with other hashes than it had then. A
/// version that is published never changes.
pub fn check(doc: &Document<'_>, out: &mut Sink<'_>) {
    let kind = doc.source.kind;
    if !out.is_enabled("dependency/changed-integrity") || !is_comparable(kind) {
        return;
    }
    let Some(before) = doc.lockfile_before() else {
        return;
    };
    let alone = go_sum(doc.source);
    let Some(now) = alone.as_ref().or_else(|| doc.lockfile()) else {
        return;
    };
    let mut known: HashMap<_, Vec<Hash<'_>>> = HashMap::new();
    for package in &before.packages {
        if let Some(key) = key(package) {
            known.entry(key).or_default().extend(hashes(kind, package));
        }
    }
    let mut said = HashSet::new();
    for package in &now.packages {
        let Some((key, were)) = key(package).and_then(|key| known.get_key_value(&key)) else {
            continue;
        };
        let Some(was) = replaced(kind, package, were) else {
            continue;
        };
        // npm installs one version in several folders.
        if !said.insert(key) {
            continue;
        }
        out.report(
            "dependency/changed-integrity",
            package.span,
            format!(
                "{} {} has another hash than before, although the version is the same",
                package.name, package.version
            ),
        )
        .text(format!("the {} was {}", was.0, shortened(was.1)))
        .help("a published version never changes: find out where the new hash comes from, or restore the old entry");
    }
}

/// A go.sum as it is: beside its go.mod it names no packages of its own, but all hashes.
fn go_sum(source: &Source) -> Option<Lockfile> {
    let is_sum = source.kind == FileKind::GoSum;
    let read = || lock::read(source.kind, &source.path, &source.bytes, &Beside::default());
    is_sum.then(read).flatten()
}

/// A hash from before that has another in its place, where none is left.
fn replaced<'p>(kind: FileKind, package: &'p Package, were: &[Hash<'p>]) -> Option<Hash<'p>> {
    let are: Vec<Hash<'_>> = hashes(kind, package).collect();
    if were.iter().any(|was| are.contains(was)) {
        return None;
    }
    let has_another = |was: &&Hash<'_>| are.iter().any(|is| is.0 == was.0);
    were.iter().find(has_another).copied()
}

/// False for files whose hashes may differ although nothing is wrong: an SBOM describes one build,
/// and those of pip and conda may name the files of another platform.
fn is_comparable(kind: FileKind) -> bool {
    !matches!(
        kind,
        FileKind::CycloneDx
            | FileKind::Spdx
            | FileKind::Pylock
            | FileKind::CondaLock
            | FileKind::PixiLock
    )
}

/// What is one package with one content; `None` where the content may change.
fn key(package: &Package) -> Option<(Ecosystem, &str, &str, PackageSource, &str)> {
    let is_fixed = match package.ecosystem {
        Ecosystem::Npm
        | Ecosystem::Jsr
        | Ecosystem::CratesIo
        | Ecosystem::PyPI
        | Ecosystem::Go
        | Ecosystem::NuGet
        | Ecosystem::Hex
        | Ecosystem::Pub => true,
        Ecosystem::Maven => !package.version.ends_with("-SNAPSHOT"),
        // Their hashes are of one platform, of a description, or of a revision.
        _ => false,
    };
    let place = match package.source {
        PackageSource::Registry => "",
        // Older lockfiles of yarn write the hash behind the place.
        PackageSource::Url => package.facts.resolved.as_deref()?.split('#').next()?,
        PackageSource::Git | PackageSource::Path => return None,
    };
    let key = (
        package.ecosystem,
        package.name.as_str(),
        package.version.as_str(),
        package.source,
        place,
    );
    (is_fixed && !package.version.is_empty()).then_some(key)
}

/// The hashes with their algorithms, of which only one and the same can be compared.
fn hashes(kind: FileKind, package: &Package) -> impl Iterator<Item = Hash<'_>> {
    let hashes = package.facts.integrity.iter();
    hashes.filter_map(move |hash| algorithm(kind, hash))
}

fn algorithm(kind: FileKind, hash: &str) -> Option<Hash<'_>> {
    let hash = hash.split('?').next().unwrap_or(hash).trim();
    let is_name = |name: &str| {
        (2..=10).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let split = |at: char| hash.split_once(at).filter(|(name, _)| is_name(name));
    if let Some((name, value)) = split(':').or_else(|| split('-')) {
        return (!value.is_empty()).then_some((name, value));
    }
    let is_hex = hash.bytes().all(|b| b.is_ascii_hexdigit());
    match (kind, hash.len()) {
        // yarn hashes an archive of its own, and says which form that has, or once said nothing.
        (FileKind::YarnLock, 128) => None,
        (FileKind::YarnLock, 129..) => hash.split_once('/'),
        (_, 32) if is_hex => Some(("md5", hash)),
        (_, 40) if is_hex => Some(("sha1", hash)),
        (_, 64) if is_hex => Some(("sha256", hash)),
        (_, 128) if is_hex => Some(("sha512", hash)),
        (FileKind::NuGetLock, 88) => Some(("sha512", hash)),
        _ => None,
    }
}

/// As much of a hash as tells it from others.
fn shortened(hash: &str) -> String {
    const SHOWN: usize = 16;
    match hash.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", hash.get(..end).unwrap_or(hash)),
        None => hash.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashes_of_one_algorithm_are_compared() {
        let of = |kind, hash: &'static str| algorithm(kind, hash).map(|(name, _)| name);
        assert_eq!(of(FileKind::NpmLock, "sha512-ab/c=="), Some("sha512"));
        assert_eq!(of(FileKind::PoetryLock, "sha256:abc"), Some("sha256"));
        assert_eq!(of(FileKind::GoSum, "h1:ab/c="), Some("h1"));
        assert_eq!(
            of(FileKind::CargoLock, &"a".repeat(64).leak()[..]),
            Some("sha256")
        );
        let zip = format!("10c0/{}", "a".repeat(128)).leak();
        assert_eq!(of(FileKind::YarnLock, zip), Some("10c0"));
        assert_eq!(of(FileKind::YarnLock, &zip[5..]), None);
        assert_eq!(of(FileKind::NpmLock, "what"), None);
    }
}
