//! Command-line cases: each folder under `tests/cli/` is one. `case.toml` says what to run and how
//! it ends; `in/` is the tree it runs in; `stdout` and `stderr`, where they exist, are exact.
//! `PLIMSOLL_BLESS=1 cargo test --test cli` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What the case shows, for whoever reads a failure.
    shows: String,
    args: Vec<String>,
    code: i32,
    #[serde(default)]
    stdin: String,
    #[serde(default)]
    env: std::collections::BTreeMap<String, String>,
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("tests/cli")
        .map(|e| e.expect("entry").path())
        .filter(|p| p.join("case.toml").is_file())
        .collect();
    cases.sort();
    cases
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("folder");
    for entry in std::fs::read_dir(from).expect("in/") {
        let path = entry.expect("entry").path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("copy");
        }
    }
}

fn run(case: &Case, folder: &Path) -> (i32, String, String) {
    let home = tempfile::tempdir().expect("home");
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(&case.args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", home.path())
        .env("COLUMNS", "100")
        .env("SOURCE_DATE_EPOCH", "1793404800")
        .envs(&case.env)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("plimsoll starts");
    // A run that fails early may not read what we write.
    let _ = child.stdin.take().unwrap().write_all(case.stdin.as_bytes());
    let output = child.wait_with_output().expect("plimsoll ends");
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
        String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
    )
}

/// The starter set grows, which no case is about.
fn without_counts(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once("advisories: starter set of ") {
            Some((before, _)) => {
                out.push_str(before);
                out.push_str("advisories: starter set of DATE, N records\n");
            }
            None => out.push_str(line),
        }
    }
    out
}

#[test]
fn every_case_ends_as_it_says() {
    let bless = std::env::var_os("PLIMSOLL_BLESS").is_some();
    let mut failures = Vec::new();
    let cases = cases();
    assert!(!cases.is_empty());
    for path in cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path.join("case.toml")).expect("case.toml");
        let case: Case = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let work = tempfile::tempdir().expect("work folder");
        if path.join("in").is_dir() {
            copy(&path.join("in"), work.path());
        }
        let (code, stdout, stderr) = run(&case, work.path());
        if code != case.code {
            failures.push(format!(
                "{name} ({}): exit {code}, not {}\n{stdout}{stderr}",
                case.shows, case.code
            ));
        }
        for (stream, text) in [("stdout", &stdout), ("stderr", &stderr)] {
            let text = &without_counts(text);
            let golden = path.join(stream);
            if bless && golden.exists() {
                std::fs::write(&golden, text).expect("bless");
            } else if let Ok(wanted) = std::fs::read_to_string(&golden)
                && wanted != *text
            {
                failures.push(format!(
                    "{name} ({}): {stream} differs\n--- wanted\n{wanted}\n--- got\n{text}",
                    case.shows
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn the_same_tree_gives_the_same_bytes_whatever_the_threads() {
    let harbour = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/harbour");
    for format in plimsoll::report::Format::ALL.iter().map(|f| f.name()) {
        let outputs: Vec<String> = ["1", "2", "8"]
            .iter()
            .map(|threads| {
                let case = Case {
                    shows: String::new(),
                    args: ["check", "--no-config", "-f", format, "-j", threads, "."]
                        .map(String::from)
                        .to_vec(),
                    code: 1,
                    stdin: String::new(),
                    env: Default::default(),
                };
                run(&case, &harbour).1
            })
            .collect();
        assert_eq!(outputs[0], outputs[1], "{format}");
        assert_eq!(outputs[0], outputs[2], "{format}");
    }
}
