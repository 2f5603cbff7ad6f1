//! Ignore comments, ours and those of other tools, on every kind of finding.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use plimsoll::check::{CheckRequest, ConfigChoice, What, check};
use plimsoll::engine::Silent;
use plimsoll::input::{Found, buffer};
use plimsoll::model::{Profile, RepoPath, Report};
use plimsoll::policy::Date;

/// What the report of one file says, with some rules alone.
fn report(path: &str, text: &str, only: &[&str], adapt: impl Fn(&mut CheckRequest)) -> Report {
    let found = buffer(RepoPath::from(path), text.as_bytes().to_vec());
    let mut request = CheckRequest {
        config: ConfigChoice::None,
        profile: Some(Profile::All),
        only: only.iter().map(|s| (*s).to_owned()).collect(),
        today: Date::parse("2026-06-15"),
        ..CheckRequest::new(What::One(Found::Item(found)), PathBuf::from("/"))
    };
    adapt(&mut request);
    check(request, &Silent).unwrap().report
}

/// The lines of a Dockerfile with findings of one rule.
fn lines(rule: &str, text: &str) -> Vec<u32> {
    let report = report("Dockerfile", text, &[rule], |_| {});
    let line = |f: &plimsoll::model::Finding| {
        let label = f.primary().unwrap();
        let source = report.sources.get(label.source).unwrap();
        source.lines().line(label.span.start)
    };
    report.findings.iter().map(line).collect()
}

const SUDO: &str = "dockerfile/sudo";
const NO_USER: &str = "dockerfile/missing-user";

#[test]
fn a_comment_directly_above_covers_its_instruction_and_no_other() {
    for comment in [
        "# hadolint ignore=DL3004",
        "#hadolint ignore=DL3004",
        "#  hadolint   ignore = DL3003 , DL3004 # why",
        "# hadolint ignore=DL3003,dl3004 because",
        "# hadolint ignore=NONSENSE,DL3004",
        "# hadolint ignore=DL3004\n# hadolint ignore=DL3003",
        "# hadolint ignore=DL3004\n# a word on it",
        "# tally ignore=hadolint/DL3004;reason=needs it",
        "# droast ignore=DL3004 reason=\"needs it\" expires=2027-01-31",
        "# plimsoll: ignore[DL3004] needs it",
        "# nosemgrep: DL3004",
    ] {
        let text = format!("FROM debian:12\n{comment}\nRUN sudo a \\\n  && sudo b\nRUN sudo c\n");
        let last = text.lines().count() as u32;
        assert_eq!(lines(SUDO, &text), [last], "{comment}");
    }
}

#[test]
fn what_is_said_of_something_else_covers_nothing() {
    for comment in [
        "# hadolint ignore=DL3003",
        "# hadolint ignore=DL3004\n",
        "# hadolint ignore DL3004",
        "# see hadolint: ignore=DL3004",
        "# check=skip=all",
        "# trivy:ignore:DS-0002",
        "# droast ignore=DL3004 expires=2026-01-31",
        "# hadolint stage ignore=DL3004",
    ] {
        let text = format!("FROM debian:12\n{comment}\nRUN sudo a\n");
        assert_eq!(lines(SUDO, &text).len(), 1, "{comment}");
    }
}

#[test]
fn a_comment_between_the_lines_of_an_instruction_covers_the_line_below() {
    let text = "FROM debian:12\nRUN true \\\n  && sudo a \\\n  # hadolint ignore=DL3004\n  && sudo b \\\n  && sudo c\n";
    assert_eq!(lines(SUDO, text), [3, 6]);
    let whole =
        "FROM debian:12\nRUN true\nRUN apt-get update \\\n  # hadolint ignore=DL3059\n  && true\n";
    let report = report("Dockerfile", whole, &[], |_| {});
    let about_it = |f: &&plimsoll::model::Finding| f.aliases.iter().any(|a| a == "DL3059");
    assert_eq!(report.findings.iter().filter(about_it).count(), 0);
}

#[test]
fn a_comment_for_a_file_or_a_stage_covers_just_that() {
    let text = "FROM debian:12\nRUN sudo a\nFROM debian:12\nRUN sudo b\n";
    let with = |comment: &str| format!("{comment}\n{text}");
    for comment in [
        "# hadolint global ignore=DL3004",
        "#checkov:skip=DL3004:needs it",
        "# tally global ignore=DL3004",
    ] {
        assert!(lines(SUDO, &with(comment)).is_empty(), "{comment}");
        let below = format!("{text}{comment}\n");
        assert!(lines(SUDO, &below).is_empty(), "{comment}");
    }
    assert_eq!(lines(SUDO, &with("# hadolint stage ignore=DL3004")), [5]);
}

