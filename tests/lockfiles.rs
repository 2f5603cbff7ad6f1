//! Every lockfile format on its fixtures: names, versions, places, scopes, sources and paths.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::PathBuf;

use plimsoll::classify::classify;
use plimsoll::model::{FileKind, Package, PackageFacts, PackageSource, RepoPath};
use plimsoll::parse::lock::{self, Ask, Beside, Lockfile};

#[path = "lockfiles/js.rs"]
mod js;
#[path = "lockfiles/jvm.rs"]
mod jvm;
#[path = "lockfiles/python.rs"]
mod python;
#[path = "lockfiles/systems.rs"]
mod systems;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lockfiles");

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(FOLDER).join(path)).unwrap()
}

fn read(path: &str, bytes: &[u8]) -> Lockfile {
    let path = RepoPath::from(path);
    let kind = classify(&path, b"");
    let beside = beside(kind, &path, bytes);
    lock::read(kind, &path, bytes, &beside).expect("a lockfile's name")
}

/// What its reader asks for, out of the fixture's own folder.
fn beside(kind: FileKind, path: &RepoPath, bytes: &[u8]) -> Beside {
    let mut beside = Beside::default();
    let place = |path: &RepoPath| PathBuf::from(FOLDER).join(&*path.to_text());
    for _ in 0..16 {
        let mut asks = lock::wants(kind, path, bytes, &beside);
        asks.retain(|ask| !beside.knows(ask));
        if asks.is_empty() {
            break;
        }
        for ask in asks {
            match ask {
                Ask::File(path) => {
                    let bytes = std::fs::read(place(&path)).ok();
                    beside.put_file(path, bytes);
                }
                Ask::Folder(path) => {
                    let entries = std::fs::read_dir(place(&path)).into_iter().flatten();
                    let mut names: Vec<String> = entries
                        .map(|entry| {
                            let entry = entry.unwrap();
                            let end = if entry.path().is_dir() { "/" } else { "" };
                            format!("{}{end}", entry.file_name().to_string_lossy())
                        })
                        .collect();
                    names.sort();
                    beside.put_folder(path, names);
                }
            }
        }
    }
    beside
}

/// `line: name version scope direct source path`, a line a package.
fn table(path: &str) -> String {
    let bytes = bytes(path);
    let rows: Vec<String> = read(path, &bytes)
        .packages
        .iter()
        .map(|package| row(package, &bytes))
        .collect();
    rows.join("\n")
}

fn row(package: &Package, bytes: &[u8]) -> String {
    let line = bytes[..package.span.start as usize]
        .iter()
        .filter(|b| **b == b'\n')
        .count()
        + 1;
    let direct = match package.direct {
        Some(true) => "direct",
        Some(false) => "transitive",
        None => "?",
    };
    format!(
        "{line}: {} {} {:?} {direct} {:?} {}",
        package.name,
        package.version,
        package.scope,
        package.source,
        package.dependency_path.join(">")
    )
}

fn expect(path: &str, expected: &str) {
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    let table = table(path);
    // A path that is unknown leaves a space at the end.
    let found: Vec<&str> = table.lines().map(str::trim).collect();
    assert_eq!(found, expected, "{path}");
    let bytes = bytes(path);
    for package in read(path, &bytes).packages {
        let marked = String::from_utf8_lossy(&bytes[package.span.range()]);
        // Of a project of the repository the version may stand elsewhere.
        assert!(
            marked.contains(&package.version) || package.source == PackageSource::Path,
            "{path}: {} marks {marked}",
            package.name
        );
    }
}

/// Nothing is in the file, and nothing is wrong with it.
fn expect_nothing(path: &str) {
    let lockfile = read(path, &bytes(path));
    assert_eq!((lockfile.packages, lockfile.errors), (vec![], vec![]));
}

/// The package of a fixture with this name.
fn package(path: &str, name: &str) -> Package {
    let packages = read(path, &bytes(path)).packages;
    let mut found = packages.into_iter().filter(|package| package.name == name);
    let package = found.next().expect(name);
    assert!(found.next().is_none(), "{path}: several {name}");
    package
}

/// `path:line requirement` of the manifest that asks for a package; empty where none does.
fn requested(path: &str, name: &str) -> String {
    package(path, name)
        .requested
        .map(|r| format!("{}:{} {}", r.path.to_text(), r.line, r.requirement))
        .unwrap_or_default()
}

