//! What counts of the findings about packages: what a change introduces, what is ignored and why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use plimsoll::check::{CheckRequest, What, check};
use plimsoll::engine::Silent;
use plimsoll::model::{Evidence, Finding, Report, SuppressedBy};
use plimsoll::policy::Date;
use support::Scratch;

fn run(scratch: &Scratch, what: What, adapt: impl Fn(&mut CheckRequest)) -> Report {
    let mut request = CheckRequest {
        today: Date::parse("2026-06-15"),
        ..CheckRequest::new(what, scratch.root())
    };
    adapt(&mut request);
    check(request, &Silent).unwrap().report
}

fn staged(scratch: &Scratch) -> Report {
    scratch.git(&["add", "-A"]);
    run(scratch, What::Staged, |_| {})
}

/// The packages with advisories among findings, each once: `path name version`.
fn packages<'f>(report: &Report, findings: impl Iterator<Item = &'f Finding>) -> Vec<String> {
    let found: BTreeSet<String> = findings
        .filter_map(|finding| {
            let source = report.sources.get(finding.primary()?.source)?;
            let Evidence::Package(advice) = &finding.evidence else {
                return None;
            };
            let path = source.path.display();
            Some(format!("{path} {} {}", advice.name, advice.version))
        })
        .collect();
    found.into_iter().collect()
}

fn counted(report: &Report) -> Vec<String> {
    packages(report, report.findings.iter())
}

fn silenced(report: &Report, by: impl Fn(&SuppressedBy) -> bool) -> Vec<String> {
    let silenced = report.suppressed.iter().filter(|s| by(&s.by));
    packages(report, silenced.map(|s| &s.finding))
}

fn known(report: &Report) -> Vec<String> {
    silenced(report, |by| *by == SuppressedBy::KnownBefore)
}

const LODASH: &str = "lodash 4.17.15";

/// A package-lock.json with these packages, in this order.
fn lock(packages: &[(&str, &str)]) -> String {
    let entries: Vec<String> = packages
        .iter()
        .map(|(name, version)| {
            format!("    \"node_modules/{name}\": {{\n      \"version\": \"{version}\"\n    }}")
        })
        .collect();
    format!(
        "{{\n  \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"\": {{}},\n{}\n  }}\n}}\n",
        entries.join(",\n")
    )
}

#[test]
fn only_what_the_change_introduces_counts_wherever_the_lines_are() {
    let scratch = Scratch::repository();
    let old = [("lodash", "4.17.15"), ("express", "4.17.0")];
    scratch.write("package-lock.json", lock(&old));
    scratch.commit_all("first");
    let new = [
        ("express", "4.17.0"),
        ("left", "1.0.0"),
        ("lodash", "4.17.15"),
        ("qs", "6.7.0"),
    ];
    scratch.write(
        "package-lock.json",
        lock(&new).replace("      \"", "        \""),
    );
    let report = staged(&scratch);
    assert_eq!(counted(&report), ["package-lock.json qs 6.7.0"]);
    assert_eq!(
        known(&report),
        [
            "package-lock.json express 4.17.0",
            "package-lock.json lodash 4.17.15"
        ]
    );
}

#[test]
fn another_version_that_is_no_better_is_introduced() {
    let scratch = Scratch::repository();
    scratch.write("requirements.txt", "django==3.2.11\nlodash==1\n");
    scratch.commit_all("first");
    scratch.write("requirements.txt", "django==3.2.12\nlodash==1\n");
    let report = staged(&scratch);
    assert_eq!(counted(&report), ["requirements.txt django 3.2.12"]);
    assert!(known(&report).is_empty());
}

#[test]
fn a_word_on_the_line_of_a_known_package_is_no_news() {
    let scratch = Scratch::repository();
    scratch.write("requirements.txt", "django==3.2.12\n");
    scratch.commit_all("first");
    scratch.write("requirements.txt", "django==3.2.12  # still here\n");
    assert!(counted(&staged(&scratch)).is_empty());
}

