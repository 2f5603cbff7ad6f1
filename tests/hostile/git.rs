//! H13: repositories whose git data is hostile or broken.

use std::path::Path;

use crate::program::{PROBE, has_probe, json, plimsoll, tail};
use crate::support::{Scratch, words};

/// Everything in a git configuration that runs a program, set to leave a mark.
fn arm(scratch: &Scratch, sentinel: &Path) {
    let script = scratch.top().join("evil");
    std::fs::write(
        &script,
        format!("#!/bin/sh\n: >> '{}'\ncat\n", sentinel.display()),
    )
    .unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).unwrap();
    let evil = script.to_str().unwrap().replace(' ', "\\ ");
    for key in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.sshCommand",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "gpg.program",
        "credential.helper",
        "sequence.editor",
        "uploadpack.packObjectsHook",
    ] {
        scratch.git(&["config", key, &evil]);
    }
    scratch.git(&["config", "filter.evil.required", "true"]);
    scratch.git(&["config", "alias.status", &format!("!{evil}")]);
    let hooks = scratch.top().join("hooks");
    std::fs::create_dir(&hooks).unwrap();
    for hook in [
        "pre-commit",
        "post-index-change",
        "fsmonitor-watchman",
        "reference-transaction",
    ] {
        std::fs::copy(&script, hooks.join(hook)).unwrap();
    }
    scratch.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    // Included files come into play as well.
    let quoted = evil.replace('\\', "\\\\");
    let included = format!("[core]\n\tfsmonitor = {quoted}\n");
    scratch.write(".git/included", included);
    scratch.git(&["config", "include.path", "included"]);
    std::fs::remove_file(sentinel).ok();
}

#[test]
fn nothing_in_a_repository_is_executed() {
    let scratch = Scratch::repository();
    let sentinel = scratch.top().join("sentinel");
    scratch.write(".gitattributes", "* filter=evil diff=evil\n");
    scratch.write("a.txt", "one\n");
    scratch.commit_all("first");
    scratch.git(&["branch", "base"]);
    scratch.write("b.txt", PROBE);
    scratch.commit_all("second");
    scratch.write("a.txt", format!("one\n{PROBE}"));
    scratch.git(&["add", "."]);
    arm(&scratch, &sentinel);
    for arguments in [
        &["check"][..],
        &["staged"],
        &["staged", "--hook"],
        &["diff", "base..HEAD"],
        &["hook", "status"],
        &["hook", "install"],
        &["hook", "uninstall"],
    ] {
        plimsoll(&scratch, arguments);
        assert!(!sentinel.exists(), "{arguments:?} executed something");
    }
    assert!(has_probe(&json(&scratch, &["staged"]), "a.txt"));
    // The trap is a real one: git itself walks into it.
    let _ = scratch
        .command("git")
        .args(["diff", "--cached"])
        .output()
        .unwrap();
    assert!(sentinel.exists());
}

#[test]
fn a_repository_of_somebody_else_is_refused_until_the_user_trusts_it() {
    use std::os::unix::fs::MetadataExt as _;
    let scratch = Scratch::repository();
    scratch.write("a.txt", PROBE);
    scratch.git(&["add", "."]);
    if scratch.root().metadata().unwrap().uid() != 0 {
        return; // only root can give files away
    }
    let owned = scratch
        .command("chown")
        .args(["-R", "65534", "."])
        .status()
        .unwrap();
    assert!(owned.success());
    let output = plimsoll(&scratch, &["staged"]);
    assert_eq!(output.status.code(), Some(2), "{}", tail(&output));
    assert!(
        words(&output).contains("safe.directory"),
        "{}",
        tail(&output)
    );
    // A setting inside the repository cannot vouch for itself.
    std::fs::write(
        scratch.root().join(".git/config"),
        "[core]\n\trepositoryformatversion = 0\n[safe]\n\tdirectory = *\n",
    )
    .unwrap();
    assert_eq!(plimsoll(&scratch, &["staged"]).status.code(), Some(2));
    let root = scratch.root();
    scratch.git(&[
        "config",
        "--global",
        "safe.directory",
        root.to_str().unwrap(),
    ]);
    assert!(has_probe(&json(&scratch, &["staged"]), "a.txt"));
}

#[test]
fn a_git_folder_that_leads_elsewhere_does_not_lead_the_scan_there() {
    let scratch = Scratch::repository();
    scratch.write("a.txt", PROBE);
    scratch.git(&["add", "."]);
    std::fs::write(scratch.top().join("secret"), PROBE).unwrap();
    let top = scratch.top().to_str().unwrap().to_owned();
    scratch.git(&["config", "core.worktree", &top]);
    for verb in ["check", "staged"] {
        let report = json(&scratch, &[verb]);
        assert!(has_probe(&report, "a.txt"), "{report}");
        assert!(!report.to_string().contains("secret"), "{report}");
    }
    // A bare repository in a folder is a folder.
    scratch.git(&["config", "--unset", "core.worktree"]);
    scratch.git(&["init", "-q", "--bare", "bare"]);
    scratch.write("bare/note.txt", PROBE);
    assert!(has_probe(
        &json(&scratch, &["check", "bare"]),
        "bare/note.txt"
    ));
}

#[test]
fn broken_git_data_is_an_error_and_never_a_pass() {
    let breaks: [(&str, &[u8]); 6] = [
        (".git/HEAD", b"ref: refs/heads/\x1b[31m..\n"),
        (".git/index", b"DIRC\0\0\0\x02\xff\xff\xff\xff"),
        (".git/index", b"junk"),
        (".git/config", b"[core\n"),
        (".git/refs/heads/main", b"zzzz\n"),
        (".git/HEAD", b""),
    ];
    for (path, bytes) in breaks {
        let scratch = Scratch::repository();
        scratch.write("a.txt", "a\n");
        scratch.commit_all("first");
        scratch.write("a.txt", PROBE);
        scratch.git(&["add", "."]);
        scratch.write(path, bytes);
        let output = plimsoll(&scratch, &["staged"]);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{path} {bytes:?}: {}",
            tail(&output)
        );
    }
}
