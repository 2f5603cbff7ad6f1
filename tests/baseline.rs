//! Baselines: what is known does not count, what is new does, and nothing of a secret is written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;

use serde_json::Value;
use support::{Scratch, words};

const FILE: &str = ".plimsoll-baseline.json";

fn plimsoll(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).output().unwrap()
}

fn code(scratch: &Scratch, arguments: &[&str]) -> i32 {
    plimsoll(scratch, arguments).status.code().unwrap()
}

/// Runs a verb that must succeed, and gives what it printed.
fn done(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = plimsoll(scratch, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn report(scratch: &Scratch, arguments: &[&str]) -> Value {
    let output = plimsoll(scratch, &[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", words(&output)))
}

/// Rules and paths of the findings that count.
fn new(scratch: &Scratch, arguments: &[&str]) -> Vec<(String, String)> {
    let report = report(scratch, arguments);
    let text = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|f| (text(f, "rule"), text(f, "path")))
        .collect()
}

fn known(scratch: &Scratch) -> u64 {
    report(scratch, &["check"])["summary"]["baseline"]
        .as_u64()
        .unwrap()
}

/// A password that nobody has made up, a different one for each seed.
fn password(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
    let alphabet = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    (0..16)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            alphabet[(state >> 33) as usize % alphabet.len()] as char
        })
        .collect()
}

fn settings(seed: u64) -> String {
    format!("db_host = \"db\"\ndb_password = \"{}\"\n", password(seed))
}

/// A repository with a password and a Dockerfile that runs sudo, all of it in the baseline.
fn settled() -> Scratch {
    let scratch = Scratch::repository();
    scratch.write("app/settings.py", settings(1));
    scratch.write("Dockerfile", "FROM debian:12.5\nRUN sudo ls\nUSER app\n");
    assert_eq!(code(&scratch, &["check"]), 1);
    done(&scratch, &["baseline", "create"]);
    scratch
}

#[test]
fn what_a_baseline_knows_does_not_fail_and_is_counted_everywhere() {
    let scratch = settled();
    let shown = done(&scratch, &["check"]);
    let count = known(&scratch);
    assert!(count >= 2);
    assert!(
        shown.contains(&format!("{count} in the baseline")),
        "{shown}"
    );
    assert!(shown.contains(FILE), "{shown}");
    assert_eq!(new(&scratch, &["check"]), []);
    assert_eq!(code(&scratch, &["check", "--no-baseline"]), 1);
    assert_eq!(code(&scratch, &["check", "--no-ignores"]), 1);
    assert_eq!(code(&scratch, &["check", "--no-config"]), 1);
    assert_eq!(
        code(&scratch, &["check", "--no-config", "--baseline", FILE]),
        0
    );
}

#[test]
fn sarif_says_which_results_are_known() {
    let scratch = settled();
    scratch.write("run.py", "import os\nos.system(input())\n");
    let output = plimsoll(&scratch, &["check", "--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let known = result["suppressions"].is_array();
        let state = if known { "unchanged" } else { "new" };
        assert_eq!(result["baselineState"], state);
    }
}

#[test]
fn moved_lines_edited_neighbours_and_white_space_change_nothing() {
    let scratch = settled();
    let before = known(&scratch);
    let moved = format!(
        "# new\n\nx = 1\ndb_host = \"other\"\n  db_password   =  \"{}\"\ny = 2\n",
        password(1)
    );
    scratch.write("app/settings.py", moved);
    assert_eq!(new(&scratch, &["check"]), []);
    assert_eq!(known(&scratch), before);
}

#[test]
fn another_secret_in_the_same_place_is_new() {
    let scratch = settled();
    // A mark has twelve bits: of eight other passwords, hardly one looks like the first.
    for seed in 2..10 {
        scratch.write("app/settings.py", settings(seed));
        let secrets =
            |arguments: &[&str]| new(&scratch, &[arguments, &["--only", "secret"]].concat());
        assert_eq!(
            secrets(&["check"]),
            secrets(&["check", "--no-baseline"]),
            "{seed}"
        );
    }
    assert_eq!(code(&scratch, &["check"]), 1);
}

#[test]
fn a_renamed_file_keeps_its_entries_and_a_copy_does_not_share_them() {
    let scratch = settled();
    let before = known(&scratch);
    std::fs::rename(scratch.root().join("app"), scratch.root().join("core")).unwrap();
    assert_eq!(new(&scratch, &["check"]), []);
    assert_eq!(known(&scratch), before);
    done(&scratch, &["baseline", "prune"]);
    let text = std::fs::read_to_string(scratch.root().join(FILE)).unwrap();
    assert!(
        text.contains("core/settings.py") && !text.contains("app/settings.py"),
        "{text}"
    );
    scratch.write("app/settings.py", settings(1));
    let paths: Vec<String> = new(&scratch, &["check"]).into_iter().map(|f| f.1).collect();
    assert_eq!(paths, ["app/settings.py"]);
}

#[test]
fn an_entry_counts_for_one_finding_only() {
    let scratch = settled();
    let line = "RUN sudo ls\n";
    scratch.write(
        "Dockerfile",
        format!("FROM debian:12.5\n{line}{line}USER app\n"),
    );
    let rules: Vec<String> = new(&scratch, &["check", "--only", "dockerfile/sudo"])
        .into_iter()
        .map(|f| f.0)
        .collect();
    assert_eq!(rules, ["dockerfile/sudo"]);
}

#[test]
fn what_is_gone_is_reported_and_pruned_but_never_what_was_not_judged() {
    let scratch = settled();
    scratch.write("app/settings.py", "db_host = \"db\"\n");
    let gone = ("policy/unused-baseline-entry".to_owned(), FILE.to_owned());
    assert_eq!(new(&scratch, &["check"]), [gone]);
    assert_eq!(code(&scratch, &["check"]), 0);
    // The other file alone, other rules alone: nothing can be said about it.
    assert_eq!(new(&scratch, &["check", "Dockerfile"]), []);
    assert_eq!(new(&scratch, &["check", "--only", "dockerfile"]), []);
    scratch.write("plimsoll.toml", "[rules]\n\"dockerfile/sudo\" = \"off\"\n");
    let said = done(&scratch, &["baseline", "prune"]);
    assert!(
        said.contains("1 taken out") && said.contains("1 kept"),
        "{said}"
    );
    std::fs::remove_file(scratch.root().join("plimsoll.toml")).unwrap();
    assert_eq!(new(&scratch, &["check"]), []);
    std::fs::remove_file(scratch.root().join("Dockerfile")).unwrap();
    done(&scratch, &["baseline", "prune"]);
    assert!(done(&scratch, &["baseline", "show"]).starts_with("0 findings"));
}

#[test]
fn update_adds_what_is_new_keeps_the_salt_and_makes_the_same_file_from_the_same_tree() {
    let scratch = settled();
    let read = || std::fs::read_to_string(scratch.root().join(FILE)).unwrap();
    let first = read();
    done(&scratch, &["baseline", "update"]);
    assert_eq!(read(), first);
    scratch.write("run.sh", "#!/bin/sh\nsudo rm -rf \"$1\"/*\n");
    scratch.write("b.py", settings(3));
    let said = done(&scratch, &["baseline", "update"]);
    assert!(said.contains("added"), "{said}");
    assert_eq!(code(&scratch, &["check"]), 0);
    let salt = |text: &str| text.lines().nth(2).unwrap().to_owned();
    assert_eq!(salt(&read()), salt(&first));
    // Lines that were there stay as they are, so that a merge is one of texts.
    for line in first.lines() {
        assert!(read().lines().any(|l| l == line), "{line}");
    }
    assert_eq!(code(&scratch, &["baseline", "create"]), 2);
}

#[test]
fn a_baseline_that_is_not_there_or_is_broken_is_an_error_and_never_a_pass() {
    let scratch = settled();
    assert_eq!(code(&scratch, &["check", "--baseline", "none.json"]), 2);
    let good = std::fs::read_to_string(scratch.root().join(FILE)).unwrap();
    scratch.write(FILE, good.replace("\"version\": 1", "\"version\": 9"));
    let output = plimsoll(&scratch, &["check"]);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("\"version\": 9") && said.contains("--no-baseline"),
        "{said}"
    );
    scratch.write(FILE, format!("<<<<<<< ours\n{good}"));
    assert!(words(&plimsoll(&scratch, &["check"])).contains("merge"));
    std::fs::remove_file(scratch.root().join(FILE)).unwrap();
    for verb in ["update", "prune", "show"] {
        assert_eq!(code(&scratch, &["baseline", verb]), 2, "{verb}");
    }
}

#[test]
fn staged_and_diff_know_the_baseline_as_it_is_staged() {
    let scratch = settled();
    scratch.git(&["add", "-A"]);
    assert_eq!(code(&scratch, &["staged"]), 0);
    let staged = report(&scratch, &["staged"]);
    assert!(staged["summary"]["baseline"].as_u64().unwrap() >= 2);
    scratch.git(&["rm", "-q", "--cached", FILE]);
    std::fs::remove_file(scratch.root().join(FILE)).unwrap();
    assert_eq!(code(&scratch, &["staged"]), 1);
    scratch.commit_all("first");
    scratch.write("app/settings.py", settings(2));
    scratch.commit_all("second");
    assert_eq!(code(&scratch, &["diff", "HEAD~1..HEAD"]), 1);
    done(&scratch, &["baseline", "create"]);
    assert_eq!(code(&scratch, &["diff", "HEAD~1..HEAD"]), 0);
}

#[test]
fn nothing_of_a_secret_stands_in_a_baseline() {
    let scratch = settled();
    let text = std::fs::read_to_string(scratch.root().join(FILE)).unwrap();
    let secret = password(1);
    for start in 0..=secret.len() - 4 {
        assert!(!text.contains(&secret[start..start + 4]));
    }
    assert_eq!(
        text.lines().filter(|l| l.contains("\"print\"")).count() as u64,
        known(&scratch)
    );
    // Our own file is checked like every other, and is clean.
    assert_eq!(new(&scratch, &["check", FILE]), []);
}

#[test]
fn malicious_packages_are_never_part_of_a_baseline() {
    use plimsoll::policy::Baseline;
    let finding = |rule: &'static str| plimsoll::model::Finding {
        rule: plimsoll::model::RuleId::new(rule),
        aliases: Vec::new(),
        severity: plimsoll::model::Severity::Critical,
        confidence: plimsoll::model::Confidence::High,
        message: String::new(),
        labels: Vec::new(),
        help: None,
        fixes: Vec::new(),
        fingerprint: plimsoll::model::Fingerprint::of(&[b"x"]),
        evidence: plimsoll::model::Evidence::None,
        appearance: None,
    };
    let path = plimsoll::model::RepoPath::from("package-lock.json");
    for (rule, holds) in [
        ("dependency/malicious", false),
        ("dependency/vulnerable", true),
    ] {
        let finding = finding(rule);
        let empty = Baseline::new([1; 16]);
        let baseline = empty.with(vec![empty.entry(&finding, &path)]);
        let matches = baseline.matches([(&finding, &path)], &|_| true);
        assert_eq!(matches.known, [holds], "{rule}");
    }
}

#[test]
fn an_ignore_by_fingerprint_means_one_secret_and_no_other() {
    let scratch = Scratch::repository();
    scratch.write("app/settings.py", settings(1));
    let report = report(&scratch, &["check"]);
    let print = report["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    let ignore =
        format!("[[ignore]]\nrule = \"secret\"\nfingerprint = \"{print}\"\nreason = \"revoked\"\n");
    scratch.write("plimsoll.toml", &ignore);
    assert_eq!(code(&scratch, &["check"]), 0);
    scratch.write("app/settings.py", settings(2));
    assert_eq!(code(&scratch, &["check"]), 1);
    scratch.write("plimsoll.toml", ignore.replace(&print, "secret-hash"));
    assert_eq!(code(&scratch, &["check"]), 2);
    std::fs::remove_file(scratch.root().join("plimsoll.toml")).unwrap();
    scratch.write("app/settings.py", settings(1));
    let shown = words(&plimsoll(&scratch, &["check", "-v"]));
    assert!(shown.contains(&print), "{shown}");
}