#[test]
fn a_new_or_renamed_lockfile_is_new_from_end_to_end() {
    let scratch = Scratch::repository();
    scratch.write("a/package-lock.json", lock(&[("lodash", "4.17.15")]));
    scratch.commit_all("first");
    scratch.write("b/package-lock.json", lock(&[("lodash", "4.17.15")]));
    assert_eq!(
        counted(&staged(&scratch)),
        [format!("b/package-lock.json {LODASH}")]
    );
    scratch.git(&["rm", "-q", "-r", "--cached", "b"]);
    std::fs::remove_dir_all(scratch.root().join("b")).unwrap();
    scratch.git(&["mv", "a", "c"]);
    assert_eq!(
        counted(&staged(&scratch)),
        [format!("c/package-lock.json {LODASH}")]
    );
}

#[test]
fn a_range_of_commits_is_compared_with_where_it_began() {
    let scratch = Scratch::repository();
    scratch.write("package-lock.json", lock(&[("lodash", "4.17.15")]));
    scratch.commit_all("first");
    scratch.git(&["tag", "base"]);
    scratch.write(
        "package-lock.json",
        lock(&[("lodash", "4.17.15"), ("qs", "6.7.0")]),
    );
    scratch.commit_all("second");
    let range = || What::Range("base".to_owned());
    assert_eq!(
        counted(&run(&scratch, range(), |_| {})),
        ["package-lock.json qs 6.7.0"]
    );
    let whole = run(&scratch, range(), |request| request.whole_files = true);
    assert_eq!(counted(&whole).len(), 2);
}

const CVE: &str = "CVE-2021-23337";

/// A repository with one vulnerable package below two others, and this ignore.
fn ignoring(entry: &str) -> Report {
    let scratch = Scratch::repository();
    let lock = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "top": "^1.0.0" } },
    "node_modules/top": { "version": "1.0.0", "dependencies": { "lodash": "^4.0.0" } },
    "node_modules/lodash": { "version": "4.17.20" }
  }
}
"#;
    scratch.write("web/package-lock.json", lock);
    scratch.write(
        "plimsoll.toml",
        format!("profile = \"strict\"\n[[ignore]]\n{entry}\n"),
    );
    scratch.git(&["add", "-A"]);
    run(&scratch, What::Paths(Vec::new()), |_| {})
}

fn is_ignored(entry: &str) -> bool {
    let report = ignoring(entry);
    let by_config = |by: &SuppressedBy| matches!(by, SuppressedBy::Config { .. });
    let silenced = report
        .suppressed
        .iter()
        .any(|s| by_config(&s.by) && s.finding.aliases.iter().any(|alias| alias == CVE));
    let counts = report
        .findings
        .iter()
        .any(|f| f.aliases.iter().any(|alias| alias == CVE));
    assert!(silenced != counts, "{entry}");
    silenced
}

fn remarks(entry: &str) -> Vec<String> {
    let report = ignoring(entry);
    let remarks = report.unused_suppressions.iter();
    remarks.map(|u| format!("{}: {}", u.rule, u.what)).collect()
}

#[test]
fn a_dependency_is_ignored_by_advisory_package_parent_and_folder() {
    for (entry, expected) in [
        ("advisory = 'CVE-2021-23337'", true),
        ("advisory = 'ghsa-35jh-r3h4-6jhm'", true),
        ("advisory = 'CVE-2020-0000'", false),
        ("package = 'lodash'", true),
        ("package = 'lodash@<4.17.21'", true),
        ("package = 'lodash@<4.17.20'", false),
        ("package = 'lodash'\nversion = '4.17.20'", true),
        ("parent = 'top'", true),
        ("parent = 'lodash'", false),
        ("rule = 'dependency/vulnerable'\npackage = 'lodash'", true),
        (
            "rule = 'dependency/unmaintained'\npackage = 'lodash'",
            false,
        ),
        ("path = 'web/'\nadvisory = 'CVE-2021-23337'", true),
        ("path = 'api/'\nadvisory = 'CVE-2021-23337'", false),
        ("advisory = 'CVE-2021-23337'\nuntil = '2026-06-14'", false),
        ("advisory = 'CVE-2021-23337'\nuntil = 'fixed'", false),
    ] {
        let entry = format!("{entry}\nreason = 'because'");
        assert_eq!(is_ignored(&entry), expected, "{entry}");
    }
}

