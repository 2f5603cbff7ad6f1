//! `--fix` and `--diff`, through the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Output;

use plimsoll::rules::{Example, RuleFile, example};
use support::{Scratch, words};

const SUDO_ADD: &str = "FROM debian:12\nADD app /app\n";

fn run(scratch: &Scratch, arguments: &[&str]) -> Output {
    scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs with one rule alone, so that no other one's fix gets into a case.
fn run_only(scratch: &Scratch, rule: &str, arguments: &[&str]) -> Output {
    let mut all = vec!["check", "--no-config", "--only", rule];
    all.extend(arguments);
    run(scratch, &all)
}

fn add_for_copy(scratch: &Scratch, arguments: &[&str]) -> Output {
    run_only(scratch, "dockerfile/add-for-copy", arguments)
}

fn read(scratch: &Scratch, path: &str) -> String {
    std::fs::read_to_string(scratch.root().join(path)).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Every rule with its bad examples that say what a fix makes of them.
fn promised() -> Vec<(String, Example)> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|n| n != "data") {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "toml") {
                into.push(path);
            }
        }
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = Vec::new();
    walk(&top, &mut files);
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let id = file.strip_prefix(&top).unwrap().with_extension("");
        let id = id.to_string_lossy().replace('\\', "/");
        let rule = RuleFile::parse(&std::fs::read_to_string(file).unwrap(), &id).unwrap();
        let promises = rule.bad.into_iter().filter(|bad| bad.fixed.is_some());
        found.extend(promises.map(|bad| (id.clone(), bad)));
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn every_rule_keeps_its_promise_through_the_command_and_a_second_run_changes_nothing() {
    let mut failures = Vec::new();
    for (id, bad) in promised() {
        let scratch = Scratch::new();
        scratch.write(&bad.path, &*example::expand(&bad.text));
        for other in &bad.files {
            scratch.write(&other.path, &*example::expand(&other.text));
        }
        let promise = example::expand(bad.fixed.as_ref().unwrap()).into_owned();
        for round in ["first", "second"] {
            let output = run_only(&scratch, &id, &["--fix"]);
            let now = read(&scratch, &bad.path);
            if now != promise {
                failures.push(format!(
                    "{id}, {round} run: {now:?}, promised {promise:?}\n{}",
                    words(&output)
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_fix_is_said_on_stderr_and_what_is_left_decides() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", SUDO_ADD);
    let output = add_for_copy(&scratch, &["--fix", "--fail-on", "low", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(said(&output).contains("fixed 1 finding in 1 file, 0 left"));
    assert!(
        shown(&output).contains("\"findings\": []"),
        "{}",
        words(&output)
    );
    assert_eq!(
        read(&scratch, "Dockerfile"),
        "FROM debian:12\nCOPY app /app\n"
    );
}

#[test]
fn a_difference_is_shown_and_nothing_is_written() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", SUDO_ADD);
    for arguments in [
        &["--diff", "--fail-on", "low"][..],
        &["--fix", "--diff", "--fail-on", "low"],
    ] {
        let output = add_for_copy(&scratch, arguments);
        assert_eq!(output.status.code(), Some(1), "{}", words(&output));
        assert_eq!(
            shown(&output),
            "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n FROM debian:12\n-ADD app /app\n+COPY app /app\n"
        );
        assert!(said(&output).contains("--fix would fix 1 finding in 1 file"));
    }
    assert_eq!(read(&scratch, "Dockerfile"), SUDO_ADD);
    let output = add_for_copy(&scratch, &["--diff", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
}

#[test]
fn a_difference_applies_as_a_patch() {
    let scratch = Scratch::repository();
    let lines: String = (0..30).map(|n| format!("# line {n}\n")).collect();
    let text = format!("FROM debian:12\nADD a /a\n{lines}ADD b /b\nADD c /c");
    scratch.write("Dockerfile", &text);
    let output = add_for_copy(&scratch, &["--diff"]);
    let patch = scratch.top().join("patch");
    std::fs::write(&patch, &output.stdout).unwrap();
    scratch.git(&["apply", patch.to_str().unwrap()]);
    assert_eq!(read(&scratch, "Dockerfile"), text.replace("ADD", "COPY"));
}

#[test]
fn unsafe_fixes_wait_for_the_word_all() {
    let id = "dockerfile/apt-recommends";
    let text = "FROM debian:12\nRUN apt-get install -y curl\n";
    let scratch = Scratch::new();
    scratch.write("Dockerfile", text);
    let output = run_only(&scratch, id, &["--fix"]);
    let said = said(&output);
    assert!(said.contains("--fix=all would fix 1 more"), "{said}");
    assert_eq!(read(&scratch, "Dockerfile"), text);
    run_only(&scratch, id, &["--fix=all"]);
    assert!(read(&scratch, "Dockerfile").contains("--no-install-recommends"));
}

#[test]
fn what_is_ignored_or_not_shown_is_not_fixed() {
    let scratch = Scratch::new();
    let ignored = "FROM debian:12\n# hadolint ignore=DL3020\nADD app /app\n";
    scratch.write("Dockerfile", ignored);
    add_for_copy(&scratch, &["--fix"]);
    assert_eq!(read(&scratch, "Dockerfile"), ignored);
    scratch.write("Dockerfile", SUDO_ADD);
    add_for_copy(&scratch, &["--fix", "--severity", "critical"]);
    assert_eq!(read(&scratch, "Dockerfile"), SUDO_ADD);
}

#[test]
fn dead_ignores_are_deleted_and_living_ones_stay() {
    let scratch = Scratch::new();
    let text = "FROM debian:12\n# hadolint ignore=DL3004,DL3020 needs it\nRUN sudo a \\\n    # plimsoll: ignore[DL3020] old\n    && true\n# hadolint ignore=DL3020 old\nUSER app\n";
    scratch.write("Dockerfile", text);
    let rules = "policy,DL3004,DL3020";
    let output = run_only(&scratch, rules, &["--fix", "--profile", "strict"]);
    assert_eq!(
        read(&scratch, "Dockerfile"),
        "FROM debian:12\n# hadolint ignore=DL3004 needs it\nRUN sudo a \\\n    && true\nUSER app\n",
        "{}",
        words(&output)
    );
}

#[test]
fn line_ends_marks_and_modes_are_kept() {
    let scratch = Scratch::new();
    let path = scratch.write("Dockerfile", "\u{feff}FROM debian:12\r\nADD app /app\r\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o750)).unwrap();
    }
    add_for_copy(&scratch, &["--fix"]);
    assert_eq!(
        read(&scratch, "Dockerfile"),
        "\u{feff}FROM debian:12\r\nCOPY app /app\r\n"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o750);
    }
}

#[test]
fn a_file_in_utf16_is_left_alone_and_said() {
    let scratch = Scratch::new();
    let bytes: Vec<u8> = std::iter::once(0xfeff)
        .chain(SUDO_ADD.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let path = scratch.write("Dockerfile", &bytes);
    let output = add_for_copy(&scratch, &["--fix"]);
    assert!(said(&output).contains("Dockerfile stays as it is: it is UTF-16"));
    assert_eq!(std::fs::read(path).unwrap(), bytes);
}

#[test]
fn a_read_only_file_is_left_alone_and_said() {
    let scratch = Scratch::new();
    let path = scratch.write("Dockerfile", SUDO_ADD);
    let mut mode = std::fs::metadata(&path).unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&path, mode).unwrap();
    let output = add_for_copy(&scratch, &["--fix", "--fail-on", "low"]);
    assert!(said(&output).contains("Dockerfile stays as it is: it is read-only"));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(&scratch, "Dockerfile"), SUDO_ADD);
}

#[cfg(unix)]
#[test]
fn a_link_is_neither_followed_nor_replaced() {
    let scratch = Scratch::new();
    let outside = scratch.top().join("Dockerfile");
    std::fs::write(&outside, SUDO_ADD).unwrap();
    std::os::unix::fs::symlink(&outside, scratch.root().join("Dockerfile")).unwrap();
    add_for_copy(&scratch, &["--fix"]);
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), SUDO_ADD);
    assert!(scratch.root().join("Dockerfile").is_symlink());
}

#[test]
fn a_file_outside_the_root_is_left_alone_and_said() {
    let scratch = Scratch::repository();
    scratch.write("in/Dockerfile", SUDO_ADD);
    std::fs::write(scratch.top().join("Dockerfile"), SUDO_ADD).unwrap();
    let output = add_for_copy(&scratch, &["--fix", "in", "../Dockerfile"]);
    assert!(
        said(&output).contains("it lies outside the root"),
        "{}",
        words(&output)
    );
    let outside = std::fs::read_to_string(scratch.top().join("Dockerfile")).unwrap();
    assert_eq!(outside, SUDO_ADD);
    assert!(read(&scratch, "in/Dockerfile").contains("COPY"));
}

#[test]
fn a_secret_beside_a_fix_is_not_in_the_difference() {
    let scratch = Scratch::new();
    let secret = example::expand("${join:gh|p_}${rand:alnum:36}").into_owned();
    scratch.write(
        "Dockerfile",
        format!("FROM debian:12\nENV TOKEN={secret}\nADD app /app\n"),
    );
    let output = run(
        &scratch,
        &["check", "--no-config", "--profile", "all", "--diff"],
    );
    assert!(
        shown(&output).contains("+COPY app /app"),
        "{}",
        words(&output)
    );
    assert!(!words(&output).contains(&secret));
    assert!(said(&output).contains("secrets are blanked"));
    run(
        &scratch,
        &["check", "--no-config", "--profile", "all", "--fix"],
    );
    assert!(read(&scratch, "Dockerfile").contains(&secret));
}

#[test]
fn a_staged_file_is_fixed_in_the_worktree_where_both_are_the_same() {
    let scratch = Scratch::repository();
    scratch.write("a/Dockerfile", SUDO_ADD);
    scratch.write("b/Dockerfile", SUDO_ADD);
    scratch.git(&["add", "-A"]);
    scratch.write("b/Dockerfile", format!("{SUDO_ADD}# more\n"));
    let arguments = [
        "staged",
        "--no-config",
        "--only",
        "dockerfile/add-for-copy",
        "--fail-on",
        "low",
        "--fix",
    ];
    let output = run(&scratch, &arguments);
    // What git would commit is as it was.
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(read(&scratch, "a/Dockerfile").contains("COPY"));
    assert!(read(&scratch, "b/Dockerfile").contains("ADD"));
    let said = said(&output);
    assert!(
        said.contains("fixed 1 finding in 1 file of the worktree"),
        "{said}"
    );
    assert!(said.contains("git add"), "{said}");
    assert!(
        said.contains("b/Dockerfile stays as it is: the worktree's file is not what is staged")
    );
    scratch.git(&["add", "a"]);
    scratch.git(&["reset", "-q", "b"]);
    assert_eq!(run(&scratch, &arguments).status.code(), Some(0));
}

/// Does something to the files while they are being checked.
struct Meddler<F>(F);

impl<F: Fn() + Sync> plimsoll::engine::Progress for Meddler<F> {
    fn checked(&self, _: u64) {
        (self.0)();
    }
}

fn fix_while(scratch: &Scratch, meddle: impl Fn() + Sync) -> plimsoll::fix::Repair {
    use plimsoll::check::{CheckRequest, What, fix};
    use plimsoll::fix::{Level, Mode};
    let request = CheckRequest {
        only: vec!["dockerfile/add-for-copy".into()],
        ..CheckRequest::new(What::Paths(Vec::new()), scratch.root())
    };
    let mode = Mode {
        level: Level::Safe,
        write: true,
    };
    fix(request, mode, &Meddler(meddle)).unwrap().1
}

#[test]
fn a_file_that_changes_meanwhile_keeps_its_change() {
    let scratch = Scratch::new();
    let path = scratch.write("Dockerfile", SUDO_ADD);
    let mine = format!("{SUDO_ADD}# mine\n");
    let repair = fix_while(&scratch, || std::fs::write(&path, &mine).unwrap());
    assert_eq!(read(&scratch, "Dockerfile"), mine);
    assert_eq!(repair.applied.len(), 0);
    assert_eq!(repair.refused.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_folder_that_becomes_a_link_meanwhile_is_not_followed() {
    let scratch = Scratch::new();
    let outside = scratch.top().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("Dockerfile"), SUDO_ADD).unwrap();
    scratch.write("in/Dockerfile", SUDO_ADD);
    let folder = scratch.root().join("in");
    let repair = fix_while(&scratch, || {
        let _ = std::fs::remove_dir_all(&folder);
        let _ = std::os::unix::fs::symlink(&outside, &folder);
    });
    assert_eq!(repair.refused.len(), 1);
    let text = std::fs::read_to_string(outside.join("Dockerfile")).unwrap();
    assert_eq!(text, SUDO_ADD);
}

#[test]
fn standard_input_is_shown_fixed_but_cannot_be_written() {
    use std::io::Write as _;
    let scratch = Scratch::new();
    let pipe = |argument: &str| {
        let mut child = scratch
            .command(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["check", "--no-config", "--only", "dockerfile/add-for-copy"])
            .args(["-", "--stdin-filename", "Dockerfile", argument])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(SUDO_ADD.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    };
    assert!(shown(&pipe("--diff")).contains("+COPY app /app"));
    assert_eq!(pipe("--fix").status.code(), Some(2));
}

const KEEP_OUT: &str = "dockerfile/secret-in-context";

/// A repository whose image takes a key and a password along.
fn leaking() -> Scratch {
    let scratch = Scratch::repository();
    scratch.write("app/Dockerfile", "FROM node:24\nCOPY . .\n");
    scratch.write("app/tls/server.key", "-----BEGIN PRIVATE KEY-----\n");
    scratch.write("app/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    scratch
}

#[test]
fn a_missing_ignore_file_is_made() {
    let scratch = leaking();
    let output = run_only(&scratch, KEEP_OUT, &["--diff", "--fix=all"]);
    assert_eq!(
        shown(&output),
        "--- /dev/null\n+++ b/app/.dockerignore\n@@ -0,0 +1,2 @@\n+id_rsa\n+tls/server.key\n",
        "{}",
        words(&output)
    );
    let ignore = scratch.root().join("app/.dockerignore");
    run_only(&scratch, KEEP_OUT, &["--fix"]);
    assert!(!ignore.exists());
    let output = run_only(&scratch, KEEP_OUT, &["--fix=all", "app/Dockerfile"]);
    assert!(said(&output).contains("fixed 1 finding in 1 file, 0 left"));
    assert_eq!(
        read(&scratch, "app/.dockerignore"),
        "id_rsa\ntls/server.key\n"
    );
    let output = run_only(
        &scratch,
        KEEP_OUT,
        &["--diff", "--fix=all", "--fail-on", "low"],
    );
    assert_eq!((output.status.code(), &*shown(&output)), (Some(0), ""));
}

#[test]
fn the_ignore_file_that_decides_gets_the_lines_at_its_end() {
    for (name, before, after) in [
        (
            ".dockerignore",
            "*\n!*\n",
            "*\n!*\nid_rsa\ntls/server.key\n",
        ),
        (
            ".dockerignore",
            "*\n!**\n# end",
            "*\n!**\n# end\nid_rsa\ntls/server.key",
        ),
        (
            ".dockerignore",
            "a\r\n!b\r\n",
            "a\r\n!b\r\nid_rsa\r\ntls/server.key\r\n",
        ),
        (
            ".dockerignore",
            "tls\n!tls",
            "tls\n!tls\nid_rsa\ntls/server.key",
        ),
        (".dockerignore", "id_*\n", "id_*\ntls/server.key\n"),
        (".containerignore", "x\n", "x\nid_rsa\ntls/server.key\n"),
        ("Dockerfile.dockerignore", "", "id_rsa\ntls/server.key\n"),
    ] {
        for paths in [&["app/Dockerfile"][..], &[]] {
            let scratch = leaking();
            let place = format!("app/{name}");
            scratch.write(&place, before);
            if name.starts_with('D') {
                scratch.write("app/.dockerignore", "id_rsa\ntls\n");
            }
            let run = |arguments: &[&str]| {
                let all: Vec<&str> = arguments.iter().chain(paths).copied().collect();
                run_only(&scratch, KEEP_OUT, &all)
            };
            let output = run(&["--diff", "--fix=all"]);
            assert!(
                shown(&output).contains("+tls/server.key"),
                "{name} {before:?}"
            );
            let output = run(&["--fix=all"]);
            assert_eq!(read(&scratch, &place), after, "{}", words(&output));
            let output = run(&["--fix=all", "--fail-on", "low"]);
            assert_eq!(output.status.code(), Some(0), "{name} {before:?}");
            assert_eq!(read(&scratch, &place), after);
        }
    }
}

#[test]
fn two_dockerfiles_of_one_context_share_the_lines() {
    let scratch = leaking();
    scratch.write("app/.dockerignore", "x");
    scratch.write("app/web.Dockerfile", "FROM node:24\nCOPY tls /tls\n");
    let output = run_only(&scratch, KEEP_OUT, &["--fix=all"]);
    assert!(
        said(&output).contains("fixed 2 findings in 1 file, 0 left"),
        "{}",
        words(&output)
    );
    assert_eq!(
        read(&scratch, "app/.dockerignore"),
        "x\nid_rsa\ntls/server.key"
    );
    let scratch = leaking();
    scratch.write("app/web.Dockerfile", "FROM node:24\nCOPY tls /tls\n");
    run_only(&scratch, KEEP_OUT, &["--fix=all"]);
    assert_eq!(
        read(&scratch, "app/.dockerignore"),
        "id_rsa\ntls/server.key\n"
    );
}

#[test]
fn a_file_that_the_build_names_or_no_pattern_can_name_is_not_excluded() {
    let scratch = Scratch::repository();
    let text = "FROM node:24\nCOPY . .\nRUN --mount=type=bind,source=id_rsa,target=/k true\n";
    scratch.write("Dockerfile", text);
    scratch.write("id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    scratch.write("[a]/server.key", "-----BEGIN PRIVATE KEY-----\n");
    run_only(&scratch, KEEP_OUT, &["--fix=all"]);
    assert!(!scratch.root().join(".dockerignore").exists());
}

#[cfg(unix)]
#[test]
fn an_ignore_file_that_is_a_link_stays_as_it_is() {
    let scratch = leaking();
    scratch.write("ignored", "x\n");
    std::os::unix::fs::symlink("../ignored", scratch.root().join("app/.dockerignore")).unwrap();
    let output = run_only(&scratch, KEEP_OUT, &["--fix=all"]);
    assert!(
        said(&output).contains("app/.dockerignore stays as it is"),
        "{}",
        words(&output)
    );
    assert_eq!(read(&scratch, "ignored"), "x\n");
}

#[test]
fn what_is_staged_decides_and_the_worktree_is_changed() {
    let scratch = leaking();
    scratch.write("app/.dockerignore", "x\n");
    scratch.git(&["add", "."]);
    let arguments = ["staged", "--no-config", "--only", KEEP_OUT, "--fix=all"];
    run(&scratch, &arguments);
    let after = "x\nid_rsa\ntls/server.key\n";
    assert_eq!(read(&scratch, "app/.dockerignore"), after);
    // Against the index it would be needed again, but the worktree is ahead.
    let output = run(&scratch, &arguments);
    assert!(
        said(&output).contains("not what is staged"),
        "{}",
        words(&output)
    );
    assert_eq!(read(&scratch, "app/.dockerignore"), after);
}
