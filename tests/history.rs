//! What `plimsoll history` finds, in repositories made by the real git.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;

use serde_json::Value;
use support::{Scratch, words};

/// A look-alike of a vendor's token, a different one for each number.
fn token(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let letters = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut text = ["sk", "live", ""].join("_");
    for _ in 0..24 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        text.push(char::from(letters[(state >> 33) as usize % letters.len()]));
    }
    text
}

fn line(number: u64) -> String {
    format!("key = \"{}\"\n", token(number))
}

/// Commits everything at a point in time, in seconds since 2020.
fn commit_at(scratch: &Scratch, message: &str, seconds: u64) -> String {
    scratch.git(&["add", "-A"]);
    let date = format!("{} +0100", 1_577_836_800 + seconds);
    let status = scratch
        .command("git")
        .args(["commit", "-q", "--allow-empty", "-m", message])
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .status()
        .unwrap();
    assert!(status.success());
    scratch.git(&["rev-parse", "HEAD"]).trim().to_owned()
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Output {
    scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("history")
        .args(arguments)
        .output()
        .unwrap()
}

/// The report as JSON, without a memory of earlier runs.
fn report(scratch: &Scratch, arguments: &[&str]) -> Value {
    let mut all = vec!["--no-cache", "-f", "json"];
    all.extend(arguments);
    let output = run(scratch, &all);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}",
        words(&output)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `path:line` of every finding.
fn places(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|f| {
            format!(
                "{}:{}",
                f["path"].as_str().unwrap(),
                f["range"]["start"]["line"]
            )
        })
        .collect()
}

fn skipped(report: &Value) -> Vec<String> {
    let rows = report["skipped"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            format!(
                "{} {}",
                row["path"].as_str().unwrap(),
                row["reason"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn a_secret_that_was_removed_is_found_where_it_first_stood() {
    let scratch = Scratch::repository();
    scratch.write("app.conf", "a = 1\n");
    commit_at(&scratch, "first", 0);
    scratch.write("app.conf", format!("a = 1\n{}", line(1)));
    let guilty = commit_at(&scratch, "second", 86_400);
    scratch.write("app.conf", "a = 2\n");
    commit_at(&scratch, "third", 2 * 86_400);
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["app.conf:2"]);
    let commit = &report["findings"][0]["commit"];
    assert_eq!(commit["id"], guilty.as_str());
    assert_eq!(commit["author_date"], "2020-01-02T01:00:00+01:00");
    assert_eq!(commit["kind"], "commit");
    assert_eq!(commit["in_head"], false);
    assert_eq!(commit["in_message"], false);
    assert_eq!(report["summary"]["commits_checked"], 3);
}

#[test]
fn many_versions_with_one_secret_are_one_finding() {
    let scratch = Scratch::repository();
    let mut oldest = String::new();
    for n in 0..40 {
        scratch.write("app.conf", format!("n = {n}\n{}", line(1)));
        let commit = commit_at(&scratch, "change", n);
        if n == 0 {
            oldest = commit;
        }
    }
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["app.conf:2"]);
    let commit = &report["findings"][0]["commit"];
    assert_eq!(commit["versions"], 40);
    assert_eq!(commit["id"], oldest.as_str());
    assert_eq!(commit["in_head"], true);
}

#[test]
fn two_secrets_one_after_the_other_at_one_place_are_two_findings() {
    let scratch = Scratch::repository();
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "one", 0);
    scratch.write("app.conf", line(2));
    commit_at(&scratch, "two", 1);
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["app.conf:1", "app.conf:1"]);
    let fate: Vec<_> = (0..2)
        .map(|n| {
            report["findings"][n]["commit"]["in_head"]
                .as_bool()
                .unwrap()
        })
        .collect();
    assert_eq!(fate, [false, true]);
    let print = |n: usize| report["findings"][n]["fingerprint"].clone();
    assert_ne!(print(0), print(1));
}

