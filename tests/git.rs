//! What `staged` and `diff` look at, in repositories made by the real git.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use plimsoll::input::{Repository, commit_range, staged};
use support::{Scratch, gather};

fn in_index(scratch: &Scratch) -> Vec<String> {
    let repository = scratch.open().unwrap();
    gather(|emit| {
        staged(&repository, emit).unwrap();
    })
}

fn in_range(scratch: &Scratch, range: &str) -> Vec<String> {
    let repository = scratch.open().unwrap();
    gather(|emit| {
        commit_range(&repository, range, emit).unwrap();
    })
}

#[test]
fn the_staged_content_counts_and_not_the_worktree() {
    let scratch = Scratch::repository();
    scratch.write("a", "clean\n");
    scratch.write("b", "dirty\n");
    scratch.git(&["add", "."]);
    scratch.write("a", "dirty\n");
    scratch.write("b", "clean\n");
    scratch.write("c", "never staged\n");
    assert_eq!(in_index(&scratch), ["a: clean", "b: dirty"]);
}

#[test]
fn only_changed_lines_of_changed_files_are_marked() {
    let scratch = Scratch::repository();
    scratch.write("same", "s\n");
    scratch.write("deep/er/file", "1\n2\n3\n");
    scratch.write("deep/same", "s\n");
    scratch.commit_all("first");
    scratch.write("deep/er/file", "1\ntwo\n3\n4\n");
    scratch.write("new", "n\n");
    scratch.git(&["add", "."]);
    assert_eq!(
        in_index(&scratch),
        ["deep/er/file: 1 two 3 4 [(2, 2), (4, 4)]", "new: n"]
    );
}

#[test]
fn nothing_staged_is_nothing_to_check() {
    let scratch = Scratch::repository();
    assert!(in_index(&scratch).is_empty());
    scratch.write("a", "a");
    scratch.commit_all("first");
    scratch.write("a", "b");
    assert!(in_index(&scratch).is_empty());
    std::fs::remove_file(scratch.root().join("a")).unwrap();
    scratch.git(&["add", "."]);
    assert!(in_index(&scratch).is_empty());
}

