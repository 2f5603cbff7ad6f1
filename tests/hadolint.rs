//! Each example of `fixtures/hadolint` gets the code of its folder, or does not, as its name says.
//! `tests/peers/hadolint.py --examples` asks hadolint itself about them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use plimsoll::advisory::Advisories;
use plimsoll::classify::classify;
use plimsoll::detect::{Context, Given};
use plimsoll::engine::check_source;
use plimsoll::model::{Origin, Profile, RepoPath, Source, SourceId};
use plimsoll::rules::{ActiveRules, RuleSet, Selection};

fn codes(text: &str) -> Vec<String> {
    let path = RepoPath::from("Dockerfile");
    let kind = classify(&path, text.as_bytes());
    let source = Source::new(SourceId(0), path, kind, text.as_bytes(), Origin::Buffer);
    let selection = Selection {
        profile: Profile::All,
        only: vec!["dockerfile".to_owned()],
        ..Selection::default()
    };
    let rules = ActiveRules::new(Arc::new(RuleSet::embedded()), &selection).expect("rules");
    let cx = Context {
        rules: &rules,
        advisories: &Advisories::starter(),
        given: Given::NOTHING,
    };
    let findings = check_source(&cx, &source).findings;
    findings.into_iter().flat_map(|f| f.aliases).collect()
}

#[test]
fn every_example_gets_the_code_of_its_folder_or_does_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hadolint");
    let mut failures = Vec::new();
    let mut seen = 0;
    for code in std::fs::read_dir(folder).expect("fixtures/hadolint") {
        let code = code.expect("a folder");
        let wanted = code.file_name().to_string_lossy().into_owned();
        for file in std::fs::read_dir(code.path()).expect("a folder") {
            let file = file.expect("a file");
            let name = file.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(file.path()).expect("text");
            let found = codes(&text);
            if found.contains(&wanted) != name.starts_with("bad-") {
                failures.push(format!("{wanted}/{name}: {found:?}"));
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
