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
