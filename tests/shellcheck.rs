//! `--shellcheck`, with a program made on the spot, and with a real one where there is one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use support::{Scratch, words};

/// Puts a program of that name into a folder.
fn program(folder: &Path, script: &str) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let file = folder.join("shellcheck");
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder.to_owned()
}

/// A program that leaves what it was given in `saw` and gives one answer.
fn fake(scratch: &Scratch, answer: &str) -> PathBuf {
    let saw = scratch.top().join("saw");
    let script = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\n{{ echo \"$@\"; env; cat *.sh; }} > '{}'\ncat <<'EOF'\n{answer}\nEOF\n",
        saw.display()
    );
    program(&scratch.top().join("tools"), &script)
}

fn run(scratch: &Scratch, path: &Path, arguments: &[&str]) -> Output {
    scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .env("PATH", path)
        .env("SECRET_OF_MINE", "1")
        .args(["check", "--no-config", "--format", "concise"])
        .args(["--only", "dockerfile/shellcheck,source/shell/shellcheck"])
        .args(arguments)
        .output()
        .unwrap()
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn remark(line: usize, column: usize, end: usize) -> String {
    format!(
        r#"{{"comments":[{{"file":"0.sh","line":{line},"endLine":{line},"column":{column},"endColumn":{end},"level":"info","code":2086,"message":"Double quote to prevent globbing and word splitting.","fix":null}}]}}"#
    )
}

const TEXT: &str = "FROM debian:12\nENV A=1\nRUN true \\\n  # note\n  && é $x\n";

/// The lines in front of the first text: the shell, ENV, and what is set for every build.
const HEAD: usize = 12;

#[test]
fn a_remark_stands_at_its_place_in_the_dockerfile() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", TEXT);
    let joined = "true   && é $x";
    let column = joined.chars().position(|c| c == '$').unwrap() + 1;
    let path = fake(&scratch, &remark(HEAD + 1, column, column + 2));
    let output = run(&scratch, &path, &["--shellcheck"]);
    assert_eq!(
        shown(&output),
        "Dockerfile:5:8: low[dockerfile/shellcheck] SC2086: Double quote to prevent globbing and word splitting\n",
        "{}",
        words(&output)
    );
    let saw = std::fs::read_to_string(scratch.top().join("saw")).unwrap();
    assert!(saw.contains("--norc") && !saw.contains(" -x"), "{saw}");
    assert!(saw.contains("#!/bin/sh\nexport A=1\n"), "{saw}");
    assert!(!saw.contains("SECRET_OF_MINE"), "{saw}");
}

#[test]
fn a_remark_about_what_stands_in_front_is_nobodys() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", TEXT);
    for line in [1, HEAD, HEAD + 2, 1000] {
        let path = fake(&scratch, &remark(line, 1, 3));
        let output = run(&scratch, &path, &["--shellcheck"]);
        assert_eq!(shown(&output), "", "{}", words(&output));
    }
}

#[test]
fn nothing_is_started_without_the_flag() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", TEXT);
    let path = fake(&scratch, &remark(HEAD + 1, 1, 3));
    let output = run(&scratch, &path, &[]);
    assert_eq!(shown(&output), "", "{}", words(&output));
    assert!(!scratch.top().join("saw").exists());
}

#[test]
fn a_missing_program_is_said_and_one_of_the_repository_is_never_started() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", TEXT);
    let trap = scratch.root().join("started");
    let script = format!("#!/bin/sh\necho x > '{}'\n", trap.display());
    let inside = program(&scratch.root().join("bin"), &script);
    let link = scratch.top().join("link");
    std::fs::create_dir(&link).unwrap();
    std::os::unix::fs::symlink(inside.join("shellcheck"), link.join("shellcheck")).unwrap();
    for path in [Path::new("/nowhere"), &inside, &link, Path::new("bin")] {
        let output = run(&scratch, path, &["--shellcheck"]);
        assert_eq!(output.status.code(), Some(0), "{}", words(&output));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("its checks were not made"), "{said}");
        let strict = run(&scratch, path, &["--shellcheck", "--strict-scan"]);
        assert_eq!(strict.status.code(), Some(3));
    }
    assert!(!trap.exists());
}

#[test]
fn an_answer_that_makes_no_sense_is_said_and_not_believed() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", TEXT);
    for answer in ["", "[]", "{\"comments\":[{}]}", "\u{1b}[31m"] {
        let path = fake(&scratch, answer);
        let output = run(&scratch, &path, &["--shellcheck"]);
        assert_eq!(shown(&output), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("its answer cannot be read"), "{said}");
    }
}

#[test]
fn ignores_of_other_tools_count_by_number() {
    let scratch = Scratch::new();
    scratch.write(
        "Dockerfile",
        "FROM debian:12\n# hadolint ignore=SC2086 wanted\nRUN echo $x\n",
    );
    let path = fake(&scratch, &remark(HEAD, 6, 8));
    let output = run(&scratch, &path, &["--shellcheck"]);
    assert_eq!(shown(&output), "", "{}", words(&output));
    let output = run(&scratch, &path, &["--shellcheck", "--no-ignores"]);
    assert!(
        shown(&output).contains("Dockerfile:3:10"),
        "{}",
        words(&output)
    );
}

#[test]
fn a_real_program_says_what_the_rules_promise() {
    let real = std::env::var_os("PATH")
        .and_then(|paths| std::env::split_paths(&paths).find(|f| f.join("shellcheck").is_file()));
    let Some(folder) = real else {
        eprintln!("no shellcheck on the PATH: the examples of its rules are not tried");
        return;
    };
    let scratch = Scratch::new();
    let text = "name=$(hostname)\necho $name\n";
    scratch.write(
        "Dockerfile",
        format!("FROM debian:12\nRUN <<EOF\n{text}EOF\n"),
    );
    scratch.write("run.sh", format!("#!/bin/sh\n{text}"));
    let output = run(&scratch, &folder, &["--shellcheck"]);
    let shown = shown(&output);
    assert!(
        shown.contains("Dockerfile:4:6: low[dockerfile/shellcheck] SC2086"),
        "{shown}"
    );
    assert!(
        shown.contains("run.sh:3:6: low[source/shell/shellcheck] SC2086"),
        "{shown}"
    );
}
