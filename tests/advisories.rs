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

const RUSTSEC: &str = "rustsec-advisory-db.tar.zst";

/// The checkout of the database, read by its owners' crate.
fn rustsec_database(shared: &Path) -> Option<(tempfile::TempDir, rustsec::Database)> {
    let checkout = tempfile::tempdir().expect("a temporary folder");
    let unpacked = Command::new("tar")
        .arg("--zstd")
        .arg("-xf")
        .arg(shared.join(RUSTSEC))
        .arg("-C")
        .arg(checkout.path())
        .status();
    if !unpacked.is_ok_and(|status| status.success()) {
        eprintln!("skipped: tar cannot unpack zstd here");
        return None;
    }
    let database = rustsec::Database::open(&checkout.path().join("advisory-db"));
    Some((checkout, database.expect("the database")))
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
    let Some((checkout, database)) = rustsec_database(&shared) else {
        return;
    };
    let folder = checkout.path().join("advisory-db");
    let archive = shared.join(RUSTSEC);
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

/// The JSON report of `plimsoll check` on a Cargo.lock, as package, version, advisory, kind.
fn as_the_check_says(cache: &Path, lockfile: &rustsec::Lockfile) -> Findings {
    let work = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(work.path().join("Cargo.lock"), lockfile.to_string()).expect("written");
    let arguments = "check --no-config --profile all --only dependency --format json Cargo.lock";
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments.split(' '))
        .current_dir(work.path())
        .env("XDG_CACHE_HOME", cache)
        .output()
        .expect("a run");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["skipped"], serde_json::json!([]));
    let mut findings = Findings::new();
    for finding in report["findings"].as_array().expect("findings") {
        let kind = match finding["rule"].as_str() {
            Some("dependency/vulnerable") => "vulnerability",
            Some(rule) => rule.trim_start_matches("dependency/"),
            None => "",
        };
        let evidence = &finding["evidence"];
        let text = |key: &str| evidence[key].as_str().expect("a text").to_owned();
        let (name, version) = (text("name"), text("version"));
        let aliases = evidence["aliases"].as_array().into_iter().flatten();
        for id in aliases
            .chain([&evidence["advisory"]])
            .filter_map(|id| id.as_str())
        {
            if id.starts_with("RUSTSEC-") {
                findings.insert((name.clone(), version.clone(), id.into(), kind.into()));
            }
        }
    }
    findings
}

#[test]
fn a_check_of_two_thousand_packages_finds_what_cargo_audit_finds() {
    let Some(shared) = shared() else { return };
    let Some((_checkout, database)) = rustsec_database(&shared) else {
        return;
    };
    let mut lockfile = lockfile(&database);
    let every = lockfile.packages.len() / 2200;
    let mut number = 0;
    lockfile.packages.retain(|_| {
        number += 1;
        number % every == 0
    });
    assert!((2000..3000).contains(&lockfile.packages.len()));
    let theirs = as_rustsec_says(&database, &lockfile);
    assert!(theirs.len() > 500, "{}", theirs.len());
    let cache = tempfile::tempdir().expect("a temporary folder");
    let imported = Imported::read(&[shared.join("crates.io.jsonl.zst")]).expect("advisories");
    Installed::install(&cache.path().join("plimsoll"), imported, false).expect("installed");
    let ours = as_the_check_says(cache.path(), &lockfile);
    let missing: Vec<_> = theirs.difference(&ours).take(20).collect();
    let more: Vec<_> = ours.difference(&theirs).take(20).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "missing {missing:#?}, more {more:#?}"
    );
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

/// An index of malicious npm packages, large enough to be read by the page.
fn large_index(cache: &Path, packages: usize) -> PathBuf {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("npm.jsonl");
    let lines: Vec<String> = (0..packages)
        .map(|n| {
            format!(
                r#"{{"id":"MAL-2025-{n}","modified":"2025-01-02T00:00:00Z","summary":"Malicious code in package-{n} (npm)","affected":[{{"package":{{"ecosystem":"npm","name":"package-{n}"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}]}}]}}"#
            )
        })
        .collect();
    std::fs::write(&file, lines.join("\n")).expect("written");
    let imported = Imported::read(&[file]).expect("advisories");
    let installed = Installed::install(cache, imported, false).expect("installed");
    installed.status.folder
}