#[test]
fn the_same_content_at_several_paths_is_told_at_the_first_one() {
    let scratch = Scratch::repository();
    scratch.write("old/app.conf", line(1));
    commit_at(&scratch, "one", 0);
    scratch.git(&["mv", "old", "new"]);
    commit_at(&scratch, "two", 1);
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["old/app.conf:1"]);
    // It moved, but it is still there.
    assert_eq!(report["findings"][0]["commit"]["in_head"], true);
}

#[test]
fn every_reference_counts_and_a_revision_narrows() {
    let scratch = Scratch::repository();
    scratch.write("a", "a\n");
    commit_at(&scratch, "base", 0);
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("side.conf", line(1));
    commit_at(&scratch, "side", 1);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("tagged.conf", line(2));
    commit_at(&scratch, "tagged", 2);
    scratch.git(&["tag", "v1"]);
    scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);
    scratch.write("stashed.conf", line(3));
    scratch.git(&["add", "."]);
    scratch.git(&["stash", "-q"]);
    scratch.write("later.conf", line(4));
    scratch.git(&["add", "."]);
    scratch.git(&["stash", "-q"]);
    scratch.git(&["notes", "add", "-m", &line(5), "HEAD"]);
    scratch.git(&["checkout", "-q", "--detach"]);
    scratch.write("detached.conf", line(6));
    commit_at(&scratch, "detached", 3);
    let all = places(&report(&scratch, &[]));
    for name in ["side", "tagged", "stashed", "later", "detached"] {
        assert!(all.contains(&format!("{name}.conf:1")), "{name}: {all:?}");
    }
    assert_eq!(all.len(), 6, "{all:?}");
    assert_eq!(places(&report(&scratch, &["side"])), ["side.conf:1"]);
    assert_eq!(places(&report(&scratch, &["main..side"])), ["side.conf:1"]);
    assert_eq!(places(&report(&scratch, &["side", "^side"])).len(), 0);
    let both = places(&report(&scratch, &["side...v1"]));
    assert_eq!(both, ["side.conf:1", "tagged.conf:1"]);
}

#[test]
fn a_range_tells_only_what_it_brought() {
    let scratch = Scratch::repository();
    scratch.write("old.conf", line(1));
    commit_at(&scratch, "old", 0);
    scratch.write("new.conf", line(2));
    commit_at(&scratch, "new", 86_400);
    assert_eq!(places(&report(&scratch, &["HEAD~1..HEAD"])), ["new.conf:1"]);
    assert_eq!(
        places(&report(&scratch, &["--since", "2020-01-02"])),
        ["new.conf:1"]
    );
    assert_eq!(
        places(&report(&scratch, &["--until", "2020-01-01"])),
        ["old.conf:1"]
    );
    assert_eq!(
        places(&report(&scratch, &["--since", "1 day ago"])).len(),
        0
    );
}

#[test]
fn a_range_that_ends_before_head_still_knows_what_head_has() {
    let scratch = Scratch::repository();
    scratch.write("kept.conf", line(1));
    scratch.write("gone.conf", line(2));
    commit_at(&scratch, "one", 0);
    scratch.write("kept.conf", format!("# moved\n{}", line(1)));
    scratch.write("gone.conf", "# nothing\n");
    commit_at(&scratch, "two", 86_400);
    let report = report(&scratch, &["HEAD~1"]);
    assert_eq!(places(&report), ["gone.conf:1", "kept.conf:1"]);
    assert_eq!(report["findings"][0]["commit"]["in_head"], false);
    assert_eq!(report["findings"][1]["commit"]["in_head"], true);
}