#[test]
fn an_index_without_cached_trees_gives_the_same_answer() {
    let scratch = Scratch::repository();
    scratch.write("a/b/c", "1\n");
    scratch.write("a/d", "1\n");
    scratch.commit_all("first");
    scratch.write("a/b/c", "2\n");
    scratch.git(&["add", "."]);
    let with = in_index(&scratch);
    let entries = scratch.git(&["ls-files", "-s"]);
    std::fs::remove_file(scratch.root().join(".git/index")).unwrap();
    let mut child = scratch
        .command("git")
        .args(["update-index", "--index-info"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), entries.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(in_index(&scratch), with);
    assert_eq!(with, ["a/b/c: 2 [(1, 1)]"]);
}

#[test]
fn a_renamed_file_has_no_changed_lines_of_its_own() {
    let scratch = Scratch::repository();
    let text: String = (0..20).map(|n| format!("line {n}\n")).collect();
    scratch.write("old.py", &text);
    scratch.write("folder/other.py", text.replace("line", "row"));
    scratch.commit_all("first");
    scratch.git(&["mv", "old.py", "new.py"]);
    scratch.git(&["mv", "folder", "moved"]);
    scratch.write("moved/other.py", text.replace("line", "row") + "added\n");
    scratch.git(&["add", "."]);
    let found = in_index(&scratch);
    assert!(
        found[0].ends_with(" [(21, 22)]") || found[0].ends_with(" [(21, 21)]"),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("new.py:") && found[1].ends_with(" []"),
        "{found:?}"
    );
}

#[test]
fn a_rename_that_changes_the_kind_makes_the_file_new() {
    let scratch = Scratch::repository();
    scratch.write("notes.txt", "FROM debian\n");
    scratch.commit_all("first");
    scratch.git(&["mv", "notes.txt", "Dockerfile"]);
    assert_eq!(in_index(&scratch), ["Dockerfile: FROM debian"]);
}

#[test]
fn links_submodules_and_names_without_content_are_told_apart() {
    let scratch = Scratch::repository();
    scratch.write("a", "a");
    scratch.commit_all("first");
    let commit = scratch.git(&["rev-parse", "HEAD"]);
    let entry = format!("160000,{},sub", commit.trim());
    scratch.git(&["update-index", "--add", "--cacheinfo", &entry]);
    scratch.write("later", "later");
    scratch.git(&["add", "-N", "later"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a", scratch.root().join("link")).unwrap();
        scratch.git(&["add", "link"]);
        assert_eq!(in_index(&scratch), ["link! symlink", "sub! submodule"]);
    }
}

#[test]
fn a_file_that_becomes_a_link_or_a_folder_is_new() {
    let scratch = Scratch::repository();
    scratch.write("x", "x");
    scratch.write("y/z", "z");
    scratch.commit_all("first");
    std::fs::remove_file(scratch.root().join("x")).unwrap();
    std::fs::remove_dir_all(scratch.root().join("y")).unwrap();
    scratch.write("x/inside", "one");
    scratch.write("y", "two");
    scratch.git(&["add", "-A"]);
    assert_eq!(in_index(&scratch), ["x/inside: one", "y: two"]);
}

#[test]
fn files_in_conflict_are_reported() {
    let scratch = Scratch::repository();
    scratch.write("a", "base\n");
    scratch.commit_all("base");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a", "side\n");
    scratch.write("clean", "clean\n");
    scratch.commit_all("side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("a", "main\n");
    scratch.commit_all("main");
    let merge = scratch
        .command("git")
        .args(["merge", "side"])
        .output()
        .unwrap();
    assert!(!merge.status.success());
    assert_eq!(in_index(&scratch), ["a! other", "clean: clean"]);
}

#[test]
fn a_linked_worktree_has_its_own_index() {
    let scratch = Scratch::repository();
    scratch.write("a", "a\n");
    scratch.commit_all("first");
    scratch.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let linked = scratch.root().parent().unwrap().join("linked");
    std::fs::write(linked.join("b"), "b\n").unwrap();
    scratch.git(&["-C", linked.to_str().unwrap(), "add", "."]);
    assert!(in_index(&scratch).is_empty());
    let repository = Repository::open(&linked).unwrap();
    assert_eq!(repository.root(), linked);
    let found = gather(|emit| {
        staged(&repository, emit).unwrap();
    });
    assert_eq!(found, ["b: b"]);
}

#[test]
fn a_repository_is_found_from_a_folder_inside_it() {
    let scratch = Scratch::repository();
    scratch.write("a/b/c", "c");
    scratch.git(&["add", "."]);
    let repository = Repository::open(&scratch.root().join("a/b")).unwrap();
    assert_eq!(repository.root(), scratch.root());
    let found = gather(|emit| {
        staged(&repository, emit).unwrap();
    });
    assert_eq!(found, ["a/b/c: c"]);
}

#[test]
fn split_and_sparse_indexes_are_read() {
    let scratch = Scratch::repository();
    for folder in ["in", "out/deep"] {
        scratch.write(&format!("{folder}/file"), "1\n");
    }
    scratch.commit_all("first");
    scratch.git(&["update-index", "--split-index"]);
    scratch.write("in/file", "2\n");
    scratch.git(&["add", "."]);
    assert_eq!(in_index(&scratch), ["in/file: 2 [(1, 1)]"]);
    scratch.git(&["update-index", "--no-split-index"]);
    scratch.git(&["commit", "-q", "-m", "second"]);
    scratch.git(&["sparse-checkout", "init", "--cone", "--sparse-index"]);
    scratch.git(&["sparse-checkout", "set", "in"]);
    scratch.write("in/new", "new\n");
    scratch.git(&["add", "in/new"]);
    assert_eq!(in_index(&scratch), ["in/new: new"]);
}

#[test]
fn a_missing_object_is_reported_and_the_rest_goes_on() {
    let scratch = Scratch::repository();
    scratch.write("a", "first\n");
    scratch.write("b", "second\n");
    scratch.git(&["add", "."]);
    let id = scratch.git(&["rev-parse", ":a"]);
    let (folder, rest) = id.trim().split_at(2);
    let object = scratch.root().join(".git/objects").join(folder).join(rest);
    std::fs::remove_file(object).unwrap();
    assert_eq!(in_index(&scratch), ["a! missing-object", "b: second"]);
}

#[test]
fn a_replaced_object_does_not_hide_what_is_committed() {
    let scratch = Scratch::repository();
    scratch.write("a", "secret\n");
    scratch.write("b", "harmless\n");
    scratch.git(&["add", "."]);
    scratch.git(&["replace", ":a", ":b"]);
    assert_eq!(in_index(&scratch), ["a: secret", "b: harmless"]);
}

#[test]
fn repositories_with_sha256_names_are_read() {
    let scratch = Scratch::new();
    let init = ["init", "-q", "-b", "main", "--object-format=sha256"];
    if !scratch
        .command("git")
        .args(init)
        .status()
        .unwrap()
        .success()
    {
        return; // a git without SHA-256
    }
    scratch.write("a", "1\n");
    scratch.commit_all("first");
    scratch.write("a", "2\n");
    scratch.git(&["add", "."]);
    assert_eq!(in_index(&scratch), ["a: 2 [(1, 1)]"]);
}

#[test]
fn a_repository_that_cannot_be_read_is_an_error_and_not_a_pass() {
    let scratch = Scratch::new();
    let error = scratch.open().unwrap_err().to_string();
    assert!(error.contains("not inside a git repository"), "{error}");

    let broken = Scratch::repository();
    broken.write(".git/HEAD", "nonsense\u{1b}");
    assert!(broken.open().and_then(|r| staged(&r, &|_| true)).is_err());

    let corrupt = Scratch::repository();
    corrupt.write("a", "a");
    corrupt.git(&["add", "."]);
    let mut bytes = std::fs::read(corrupt.root().join(".git/index")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    corrupt.write(".git/index", &bytes);
    assert!(corrupt.open().and_then(|r| staged(&r, &|_| true)).is_err());

    let unborn = Scratch::repository();
    unborn.write("a", "a");
    unborn.commit_all("first");
    let head = unborn.git(&["rev-parse", "HEAD"]);
    let (folder, rest) = head.trim().split_at(2);
    std::fs::remove_file(unborn.root().join(".git/objects").join(folder).join(rest)).unwrap();
    assert!(unborn.open().and_then(|r| staged(&r, &|_| true)).is_err());
}

#[test]
fn a_reftable_is_refused_and_not_taken_for_an_empty_history() {
    let scratch = Scratch::new();
    let init = ["init", "-q", "-b", "main", "--ref-format=reftable"];
    if !scratch
        .command("git")
        .args(init)
        .output()
        .unwrap()
        .status
        .success()
    {
        return; // a git without reftables
    }
    let error = scratch.open().unwrap_err().to_string();
    assert!(error.contains("reftable"), "{error}");
}

#[test]
fn a_range_is_what_happened_since_the_sides_parted() {
    let scratch = Scratch::repository();
    scratch.write("a", "1\n2\n");
    scratch.write("b", "b\n");
    scratch.commit_all("base");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("a", "1\n2\n3\n");
    scratch.write("folder/new", "new\n");
    scratch.git(&["rm", "-q", "b"]);
    scratch.commit_all("side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("elsewhere", "main only\n");
    scratch.commit_all("main");
    let expected = ["a: 1 2 3 [(3, 3)]", "folder/new: new"];
    assert_eq!(in_range(&scratch, "main..side"), expected);
    assert_eq!(in_range(&scratch, "main...side"), expected);
    scratch.git(&["checkout", "-q", "side"]);
    assert_eq!(in_range(&scratch, "main"), expected);
}

#[test]
fn a_range_that_cannot_be_resolved_is_an_error() {
    let scratch = Scratch::repository();
    scratch.write("a", "a");
    scratch.commit_all("first");
    scratch.git(&["checkout", "-q", "--orphan", "other"]);
    scratch.commit_all("unrelated");
    let repository = scratch.open().unwrap();
    let fails = |range: &str| {
        commit_range(&repository, range, &|_| true)
            .unwrap_err()
            .to_string()
    };
    assert!(fails("nowhere..HEAD").contains("names no commit"));
    assert!(fails("main..other").contains("no common ancestor"));
    assert!(fails("--output=x").contains("not a commit range"));
}
