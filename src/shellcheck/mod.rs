//! `--shellcheck`: what an installed shellcheck says about the shell texts of a scan, at their
//! places in the source.
//!
//! This is the only check that starts a program. It is started by its absolute path, from outside
//! the repository, with an empty environment and in an empty folder of its own; it gets the texts
//! with their secrets blanked, and a time to finish in.

mod comment;
mod program;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::{Scan, fingerprint};
use crate::guard::LIMITS;
use crate::model::{FileKind, Finding, KindSet, RepoPath, SkipReason, Skipped, Source};
use crate::rules::ActiveRules;

use program::Program;
use script::{Script, scripts};

pub const IN_DOCKERFILES: &str = "dockerfile/shellcheck";
pub const IN_SCRIPTS: &str = "source/shell/shellcheck";

/// Texts that one process checks.
const BATCH: usize = 40;
/// Bytes of one process's texts.
const BATCH_BYTES: usize = 4 << 20;

/// The kinds of files that it looks at.
pub fn kinds() -> KindSet {
    KindSet::of(&[FileKind::Dockerfile, FileKind::Shell])
}

/// Adds to a scan what the shellcheck on `path` says about its sources. Where there is none, the
/// scan says so.
pub fn add(scan: &mut Scan, rules: &ActiveRules, path: &OsStr, root: &Path) {
    let mut texts = Vec::new();
    for source in scan.sources.0.values() {
        if rules.is_enabled(rule(source)) {
            let (read, refused) = scripts(source);
            texts.extend(read);
            scan.skipped.extend(refused);
        }
    }
    if texts.is_empty() {
        return;
    }
    let Some(program) = Program::find(path, root) else {
        scan.skipped.push(Skipped {
            path: RepoPath::from("."),
            reason: SkipReason::Other(
                "shellcheck is on no folder of the PATH outside of this root: its checks were not made"
                    .into(),
            ),
        });
        scan.sort();
        return;
    };
    let (findings, skipped) = run(&program, &texts, scan, rules);
    for finding in &findings {
        // Nobody has checked the file as it was before: only what stands on changed lines is new.
        let is_old = |source: &Source| {
            source.changed.is_some() && finding.labels.iter().all(|l| !source.is_changed(l.span))
        };
        let source = finding.primary().and_then(|l| scan.sources.get(l.source));
        if source.is_some_and(is_old) {
            scan.known.insert(finding.fingerprint);
        }
    }
    scan.findings.extend(findings);
    scan.skipped.extend(skipped);
    scan.sort();
}

/// The rule that reports a source's findings.
fn rule(source: &Source) -> &'static str {
    if source.kind == FileKind::Dockerfile {
        IN_DOCKERFILES
    } else {
        IN_SCRIPTS
    }
}

/// Checks the texts, several processes at a time.
fn run(
    program: &Program,
    texts: &[Script],
    scan: &Scan,
    rules: &ActiveRules,
) -> (Vec<Finding>, Vec<Skipped>) {
    let batches = batches(texts);
    let next = AtomicUsize::new(0);
    let done = Mutex::new((BTreeMap::new(), BTreeSet::new()));
    let work = || {
        while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
            let said = program.check(batch);
            let Ok(mut done) = done.lock() else { return };
            match said {
                Ok(comments) => {
                    for comment in comments {
                        let Some(script) = batch.get(comment.script) else {
                            continue;
                        };
                        if let Some(finding) = comment.finding(script, scan, rules) {
                            let of_source: &mut Vec<Finding> =
                                done.0.entry(script.source).or_default();
                            of_source.push(finding);
                        }
                    }
                }
                Err(reason) => {
                    let paths = batch.iter().map(|script| script.path.clone());
                    let skipped = paths.map(|path| Skipped {
                        path,
                        reason: reason.clone(),
                    });
                    done.1.extend(skipped);
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(batches.len()) {
            scope.spawn(work);
        }
        work();
    });
    let (found, skipped) = done.into_inner().unwrap_or_default();
    let mut skipped: Vec<Skipped> = skipped.into_iter().collect();
    let mut findings = Vec::new();
    for (id, of_source) in found {
        if let Some(source) = scan.sources.get(id) {
            findings.extend(complete(source, of_source, &mut skipped));
        }
    }
    (findings, skipped)
}

/// Sorts a source's findings, tells them apart and keeps as many as a rule may have.
fn complete(
    source: &Source,
    mut findings: Vec<Finding>,
    skipped: &mut Vec<Skipped>,
) -> Vec<Finding> {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.primary().map(|l| l.span), f.message.clone());
        key(a).cmp(&key(b))
    });
    findings.dedup_by(|a, b| a.message == b.message && a.labels == b.labels);
    if findings.len() > LIMITS.findings_per_rule {
        let dropped = (findings.len() - LIMITS.findings_per_rule) as u64;
        findings.truncate(LIMITS.findings_per_rule);
        skipped.push(Skipped {
            path: source.path.clone(),
            reason: SkipReason::TooManyFindings {
                rule: rule(source).into(),
                dropped,
            },
        });
    }
    fingerprint(&mut findings, source, &[]);
    findings
}

fn batches(texts: &[Script]) -> Vec<&[Script]> {
    let mut batches = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    for (at, script) in texts.iter().enumerate() {
        if at > start && (at - start == BATCH || bytes + script.len() > BATCH_BYTES) {
            batches.extend(texts.get(start..at));
            (start, bytes) = (at, 0);
        }
        bytes += script.len();
    }
    batches.extend(texts.get(start..).filter(|rest| !rest.is_empty()));
    batches
}
