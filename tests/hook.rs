//! The git hook, with the real git: real commits, other people's hooks, managers' hooks.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use support::{Scratch, words};

const PLIMSOLL: &str = env!("CARGO_BIN_EXE_plimsoll");

/// A file with a finding, and a configuration under which it blocks.
const BAD: &str = "# plimsoll: ignore[no-such/rule] nothing has this name\n";

fn repository() -> Scratch {
    let scratch = Scratch::repository();
    scratch.write("plimsoll.toml", "fail-on = \"low\"\n");
    scratch.commit_all("configuration");
    scratch
}

fn plimsoll(scratch: &Scratch, arguments: &[&str]) -> Output {
    scratch.command(PLIMSOLL).args(arguments).output().unwrap()
}

fn install(scratch: &Scratch) -> Output {
    let output = plimsoll(scratch, &["hook", "install"]);
    assert!(output.status.success(), "{}", words(&output));
    output
}

fn commit(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = scratch.command("git");
    command
        .args(["commit", "-q", "-m", "change"])
        .args(arguments);
    command.output().unwrap()
}

fn passes(output: &Output) {
    assert!(output.status.success(), "{}", words(output));
}

fn is_blocked(output: &Output) {
    assert!(!output.status.success(), "{}", words(output));
    assert!(words(output).contains("no-such/rule"), "{}", words(output));
}

fn hook_file(scratch: &Scratch) -> PathBuf {
    scratch.root().join(".git/hooks/pre-commit")
}