#[test]
fn paths_narrow_whether_or_not_they_are_there_today() {
    let scratch = Scratch::repository();
    scratch.write("a/b/c.conf", line(1));
    scratch.write("a/d.conf", line(2));
    commit_at(&scratch, &format!("words {}", token(3)), 0);
    scratch.git(&["mv", "a", "z"]);
    commit_at(&scratch, "moved", 1);
    assert_eq!(places(&report(&scratch, &["--", "a/b"])), ["a/b/c.conf:1"]);
    assert_eq!(
        places(&report(&scratch, &["--", "z/d.conf"])),
        ["z/d.conf:1"]
    );
    let output = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["history", "--no-cache", "-f", "concise", "--", "b"])
        .current_dir(scratch.root().join("z"))
        .output()
        .unwrap();
    assert!(
        words(&output).starts_with("z/b/c.conf:1:"),
        "{}",
        words(&output)
    );
    let outside = run(&scratch, &["--", "../elsewhere"]);
    assert_eq!(outside.status.code(), Some(2));
}

#[test]
fn messages_of_commits_and_tags_are_read_and_names_are_not() {
    let scratch = Scratch::repository();
    scratch.write("a", "a\n");
    let commit = commit_at(&scratch, &format!("subject\n\nused {}\n", token(1)), 0);
    scratch.git(&[
        "tag",
        "-a",
        "v1",
        "-m",
        &format!("release with {}", token(2)),
    ]);
    let tag = scratch.git(&["rev-parse", "v1"]).trim().to_owned();
    scratch.git(&[
        "-c",
        &format!("user.name={}", token(3)),
        "commit",
        "--allow-empty",
        "-qm",
        "x",
    ]);
    let report = report(&scratch, &[]);
    assert_eq!(
        places(&report),
        [format!("commit:{commit}:3"), format!("tag:{tag}:1")]
    );
    let first = &report["findings"][0];
    assert_eq!(first["commit"]["in_message"], true);
    assert_eq!(first["commit"]["in_head"], Value::Null);
    assert!(
        first["message"].as_str().unwrap().contains("this message"),
        "{first}"
    );
    assert_eq!(report["findings"][1]["commit"]["kind"], "tag");
}

#[test]
fn the_same_words_in_many_messages_are_one_finding() {
    let scratch = Scratch::repository();
    let mut first = String::new();
    for n in 0..5 {
        let commit = commit_at(&scratch, &format!("used {}", token(1)), n);
        if n == 0 {
            first = commit;
        }
    }
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), [format!("commit:{first}:1")]);
    assert_eq!(report["findings"][0]["commit"]["versions"], 5);
}