/// `by range`, a need a piece.
fn required_by(path: &str, name: &str) -> String {
    let needs = package(path, name).facts.required_by;
    let needs: Vec<String> = needs
        .iter()
        .map(|need| format!("{} {}", need.by, need.range))
        .collect();
    needs.join(", ")
}

/// One of the facts of a package.
fn fact(path: &str, name: &str, of: impl Fn(PackageFacts) -> String) -> String {
    of(package(path, name).facts)
}

/// Every lockfile of the fixtures with its bytes; what only stands beside one is left out.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(FOLDER).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(FOLDER).unwrap().to_str().unwrap();
            if lock::KINDS.contains(classify(&RepoPath::from(path), b"")) {
                found.push((path.to_owned(), bytes(path)));
            }
        }
    }
    found
}

#[test]
fn every_kind_of_lockfile_has_a_fixture() {
    let kinds: Vec<FileKind> = fixtures()
        .iter()
        .map(|(path, _)| classify(&RepoPath::from(path.as_str()), b""))
        .collect();
    for &kind in FileKind::ALL {
        assert_eq!(
            lock::KINDS.contains(kind),
            kinds.contains(&kind),
            "{kind:?}"
        );
    }
}

fn check_bounds(path: &str, bytes: &[u8]) {
    let lockfile = read(path, bytes);
    let spans = lockfile
        .packages
        .iter()
        .map(|package| package.span)
        .chain(lockfile.errors.iter().map(|error| error.span));
    for span in spans {
        assert!(span.end as usize <= bytes.len(), "{path}: {span:?}");
    }
}

#[test]
fn a_lockfile_that_ends_anywhere_keeps_its_spans_in_bounds() {
    for (path, bytes) in fixtures() {
        // Every place of a short one; of a long one places all over it.
        for end in (0..bytes.len()).step_by(1 + bytes.len() / 300) {
            check_bounds(&path, &bytes[..end]);
        }
    }
}

#[test]
fn a_lockfile_with_flipped_bits_keeps_its_spans_in_bounds() {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    for (path, mut bytes) in fixtures() {
        if bytes.is_empty() {
            continue;
        }
        for _ in 0..200 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = (state >> 16) as usize % bytes.len();
            let before = bytes[at];
            bytes[at] ^= 1 << (state % 8);
            check_bounds(&path, &bytes);
            // Every tenth flip stays, so that damage piles up.
            if !state.is_multiple_of(10) {
                bytes[at] = before;
            }
        }
    }
}

#[test]
fn a_truncated_lockfile_keeps_what_came_before_and_says_so() {
    for (path, bytes) in fixtures() {
        if path.starts_with("requirements") || path.starts_with("go-mod") {
            continue;
        }
        if read(&path, &bytes).packages.len() < 3 {
            continue;
        }
        let half = read(&path, &bytes[..bytes.len() / 2]);
        // A manifest holds its packages in one list or call, of which half is none.
        let is_one_list = path.starts_with("pyproject") || path.ends_with("setup.py");
        assert!(is_one_list || !half.packages.is_empty(), "{path}");
        if is_one_list || path.starts_with("npm") {
            let is_said = !half.errors.is_empty() || !half.unknown.is_empty();
            assert!(is_said, "{path}");
        }
    }
}

#[test]
fn depth_and_breadth_without_end_are_survived() {
    let deep = "{\"dependencies\":{\"a\":".repeat(100_000);
    assert!(!read("package-lock.json", deep.as_bytes()).errors.is_empty());

    let mut chain = String::new();
    for at in 0..30_000 {
        chain.push_str(&format!(
            "[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\ndependencies = [\"p{}\"]\n",
            (at + 1) % 30_000
        ));
    }
    assert_eq!(read("Cargo.lock", chain.as_bytes()).packages.len(), 30_000);

    let slashes = format!(
        "{{\"packages\":{{\"{}node_modules/a\":{{\"dependencies\":{{\"b\":\"1\"}}}}}}}}",
        "a/".repeat(100_000)
    );
    assert_eq!(
        read("package-lock.json", slashes.as_bytes()).packages.len(),
        1
    );
}
