//! The advisory data of the field, where it lies beside the repository (`../shared`, or where
//! `PLIMSOLL_SHARED` points): what is imported from it must say what its owners' tools say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll::advisory::{Advisories, Imported, Installed, Status};
use plimsoll::model::Ecosystem;
use plimsoll::parse::version::Scheme;
use rustsec::advisory::Informational;

/// The folder of shared advisories, if this machine has it.
fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("PLIMSOLL_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let found = [named, Some(beside)]
        .into_iter()
        .flatten()
        .map(|folder| folder.join("advisories"))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("skipped: no ../shared/advisories and no PLIMSOLL_SHARED");
    }
    found
}

fn imported(paths: &[PathBuf]) -> (tempfile::TempDir, Advisories) {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let imported = Imported::read(paths).expect("advisories");
    assert_eq!((imported.bad_total, &imported.bad), (0, &Vec::new()));
    Installed::install(cache.path(), imported, false).expect("installed");
    let advisories = Advisories::open(Some(cache.path()));
    assert!(advisories.info().problems.is_empty());
    (cache, advisories)
}

/// A lockfile that names every crate of the database in every version near a bound of an advisory.
fn lockfile(database: &rustsec::Database) -> rustsec::Lockfile {
    let mut packages: BTreeSet<(String, String)> = BTreeSet::new();
    for advisory in database.iter() {
        let mut versions = vec!["0.0.1".to_owned(), "1.0.0".into(), "99.0.0".into()];
        for range in rustsec::osv::ranges_for_advisory(&advisory.versions) {
            for bound in [range.introduced, range.fixed].into_iter().flatten() {
                let (major, minor, patch) = (bound.major, bound.minor, bound.patch);
                versions.push(bound.to_string());
                versions.push(format!("{major}.{minor}.{patch}"));
                versions.push(format!("{major}.{minor}.{patch}-rc.1"));
                versions.push(format!("{major}.{minor}.{}", patch + 1));
                versions.push(format!("{major}.{minor}.{}", patch.saturating_sub(1)));
            }
        }
        let name = advisory.metadata.package.to_string();
        packages.extend(versions.into_iter().map(|version| (name.clone(), version)));
    }
    let mut text = String::from("version = 3\n");
    for (name, version) in packages {
        text += &format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
        );
    }
    text.parse().expect("a lockfile")
}

type Findings = BTreeSet<(String, String, String, String)>;

/// What cargo-audit reports: package, version, advisory, kind.
fn as_rustsec_says(database: &rustsec::Database, lockfile: &rustsec::Lockfile) -> Findings {
    let settings = rustsec::report::Settings {
        informational_warnings: vec![
            Informational::Unmaintained,
            Informational::Unsound,
            Informational::Notice,
        ],
        ..rustsec::report::Settings::default()
    };
    let report = rustsec::Report::generate(database, lockfile, &settings);
    let mut findings = Findings::new();
    for found in report.vulnerabilities.list {
        findings.insert((
            found.package.name.to_string(),
            found.package.version.to_string(),
            found.advisory.id.to_string(),
            "vulnerability".to_owned(),
        ));
    }
    for (kind, warnings) in report.warnings {
        for found in warnings {
            findings.insert((
                found.package.name.to_string(),
                found.package.version.to_string(),
                found.advisory.expect("an advisory").id.to_string(),
                kind.as_str().to_owned(),
            ));
        }
    }
    findings
}

/// What we report; a defect that stands under several ids counts under each of them.
fn as_we_say(advisories: &Advisories, lockfile: &rustsec::Lockfile) -> Findings {
    let mut findings = Findings::new();
    for package in &lockfile.packages {
        let (name, version) = (package.name.to_string(), package.version.to_string());
        let matches =
            advisories.affecting(Ecosystem::CratesIo, &name, &Scheme::SemVer.parse(&version));
        assert!(matches.unknown.is_empty());
        for found in matches.affected {
            let own = std::iter::once(&found.record.id).chain(&found.record.aliases);
            for id in own.filter(|id| id.starts_with("RUSTSEC-")) {
                let kind = found.record.kind.name().to_owned();
                findings.insert((name.clone(), version.clone(), id.clone(), kind));
            }
        }
    }
    findings
}

#[test]
fn the_rustsec_database_says_through_us_what_it_says_to_cargo_audit() {
    let Some(shared) = shared() else { return };
    let archive = shared.join("rustsec-advisory-db.tar.zst");
    let checkout = tempfile::tempdir().expect("a temporary folder");
    let unpacked = Command::new("tar")
        .arg("--zstd")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(checkout.path())
        .status();
    if !unpacked.is_ok_and(|status| status.success()) {
        eprintln!("skipped: tar cannot unpack zstd here");
        return;
    }
    let folder = checkout.path().join("advisory-db");
    let database = rustsec::Database::open(&folder).expect("the database");
    let lockfile = lockfile(&database);
    assert!(
        lockfile.packages.len() > 2000,
        "{}",
        lockfile.packages.len()
    );
    let theirs = as_rustsec_says(&database, &lockfile);
    assert!(theirs.len() > 2000, "{}", theirs.len());
    for source in [folder, archive, shared.join("crates.io.jsonl.zst")] {
        let (_cache, advisories) = imported(std::slice::from_ref(&source));
        let ours = as_we_say(&advisories, &lockfile);
        let missing: Vec<_> = theirs.difference(&ours).take(20).collect();
        let more: Vec<_> = ours.difference(&theirs).take(20).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{}: missing {missing:#?}, more {more:#?}",
            source.display()
        );
    }
}

#[test]
fn every_shared_set_is_imported_without_a_bad_record() {
    let Some(shared) = shared() else { return };
    let sets: BTreeMap<&str, u32> = BTreeMap::from([
        ("Go", 4291 - 17),
        // Two name no versions.
        ("Packagist", 1592 - 2),
        ("PyPI", 2661 - 10),
        // One names no versions.
        ("RubyGems", 1175 - 1),
        ("crates.io", 1205 - 13),
    ]);
    let paths: Vec<PathBuf> = sets
        .keys()
        .map(|name| shared.join(format!("{name}.jsonl.zst")))
        .collect();
    let (cache, advisories) = imported(&paths);
    let status = Status::read(cache.path())
        .expect("readable")
        .expect("there");
    status.verify().expect("whole");
    for part in &status.parts {
        // Records that another database outranks live on as aliases.
        let expected = sets[part.ecosystem.name()];
        let there: u32 = part.databases.values().sum();
        assert_eq!(there, expected, "{}", part.ecosystem.name());
    }
    let django = advisories.affecting(Ecosystem::PyPI, "Django", &Scheme::Pep440.parse("2.2"));
    assert!(django.affected.len() > 10);
    let mut seen = BTreeSet::new();
    for found in &django.affected {
        for id in std::iter::once(&found.record.id).chain(&found.record.aliases) {
            assert!(seen.insert(id.clone()), "{id} is reported twice");
        }
    }
}