#[test]
fn what_the_team_demands_of_packages_is_ignored_by_package_version_and_parent() {
    let lock = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "top": "^1.0.0" } },
    "node_modules/top": { "version": "1.0.0", "dependencies": { "keel": "^4.0.0" } },
    "node_modules/keel": { "version": "4.17.20", "license": "AGPL-3.0-only" }
  }
}
"#;
    let demands = "[licenses]\ndeny = ['AGPL-*']\n[[ban]]\npackage = 'keel'\nreason = 'old'\n";
    for (entry, expected) in [
        ("package = 'keel'", 2),
        ("package = 'keel@<4.17.20'", 0),
        ("parent = 'top'", 2),
        ("rule = 'dependency/banned'\npackage = 'keel'", 1),
        ("package = 'keel'\nadvisory = 'CVE-2020-1'", 0),
    ] {
        let scratch = Scratch::repository();
        scratch.write("package-lock.json", lock);
        let ignore = format!("{demands}[[ignore]]\n{entry}\nreason = 'r'\n");
        scratch.write("plimsoll.toml", ignore);
        let report = run(&scratch, What::Paths(Vec::new()), |_| {});
        assert_eq!(report.suppressed.len(), expected, "{entry}");
        assert_eq!(report.findings.len(), 2 - expected, "{entry}");
    }
}

#[test]
fn an_ignore_of_a_dependency_says_when_it_is_over_or_unneeded() {
    let said = |entry: &str| remarks(&format!("{entry}\nreason = 'because'")).join("\n");
    let expired = said("advisory = 'CVE-2021-23337'\nuntil = '2026-06-14'");
    assert_eq!(
        expired,
        "policy/unused-suppression: the ignore of CVE-2021-23337 expired after 2026-06-14"
    );
    let unknown = said("advisory = 'CVE-2020-0000'");
    assert!(
        unknown.contains("CVE-2020-0000 matches no finding"),
        "{unknown}"
    );
    let fixed = said("advisory = 'CVE-2021-23337'\nuntil = 'fixed'");
    assert!(
        fixed.starts_with("policy/unused-suppression: this ignore was to end"),
        "{fixed}"
    );
    let although = said("advisory = 'CVE-2021-23337'");
    assert!(
        although.starts_with("policy/ignored-although-fixed: "),
        "{although}"
    );
    let changed = said("advisory = 'CVE-2021-23337'\nas-of = '2021-01-01'");
    assert!(changed.contains("policy/outdated-ignore: "), "{changed}");
    assert!(!said("advisory = 'CVE-2021-23337'\nas-of = '2026-06-01'").contains("outdated"));
}

#[test]
fn a_malicious_package_is_ignored_only_by_its_own_name_and_with_a_reason() {
    let scratch = Scratch::repository();
    scratch.write(
        "requirements.txt",
        "ctx==0.2.2  # plimsoll: ignore[dependency/malicious]\n",
    );
    let malicious = |config: &str| {
        scratch.write("plimsoll.toml", config);
        let report = run(&scratch, What::Paths(Vec::new()), |_| {});
        report
            .findings
            .iter()
            .any(|f| f.rule.as_str() == "dependency/malicious")
    };
    assert!(malicious(""), "a comment without a reason");
    for (entry, counts) in [
        ("rule = 'dependency'", true),
        ("package = 'ctx'", true),
        ("rule = 'dependency/malicious'", false),
    ] {
        assert_eq!(
            malicious(&format!("[[ignore]]\n{entry}\nreason = 'r'\n")),
            counts,
            "{entry}"
        );
    }
    scratch.write(
        "requirements.txt",
        "ctx==0.2.2  # plimsoll: ignore[dependency/malicious] a sample\n",
    );
    assert!(!malicious(""));
}