#[test]
fn buildkits_checks_are_skipped_by_file_or_by_instruction() {
    let rule = "dockerfile/relative-workdir";
    let text = "FROM debian:12\nWORKDIR a\n# check=skip=WorkdirRelativePath\nWORKDIR b\n";
    assert_eq!(lines(rule, text), [2]);
    for directive in [
        "# check=skip=WorkdirRelativePath",
        "# check=skip=JSONArgsRecommended,WorkdirRelativePath;error=true",
        "# check=error=true;skip=all",
        "#check = skip=all",
        "# syntax=docker/dockerfile:1\n# check=skip=all",
    ] {
        let text = format!("{directive}\nFROM debian:12\nWORKDIR a\n");
        assert!(lines(rule, &text).is_empty(), "{directive}");
    }
    // What BuildKit has no check for is not skipped with all of its checks.
    let text = "# check=skip=all\nFROM debian:12\nRUN sudo a\n";
    assert_eq!(lines(SUDO, text), [3]);
    // After another comment it is no directive any more.
    let late = "# note\n\n# check=skip=all\n\nFROM debian:12\nWORKDIR a\n";
    assert_eq!(lines(rule, late), [6]);
}

#[test]
fn what_is_missing_is_ignored_from_the_head_or_from_above_a_from() {
    let text = "FROM debian:12\nCMD [\"a\"]\n";
    assert_eq!(lines(NO_USER, text).len(), 1);
    for comment in [
        "# trivy:ignore:DS-0002",
        "#trivy:ignore:DS-0002:exp:2027-01-31",
        "# trivy:ignore:AVD-DS-0002",
        "# trivy:ignore:DS002 runs as a job",
        "# trivy:ignore:DS-0026 trivy:ignore:DS-0002",
        "# trivy:ignore:*",
        "# trivy:ignore:DS-0002\n\n# by the team",
        "#checkov:skip=CKV_DOCKER_3:runs as a job",
        "# hadolint global ignore=DL3002",
    ] {
        let with = format!("{comment}\n{text}");
        let left = lines(NO_USER, &with);
        let knows = comment.contains("DL3002");
        assert!(left.is_empty() || knows, "{comment}: {left:?}");
    }
    let expired = format!("# trivy:ignore:DS-0002:exp:2026-01-31\n{text}");
    assert_eq!(lines(NO_USER, &expired).len(), 1);
    let stages =
        "FROM debian:12 AS a\nRUN true\n# trivy:ignore:DS-0002\nFROM debian:12\nCMD [\"a\"]\n";
    assert!(lines(NO_USER, stages).is_empty());
    let inside = "FROM debian:12\n# trivy:ignore:DS-0002\nCMD [\"a\"]\n";
    assert!(lines(NO_USER, inside).len() <= 1);
}

#[test]
fn comments_count_for_code_and_scripts_too() {
    let rule = "source/shell/remote-script";
    let left = |text: &str| report("a.sh", text, &[rule], |_| {}).findings.len();
    let pipe = "curl -s https://example.com/i.sh | sh";
    assert_eq!(left(&format!("#!/bin/sh\n{pipe}\n")), 1);
    assert_eq!(left(&format!("#!/bin/sh\n{pipe} # nosemgrep\n")), 0);
    assert_eq!(left(&format!("#!/bin/sh\n# nosemgrep\n{pipe}\n")), 0);
    assert_eq!(left(&format!("#!/bin/sh\n# nosemgrep\ntrue\n{pipe}\n")), 1);
}

/// Other tools report a query where it is put together, and among the codes of linters those about
/// security are meant.
#[test]
fn a_comment_beside_the_text_covers_the_place_where_it_runs() {
    let left = |made: &str, run: &str| {
        let text = format!(
            "def find(cursor, name):\n    sql = f\"SELECT a FROM t WHERE b = '{{name}}'\"{made}\n    \
             cursor.execute(sql){run}\n"
        );
        let rules = &["source/python/sql-built-from-text"];
        report("find.py", &text, rules, |_| {}).findings.len()
    };
    assert_eq!(left("", ""), 1);
    for (comment, count) in [
        ("  # nosec", 0),
        ("  # nosec B608", 0),
        ("  # noqa: E501, S608", 0),
        ("  # NOQA: S608", 0),
        ("  # noqa: E501", 1),
        ("  # noqa", 1),
        ("  # noqa: S301", 1),
        ("  # nosec B301", 1),
    ] {
        assert_eq!(left(comment, ""), count, "{comment}");
        assert_eq!(left("", comment), count, "{comment}");
    }
}