fn script(path: &Path, text: &str, mode: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_commit_with_a_finding_is_blocked_and_one_without_is_not() {
    let scratch = repository();
    install(&scratch);
    scratch.write("a", BAD);
    scratch.git(&["add", "."]);
    is_blocked(&commit(&scratch, &[]));
    scratch.write("a", "fine\n");
    scratch.git(&["add", "."]);
    passes(&commit(&scratch, &[]));
}

#[test]
fn what_is_staged_counts_whatever_the_worktree_says() {
    let scratch = repository();
    install(&scratch);
    scratch.write("a", BAD);
    scratch.git(&["add", "."]);
    scratch.write("a", "fine\n");
    is_blocked(&commit(&scratch, &[]));
    scratch.git(&["add", "."]);
    scratch.write("a", BAD);
    passes(&commit(&scratch, &[]));
}

#[test]
fn committing_all_or_one_path_checks_just_that() {
    let scratch = repository();
    scratch.write("a", "fine\n");
    scratch.write("b", "fine\n");
    scratch.commit_all("both");
    install(&scratch);
    scratch.write("a", BAD);
    is_blocked(&commit(&scratch, &["-a"]));
    scratch.write("b", "finer\n");
    scratch.git(&["add", "a"]);
    passes(&commit(&scratch, &["b"]));
    is_blocked(&commit(&scratch, &["a"]));
}

#[test]
fn the_first_commit_and_amended_ones_are_checked() {
    let scratch = Scratch::repository();
    install(&scratch);
    scratch.write("plimsoll.toml", "fail-on = \"low\"\n");
    scratch.write("a", BAD);
    scratch.git(&["add", "."]);
    is_blocked(&commit(&scratch, &[]));
    scratch.write("a", "fine\n");
    scratch.git(&["add", "."]);
    passes(&commit(&scratch, &[]));
    scratch.write("a", BAD);
    is_blocked(&commit(&scratch, &["-a", "--amend"]));
}

#[test]
fn commits_from_a_subfolder_and_a_linked_worktree_are_checked() {
    let scratch = repository();
    install(&scratch);
    scratch.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = scratch.root().parent().unwrap().join("linked");
    for top in [scratch.root(), linked] {
        let folder = top.join("sub/folder");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a"), BAD).unwrap();
        let run = |arguments: &[&str]| {
            let mut command = scratch.command("git");
            command
                .current_dir(&folder)
                .args(arguments)
                .output()
                .unwrap()
        };
        passes(&run(&["add", "."]));
        is_blocked(&run(&["commit", "-q", "-m", "x"]));
    }
}

#[test]
fn a_hook_that_was_there_runs_first_with_the_same_arguments_and_its_failure_wins() {
    let scratch = repository();
    script(
        &hook_file(&scratch),
        "#!/bin/sh\necho \"first $# $PWD\" >> ../log\n[ ! -e stop ]\n",
        0o755,
    );
    let output = install(&scratch);
    assert!(words(&output).contains("runs first"), "{}", words(&output));
    scratch.write("a", "fine\n");
    scratch.git(&["add", "."]);
    passes(&commit(&scratch, &[]));
    let log = std::fs::read_to_string(scratch.root().join("../log")).unwrap();
    assert_eq!(log, format!("first 0 {}\n", scratch.root().display()));
    scratch.write("stop", BAD);
    scratch.git(&["add", "."]);
    let output = commit(&scratch, &[]);
    assert!(!output.status.success());
    assert!(
        !words(&output).contains("no-such/rule"),
        "{}",
        words(&output)
    );
}

#[test]
fn taking_the_hook_out_restores_the_old_one_to_the_byte() {
    for old_mode in [0o755, 0o644, 0o700] {
        let scratch = repository();
        let old = "#!/bin/sh\r\n# odd \u{1b} bytes, no final newline";
        script(&hook_file(&scratch), old, old_mode);
        install(&scratch);
        assert_ne!(std::fs::read(hook_file(&scratch)).unwrap(), old.as_bytes());
        install(&scratch);
        passes(&plimsoll(&scratch, &["hook", "uninstall"]));
        assert_eq!(std::fs::read(hook_file(&scratch)).unwrap(), old.as_bytes());
        assert_eq!(mode(&hook_file(&scratch)), old_mode);
        let left: Vec<_> = std::fs::read_dir(scratch.root().join(".git/hooks"))
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .filter(|n| n.to_string_lossy().contains("plimsoll"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_hook_that_is_a_link_stays_one() {
    let scratch = repository();
    script(
        &scratch.root().join("scripts/hook"),
        "#!/bin/sh\n[ ! -e stop ]\n",
        0o755,
    );
    std::os::unix::fs::symlink("../../scripts/hook", hook_file(&scratch)).unwrap();
    install(&scratch);
    assert!(
        std::fs::read_to_string(scratch.root().join("scripts/hook"))
            .unwrap()
            .contains("stop")
    );
    scratch.write("stop", "");
    scratch.git(&["add", "stop"]);
    assert!(!commit(&scratch, &[]).status.success());
    passes(&plimsoll(&scratch, &["hook", "uninstall"]));
    let target = std::fs::read_link(hook_file(&scratch)).unwrap();
    assert_eq!(target, Path::new("../../scripts/hook"));
}

#[test]
fn nobody_elses_hook_is_taken_out_and_no_edit_is_lost() {
    let scratch = repository();
    script(&hook_file(&scratch), "#!/bin/sh\n", 0o755);
    assert_eq!(
        plimsoll(&scratch, &["hook", "uninstall"]).status.code(),
        Some(2)
    );
    assert!(hook_file(&scratch).exists());
    install(&scratch);
    let edited = std::fs::read_to_string(hook_file(&scratch)).unwrap() + "make lint\n";
    std::fs::write(hook_file(&scratch), &edited).unwrap();
    for verb in ["install", "uninstall"] {
        let output = plimsoll(&scratch, &["hook", verb]);
        assert_eq!(output.status.code(), Some(2), "{}", words(&output));
        assert_eq!(
            std::fs::read_to_string(hook_file(&scratch)).unwrap(),
            edited
        );
    }
}

#[test]
fn a_hook_written_over_ours_is_not_chained_into_a_circle() {
    let scratch = repository();
    script(&hook_file(&scratch), "#!/bin/sh\n: one\n", 0o755);
    install(&scratch);
    script(&hook_file(&scratch), "#!/bin/sh\n: two\n", 0o755);
    let output = plimsoll(&scratch, &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("both exist"), "{}", words(&output));
}

#[test]
fn hooks_of_this_repository_alone_are_used_wherever_they_are() {
    let scratch = repository();
    scratch.git(&["config", "core.hooksPath", "my hooks"]);
    install(&scratch);
    assert!(scratch.root().join("my hooks/pre-commit").exists());
    assert!(!hook_file(&scratch).exists());
    scratch.write("a", BAD);
    scratch.git(&["add", "a"]);
    is_blocked(&commit(&scratch, &[]));
    passes(&plimsoll(&scratch, &["hook", "uninstall"]));
    assert!(!scratch.root().join("my hooks/pre-commit").exists());
}

#[test]
fn hooks_that_other_repositories_share_are_left_alone() {
    let scratch = repository();
    let shared = scratch.home().join("company hooks");
    script(&shared.join("pre-commit"), "#!/bin/sh\n", 0o755);
    scratch.git(&["config", "--global", "core.hooksPath", "~/company hooks"]);
    let output = plimsoll(&scratch, &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    let said = words(&output);
    assert!(said.contains("--local core.hooksPath"), "{said}");
    assert!(said.contains("global"), "{said}");
    assert_eq!(
        std::fs::read_to_string(shared.join("pre-commit")).unwrap(),
        "#!/bin/sh\n"
    );
    let output = plimsoll(&scratch, &["hook", "status"]);
    assert!(
        words(&output).contains("company hooks"),
        "{}",
        words(&output)
    );
}

#[test]
fn a_managers_hook_is_left_alone_and_its_own_words_are_given() {
    let scratch = repository();
    let text = "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n";
    script(&hook_file(&scratch), text, 0o755);
    let output = plimsoll(&scratch, &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        words(&output).contains(".pre-commit-config.yaml"),
        "{}",
        words(&output)
    );
    assert_eq!(std::fs::read_to_string(hook_file(&scratch)).unwrap(), text);
    let output = plimsoll(&scratch, &["hook", "status"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        words(&output).contains("written by pre-commit"),
        "{}",
        words(&output)
    );
    passes(&plimsoll(&scratch, &["hook", "install", "--chain"]));
}

#[test]
fn husky_is_known_by_its_folder() {
    let scratch = repository();
    scratch.git(&["config", "core.hooksPath", ".husky/_"]);
    let output = plimsoll(&scratch, &["hook", "install"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        words(&output).contains(".husky/pre-commit"),
        "{}",
        words(&output)
    );
}

#[test]
fn the_state_of_the_hook_can_be_asked_for() {
    let scratch = repository();
    let status = |expected: i32| {
        let output = plimsoll(&scratch, &["hook", "status"]);
        assert_eq!(output.status.code(), Some(expected), "{}", words(&output));
        words(&output)
    };
    assert!(status(1).contains("pre-commit: none"));
    install(&scratch);
    assert!(status(0).contains("plimsoll's"));
    std::fs::set_permissions(hook_file(&scratch), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(status(1).contains("not executable"));
}

#[test]
fn a_commit_can_be_left_out_aloud() {
    let scratch = repository();
    install(&scratch);
    for (name, value) in [("PLIMSOLL_SKIP", "1"), ("SKIP", "other,plimsoll")] {
        scratch.write("a", format!("{BAD}{name}"));
        scratch.git(&["add", "."]);
        let mut command = scratch.command("git");
        command.env(name, value).args(["commit", "-q", "-m", "x"]);
        let output = command.output().unwrap();
        passes(&output);
        assert!(words(&output).contains("not checked"), "{}", words(&output));
    }
}

#[test]
fn without_the_program_the_commit_fails_with_one_line() {
    let scratch = repository();
    let copied = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/hooks/pre-commit"));
    script(&hook_file(&scratch), &copied.unwrap(), 0o755);
    scratch.write("a", "fine\n");
    scratch.git(&["add", "."]);
    let run = |variable: &str| {
        let mut command = scratch.command("git");
        command
            .env("PATH", "/usr/bin:/bin")
            .env("PLIMSOLL_HOOK_MISSING", variable);
        command.args(["commit", "-q", "-m", "x"]).output().unwrap()
    };
    let output = run("");
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("plimsoll: not installed"), "{stderr}");
    let output = run("warn");
    passes(&output);
    assert!(words(&output).contains("nothing was checked"));
}

#[test]
fn the_copied_script_finds_the_program_by_its_name() {
    let scratch = repository();
    let copied = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/hooks/pre-commit"));
    script(&hook_file(&scratch), &copied.unwrap(), 0o755);
    scratch.write("a", BAD);
    scratch.git(&["add", "."]);
    let folder = Path::new(PLIMSOLL).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let output = scratch
        .command("git")
        .env("PATH", path)
        .args(["commit", "-q", "-m", "x"])
        .output()
        .unwrap();
    is_blocked(&output);
}

/// The real pre-commit, with the manifest at the top of this repository. Left out where there is
/// none: `PLIMSOLL_TEST_PRE_COMMIT` names it, or it is on `PATH`.
#[test]
fn the_real_pre_commit_runs_the_hook_of_the_manifest() {
    let scratch = repository();
    let named = std::env::var_os("PLIMSOLL_TEST_PRE_COMMIT").unwrap_or("pre-commit".into());
    let Ok(version) = scratch.command(&named).arg("--version").output() else {
        eprintln!("left out: pre-commit is not installed");
        return;
    };
    passes(&version);
    // The manifest as a repository of its own: cloning all of ours would test nothing more.
    let hooks = scratch.top().join("hooks");
    std::fs::create_dir(&hooks).unwrap();
    std::fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml"),
        hooks.join(".pre-commit-hooks.yaml"),
    )
    .unwrap();
    let at = hooks.to_str().unwrap();
    scratch.git(&["-C", at, "init", "-q"]);
    scratch.git(&["-C", at, "add", "."]);
    scratch.git(&["-C", at, "commit", "-q", "-m", "hooks"]);
    let revision = scratch.git(&["-C", at, "rev-parse", "HEAD"]);
    let config = format!(
        "repos:\n- repo: {at:?}\n  rev: {}\n  hooks:\n  - id: plimsoll-system\n",
        revision.trim()
    );
    scratch.write(".pre-commit-config.yaml", config);
    scratch.commit_all("pre-commit");
    let folder = Path::new(PLIMSOLL).parent().unwrap();
    let mut paths = vec![folder.to_owned()];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let path = std::env::join_paths(paths).unwrap();
    let run = |program: &std::ffi::OsStr, arguments: &[&str]| {
        let mut command = scratch.command(program);
        command.env("PATH", &path).args(arguments).output().unwrap()
    };
    let git = std::ffi::OsStr::new("git");
    passes(&run(&named, &["install"]));

    scratch.write("a", BAD);
    scratch.git(&["add", "a"]);
    is_blocked(&run(git, &["commit", "-q", "-m", "x"]));
    // Staged and clean, dirty in the worktree: what is staged counts.
    scratch.write("a", "fine\n");
    scratch.git(&["add", "a"]);
    scratch.write("a", BAD);
    passes(&run(git, &["commit", "-q", "-m", "x"]));

    // Nothing staged: all files are looked at, and not nothing.
    is_blocked(&run(&named, &["run", "--all-files"]));
    scratch.git(&["checkout", "-q", "a"]);
    passes(&run(&named, &["run", "--all-files"]));
    scratch.write("a", BAD);
    scratch.git(&["commit", "-q", "--no-verify", "-a", "-m", "dirty"]);
    is_blocked(&run(
        &named,
        &["run", "--from-ref", "HEAD~1", "--to-ref", "HEAD"],
    ));
    passes(&run(
        &named,
        &["run", "--from-ref", "HEAD~2", "--to-ref", "HEAD~1"],
    ));
}
