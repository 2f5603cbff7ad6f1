use std::fs;
use std::io::Write as _;

use super::*;
use crate::advisory::record::{Event, Kind};
use crate::advisory::{Advisories, InstallError, Installed, Status};
use crate::model::Severity;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn osv(id: &str, ecosystem: &str, package: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","modified":"2025-01-02T03:04:05Z","summary":"about {id}","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{package}"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

/// Reads one file of this name and content.
fn read(name: &str, content: impl AsRef<[u8]>) -> Result<Imported, ImportError> {
    let folder = folder();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(&path, content).expect("written");
    Imported::read(&[path])
}

fn one(json: &str) -> Record {
    let imported = read("a.json", json).expect("an advisory");
    in_order(imported).remove(0).2
}

fn zipped(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("started");
        archive.write_all(content.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

fn compressed(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(content).expect("written");
    writer.finish().expect("finished")
}

/// A tar archive of one file.
fn tarred(name: &str, size: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0u8; 512];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    bytes[156] = b'0';
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    bytes
}

/// Every record with its ecosystem and package.
fn in_order(imported: Imported) -> Vec<(Ecosystem, String, Record)> {
    let mut records = Vec::new();
    for (ecosystem, packages) in imported.gathered.in_order() {
        for (name, found) in packages {
            records.extend(
                found
                    .into_iter()
                    .map(|record| (ecosystem, name.clone(), record)),
            );
        }
    }
    records
}

fn count(imported: &Imported) -> usize {
    imported
        .ecosystems()
        .map(|ecosystem| imported.extent(ecosystem).0)
        .sum()
}

#[test]
fn one_advisory_comes_in_every_container() {
    let json = osv("GHSA-1", "npm", "left-pad", "1.3.0");
    let lines = format!("{json}\n\n{}", osv("GHSA-2", "npm", "left-pad", "1.4.0"));
    let tar = tarred("db/all.jsonl", lines.len() as u64, lines.as_bytes());
    let two_frames = [compressed(json.as_bytes()), compressed(b"\n")].concat();
    for (name, content, expected) in [
        ("a.json", json.clone().into_bytes(), 1),
        ("a.json", format!("[{json}]").into_bytes(), 1),
        ("a.json", lines.clone().into_bytes(), 2),
        ("a.jsonl", lines.clone().into_bytes(), 2),
        ("a.json.zst", two_frames, 1),
        ("a.jsonl.zst", compressed(lines.as_bytes()), 2),
        (
            "all.zip",
            zipped(&[("npm/GHSA-1.json", &json), ("README", "x")]),
            1,
        ),
        ("all.zip", zipped(&[("all.jsonl", &lines)]), 2),
        ("a.jsonl.gz", gzipped(lines.as_bytes()), 2),
        ("a.tar.gz", gzipped(&tar), 2),
        ("a.tgz", gzipped(&tar), 2),
    ] {
        let imported = read(name, content).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            (count(&imported), imported.bad_total),
            (expected, 0),
            "{name}"
        );
    }
}

#[test]
fn a_folder_is_read_with_everything_below_it() {
    let folder = folder();
    let deep = folder.path().join("npm/deep");
    fs::create_dir_all(&deep).expect("folders");
    fs::create_dir_all(folder.path().join(".git")).expect("folders");
    fs::write(deep.join("a.json"), osv("A-1", "npm", "a", "1")).expect("written");
    fs::write(deep.join("notes.txt"), "nothing").expect("written");
    fs::write(
        folder.path().join(".git/b.json"),
        osv("B-1", "npm", "b", "1"),
    )
    .expect("written");
    let imported = Imported::read(&[folder.path().to_owned()]).expect("an advisory");
    assert_eq!((count(&imported), imported.bad_total), (1, 0));
}

#[test]
fn a_bad_record_costs_that_record() {
    let good = osv("A-1", "npm", "a", "1");
    let lines = format!(
        "{good}\n{{\"id\": 7}}\nnot json\n{}",
        osv("A-2", "npm", "b", "1")
    );
    let imported = read("a.jsonl", lines).expect("two advisories");
    assert_eq!((count(&imported), imported.bad_total), (2, 2));
    assert!(imported.bad[0].place.ends_with("a.jsonl:2"));
}

#[test]
fn what_ends_early_or_is_nothing_is_refused() {
    let whole = compressed(osv("A-1", "npm", "a", "1").repeat(50).as_bytes());
    let json = osv("A-1", "npm", "a", "1");
    let cut = gzipped(&tarred("a.json", json.len() as u64, json.as_bytes()));
    let mut damaged = cut.clone();
    // The checksum behind everything.
    let at = damaged.len() - 8;
    damaged[at] ^= 1;
    for (name, content) in [
        ("a.jsonl.zst", &whole[..whole.len() / 2]),
        ("a.tar.gz", &cut[..cut.len() - 4]),
        ("b.tar.gz", &damaged),
        ("a.tar", &tarred("a.jsonl", 5000, b"{}")),
        ("a.zip", b"PK\x03\x04".as_slice()),
        ("a.tar", b"short".as_slice()),
        ("a.txt", b"{}".as_slice()),
        ("a.json", b"{}".as_slice()),
        ("a.jsonl", b"".as_slice()),
    ] {
        assert!(read(name, content).is_err(), "{name}");
    }
    assert!(Imported::read(&["/nonexistent".into()]).is_err());
}

#[test]
fn git_ranges_are_passed_over_and_those_behind_them_are_not() {
    let record = one(
        r#"{"id":"PYSEC-1","affected":[{"package":{"ecosystem":"PyPI","name":"Some_Name"},
        "ranges":[{"type":"GIT","repo":"x","events":[{"introduced":"0"},{"fixed":"abc"}]},
                  {"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0"}]},
                  {"type":"LATER","events":[{"introduced":"0"}]}],
        "versions":["1.0","1.9","3.0","dev-x"]}]}"#,
    );
    assert_eq!(record.ranges.len(), 1);
    assert_eq!(
        record.versions,
        ["3.0", "dev-x"],
        "the others stand in the range"
    );
}

