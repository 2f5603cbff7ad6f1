//! What a scan of a worktree, or of named files and folders, looks at.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll::input::{Excludes, Missing, Root, named, tracked, worktree};
use plimsoll::model::RepoPath;
use support::{Scratch, gather};

fn walk(scratch: &Scratch, folders: &[&str], excludes: &[&str]) -> Vec<String> {
    let root = Arc::new(Root::open(&scratch.root()).unwrap());
    let globs: Vec<String> = excludes.iter().map(|g| (*g).to_owned()).collect();
    let excludes = Excludes::new(root.path(), &globs).unwrap();
    let folders: Vec<RepoPath> = folders.iter().map(|f| RepoPath::from(*f)).collect();
    gather(|emit| worktree(&root, &folders, &excludes, emit))
}

fn name(scratch: &Scratch, base: &str, paths: &[&str]) -> Vec<String> {
    let root = Arc::new(Root::open(&scratch.root()).unwrap());
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let base = scratch.root().join(base);
    let none = Excludes::none();
    gather(|emit| named(&root, &base, &paths, Missing::IsSkipped, &none, false, emit).unwrap())
}

#[test]
fn hidden_files_are_looked_at_and_git_is_not() {
    let scratch = Scratch::repository();
    scratch.write(".env", "a");
    scratch.write(".github/workflows/ci.yml", "b");
    assert_eq!(
        walk(&scratch, &[""], &[]),
        [".env: a", ".github/workflows/ci.yml: b"]
    );
}

#[test]
fn ignored_files_are_left_out_and_listed_where_no_git_says_that_they_are_not_tracked() {
    let left = |scratch: &Scratch| {
        scratch.write(".gitignore", "out/\n*.log\n");
        scratch.write("out/a", "");
        scratch.write("b.log", "");
        scratch.write("c", "c");
        walk(scratch, &[""], &[])
    };
    assert_eq!(
        left(&Scratch::repository()),
        [".gitignore: out/ *.log", "c: c"]
    );
    assert_eq!(
        left(&Scratch::new()),
        [
            ".gitignore: out/ *.log",
            "b.log! ignored",
            "c: c",
            "out! ignored"
        ]
    );
}

#[test]
fn patterns_outside_the_root_and_ignore_files_of_other_tools_play_no_part() {
    let scratch = Scratch::new();
    std::fs::write(scratch.top().join(".gitignore"), "*").unwrap();
    scratch.write(".ignore", "*");
    scratch.write("a", "a");
    assert_eq!(walk(&scratch, &[""], &[]), [".ignore: *", "a: a"]);
}

#[test]
fn what_git_tracks_is_looked_at_even_where_a_pattern_matches_it() {
    let scratch = Scratch::repository();
    scratch.write(".gitignore", ".env\nbuild/\n");
    scratch.write(".env", "secret");
    scratch.write("build/kept", "kept");
    scratch.write("build/gone", "gone");
    scratch.write("build/vendored/x", "x");
    scratch.git(&["add", "-f", "."]);
    scratch.write("build/new", "new");
    std::fs::remove_file(scratch.root().join("build/gone")).unwrap();
    assert_eq!(
        walk(&scratch, &[""], &["vendored"]),
        [
            ".env: secret",
            ".gitignore: .env build/",
            "build/kept: kept"
        ]
    );
}

#[test]
fn a_named_folder_is_entered_even_where_a_pattern_matches_it() {
    let scratch = Scratch::new();
    scratch.write(".gitignore", "node_modules\n*.log\n");
    scratch.write("node_modules/a/index.js", "a");
    scratch.write("node_modules/a/x.log", "");
    scratch.write("b", "b");
    assert_eq!(
        walk(&scratch, &["node_modules/a", "node_modules"], &[]),
        [
            "node_modules/a/index.js: a",
            "node_modules/a/x.log! ignored"
        ]
    );
}

#[test]
fn a_named_folder_obeys_the_patterns_above_it() {
    let scratch = Scratch::new();
    scratch.write("a/.gitignore", "b/c/out\n");
    scratch.write("a/b/c/out", "");
    scratch.write("a/b/c/in", "in");
    assert_eq!(
        walk(&scratch, &["a/b/c"], &[]),
        ["a/b/c/in: in", "a/b/c/out! ignored"]
    );
}

#[test]
fn excludes_of_the_configuration_are_reported() {
    let scratch = Scratch::new();
    scratch.write("vendor/a/b", "");
    scratch.write("x.min.js", "");
    scratch.write("x.js", "x");
    assert_eq!(
        walk(&scratch, &[""], &["/vendor/", "*.min.js"]),
        ["vendor! excluded", "x.js: x", "x.min.js! excluded"]
    );
}

#[test]
fn repositories_inside_the_repository_are_reported_and_not_entered() {
    let scratch = Scratch::repository();
    scratch.write("sub/.git", "gitdir: ../elsewhere");
    scratch.write("sub/a", "");
    scratch.write("other/.git/HEAD", "");
    scratch.write("other/b", "");
    assert_eq!(
        walk(&scratch, &[""], &[]),
        ["other! submodule", "sub! submodule"]
    );
}

