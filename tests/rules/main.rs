//! Runs every rule alone on its own examples: a bad one fires at the marked span, a good one is
//! silent, and what the safe fixes leave is silent too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod forms;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plimsoll::advisory::{Advisories, Day};
use plimsoll::classify::classify;
use plimsoll::detect::{
    Ban, Context, Given, LabelFormat, LabelSchema, LicencePolicy, NamedLicence, ReleasePolicy,
};
use plimsoll::engine::check_source_in;
use plimsoll::join::{Around, Entry, Files};
use plimsoll::model::{Ecosystem, Finding, Origin, Profile, RepoPath, Safety, Source, SourceId};
use plimsoll::rules::{ActiveRules, Check, Example, RuleFile, RuleSet, example};

fn rule_files() -> Vec<(String, RuleFile)> {
    fn walk(folder: &Path, prefix: &str, into: &mut Vec<(String, PathBuf)>) {
        for entry in std::fs::read_dir(folder).expect("rules/") {
            let path = entry.expect("entry").path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "data" {
                walk(&path, &format!("{prefix}{name}/"), into);
            } else if let Some(slug) = name.strip_suffix(".toml") {
                into.push((format!("{prefix}{slug}"), path));
            }
        }
    }
    let mut paths = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    walk(&root, "", &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|(id, path)| {
            let text = std::fs::read_to_string(path).expect("rule file");
            let rule = RuleFile::parse(&text, &id).unwrap_or_else(|e| panic!("{id}: {e}"));
            (id, rule)
        })
        .filter(|(id, rule)| is_tested_here(rule) && is_wanted(id))
        .collect()
}

/// Rules that policy or another program makes have tests of their own.
fn is_tested_here(rule: &RuleFile) -> bool {
    let elsewhere = rule.id.starts_with("policy/") || rule.id.ends_with("/shellcheck");
    !(rule.check == Check::Detector && elsewhere)
}

/// While working on one rule: `PLIMSOLL_RULE=dockerfile/root cargo test --test rules`.
fn is_wanted(id: &str) -> bool {
    std::env::var("PLIMSOLL_RULE").map_or(true, |part| id.contains(&part))
}

/// The day and the policy of all examples.
fn given() -> Given {
    let registries = [
        "registry.example.com",
        "ghcr.io/acme/*",
        "docker.io/library/*",
    ];
    Given {
        today: Day::parse("2026-08-22"),
        registries: Some(registries.map(str::to_owned).to_vec()),
        package_registries: Some(
            [
                "https://registry.npmjs.org/",
                "https://npm.example.com/team/",
                "https://index.crates.io/",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        labels: Some(LabelSchema {
            strict: true,
            formats: BTreeMap::from([
                (
                    "org.opencontainers.image.source".to_owned(),
                    LabelFormat::Url,
                ),
                (
                    "org.opencontainers.image.version".to_owned(),
                    LabelFormat::Semver,
                ),
            ]),
        }),
        licences: Some(LicencePolicy {
            allow: Some(licences(&["MIT", "ISC", "Apache-2.0", "GPL-3.0-or-later"])),
            deny: licences(&["AGPL-*"]),
            exempt: vec!["@acme/*".to_owned()],
        }),
        bans: vec![
            Ban {
                package: "event-stream".to_owned(),
                ecosystem: Some(Ecosystem::Npm),
                versions: Some(">=3.3.6, <4".to_owned()),
                reason: "it was taken over".to_owned(),
                instead: None,
            },
            Ban {
                package: "python_jose".to_owned(),
                ecosystem: None,
                versions: None,
                reason: "nobody maintains it".to_owned(),
                instead: Some("PyJWT".to_owned()),
            },
        ],
        releases: Some(ReleasePolicy {
            min_age: 7,
            exempt: vec!["@acme/*".to_owned(), "acme-*".to_owned()],
        }),
        ..Given::default()
    }
}

fn licences(names: &[&str]) -> Vec<NamedLicence> {
    let read = |name: &&str| NamedLicence::read(name).expect("a licence");
    names.iter().map(read).collect()
}

/// The files beside an example.
#[derive(Debug)]
struct Repository(BTreeMap<String, String>);

impl Repository {
    /// Nothing, for examples that know nothing of what is around them.
    fn of(example: &Example, text: &str) -> Self {
        let files = example.files.iter();
        let mut files: BTreeMap<String, String> = files
            .map(|file| (file.path.clone(), example::expand(&file.text).into_owned()))
            .collect();
        if !files.is_empty() {
            files.insert(example.path.clone(), text.to_owned());
        }
        Self(files)
    }
}

impl Files for Repository {
    fn list(&self, folder: &RepoPath) -> Vec<Entry> {
        let prefix = folder.join(b"").to_text();
        let inside = self.0.keys().filter_map(|path| path.strip_prefix(&prefix));
        let entries: BTreeSet<Entry> = inside
            .map(|rest| Entry {
                name: rest.split('/').next().unwrap().as_bytes().to_vec(),
                is_folder: rest.contains('/'),
                is_private: false,
            })
            .collect();
        entries.into_iter().collect()
    }

    fn read(&self, path: &RepoPath, _: u64) -> Option<Vec<u8>> {
        self.0
            .get(path.as_str()?)
            .map(|text| text.clone().into_bytes())
    }
}

/// The findings of one rule alone, the way a run makes them.
fn findings(id: &str, example: &Example, text: &str) -> (Source, Vec<Finding>) {
    let path = RepoPath::from(example.path.as_str());
    let kind = classify(&path, text.as_bytes());
    let mut source = Source::new(SourceId(0), path, kind, text.as_bytes(), Origin::Buffer);
    source.before = example.before.as_deref().map(|text| text.as_bytes().into());
    let advisories = Advisories::starter();
    // Without a word for it, an example is said by a run of the rule's own profile.
    let up_to = match example.profile.as_deref() {
        None => Profile::Default,
        Some("strict") => Profile::Strict,
        Some(other) => panic!("{id}: unknown profile \"{other}\""),
    };
    let rules = ActiveRules::only(Arc::new(RuleSet::embedded()), id, up_to);
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: &given(),
    };
    let files = Repository::of(example, text);
    let around = Around::new(&files);
    let around = (!files.0.is_empty()).then_some(&around);
    let checked = check_source_in(&cx, &source, around);
    let failed = checked
        .skipped
        .iter()
        .any(|s| s.code() == "detector-failed");
    assert!(!failed, "{id}: the detector panicked on {text:?}");
    (source, checked.findings)
}

/// The bytes of the text that the example marks.
fn marked(id: &str, example: &Example, text: &str) -> std::ops::Range<usize> {
    let at = example::expand(example.at.as_deref().expect("bad examples have `at`"));
    let mut places = text.match_indices(&*at);
    let Some((start, _)) = places.nth(example.nth - 1) else {
        panic!(
            "{id}: occurrence {} of {at:?} is not in {text:?}",
            example.nth
        );
    };
    start..start + at.len()
}

fn apply_safe_fixes(text: &str, findings: &[Finding]) -> String {
    let mut edits: Vec<_> = findings
        .iter()
        .filter_map(|f| f.fixes.iter().find(|fix| fix.safety == Safety::Safe))
        .flat_map(|fix| &fix.edits)
        .collect();
    edits.sort_by_key(|e| std::cmp::Reverse(e.span.start));
    edits.dedup();
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.range(), &edit.with);
    }
    text
}