const VEX: &str = r#"{
  "@context": "https://openvex.dev/ns/v0.2.0",
  "timestamp": "2026-01-01T00:00:00Z",
  "statements": [{
    "vulnerability": { "name": "CVE-2021-23337" },
    "products": [{ "@id": "pkg:npm/lodash@4.17.15" }],
    "status": "STATUS",
    "justification": "vulnerable_code_not_in_execute_path"
  }]
}
"#;

/// A repository with a vulnerable package, and what a document in it says.
fn answered(status: &str) -> Scratch {
    let scratch = Scratch::repository();
    scratch.write("package-lock.json", lock(&[("lodash", "4.17.15")]));
    scratch.write("plimsoll.toml", "[vex]\nfiles = ['vex/*.json']\n");
    scratch.write("vex/lodash.json", VEX.replace("STATUS", status));
    scratch.git(&["add", "-A"]);
    scratch
}

fn answers(report: &Report) -> usize {
    let vex = |by: &SuppressedBy| matches!(by, SuppressedBy::Vex { .. });
    report.suppressed.iter().filter(|s| vex(&s.by)).count()
}

#[test]
fn a_document_answers_findings_where_it_says_that_nothing_is_affected() {
    for (status, expected) in [
        ("not_affected", 1),
        ("fixed", 1),
        ("affected", 0),
        ("under_investigation", 0),
    ] {
        let scratch = answered(status);
        for what in [What::Paths(Vec::new()), What::Staged] {
            assert_eq!(answers(&run(&scratch, what, |_| {})), expected, "{status}");
        }
    }
    let scratch = answered("not_affected");
    let distrusting = run(&scratch, What::Staged, |request| {
        request.honour_ignores = false
    });
    assert_eq!(answers(&distrusting), 0);
}

#[test]
fn a_document_that_cannot_be_read_ends_the_run_with_its_place() {
    let scratch = answered("perhaps");
    let output = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = support::words(&output);
    assert!(words.contains("vex/lodash.json:7:15"), "{words}");
    scratch.write("plimsoll.toml", "[vex]\nfiles = ['vex/none.json']\n");
    let output = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(support::words(&output).contains("plimsoll.toml:2:10"));
}

#[test]
fn a_document_of_ours_says_what_counts_and_what_was_decided() {
    let scratch = Scratch::repository();
    scratch.write(
        "package-lock.json",
        lock(&[("lodash", "4.17.15"), ("qs", "6.7.0")]),
    );
    let ignore = "[[ignore]]\npackage = 'qs'\nreason = 'never parses what strangers send'\n";
    scratch.write("plimsoll.toml", ignore);
    let document = |time: &[&str]| {
        let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .args(["--format", "openvex", "--fail-on", "never"])
            .args(time);
        command.output().unwrap().stdout
    };
    let first = document(&[]);
    assert_eq!(
        first,
        document(&[]),
        "the same findings make the same document"
    );
    let value: serde_json::Value = serde_json::from_slice(&first).unwrap();
    let statements = value["statements"].as_array().unwrap();
    let of = |purl: &str| {
        let is_it = |s: &&serde_json::Value| s["products"][0]["@id"] == purl;
        statements.iter().find(is_it).unwrap()
    };
    assert_eq!(of("pkg:npm/lodash@4.17.15")["status"], "affected");
    assert!(of("pkg:npm/lodash@4.17.15")["action_statement"].is_string());
    assert_eq!(of("pkg:npm/qs@6.7.0")["status"], "not_affected");
    assert_eq!(
        of("pkg:npm/qs@6.7.0")["impact_statement"],
        "never parses what strangers send"
    );
    let timed = document(&["--timestamp", "2026-05-05T12:00:00Z"]);
    let timed: serde_json::Value = serde_json::from_slice(&timed).unwrap();
    assert_eq!(timed["timestamp"], "2026-05-05T12:00:00Z");
    // What we write, we read.
    scratch.write("plimsoll.toml", "[vex]\nfiles = ['own.json']\n");
    scratch.write("own.json", &first);
    let report = run(&scratch, What::Paths(Vec::new()), |_| {});
    assert_eq!(
        silenced(&report, |by| matches!(by, SuppressedBy::Vex { .. })),
        ["package-lock.json qs 6.7.0"]
    );
}