#[cfg(unix)]
#[test]
fn links_fifos_and_sockets_are_reported_and_never_opened() {
    let scratch = Scratch::new();
    let root = scratch.root();
    std::fs::write(scratch.top().join("secret"), "outside").unwrap();
    std::os::unix::fs::symlink("../secret", root.join("out")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", root.join("zero")).unwrap();
    std::os::unix::fs::symlink(".", root.join("loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", root.join("dangling")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    assert!(
        scratch
            .command("mkfifo")
            .arg("fifo")
            .status()
            .unwrap()
            .success()
    );
    scratch.write("Dockerfile/a", "a");
    let expected = [
        "Dockerfile/a: a",
        "dangling! symlink",
        "fifo! not-a-regular-file",
        "loop! symlink",
        "out! symlink",
        "socket! not-a-regular-file",
        "zero! symlink",
    ];
    assert_eq!(walk(&scratch, &[""], &[]), expected);
    let names = [
        "dangling",
        "fifo",
        "loop",
        "out",
        "socket",
        "zero",
        "Dockerfile",
    ];
    assert_eq!(name(&scratch, "", &names), expected);
}

#[cfg(unix)]
#[test]
fn a_hostile_gitignore_does_not_stop_the_walk() {
    let scratch = Scratch::new();
    scratch.write("a/x", "x");
    scratch.write("b/y", "y");
    std::os::unix::fs::symlink("/dev/zero", scratch.root().join("a/.gitignore")).unwrap();
    assert!(
        scratch
            .command("mkfifo")
            .arg("b/.gitignore")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(
        walk(&scratch, &[""], &[]),
        [
            "a/.gitignore! symlink",
            "a/x: x",
            "b/.gitignore! not-a-regular-file",
            "b/y: y"
        ]
    );
}

#[cfg(unix)]
#[test]
fn names_are_bytes() {
    use std::os::unix::ffi::OsStrExt as _;
    let scratch = Scratch::new();
    let odd = [
        &b"a\xffb"[..],
        b"new\nline",
        b"esc\x1b[31m",
        b"-rf",
        b" lead",
    ];
    for name in odd {
        std::fs::write(scratch.root().join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
    }
    assert_eq!(
        walk(&scratch, &[""], &[]),
        [
            " lead: x",
            "-rf: x",
            "a\u{fffd}b: x",
            "esc\\x1b[31m: x",
            "new\\nline: x"
        ]
    );
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_reported_and_the_rest_goes_on() {
    use std::os::unix::fs::PermissionsExt as _;
    if rustix_is_root() {
        return; // nothing is unreadable to root
    }
    let scratch = Scratch::new();
    scratch.write("a/b", "");
    scratch.write("c", "");
    scratch.write("d", "d");
    for path in ["a", "c"] {
        let mode = std::fs::Permissions::from_mode(0o000);
        std::fs::set_permissions(scratch.root().join(path), mode).unwrap();
    }
    let found = walk(&scratch, &[""], &[]);
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(scratch.root().join("a"), mode).unwrap();
    assert_eq!(found, ["a! unreadable", "c! unreadable", "d: d"]);
}

#[cfg(unix)]
fn rustix_is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let probe = tempfile::tempfile().unwrap();
    probe.metadata().unwrap().uid() == 0
}

#[test]
fn a_tree_deeper_than_any_path_is_reported_not_dropped() {
    let scratch = Scratch::new();
    scratch.write("a", "a");
    // Each step is entered, so that no single path is too long to make.
    let script = "i=0; while [ $i -lt 300 ]; do mkdir -p dddddddddddddddddddd && cd -P dddddddddddddddddddd || exit; i=$((i+1)); done; : > deep";
    assert!(
        scratch
            .command("sh")
            .args(["-c", script])
            .status()
            .unwrap()
            .success()
    );
    let found = walk(&scratch, &[""], &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|line| line == "a: a"));
    assert!(
        found
            .iter()
            .any(|line| line.starts_with("dddd") && line.contains('!'))
    );
}

#[test]
fn named_files_are_shown_from_the_root_wherever_they_are_named_from() {
    let scratch = Scratch::new();
    scratch.write("a/b", "b");
    scratch.write("c", "c");
    std::fs::write(scratch.top().join("outside"), "o").unwrap();
    let found = name(&scratch, "a", &["b", "./../c", "../../outside", "gone"]);
    assert_eq!(
        found,
        ["../outside: o", "a/b: b", "a/gone! vanished", "c: c"]
    );
}

#[test]
fn a_named_folder_outside_the_root_is_shown_from_the_root() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.top().join("other")).unwrap();
    std::fs::write(scratch.top().join("other/x"), "x").unwrap();
    assert_eq!(name(&scratch, "", &["../other"]), ["../other/x: x"]);
}

#[test]
fn a_typed_name_that_is_not_there_is_an_error() {
    let scratch = Scratch::new();
    let root = Arc::new(Root::open(&scratch.root()).unwrap());
    let paths = [PathBuf::from("Dokcerfile")];
    let result = named(
        &root,
        Path::new(root.path()),
        &paths,
        Missing::IsAnError,
        &Excludes::none(),
        false,
        &|_| true,
    );
    assert_eq!(
        result.unwrap_err().to_string(),
        "Dokcerfile: no such file or folder"
    );
}

#[test]
fn lists_of_names_are_lines_or_separated_by_nul() {
    let lines = plimsoll::input::read_list(&b"a b\r\n\nc\n"[..], false, Path::new("-")).unwrap();
    assert_eq!(lines, [PathBuf::from("a b"), PathBuf::from("c")]);
    let nul = plimsoll::input::read_list(&b"a\nb\0c"[..], true, Path::new("-")).unwrap();
    assert_eq!(nul, [PathBuf::from("a\nb"), PathBuf::from("c")]);
}

#[test]
fn all_tracked_files_can_be_asked_for() {
    let scratch = Scratch::repository();
    scratch.write("a", "a");
    scratch.write("gone", "");
    scratch.git(&["add", "."]);
    scratch.write("untracked", "");
    std::fs::remove_file(scratch.root().join("gone")).unwrap();
    let root = Arc::new(Root::open(&scratch.root()).unwrap());
    let repository = scratch.open().unwrap();
    assert_eq!(
        gather(|emit| tracked(&root, &repository, emit).unwrap()),
        ["a: a"]
    );
}
