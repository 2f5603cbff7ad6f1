//! Advisories that are too old: what is said of them, and where it decides the exit code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::{Command, Output};

use plimsoll::advisory::{Advisories, Day};

/// Runs plimsoll in a folder with these files, so many days after the newest advisory it carries.
fn run(files: &[(&str, &str)], days: u32, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let work = folder.path().join("work");
    std::fs::create_dir(&work).expect("a folder");
    for (name, text) in files {
        std::fs::write(work.join(name), text).expect("written");
    }
    let newest = Day::parse(&Advisories::starter().info().date).expect("a day");
    let today = u64::from(newest.days() + days) * 86_400;
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(&work)
        .env_clear()
        .env("HOME", folder.path())
        .env("SOURCE_DATE_EPOCH", today.to_string())
        .output()
        .expect("plimsoll runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

const LOCK: (&str, &str) = (
    "requirements.txt",
    "no-such-package-at-all==1.0 --hash=sha256:aa\n",
);
const STRICT: (&str, &str) = (
    "plimsoll.toml",
    "[advisories]\nmax-age = \"2w\"\non-stale = \"fail\"\n",
);

#[test]
fn old_advisories_are_remarked_on_once_where_packages_were_looked_up() {
    let (code, stdout, _) = run(&[LOCK], 31, &["check", "--only", "dependency"]);
    assert_eq!(code, 0, "{stdout}");
    let remark = "31 days old, where 30 are allowed; plimsoll db update fetches newer ones";
    assert_eq!(stdout.matches(remark).count(), 1, "{stdout}");
    let (_, stdout, _) = run(&[LOCK], 30, &["check"]);
    assert!(!stdout.contains("days old"), "{stdout}");
    let (_, stdout, _) = run(&[("a.txt", "nothing")], 400, &["check"]);
    assert!(!stdout.contains("days old"), "{stdout}");
}

#[test]
fn every_format_says_it_where_it_says_such_things() {
    let formatted = |name| run(&[LOCK], 100, &["check", "-f", name]);
    let (_, stdout, _) = formatted("json");
    let report: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let stale = &report["tool"]["advisories"]["stale"];
    assert_eq!(
        (&stale["days"], &stale["max_age"]),
        (&100.into(), &30.into())
    );
    let (_, stdout, _) = formatted("sarif");
    assert!(stdout.contains("advisories: 100 days old"), "{stdout}");
    let (_, stdout, stderr) = formatted("concise");
    assert!(!stdout.contains("days old"), "{stdout}");
    assert!(stderr.contains("advisories: 100 days old"), "{stderr}");
}

#[test]
fn a_team_says_how_old_they_may_be_and_what_that_costs() {
    let check = ["check", "--only", "dependency"];
    let (code, stdout, _) = run(&[LOCK, STRICT], 15, &check);
    assert_eq!(code, 3, "{stdout}");
    assert!(
        stdout.contains("15 days old, where 14 are allowed"),
        "{stdout}"
    );
    assert_eq!(run(&[LOCK, STRICT], 14, &check).0, 0);
    assert_eq!(run(&[STRICT], 15, &check).0, 0);
    // A warning is a warning under --strict-scan too.
    assert_eq!(
        run(
            &[LOCK],
            100,
            &["check", "--only", "dependency", "--strict-scan"]
        )
        .0,
        0
    );
    // What was found counts first.
    let bad = ("requirements.txt", "django==2.2\n");
    let (code, stdout, _) = run(&[bad, STRICT], 15, &check);
    assert_eq!(code, 1, "{stdout}");
}