#[test]
fn every_bad_example_fires_exactly_where_it_is_marked() {
    let mut failures = Vec::new();
    for (id, rule) in rule_files() {
        for (n, bad) in rule.bad.iter().enumerate() {
            let text = example::expand(&bad.text);
            let (source, found) = findings(&id, bad, &text);
            let mark = marked(&id, bad, &text);
            let spans = || found.iter().filter_map(|f| f.primary()).map(|l| l.span);
            if !spans().any(|span| span.range() == mark) {
                let fired: Vec<_> = spans().map(|span| source.text(span).into_owned()).collect();
                failures.push(format!(
                    "{id}: bad example {} should fire at {:?}, fired at {fired:?}",
                    n + 1,
                    &text[mark]
                ));
            }
            for finding in &found {
                if finding.message.is_empty() || finding.message.ends_with('.') {
                    failures.push(format!("{id}: odd message {:?}", finding.message));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_good_example_is_silent() {
    let mut failures = Vec::new();
    for (id, rule) in rule_files() {
        for (n, good) in rule.good.iter().enumerate() {
            let text = example::expand(&good.text);
            let (source, found) = findings(&id, good, &text);
            for finding in found {
                let at = finding.primary().map(|l| source.text(l.span).into_owned());
                failures.push(format!("{id}: good example {} fires at {at:?}", n + 1));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn safe_fixes_leave_what_the_rule_promises_and_silence() {
    let mut failures = Vec::new();
    for (id, rule) in rule_files() {
        for bad in &rule.bad {
            let text = example::expand(&bad.text);
            let (_, found) = findings(&id, bad, &text);
            let mut fixes = found.iter().flat_map(|f| &f.fixes);
            let has_safe_fix = fixes.clone().any(|fix| fix.safety == Safety::Safe);
            if !rule.fixable && fixes.next().is_some() {
                failures.push(format!("{id}: a finding has a fix but fixable is not set"));
            }
            let Some(fixed) = &bad.fixed else {
                if has_safe_fix {
                    failures.push(format!("{id}: a bad example with a safe fix lacks `fixed`"));
                }
                continue;
            };
            let after = apply_safe_fixes(&text, &found);
            if after != example::expand(fixed) {
                failures.push(format!("{id}: fixed to {after:?}, promised {fixed:?}"));
            }
            let (_, again) = findings(&id, bad, &after);
            if !again.is_empty() {
                failures.push(format!("{id}: still fires after its fix: {after:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