#[test]
fn only_secrets_are_looked_for() {
    let scratch = Scratch::repository();
    scratch.write("Dockerfile", format!("FROM debian\nENV KEY={}\n", token(1)));
    commit_at(&scratch, "first", 0);
    let report = report(&scratch, &["--profile", "all"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert!(findings.iter().all(|f| f["family"] == "secret"));
    let output = run(&scratch, &["--only", "dockerfile"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        words(&output).contains("secrets only"),
        "{}",
        words(&output)
    );
}

#[test]
fn a_merge_brings_only_what_neither_side_had() {
    let scratch = Scratch::repository();
    scratch.write("a", "a\n");
    commit_at(&scratch, "base", 0);
    scratch.git(&["checkout", "-q", "-b", "side"]);
    scratch.write("side.conf", line(1));
    let side = commit_at(&scratch, "side", 1);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("b", "b\n");
    commit_at(&scratch, "main", 2);
    scratch.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    scratch.write("evil.conf", line(2));
    let merge = commit_at(&scratch, "merge", 3);
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["evil.conf:1", "side.conf:1"]);
    assert_eq!(report["findings"][0]["commit"]["id"], merge.as_str());
    assert_eq!(report["findings"][1]["commit"]["id"], side.as_str());
}

#[test]
fn packed_and_loose_repositories_give_the_same_report() {
    let scratch = Scratch::repository();
    for n in 0..60u64 {
        let rest: String = (0..40)
            .map(|k| format!("row {}\n", k * (n / 7 + 1)))
            .collect();
        scratch.write("app/big.conf", format!("{rest}{}", line(n / 10)));
        scratch.write(&format!("dir{}/x.txt", n % 5), format!("{n}\n{rest}"));
        commit_at(&scratch, &format!("change {n}"), n);
    }
    let loose = report(&scratch, &[]);
    assert_eq!(loose["findings"].as_array().unwrap().len(), 6);
    scratch.git(&["gc", "-q", "--aggressive"]);
    assert_eq!(report(&scratch, &[]), loose);
    assert_eq!(report(&scratch, &["-j", "1"]), loose);
    assert_eq!(report(&scratch, &["-j", "7"]), loose);
}

#[test]
fn a_second_run_reads_only_what_is_new_and_reports_the_same() {
    let scratch = Scratch::repository();
    scratch.write("clean.txt", "nothing\n".repeat(100));
    scratch.write("image.bin", [0, 1, 2, 0, 255, 254]);
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "first", 0);
    let bytes = |report: &Value| report["summary"]["bytes_checked"].as_u64().unwrap();
    let run_json = |extra: &[&str]| -> Value {
        let mut all = vec!["-f", "json"];
        all.extend(extra);
        serde_json::from_slice(&run(&scratch, &all).stdout).unwrap()
    };
    let first = run_json(&[]);
    let second = run_json(&[]);
    assert_eq!(first["findings"], second["findings"]);
    assert_eq!(first["skipped"], second["skipped"]);
    assert_eq!(
        first["summary"]["files_checked"],
        second["summary"]["files_checked"]
    );
    assert_eq!(bytes(&second), line(1).len() as u64);
    // Other rules are other conditions.
    assert!(bytes(&run_json(&["--profile", "all"])) > 800);
    assert_eq!(bytes(&run_json(&["--no-cache"])), bytes(&first));
}

#[test]
fn the_cache_holds_no_secret_no_path_and_no_text() {
    let scratch = Scratch::repository();
    scratch.write("peculiar-name.txt", "peculiar-words\n");
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "peculiar-subject", 0);
    run(&scratch, &[]);
    let folder = scratch.home().join(".cache/plimsoll/history");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    assert_eq!(files.len(), 1);
    let bytes = std::fs::read(files[0].path()).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    for text in ["peculiar", &token(1)[8..16], "repo", "app.conf"] {
        assert!(!holds(text), "{text}");
        assert!(!files[0].file_name().to_string_lossy().contains(text));
    }
    // Broken, it is as good as none.
    std::fs::write(files[0].path(), &bytes[..bytes.len() / 2]).unwrap();
    assert_eq!(run(&scratch, &[]).status.code(), Some(1));
}

#[test]
fn no_format_shows_the_secret_and_each_names_the_commit() {
    let scratch = Scratch::repository();
    scratch.write("app.conf", line(1));
    let commit = commit_at(&scratch, &format!("used {}", token(2)), 0);
    for format in ["pretty", "concise", "json", "sarif"] {
        let output = run(&scratch, &["-v", "--no-cache", "-f", format]);
        let text = words(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(&commit[..12]), "{format}: {text}");
        for secret in [token(1), token(2)] {
            for start in 8..secret.len() - 8 {
                assert!(!text.contains(&secret[start..start + 8]), "{format}");
            }
        }
    }
}