/// Either every malicious package is found, or the run says that advisories are missing.
fn tells_or_knows(cache: &Path, packages: usize, what: &dyn std::fmt::Display) -> bool {
    let advisories = Advisories::open(Some(cache));
    let version = Scheme::SemVer.parse("1.0.0");
    let missed = (0..packages).step_by(packages / 25).any(|n| {
        let matches = advisories.affecting(Ecosystem::Npm, &format!("package-{n}"), &version);
        matches.affected.first().map(|m| &*m.record.id) != Some(&format!("MAL-2025-{n}"))
    });
    let known = advisories.by_id("MAL-2025-7").is_none();
    let told = !advisories.info().problems.is_empty();
    assert!(told || !(missed || known), "{what}");
    told
}

fn flip(file: &Path, byte: u64, bit: u32) {
    use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
    let mut file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(file)
        .expect("opened");
    let mut one = [0];
    file.seek(SeekFrom::Start(byte)).expect("there");
    file.read_exact(&mut one).expect("a byte");
    file.seek(SeekFrom::Start(byte)).expect("there");
    file.write_all(&[one[0] ^ (1 << bit)]).expect("written");
}

#[test]
fn an_index_with_any_bit_flipped_or_cut_anywhere_never_looks_like_a_clean_one() {
    const PACKAGES: usize = 6000;
    let cache = tempfile::tempdir().expect("a temporary folder");
    let cache = cache.path();
    let folder = large_index(cache, PACKAGES);
    let segment = folder.join("npm.segment");
    let length = std::fs::metadata(&segment).expect("there").len();
    assert!(length > 600 << 10, "read by the page: {length}");
    assert!(!tells_or_knows(cache, PACKAGES, &"whole"));

    // xorshift, so that every run flips the same bits.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut told = 0;
    for (file, flips) in [
        (cache.join("db/CURRENT"), 150),
        (folder.join("MANIFEST"), 150),
        (segment, 1700),
    ] {
        let length = std::fs::metadata(&file).expect("there").len();
        for number in 0..flips {
            // A third of them where the head and the tables of names and ids are.
            let near = if number % 3 == 0 {
                length.min(6000)
            } else {
                length
            };
            let byte = match number % 6 {
                3 => length - 1 - random(near),
                _ => random(near),
            };
            let bit = u32::try_from(random(8)).expect("small");
            flip(&file, byte, bit);
            let what = format!("{} byte {byte} bit {bit}", file.display());
            told += usize::from(tells_or_knows(cache, PACKAGES, &what));
            flip(&file, byte, bit);
        }
        let whole = std::fs::read(&file).expect("read");
        for cut in 0..64 {
            std::fs::write(&file, &whole[..whole.len() * cut / 64]).expect("cut");
            let what = format!("{} cut at {cut}/64", file.display());
            assert!(tells_or_knows(cache, PACKAGES, &what), "{what}");
        }
        std::fs::write(&file, &whole).expect("restored");
    }
    assert!(told > 700, "{told}");
    assert!(!tells_or_knows(cache, PACKAGES, &"whole again"));
}

