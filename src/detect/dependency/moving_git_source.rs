//! dependency/moving-git-source

use super::group::Group;
use super::place::fetched;
use super::written::Written;
use crate::detect::Sink;
use crate::model::{FileKind, Package, PackageSource, Source};
use crate::parse::lock::{Lockfile, origin};

/// Reports once a file the dependencies from git that are whatever a branch or a tag is on the day
/// of the build.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    if !pins(source) {
        return;
    }
    let moving = fetched(source, lockfile)
        .filter(|package| package.source == PackageSource::Git && !is_pinned(source.kind, package));
    let Some(group) = Group::of(moving) else {
        return;
    };
    let who = group.with_verb("is", "are");
    let text = match &group.first.facts.commit {
        Some(name) => format!("{name} is no full commit and may be another one tomorrow"),
        None => "no commit is named".to_owned(),
    };
    out.report(
        "dependency/moving-git-source",
        group.first.span,
        format!("{who} taken from git at no fixed commit"),
    )
    .text(text)
    .help("name the full commit, 40 or 64 hex digits");
}

/// Manifests and the sources of pip-tools leave it open on purpose: something else pins.
fn pins(source: &Source) -> bool {
    let is_source = source.kind == FileKind::Requirements && source.path.extension() == Some(b"in");
    Written::by(source.kind).commits && !is_source
}

/// Bun writes the first digits of the commit only; an archive with a hash cannot change.
fn is_pinned(kind: FileKind, package: &Package) -> bool {
    let commit = package.facts.commit.as_deref().unwrap_or("");
    let is_short = kind == FileKind::BunLock
        && commit.len() >= 7
        && commit.bytes().all(|b| b.is_ascii_hexdigit());
    origin::is_commit(commit) || is_short || !package.facts.integrity.is_empty()
}