#[test]
fn comments_of_peers_can_be_switched_off() {
    let text = "FROM debian:12\n# hadolint ignore=DL3004\nRUN sudo a\n";
    let all = report("Dockerfile", text, &[SUDO], |r| r.honour_ignores = false);
    assert_eq!(all.findings.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    std::fs::write(&config, "peer-comments = false\n").unwrap();
    let own = report("Dockerfile", text, &[SUDO], |r| {
        r.config = ConfigChoice::File(config.clone());
    });
    assert_eq!(own.findings.len(), 1);
    std::fs::write(&config, "require-reason = true\n").unwrap();
    let strict = |comment: &str| {
        let text = format!("FROM debian:12\n# {comment}\nRUN sudo a\n");
        report("Dockerfile", &text, &[SUDO], |r| {
            r.config = ConfigChoice::File(config.clone());
        })
        .findings
        .len()
    };
    assert_eq!(strict("hadolint ignore=DL3004"), 1);
    assert_eq!(strict("hadolint ignore=DL3004 the package needs it"), 0);
}

/// What is said about the ignores of a Dockerfile, with the text that it is said of.
fn about_ignores(text: &str) -> Vec<String> {
    let report = report("Dockerfile", text, &[], |_| {});
    report
        .findings
        .iter()
        .filter(|f| f.rule.family() == "policy")
        .map(|f| {
            let label = f.primary().unwrap();
            let at = report.sources.get(label.source).unwrap().text(label.span);
            format!("{} {at}", f.rule)
        })
        .collect()
}

#[test]
fn dead_and_unexplained_comments_are_reported() {
    let says = |comment: &str| about_ignores(&format!("FROM debian:12\n{comment}\nRUN sudo a\n"));
    let none: [String; 0] = [];
    assert_eq!(says("# hadolint ignore=DL3004 needs it"), none);
    assert_eq!(
        says("# hadolint ignore=DL3004"),
        ["policy/ignore-without-reason hadolint ignore=DL3004"]
    );
    assert_eq!(
        says("# hadolint ignore=DL3004,DL3020 needs it"),
        ["policy/unused-peer-comment DL3020"]
    );
    assert_eq!(
        says("# hadolint ignore=DL3004,DL304 needs it"),
        ["policy/unused-peer-comment DL304"]
    );
    assert_eq!(
        says("# hadolint ignore=DL3020 needs it"),
        ["policy/unused-peer-comment hadolint ignore=DL3020 needs it"]
    );
    assert_eq!(
        says("# droast ignore=DL3004 reason=\"x\" expires=2026-01-31"),
        ["policy/unused-peer-comment droast ignore=DL3004 reason=\"x\" expires=2026-01-31"]
    );
    // What none of our rules answers for may well be of use to its own tool.
    assert_eq!(says("# hadolint ignore=DL3004,SC9999 needs it"), none);
    assert_eq!(
        says("# plimsoll: ignore[DL3004, dockerfile/nope] needs it"),
        ["policy/unused-suppression dockerfile/nope"]
    );
}

#[test]
fn dead_comments_are_deleted_by_their_fix() {
    let after = |text: &str| {
        let report = report("Dockerfile", text, &[], |_| {});
        let mut text = text.to_owned();
        let fixes = report
            .findings
            .iter()
            .filter(|f| f.rule.family() == "policy")
            .flat_map(|f| &f.fixes);
        for edit in fixes.flat_map(|fix| &fix.edits) {
            text.replace_range(edit.span.range(), &edit.with);
        }
        text
    };
    let base = "FROM debian:12\nRUN sudo a\n";
    let with = |comment: &str| base.replace("RUN", &format!("{comment}\nRUN"));
    assert_eq!(after(&with("# hadolint ignore=DL3020 x")), base);
    assert_eq!(
        after(&with("# hadolint ignore=DL3020, DL3004 x")),
        with("# hadolint ignore=DL3004 x")
    );
    assert_eq!(
        after(&with("# hadolint ignore=DL3004,DL3020 x")),
        with("# hadolint ignore=DL3004 x")
    );
    assert_eq!(after(&with("# plimsoll: ignore[DL3020] x")), base);
    // What two comments on one line mean to each other is for a person to say.
    let two = with("# trivy:ignore:DS-0002 trivy:ignore:DS-0005");
    assert_eq!(after(&two), two);
}

#[test]
fn silence_in_a_file_that_was_not_checked_in_full_is_no_sign() {
    let many = "# hadolint ignore=DL3004 needs it\nRUN sudo a\n".repeat(1100);
    let text = format!("FROM debian:12\n{many}");
    assert!(about_ignores(&text).is_empty());
}

const SECRETS: &[&str] = &["secret"];

/// A password that no rule takes for made up.
fn password() -> String {
    "kX3vQm9dTzR7wLpB".chars().rev().collect()
}

/// One line with a password in five languages, with `word` where each has a place for it.
fn with_word(word: &str) -> Vec<(&'static str, String)> {
    let value = password();
    vec![
        ("a.py", format!("db_password = \"{value}\"  # {word}\n")),
        (
            "a.js",
            format!("const dbPassword = \"{value}\"; // {word}\n"),
        ),
        ("a.sql", format!("SET db_password = '{value}'; -- {word}\n")),
        ("a.yaml", format!("db_password: {value} # {word}\n")),
        (
            "a.c",
            format!("char *db_password = \"{value}\"; /* {word} */\n"),
        ),
    ]
}

fn counts(path: &str, text: &str) -> (usize, usize) {
    let report = report(path, text, SECRETS, |_| {});
    (report.findings.len(), report.suppressed.len())
}

#[test]
fn the_comments_of_secret_scanners_silence_a_secret_in_every_language() {
    for word in [
        "gitleaks:allow",
        "betterleaks:allow",
        "kingfisher:ignore",
        "trufflehog:ignore",
        "pragma: allowlist secret",
        "pragma:allowlist-secret",
        "pragma: whitelist secret",
        "nosec",
    ] {
        for (path, text) in with_word(word) {
            assert_eq!(counts(path, &text), (0, 1), "{word} in {path}");
        }
    }
    for (path, text) in with_word("not a marker") {
        assert_eq!(counts(path, &text), (1, 0), "{path}");
    }
}

#[test]
fn the_comment_for_the_next_line_silences_that_line_alone() {
    let word = "pragma: allowlist nextline secret";
    for (leader, (path, text)) in ["#", "//", "--", "#", "//"].iter().zip(with_word("x")) {
        let above = format!("{leader} {word}\n{text}");
        assert_eq!(counts(path, &above), (0, 1), "{path}");
        let far = format!("{leader} {word}\nother\n{text}");
        assert_eq!(counts(path, &far), (1, 0), "{path}");
    }
}

#[test]
fn words_alone_count_where_their_tool_looks_for_words_alone() {
    // A token is one wherever it stands, also in a value that goes on.
    let value = plimsoll::rules::example::expand("${crc32:ghp_:30}").into_owned();
    for (path, text) in [
        (
            "a.json",
            format!("{{\"db_password\": \"{value}\", \"note\": \"WORD\"}}\n"),
        ),
        ("a.properties", format!("db.password={value} WORD\n")),
        ("a.txt", format!("db_password = \"{value}\"   WORD\n")),
        ("a.csv", format!("db_password=\"{value}\",WORD\n")),
        ("a.env", format!("DB_PASSWORD={value} WORD\n")),
    ] {
        for word in [
            "gitleaks:allow",
            "betterleaks:allow",
            "trufflehog:ignore",
            "kingfisher:ignore",
        ] {
            let found = counts(path, &text.replace("WORD", word));
            assert_eq!(found, (0, 1), "{word} in {path}");
        }
        // detect-secrets wants a comment.
        let found = counts(path, &text.replace("WORD", "pragma: allowlist secret"));
        assert_eq!(found.0, 1, "{path}");
    }
}

#[test]
fn a_line_that_allows_a_secret_and_has_none_is_reported() {
    let unused = |path: &str, text: &str| {
        let report = report(path, text, &[], |request| {
            request.profile = Some(Profile::Strict)
        });
        let about = |f: &&plimsoll::model::Finding| f.rule.as_str() == "policy/unused-peer-comment";
        report.findings.iter().filter(about).count()
    };
    for word in [
        "gitleaks:allow",
        "kingfisher:ignore",
        "pragma: allowlist secret",
    ] {
        for (path, text) in with_word(word) {
            assert_eq!(unused(path, &text), 0, "{word} in {path}");
            let empty = text.replace(&password(), "");
            assert_eq!(unused(path, &empty), 1, "{word} in {path}");
        }
    }
}