#[test]
fn people_read_the_commit_in_the_heading_and_what_became_of_the_secret() {
    let scratch = Scratch::repository();
    scratch.write("gone.conf", line(1));
    scratch.write("kept.conf", line(2));
    let commit = commit_at(&scratch, "first", 0);
    scratch.write("kept.conf", format!("# moved\n{}", line(2)));
    scratch.git(&["rm", "-q", "gone.conf"]);
    commit_at(&scratch, "second", 1);
    let shown = words(&run(&scratch, &["--no-cache"]));
    let heading = format!("gone.conf:1:8 (commit {} of 2020-01-01)", &commit[..12]);
    for part in [
        &*heading,
        "removed in the current tree, but in the history, in 1 version",
        "still in the current tree, in 2 versions",
        "checked 2 commits, 3 versions of files",
        "rewriting the history comes second",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}

#[test]
fn an_ignore_counts_in_an_old_version_in_the_current_one_and_in_the_configuration() {
    let scratch = Scratch::repository();
    let bare = line(1);
    scratch.write(
        "then.conf",
        format!("# plimsoll: ignore[secret] an example\n{}", line(2)),
    );
    scratch.write("now.conf", &bare);
    scratch.write("vendor.conf", line(3));
    commit_at(&scratch, "first", 0);
    assert_eq!(
        places(&report(&scratch, &[])),
        ["now.conf:1", "vendor.conf:1"]
    );
    scratch.write(
        "now.conf",
        format!("# plimsoll: ignore[secret] an example\n{bare}"),
    );
    commit_at(&scratch, "second", 1);
    assert_eq!(places(&report(&scratch, &[])), ["vendor.conf:1"]);
    scratch.write(
        "plimsoll.toml",
        "[[ignore]]\nrule = \"secret\"\npath = \"vendor.conf\"\nreason = \"an example\"\n",
    );
    let quiet = report(&scratch, &[]);
    assert_eq!(places(&quiet).len(), 0);
    assert_eq!(quiet["summary"]["suppressed"], 3);
    let loud = report(&scratch, &["--no-ignores"]);
    assert_eq!(places(&loud).len(), 3);
}

#[test]
fn what_the_configuration_excludes_is_listed_and_found_elsewhere() {
    let scratch = Scratch::repository();
    scratch.write("plimsoll.toml", "exclude = [\"vendor/\"]\n");
    scratch.write("vendor/app.conf", line(1));
    commit_at(&scratch, "first", 0);
    let one = report(&scratch, &[]);
    assert_eq!(places(&one).len(), 0);
    assert_eq!(skipped(&one), ["vendor excluded"]);
    scratch.write("own/app.conf", line(1));
    commit_at(&scratch, "second", 1);
    assert_eq!(places(&report(&scratch, &[])), ["own/app.conf:1"]);
}

#[test]
fn exit_codes_are_those_of_every_check() {
    let scratch = Scratch::repository();
    let empty = run(&scratch, &[]);
    assert_eq!(empty.status.code(), Some(0), "{}", words(&empty));
    assert!(words(&empty).contains("no commits"), "{}", words(&empty));
    scratch.write("a", "a\n");
    commit_at(&scratch, "first", 0);
    assert_eq!(run(&scratch, &[]).status.code(), Some(0));
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "second", 1);
    assert_eq!(run(&scratch, &[]).status.code(), Some(1));
    assert_eq!(
        run(&scratch, &["--fail-on", "never"]).status.code(),
        Some(0)
    );
    assert_eq!(run(&scratch, &["nowhere"]).status.code(), Some(2));
    assert_eq!(
        run(&scratch, &["--since", "whenever"]).status.code(),
        Some(2)
    );
    assert_eq!(run(&scratch, &["--", "a"]).status.code(), Some(0));
}

#[test]
fn a_bare_repository_and_a_linked_worktree_are_read() {
    let scratch = Scratch::repository();
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "first", 0);
    let bare = scratch.top().join("bare.git");
    scratch.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let tree = scratch.top().join("tree");
    scratch.git(&[
        "worktree",
        "add",
        "-q",
        tree.to_str().unwrap(),
        "-b",
        "other",
    ]);
    for folder in [&bare, &tree] {
        let output = scratch
            .command(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["history", "-f", "concise"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(
            words(&output).starts_with("app.conf:1:"),
            "{}",
            words(&output)
        );
    }
}

#[test]
fn a_shallow_clone_says_that_it_is_not_whole() {
    let scratch = Scratch::repository();
    scratch.write("old.conf", line(1));
    commit_at(&scratch, "first", 0);
    scratch.write("old.conf", line(2));
    commit_at(&scratch, "second", 1);
    let url = format!("file://{}", scratch.root().display());
    let clone = scratch.top().join("clone");
    scratch.git(&["clone", "-q", "--depth", "1", &url, clone.to_str().unwrap()]);
    let output = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["history", "--strict-scan", "--fail-on", "never"])
        .current_dir(&clone)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", words(&output));
    assert!(
        words(&output).contains("shallow clone"),
        "{}",
        words(&output)
    );
    assert!(words(&output).contains("old.conf:1"), "{}", words(&output));
}