#[test]
fn records_without_package_or_of_other_ecosystems_are_counted() {
    let imported = read(
        "a.jsonl",
        [
            r#"{"id":"CVE-1","affected":[{"ranges":[{"type":"GIT","events":[]}]}]}"#,
            &osv("DSA-1", "Debian:12", "bash", "1"),
            &osv("GHSA-1", "Maven:https://maven.google.com", "a:b", "1"),
            r#"{"id":"GHSA-2","affected":[{"package":{"ecosystem":"npm","name":"a"}}]}"#,
            r#"{"id":"GHSA-3","affected":null,"aliases":null,"severity":null,"unknown":{"a":[1]}}"#,
        ]
        .join("\n"),
    )
    .expect("one advisory");
    assert_eq!((count(&imported), imported.bad_total), (1, 0));
    assert_eq!(imported.elsewhere.get("Debian"), Some(&1));
    assert_eq!(imported.without_versions, 2);
}

#[test]
fn the_newest_readable_rating_counts() {
    let rated = |rest: &str| {
        one(&format!(
            r#"{{"id":"X-1",{rest},"affected":[{{"package":{{"ecosystem":"npm","name":"a"}},
            "ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}}]}}]}}]}}"#
        ))
        .severity
    };
    let v3_low = r#"{"type":"CVSS_V3","score":"CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"}"#;
    let v4 = r#"{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"}"#;
    for (rest, expected) in [
        (
            format!(r#""severity":[{v3_low},{v4}]"#),
            Some(Severity::Critical),
        ),
        (
            format!(r#""severity":[{{"type":"Ubuntu","score":"low"}},{v3_low}]"#),
            Some(Severity::Low),
        ),
        (
            r#""database_specific":{"severity":"MODERATE"}"#.into(),
            Some(Severity::Medium),
        ),
        (
            r#""database_specific":{"cvss_v3":"7.5"}"#.into(),
            Some(Severity::High),
        ),
        (
            r#""database_specific":{"cwe_ids":["CWE-506"]}"#.into(),
            Some(Severity::Critical),
        ),
        (r#""details":"nothing""#.into(), None),
    ] {
        assert_eq!(rated(&rest), expected, "{rest}");
    }
}

#[test]
fn malicious_packages_are_told_by_their_database() {
    let record = one(&osv("MAL-2025-1", "npm", "evil", "9"));
    assert_eq!(
        (record.kind, record.severity),
        (Kind::Malicious, Some(Severity::Critical))
    );
}

#[test]
fn go_records_carry_custom_ranges_review_and_symbols() {
    let record = one(
        r#"{"id":"GO-1","database_specific":{"review_status":"UNREVIEWED"},"affected":[
        {"package":{"ecosystem":"Go","name":"example.com/m"},
         "ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}],
         "ecosystem_specific":{"imports":[{"path":"example.com/m/p","symbols":["F","G"]}],
            "custom_ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}}]}"#,
    );
    assert!(record.unreviewed);
    assert_eq!(record.ranges[0].narrowed_by.len(), 1);
    assert_eq!(
        record.functions,
        ["example.com/m/p", "example.com/m/p#F", "example.com/m/p#G"]
    );
}

#[test]
fn several_entries_of_one_package_are_one_statement() {
    let record = one(r#"{"id":"GHSA-1","affected":[
        {"package":{"ecosystem":"Packagist","name":"A/B"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"fixed":"1.5"}]}]},
        {"package":{"ecosystem":"Packagist","name":"a/b"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.0"},{"fixed":"2.5"}]}]}]}"#);
    assert_eq!(record.ranges.len(), 2);
}

#[test]
fn of_two_versions_of_a_record_the_newer_counts() {
    let old = osv("A-1", "npm", "a", "1").replace("2025-01", "2024-01");
    let new = osv("A-1", "npm", "a", "2");
    for lines in [format!("{old}\n{new}"), format!("{new}\n{old}")] {
        let imported = read("a.jsonl", lines).expect("an advisory");
        let records = in_order(imported);
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].2.ranges[0].events[1], Event::Fixed("2".into()));
    }
}

const RUSTSEC: &str = r#"```toml
[advisory]
id = "RUSTSEC-2020-0001"
package = "some-crate"
date = "2020-02-03"
cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
aliases = ["CVE-2020-1"]

[affected]
os = ["windows"]
functions = { "some_crate::danger" = ["< 1.2.0"] }

[versions]
patched = [">= 1.2.0", "~1.1.5"]
unaffected = ["< 1.0.0"]
```

# It is dangerous

Very.
"#;

#[test]
fn a_rustsec_checkout_is_read_in_its_own_format() {
    let folder = folder();
    for (place, text) in [
        ("crates/some-crate/RUSTSEC-2020-0001.md", RUSTSEC),
        ("rust/std/RUSTSEC-2020-0002.md", RUSTSEC),
        ("crates/some-crate/RUSTSEC-2020-0003.md", "no front matter"),
        ("README.md", "# Read me"),
    ] {
        let path = folder.path().join(place);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("written");
    }
    let imported = Imported::read(&[folder.path().to_owned()]).expect("an advisory");
    assert_eq!((count(&imported), imported.bad_total), (1, 1));
    let (ecosystem, package, record) = in_order(imported).remove(0);
    assert_eq!((ecosystem, &*package), (Ecosystem::CratesIo, "some-crate"));
    assert_eq!(record.summary, "It is dangerous");
    assert_eq!(record.severity, Some(Severity::Critical));
    assert_eq!(record.os, ["windows"]);
    assert_eq!(record.functions, ["some_crate::danger"]);
    let scheme = Scheme::for_ecosystem(Ecosystem::CratesIo);
    for (version, affected) in [
        ("0.9.0", false),
        ("1.0.0", true),
        ("1.1.4", true),
        ("1.1.5", false),
        ("1.2.0", false),
        ("2.0.0-rc.1", false),
    ] {
        let covered = Bounds::of(&record, scheme).covers(&scheme.parse(version));
        assert_eq!(covered, affected, "{version}");
    }
}

#[test]
fn ranges_that_contradict_each_other_cost_that_advisory_only() {
    let mut imported = Imported::default();
    let odd = RUSTSEC
        .replace(r#"">= 1.2.0", "~1.1.5""#, r#""> 1.2.0", "= 1.2.0""#)
        .replace(r#""< 1.0.0""#, "");
    // Whether it is understood or refused is the crate's business; it must not end the import.
    let _ = rustsec::read(&odd, &mut imported);
}

fn install(cache: &Path, lines: &[String], add: bool) -> Installed {
    let imported = read("a.jsonl", lines.join("\n")).expect("advisories");
    Installed::install(cache, imported, add).expect("installed")
}

fn affects(advisories: &Advisories, ecosystem: Ecosystem, name: &str, version: &str) -> bool {
    let version = Scheme::for_ecosystem(ecosystem).parse(version);
    !advisories
        .affecting(ecosystem, name, &version)
        .affected
        .is_empty()
}

#[test]
fn an_import_replaces_its_ecosystems_and_keeps_the_others() {
    let cache = folder();
    let cache = cache.path();
    install(
        cache,
        &[osv("A-1", "npm", "a", "2"), osv("B-1", "PyPI", "b", "2")],
        false,
    );
    let second = install(cache, &[osv("A-2", "npm", "aa", "2")], false);
    assert_eq!(second.replaced, [Ecosystem::Npm]);
    assert_eq!(second.kept, [Ecosystem::PyPI]);
    let advisories = Advisories::open(Some(cache));
    assert!(!affects(&advisories, Ecosystem::Npm, "a", "1.0.0"));
    assert!(affects(&advisories, Ecosystem::Npm, "aa", "1.0.0"));
    assert!(affects(&advisories, Ecosystem::PyPI, "b", "1.0"));

    install(cache, &[osv("A-3", "npm", "a", "2")], true);
    let advisories = Advisories::open(Some(cache));
    assert!(affects(&advisories, Ecosystem::Npm, "a", "1.0.0"));
    assert!(affects(&advisories, Ecosystem::Npm, "aa", "1.0.0"));
    let info = advisories.info();
    // What was not imported is still judged by the starter set, and the name says so.
    assert_eq!(info.set, "imported and starter");
    assert_eq!(info.problems.len(), 0);
    assert!(
        info.sources
            .iter()
            .any(|s| s.starts_with("npm: imported, 2 records"))
    );
    assert!(
        info.sources
            .iter()
            .any(|s| s.starts_with("Maven: built in"))
    );
}

#[test]
fn an_index_says_the_same_wherever_and_whenever_it_is_made() {
    let (a, b) = (folder(), folder());
    let lines = [osv("A-1", "npm", "a", "2"), osv("A-2", "npm", "b", "2")];
    let first = install(a.path(), &lines, false).status.hash;
    let again = install(a.path(), &lines, false).status.hash;
    let reversed: Vec<String> = lines.iter().rev().cloned().collect();
    let other = install(b.path(), &reversed, false).status.hash;
    assert_eq!((&first, &first), (&again, &other));
}

#[test]
fn an_export_is_another_machine_s_import() {
    let (here, there) = (folder(), folder());
    install(
        here.path(),
        &[osv("A-1", "npm", "a", "2"), osv("B-1", "Go", "m", "2")],
        false,
    );
    let status = Status::read(here.path()).expect("readable").expect("there");
    let file = here.path().join("export.zip");
    status.export(&file).expect("exported");
    let imported = Imported::read(std::slice::from_ref(&file)).expect("an export");
    let installed = Installed::install(there.path(), imported, false).expect("installed");
    assert_eq!(installed.status.hash, status.hash);

    let mut bytes = fs::read(&file).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).expect("written");
    assert!(
        Imported::read(&[file]).is_err(),
        "a damaged export is refused"
    );
}

/// Every way to damage an index must be told, and the built-in set must answer.
#[test]
fn a_damaged_index_is_told_and_the_built_in_set_answers() {
    let cache = folder();
    let cache = cache.path();
    let lines: Vec<String> = (0..40)
        .map(|n| osv(&format!("A-{n}"), "npm", &format!("package-{n}"), "2"))
        .collect();
    let status = install(cache, &lines, false).status;
    let files = [
        cache.join("db/CURRENT"),
        status.folder.join("MANIFEST"),
        status.folder.join("npm.segment"),
    ];
    let told = |what: &str| {
        let advisories = Advisories::open(Some(cache));
        // The starter set has this one.
        assert!(
            affects(&advisories, Ecosystem::Npm, "next", "15.2.2"),
            "{what}"
        );
        assert!(!advisories.info().problems.is_empty(), "{what}");
        let sources = advisories.info().sources;
        assert!(
            sources.iter().any(|s| s.starts_with("npm: built in")),
            "{what}"
        );
    };
    for file in &files {
        let whole = fs::read(file).expect("read");
        for step in 0..64 {
            let name = format!("{} at {step}/64", file.display());
            let at = whole.len() * step / 64;
            fs::write(file, &whole[..at]).expect("written");
            told(&format!("{name} cut"));
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (step % 7);
            // An index hash may lack its line end.
            if flipped != whole {
                fs::write(file, flipped).expect("written");
                told(&format!("{name} flipped"));
            }
        }
        fs::remove_file(file).expect("removed");
        // No `CURRENT` is no index; anything else is a damaged one.
        if !file.ends_with("CURRENT") {
            told("missing");
        }
        fs::create_dir(file).expect("a folder in its place");
        told("a folder");
        fs::remove_dir(file).expect("removed");
        fs::write(file, whole).expect("written");
    }
    let advisories = Advisories::open(Some(cache));
    assert!(affects(&advisories, Ecosystem::Npm, "package-7", "1.0.0"));
    assert!(advisories.info().problems.is_empty());
}

#[cfg(unix)]
#[test]
fn links_and_folders_that_everybody_writes_to_are_not_trusted() {
    use std::os::unix::fs::PermissionsExt as _;
    let cache = folder();
    let cache = cache.path();
    let status = install(cache, &[osv("A-1", "npm", "a", "2")], false).status;
    let db = cache.join("db");
    let mode = fs::metadata(&db).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    fs::set_permissions(&db, fs::Permissions::from_mode(0o777)).expect("changed");
    assert!(!Advisories::open(Some(cache)).info().problems.is_empty());
    fs::set_permissions(&db, fs::Permissions::from_mode(0o700)).expect("changed");

    let segment = status.folder.join("npm.segment");
    let elsewhere = cache.join("elsewhere");
    fs::rename(&segment, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &segment).expect("linked");
    assert!(!Advisories::open(Some(cache)).info().problems.is_empty());
}

#[test]
fn a_damaged_index_is_repaired_by_importing_again() {
    let cache = folder();
    let cache = cache.path();
    let lines = [osv("A-1", "npm", "a", "2")];
    let status = install(cache, &lines, false).status;
    for add in [true, false] {
        fs::write(status.folder.join("npm.segment"), "damaged").expect("written");
        assert!(status.verify().is_err());
        let again = install(cache, &lines, add);
        // What is replaced anyway is no loss.
        assert_eq!(again.lost.is_some(), add);
        again.status.verify().expect("whole");
    }
    assert!(affects(
        &Advisories::open(Some(cache)),
        Ecosystem::Npm,
        "a",
        "1.0.0"
    ));
}

#[test]
fn a_damaged_ecosystem_costs_no_other_ecosystem() {
    let cache = folder();
    let cache = cache.path();
    let lines = [
        osv("A-1", "crates.io", "a", "2"),
        osv("B-1", "npm", "b", "2"),
        osv("C-1", "PyPI", "c", "2"),
    ];
    let status = install(cache, &lines, false).status;
    fs::write(status.folder.join("npm.segment"), "damaged").expect("written");
    let after = install(cache, &[osv("D-1", "Go", "d", "2")], false);
    let lost = after.lost.expect("a loss");
    assert!(lost.contains("npm.segment"), "{lost}");
    assert_eq!(after.kept, [Ecosystem::CratesIo, Ecosystem::PyPI]);
    after.status.verify().expect("whole");
}

#[test]
fn imports_and_readers_at_the_same_time_do_not_disturb_each_other() {
    let cache = folder();
    let cache = cache.path();
    install(cache, &[osv("A-0", "npm", "a", "2")], false);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                for round in 0..6 {
                    let id = format!("A-{writer}-{round}");
                    install(cache, &[osv(&id, "npm", "a", "2")], false);
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..100 {
                    let advisories = Advisories::open(Some(cache));
                    let found = affects(&advisories, Ecosystem::Npm, "a", "1.0.0");
                    let problems = advisories.info().problems;
                    assert!(found && problems.is_empty(), "{problems:?}");
                }
            });
        }
    });
}

#[test]
fn an_index_that_nobody_can_still_be_reading_is_swept_away() {
    let cache = folder();
    let cache = cache.path();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    for round in 0..5 {
        let id = format!("A-{round}");
        let folder = install(cache, &[osv(&id, "npm", "a", "2")], false)
            .status
            .folder;
        let opened = fs::File::open(&folder).expect("opened");
        opened.set_modified(long_ago).expect("aged");
    }
    let left = fs::read_dir(cache.join("db")).expect("listed").count();
    assert_eq!(left, 4, "CURRENT, LOCK, the index and the one before it");
}

#[test]
fn a_failed_import_leaves_the_index_in_force() {
    let cache = folder();
    let cache = cache.path();
    let before = install(cache, &[osv("A-1", "npm", "a", "2")], false)
        .status
        .hash;
    assert!(read("a.jsonl", "nothing").is_err());
    // A file stands where the cache folder should be.
    let file = cache.join("file");
    fs::write(&file, "x").expect("written");
    let imported = read("a.json", osv("A-2", "npm", "a", "2")).expect("an advisory");
    let failed = Installed::install(&file, imported, false);
    assert!(matches!(failed, Err(InstallError::Write { .. })));
    let status = Status::read(cache).expect("readable").expect("there");
    assert_eq!(status.hash, before);
}

#[test]
fn a_file_in_an_archive_that_unpacks_without_end_is_refused() {
    let bomb = " ".repeat(LIMITS.archive_member as usize + 1);
    for (name, content) in [
        ("all.zip", zipped(&[("a.json", &bomb)])),
        (
            "all.tar.gz",
            gzipped(&tarred("a.json", bomb.len() as u64, bomb.as_bytes())),
        ),
    ] {
        let error = read(name, content).expect_err("a bomb").to_string();
        assert!(error.contains("archive_member"), "{error}");
    }
}

#[test]
fn what_is_read_apart_is_put_together_by_ecosystem() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    let lines = [
        osv("A-1", "npm", "a", "1"),
        osv("A-2", "npm", "b", "1"),
        osv("P-1", "PyPI", "a", "1"),
    ];
    fs::write(&path, lines.join("\n")).expect("written");
    let mut all = Imported::default();
    all.take(&path).expect("three advisories");
    assert!(all.take(&folder.path().join("none.json")).is_err());
    let mut one = Imported::default();
    one.absorb(all, &BTreeSet::from([Ecosystem::Npm]));
    assert_eq!(one.ecosystems().collect::<Vec<_>>(), [Ecosystem::Npm]);
    assert_eq!(
        one.extent(Ecosystem::Npm),
        (2, Day::parse("2025-01-02T03:04:05Z"))
    );
    one.remove(&BTreeSet::from(["A-1".to_owned()]));
    assert_eq!(one.extent(Ecosystem::Npm).0, 1);
    one.remove(&BTreeSet::from(["A-2".to_owned()]));
    assert_eq!(one.ecosystems().count(), 0);
}

#[test]
fn a_page_is_one_of_the_references_where_the_id_leads_to_none() {
    let with = |id: &str| {
        let references = r#""references":[
            {"type":"PACKAGE","url":"https://example.org/package"},
            {"type":"WEB","url":"https://example.org/post"},
            {"type":"ADVISORY","url":"http://example.org/plain"},
            {"type":"ADVISORY","url":"https://example.org/not a page"}],"#;
        let json =
            osv(id, "Packagist", "a/b", "2.0.0").replacen('{', &format!("{{{references}"), 1);
        one(&json).url()
    };
    assert_eq!(with("FOP-a-b"), "https://example.org/post");
    assert_eq!(with("GHSA-x"), "https://github.com/advisories/GHSA-x");
    assert_eq!(with("PYSEC-1"), "https://osv.dev/vulnerability/PYSEC-1");
    let mut alone = one(&osv("FOP-a-b", "Packagist", "a/b", "2.0.0"));
    assert_eq!(alone.url(), "");
    alone.aliases = vec!["CVE-1".to_owned(), "GHSA-x".to_owned()];
    assert_eq!(alone.url(), "https://github.com/advisories/GHSA-x");
}

#[test]
fn what_nobody_rated_takes_the_rating_of_the_same_defect_elsewhere() {
    let cache = folder();
    let aliased = |id: &str, ecosystem: &str, package: &str, more: &str| {
        let json = osv(id, ecosystem, package, "2.0.0");
        json.replacen('{', &format!(r#"{{{more},"#), 1)
    };
    let lines = [
        aliased("PYSEC-1", "PyPI", "p", r#""aliases":["CVE-1"]"#),
        aliased("PYSEC-2", "PyPI", "p", r#""aliases":["CVE-2021-44228"]"#),
        aliased("PYSEC-3", "PyPI", "p", r#""aliases":["CVE-3"]"#),
        aliased(
            "GHSA-1",
            "npm",
            "n",
            r#""aliases":["CVE-1"],"database_specific":{"severity":"HIGH"}"#,
        ),
    ];
    let imported = read("a.jsonl", lines.join("\n")).expect("advisories");
    Installed::install(cache.path(), imported, false).expect("installed");
    let records = Advisories::open(Some(cache.path())).lookup(Ecosystem::PyPI, "p");
    let ratings: Vec<_> = records.iter().map(|r| (&*r.id, r.severity)).collect();
    let expected = [
        ("PYSEC-1", Some(Severity::High)),
        // The binary's own set knows this one.
        ("PYSEC-2", Some(Severity::Critical)),
        ("PYSEC-3", None),
    ];
    assert_eq!(ratings, expected);
}
