//! Our reader of Cargo.lock beside the `cargo-lock` crate, on real lockfiles.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plimsoll::classify::classify;
use plimsoll::model::{Origin, PackageSource, RepoPath, Source, SourceId};
use plimsoll::parse::Document;

fn lockfiles() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![
        root.join("Cargo.lock"),
        root.join("fixtures/harbour/ledger/Cargo.lock"),
    ];
    for entry in std::fs::read_dir(root.join("fixtures/lockfiles/cargo")).expect("fixtures") {
        found.push(entry.expect("an entry").path().join("Cargo.lock"));
    }
    found.retain(|path| path.is_file());
    found
}

/// Name, version, and whether it comes from outside the workspace.
type Packages = BTreeSet<(String, String, bool)>;

fn ours(bytes: &[u8]) -> Packages {
    let path = RepoPath::from("Cargo.lock");
    let kind = classify(&path, bytes);
    let source = Source::new(SourceId(0), path, kind, bytes, Origin::Buffer);
    let document = Document::new(&source);
    let lockfile = document.lockfile().expect("a lockfile");
    assert!(lockfile.errors.is_empty(), "{:?}", lockfile.errors);
    lockfile
        .packages
        .iter()
        .map(|p| {
            let outside = p.source != PackageSource::Path;
            (p.name.clone(), p.version.clone(), outside)
        })
        .collect()
}

#[test]
fn both_readers_see_the_same_packages() {
    let mut seen = 0;
    for path in lockfiles() {
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let theirs: Packages = text
            .parse::<cargo_lock::Lockfile>()
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()))
            .packages
            .iter()
            .map(|p| {
                (
                    p.name.to_string(),
                    p.version.to_string(),
                    p.source.is_some(),
                )
            })
            .collect();
        assert_eq!(ours(text.as_bytes()), theirs, "{}", path.display());
        seen += theirs.len();
    }
    assert!(seen > 200, "only {seen} packages were compared");
}