#[test]
fn objects_that_are_missing_or_broken_are_listed_and_cost_only_themselves() {
    let scratch = Scratch::repository();
    scratch.write("missing.txt", "missing\n");
    scratch.write("broken.txt", "broken\n");
    scratch.write("deep/er/x.txt", "deep\n");
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "first", 0);
    let object = |name: &str| {
        let id = scratch.git(&["rev-parse", &format!("HEAD:{name}")]);
        let (folder, file) = id.trim().split_at(2);
        scratch.root().join(format!(".git/objects/{folder}/{file}"))
    };
    let replace = |name: &str, bytes: &[u8]| {
        let path = object(name);
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    };
    std::fs::remove_file(object("missing.txt")).unwrap();
    std::fs::remove_file(object("deep/er")).unwrap();
    replace("broken.txt", b"nonsense");
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["app.conf:1"]);
    assert_eq!(
        skipped(&report),
        [
            "broken.txt unreadable",
            "deep/er missing-object",
            "missing.txt missing-object"
        ]
    );
    assert_eq!(
        run(&scratch, &["--strict-scan", "--fail-on", "never"])
            .status
            .code(),
        Some(3)
    );
}

#[test]
fn a_damaged_pack_neither_hangs_nor_ends_the_run() {
    let scratch = Scratch::repository();
    for n in 0..30u64 {
        let rest: String = (0..60).map(|k| format!("row {}\n", k * n)).collect();
        scratch.write("a.txt", format!("{rest}{}", line(n)));
        commit_at(&scratch, "change", n);
    }
    scratch.git(&["gc", "-q"]);
    let folder = scratch.root().join(".git/objects/pack");
    let pack = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "pack"))
        .unwrap();
    let whole = std::fs::read(&pack).unwrap();
    std::fs::remove_file(&pack).unwrap();
    for step in 0..12 {
        let mut bytes = whole.clone();
        let at = 12 + (bytes.len() - 40) * step / 12;
        for byte in &mut bytes[at..at + 6] {
            *byte ^= 0x55;
        }
        std::fs::write(&pack, &bytes).unwrap();
        let code = run(&scratch, &["--no-cache", "-f", "json"]).status.code();
        assert!(matches!(code, Some(0..=2)), "{step}: {code:?}");
    }
    std::fs::write(&pack, &whole[..whole.len() / 2]).unwrap();
    let code = run(&scratch, &["--no-cache"]).status.code();
    assert!(matches!(code, Some(0..=2)), "{code:?}");
}

#[test]
fn alternates_are_read_and_replaced_objects_are_not() {
    let scratch = Scratch::repository();
    scratch.write("app.conf", line(1));
    commit_at(&scratch, "first", 0);
    scratch.git(&["gc", "-q"]);
    let clone = scratch.top().join("clone");
    let path = clone.to_str().unwrap();
    scratch.git(&["clone", "-q", "--shared", ".", path]);
    let id = scratch.git(&["rev-parse", "HEAD:app.conf"]);
    std::fs::write(scratch.top().join("harmless"), "nothing\n").unwrap();
    let harmless = scratch.git(&["-C", path, "hash-object", "-w", "../harmless"]);
    scratch.git(&["-C", path, "replace", id.trim(), harmless.trim()]);
    let output = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["history", "-f", "concise"])
        .current_dir(&clone)
        .output()
        .unwrap();
    assert!(
        words(&output).starts_with("app.conf:1:"),
        "{}",
        words(&output)
    );
}