#[test]
fn an_index_that_is_foreign_half_written_or_not_ours_alone_is_told() {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let cache = cache.path();
    let folder = large_index(cache, 50);
    let current = cache.join("db/CURRENT");
    let manifest = folder.join("MANIFEST");
    let segment = folder.join("npm.segment");
    let problem = |what: &str| {
        let advisories = Advisories::open(Some(cache));
        let _ = advisories.lookup(Ecosystem::Npm, "package-7");
        let problems = advisories.info().problems.join("; ");
        assert!(!problems.is_empty(), "{what}");
        problems
    };
    let with = |file: &Path, bytes: &[u8], what: &str| {
        let whole = std::fs::read(file).expect("read");
        std::fs::write(file, bytes).expect("written");
        let problems = problem(what);
        std::fs::write(file, whole).expect("restored");
        problems
    };
    with(&segment, b"", "0 bytes");
    with(&segment, b"SQLite format 3\0", "foreign");
    with(&manifest, b"", "0 bytes");
    with(&current, b"", "0 bytes");
    let elsewhere = "0".repeat(64);
    with(&current, elsewhere.as_bytes(), "CURRENT names nothing");
    with(&current, b"../../../../etc\n", "CURRENT names a path");
    with(&current, &[b'a'; 1 << 20], "CURRENT without end");

    // Whole by its own hashes, and of another version.
    for (schema, said) in [("1", "an older plimsoll"), ("999", "a newer plimsoll")] {
        let text = std::fs::read_to_string(&manifest).expect("read");
        let other = text.replace("\"schema\": 3", &format!("\"schema\": {schema}"));
        assert_ne!(text, other);
        let hash = plimsoll::advisory::sha256(other.as_bytes());
        let place = cache.join("db").join(&hash);
        std::fs::create_dir(&place).expect("created");
        std::fs::write(place.join("MANIFEST"), other).expect("written");
        let problems = with(&current, format!("{hash}\n").as_bytes(), said);
        assert!(problems.contains(said), "{problems}");
    }

    let moved = cache.join("moved");
    for file in [&segment, &manifest, &current] {
        std::fs::rename(file, &moved).expect("moved");
        if file != &current {
            problem("half written");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&moved, file).expect("linked");
            problem("a link");
            std::fs::remove_file(file).expect("removed");
        }
        std::fs::create_dir(file).expect("created");
        problem("a folder");
        std::fs::remove_dir(file).expect("removed");
        std::fs::rename(&moved, file).expect("moved back");
    }
    #[cfg(unix)]
    for file in [&segment, &manifest, &current, &cache.join("db")] {
        use std::os::unix::fs::PermissionsExt as _;
        let before = std::fs::metadata(file).expect("there").permissions();
        let mode = |mode| std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(file, mode(before.mode() | 0o002)).expect("changed");
        let problems = problem("everybody may write");
        assert!(problems.contains("every user"), "{problems}");
        std::fs::set_permissions(file, before).expect("changed back");
    }
    assert!(Advisories::open(Some(cache)).info().problems.is_empty());
}

#[test]
fn a_check_with_a_damaged_index_says_so_in_every_format() {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let folder = large_index(&cache.path().join("plimsoll"), 6000);
    let work = tempfile::tempdir().expect("a temporary folder");
    let package = |name: &str| format!(r#""node_modules/{name}": {{"version": "1.0.0"}}"#);
    let lock = format!(
        r#"{{"lockfileVersion": 3, "packages": {{{}, {}}}}}"#,
        package("package-1"),
        package("package-2")
    );
    std::fs::write(work.path().join("package-lock.json"), lock).expect("written");
    let run = |format: &str, more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args([
                "check",
                "--no-config",
                "--only",
                "dependency",
                "--format",
                format,
            ])
            .args(more)
            .current_dir(work.path())
            .env("XDG_CACHE_HOME", cache.path())
            .output()
            .expect("a run");
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (text, output.status.code())
    };
    let (text, code) = run("concise", &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("package-1") && !text.contains("damaged"),
        "{text}"
    );

    let segment = folder.join("npm.segment");
    let length = std::fs::metadata(&segment).expect("there").len();
    std::fs::OpenOptions::new()
        .write(true)
        .open(&segment)
        .and_then(|file| file.set_len(length / 2))
        .expect("cut");
    for format in plimsoll::report::Format::ALL {
        let (text, code) = run(format.name(), &[]);
        assert!(
            text.contains("npm.segment is damaged"),
            "{}: {text}",
            format.name()
        );
        // Not what nothing is known against.
        assert_eq!(code, Some(3), "{text}");
    }
    let (text, code) = run("concise", &["--strict-scan"]);
    assert_eq!(code, Some(3), "incomplete");
    assert_eq!(text.matches("npm.segment").count(), 1, "once: {text}");
}

#[test]
fn sixteen_readers_see_one_whole_index_or_another_while_imports_replace_it() {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let cache = cache.path();
    large_index(cache, 300);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let mut rounds = 0;
                    while !done.load(std::sync::atomic::Ordering::Relaxed) || rounds < 5 {
                        assert!(!tells_or_knows(cache, 300, &"a reader"));
                        rounds += 1;
                    }
                })
            })
            .collect();
        for packages in [400, 300, 500, 300, 600, 350] {
            large_index(cache, packages);
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        for reader in readers {
            reader.join().expect("a reader");
        }
    });
}
