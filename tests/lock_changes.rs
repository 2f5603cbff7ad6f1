//! What a change of a lockfile says that neither of its two states does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use plimsoll::check::{CheckRequest, What, check};
use plimsoll::engine::Silent;
use plimsoll::model::{Profile, Report};
use support::Scratch;

fn run(scratch: &Scratch, what: What) -> Report {
    let mut request = CheckRequest::new(what, scratch.root());
    request.profile = Some(Profile::Strict);
    check(request, &Silent).unwrap().report
}

fn fired(report: &Report, rule: &str) -> Vec<String> {
    let of_rule = report.findings.iter().filter(|f| f.rule.as_str() == rule);
    of_rule
        .map(|finding| {
            let label = finding.primary().unwrap();
            let source = report.sources.get(label.source).unwrap();
            format!("{} {}", source.path.display(), source.text(label.span))
        })
        .collect()
}

const OTHER_CONTENT: &str = "dependency/changed-integrity";
const INSTALL_SCRIPT: &str = "dependency/new-install-script";

/// A package-lock.json with one package.
fn lock(version: &str, more: &str) -> String {
    format!(
        "{{\n  \"lockfileVersion\": 3,\n  \"packages\": {{\n    \"node_modules/keel\": {{\n      \"version\": \"{version}\",\n      {more}\n    }}\n  }}\n}}\n"
    )
}

const A: &str = "\"integrity\": \"sha512-AAAA\"";
const B: &str = "\"integrity\": \"sha512-BBBB\"";

/// A repository whose lockfile changes from the one to the other, unstaged.
fn changing(from: &str, to: &str) -> Scratch {
    let scratch = Scratch::repository();
    scratch.write("web/package-lock.json", from);
    scratch.commit_all("first");
    scratch.git(&["tag", "base"]);
    scratch.write("web/package-lock.json", to);
    scratch
}

#[test]
fn another_hash_of_the_same_version_is_found_in_what_is_staged_and_in_a_range() {
    let scratch = changing(&lock("1.0.0", A), &lock("1.0.0", B));
    scratch.git(&["add", "-A"]);
    let found = fired(&run(&scratch, What::Staged), OTHER_CONTENT);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("node_modules/keel"), "{found:?}");
    scratch.commit_all("second");
    let range = || What::Range("base".to_owned());
    assert_eq!(fired(&run(&scratch, range()), OTHER_CONTENT), found);
    let whole = run(&scratch, What::Paths(Vec::new()));
    assert!(fired(&whole, OTHER_CONTENT).is_empty(), "nothing changes");
}

#[test]
fn a_lockfile_that_moves_and_changes_is_compared_with_what_it_was() {
    let many: String = (0..40).map(|n| format!("\"x{n}\": {n},\n      ")).collect();
    let with = |hash: &str| lock("1.0.0", &format!("{many}{hash}"));
    let scratch = changing(&with(A), &with(A));
    scratch.git(&["mv", "web", "site"]);
    scratch.write("site/package-lock.json", with(B));
    scratch.git(&["add", "-A"]);
    assert_eq!(fired(&run(&scratch, What::Staged), OTHER_CONTENT).len(), 1);
}

#[test]
fn an_install_script_is_new_once() {
    let script = "\"hasInstallScript\": true";
    for (from, to, expected) in [
        (lock("1.0.0", A), lock("1.0.1", script), 1),
        (lock("1.0.0", script), lock("1.0.1", script), 0),
        (lock("1.0.0", script), lock("1.0.1", A), 0),
    ] {
        let scratch = changing(&from, &to);
        scratch.git(&["add", "-A"]);
        let report = run(&scratch, What::Staged);
        assert_eq!(fired(&report, INSTALL_SCRIPT).len(), expected, "{to}");
    }
}

const STALE: &str = "dependency/stale-lockfile";

/// A package.json that asks for these versions of keel.
fn manifest(range: &str) -> String {
    format!("{{\n  \"name\": \"pier\",\n  \"dependencies\": {{ \"keel\": \"{range}\" }}\n}}\n")
}

#[test]
fn a_lockfile_that_a_change_leaves_behind_is_found_although_it_is_no_part_of_the_change() {
    let scratch = Scratch::repository();
    let root = "\"\": { \"dependencies\": { \"keel\": \"^1.0.0\" } },\n    \"node_modules/keel\"";
    let locked = lock("1.0.0", A).replace("\"node_modules/keel\"", root);
    scratch.write("web/package-lock.json", locked);
    scratch.write("web/package.json", manifest("^1.0.0"));
    scratch.commit_all("fitting");
    scratch.git(&["tag", "base"]);
    scratch.write("web/package.json", manifest("^2.0.0"));
    scratch.git(&["add", "-A"]);
    let found = fired(&run(&scratch, What::Staged), STALE);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("web/package-lock.json "), "{found:?}");
    let whole = run(&scratch, What::Paths(Vec::new()));
    assert_eq!(fired(&whole, STALE), found, "once");
    scratch.commit_all("stale");
    let range = || What::Range("base".to_owned());
    assert_eq!(fired(&run(&scratch, range()), STALE), found);
    // Whoever alters something else in it has not left the lockfile behind.
    scratch.write(
        "web/package.json",
        manifest("^2.0.0").replace("pier", "quay"),
    );
    scratch.git(&["add", "-A"]);
    assert!(fired(&run(&scratch, What::Staged), STALE).is_empty());
}

#[test]
fn a_new_need_of_a_member_that_the_workspace_has_not_locked_is_found() {
    let scratch = Scratch::repository();
    let member = "[package]\nname = \"hull\"\n[dependencies]\n";
    scratch.write("Cargo.toml", "[workspace]\nmembers = [\"hull\"]\n");
    scratch.write("hull/Cargo.toml", member);
    scratch.write(
        "Cargo.lock",
        "[[package]]\nname = \"hull\"\nversion = \"0.1.0\"\n",
    );
    scratch.commit_all("first");
    scratch.write("hull/Cargo.toml", format!("{member}keel = \"1\"\n"));
    scratch.git(&["add", "-A"]);
    let report = run(&scratch, What::Staged);
    assert_eq!(fired(&report, STALE).len(), 1);
    assert!(
        report
            .findings
            .iter()
            .any(|f| f.message.contains("asks for keel"))
    );
}