#[test]
fn a_repository_of_sha256_is_read() {
    let scratch = Scratch::new();
    scratch.git(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    for n in 0..10 {
        scratch.write("app.conf", format!("{}{}", "row\n".repeat(n), line(1)));
        commit_at(&scratch, "change", n as u64);
    }
    let loose = report(&scratch, &[]);
    assert_eq!(places(&loose), ["app.conf:1"]);
    assert_eq!(loose["findings"][0]["commit"]["versions"], 10);
    scratch.git(&["gc", "-q"]);
    assert_eq!(report(&scratch, &[]), loose);
}

#[cfg(unix)]
#[test]
fn links_and_submodules_are_listed_and_not_followed() {
    let scratch = Scratch::repository();
    scratch.write("a", "a\n");
    commit_at(&scratch, "first", 0);
    std::os::unix::fs::symlink("/etc/passwd", scratch.root().join("link")).unwrap();
    scratch.git(&["add", "link"]);
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let entry = format!("160000,{},sub", head.trim());
    scratch.git(&["update-index", "--add", "--cacheinfo", &entry]);
    scratch.git(&["commit", "-qm", "second"]);
    assert_eq!(
        skipped(&report(&scratch, &[])),
        ["link symlink", "sub submodule"]
    );
}

#[test]
fn nothing_that_a_repository_configures_is_run() {
    let scratch = Scratch::repository();
    scratch.write("app.conf", line(1));
    scratch.write(".gitattributes", "*.conf diff=evil filter=evil\n");
    commit_at(&scratch, "first", 0);
    let mark = scratch.top().join("ran");
    let command = format!("touch '{}'", mark.display());
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.smudge",
        "filter.evil.clean",
        "core.pager",
        "core.alternateRefsCommand",
    ] {
        scratch.git(&["config", key, &command]);
    }
    scratch.git(&[
        "config",
        "remote.origin.url",
        &format!("ext::sh -c \"{command}\""),
    ]);
    scratch.git(&["config", "remote.origin.promisor", "true"]);
    scratch.git(&["config", "extensions.partialClone", "origin"]);
    let _ = std::fs::remove_file(&mark);
    let id = scratch.git(&["rev-parse", "HEAD:.gitattributes"]);
    let (folder, file) = id.trim().split_at(2);
    std::fs::remove_file(scratch.root().join(format!(".git/objects/{folder}/{file}"))).unwrap();
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["app.conf:1"]);
    assert_eq!(skipped(&report), [".gitattributes missing-object"]);
    assert!(!mark.exists());
}

#[test]
fn a_private_key_is_one_finding_for_all_its_versions() {
    let scratch = Scratch::repository();
    let body: String = (0..6)
        .map(|n| format!("{}{}\n", &token(n)[8..], &token(n + 50)[8..]))
        .collect();
    let dashes = "-".repeat(5);
    let key = |words: &str| format!("{dashes}{words} RSA PRIVATE KEY{dashes}");
    let text = format!("{}\nMIIEpAIBAAKCAQEA{body}{}\n", key("BEGIN"), key("END"));
    scratch.write("deploy.pem", &text);
    commit_at(&scratch, "first", 0);
    scratch.write("deploy.pem", format!("# a key\n{text}"));
    commit_at(&scratch, "second", 1);
    let report = report(&scratch, &[]);
    assert_eq!(places(&report), ["deploy.pem:1"]);
    assert_eq!(report["findings"][0]["commit"]["versions"], 2);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_in_order_and_goes_on_later() {
    let scratch = Scratch::repository();
    let text = "nothing to see in here, and much of it\n".repeat(20_000);
    for n in 0..40 {
        scratch.write("big.txt", format!("{n}\n{text}"));
        commit_at(&scratch, "change", n);
    }
    let child = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["history", "-j", "1"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(250));
    let pid = child.id().to_string();
    let _ = scratch.command("kill").args(["-INT", &pid]).status();
    let output = child.wait_with_output().unwrap();
    // A very fast machine may be through.
    assert!(
        matches!(output.status.code(), Some(130 | 0)),
        "{}",
        words(&output)
    );
    if output.status.code() == Some(130) {
        assert!(words(&output).contains("interrupted"), "{}", words(&output));
        assert!(output.stdout.is_empty());
    }
    assert_eq!(run(&scratch, &[]).status.code(), Some(0));
}
