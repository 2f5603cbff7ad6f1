//! Looks for secrets in everything that a history holds. Nothing but the secrets' detector runs:
//! what else was wrong in an old version is of no use to an attacker any more.

mod clean;
mod groups;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::classify;
use crate::detect::Context;
use crate::input::{About, History, Repository};
use crate::model::{FileKind, Finding, Origin, RepoPath, SkipReason, Skipped, Source, SourceId};

use super::check::{Checked, check_secrets};
use super::progress::Progress;
use super::scan::Scan;
pub use clean::{Clean, Memory};
use groups::{Groups, Values};

/// How a history is looked through.
#[derive(Clone, Copy, Debug)]
pub struct HistoryOptions<'a> {
    /// `None`: as many as there are processors.
    pub threads: Option<usize>,
    /// What earlier runs found to be clean.
    pub clean: Option<&'a Clean>,
    /// Ends the run where it is.
    pub stop: &'a AtomicBool,
}

/// What a history holds.
#[derive(Debug, Default)]
pub struct HistoryScan {
    /// Every secret once for each path, where it first appeared.
    pub scan: Scan,
    /// The same secrets as the current tree has them, where that is another version: what is said
    /// about them there counts.
    pub current: Scan,
    /// Which finding of `current` is which of `scan`, by their places in the lists.
    pub pairs: Vec<(usize, usize)>,
    /// True where it was ended before it was through.
    pub interrupted: bool,
}

/// Looks through a history.
pub fn scan_history(
    cx: &Context<'_>,
    repository: &Repository,
    mut history: History,
    options: HistoryOptions<'_>,
    progress: &dyn Progress,
) -> HistoryScan {
    let threads = options
        .threads
        .or_else(|| std::thread::available_parallelism().ok().map(Into::into))
        .unwrap_or(1)
        .max(1);
    let skipped = std::mem::take(&mut history.skipped);
    let run = Run {
        cx,
        history: &history,
        options,
        progress,
        values: Values::default(),
        found: Mutex::default(),
        files: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
    };
    progress.announce(history.len() as u64);
    history.read(
        repository,
        threads,
        &|at| run.is_wanted(at),
        &|at, bytes| run.look(at, bytes),
    );
    let interrupted = options.stop.load(Ordering::Relaxed);
    if let Some(clean) = options.clean {
        clean.write();
    }
    run.finish(repository, skipped, interrupted)
}

#[derive(Debug, Default)]
struct FoundSoFar {
    groups: Groups,
    skipped: Vec<Skipped>,
}

struct Run<'r> {
    cx: &'r Context<'r>,
    history: &'r History,
    options: HistoryOptions<'r>,
    progress: &'r dyn Progress,
    values: Values,
    found: Mutex<FoundSoFar>,
    files: AtomicU64,
    bytes: AtomicU64,
}

/// The place of a content in a report.
fn place(about: &About) -> RepoPath {
    match (&about.path, &about.commit) {
        (Some(path), _) => path.clone(),
        (None, Some(commit)) if commit.is_tag => RepoPath::from(&*format!("tag:{}", commit.id)),
        (None, Some(commit)) => RepoPath::from(&*format!("commit:{}", commit.id)),
        (None, None) => RepoPath::from("."),
    }
}

/// What a verdict depends on beside the rules and the bytes.
fn judged_by(about: &About) -> &[u8] {
    about.path.as_ref().map_or(b"\0message", RepoPath::as_bytes)
}

impl Run<'_> {
    /// False for what is known to be clean.
    fn is_wanted(&self, at: u32) -> bool {
        let (Some(clean), Some(about)) = (self.options.clean, self.history.about(at)) else {
            return true;
        };
        let Some(memory) = clean.recall(about.object.as_slice(), judged_by(&about)) else {
            return true;
        };
        self.count(&about, 0);
        match memory {
            Memory::Clean => {}
            Memory::Binary => self.skip(place(&about), SkipReason::Binary),
            Memory::Archive => self.skip(place(&about), SkipReason::Archive),
        }
        false
    }

    fn count(&self, about: &About, bytes: u64) {
        self.files
            .fetch_add(u64::from(about.path.is_some()), Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.progress.checked(bytes);
    }

    fn skip(&self, path: RepoPath, reason: SkipReason) {
        if let Ok(mut found) = self.found.lock() {
            found.skipped.push(Skipped { path, reason });
        }
    }

    /// Looks at one content; false where nobody wants more.
    fn look(&self, at: u32, bytes: Result<&[u8], SkipReason>) -> bool {
        if self.options.stop.load(Ordering::Relaxed) {
            return false;
        }
        let Some(about) = self.history.about(at) else {
            return true;
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(reason) => {
                self.skip(place(&about), reason);
                return true;
            }
        };
        let source = source(&about, bytes);
        let mut checked = check_secrets(self.cx, &source);
        self.count(&about, bytes.len() as u64);
        // Nothing of it is parsed anyway.
        let parsing = |reason: &SkipReason| matches!(reason, SkipReason::TooLargeToParse { .. });
        checked.skipped.retain(|reason| !parsing(reason));
        if let Some(clean) = self.options.clean {
            remember(clean, &about, &checked);
        }
        if checked.findings.is_empty() && checked.skipped.is_empty() {
            return true;
        }
        if let Ok(mut found) = self.found.lock() {
            let path = &source.path;
            let skipped = std::mem::take(&mut checked.skipped).into_iter();
            found.skipped.extend(skipped.map(|reason| Skipped {
                path: path.clone(),
                reason,
            }));
            let is_current = about.in_head == Some(true) && about.path.is_some();
            let in_message = about.path.is_none();
            let values = &self.values;
            found
                .groups
                .add(at, is_current, in_message, values, &source, checked);
        }
        true
    }

    fn finish(
        self,
        repository: &Repository,
        mut skipped: Vec<Skipped>,
        interrupted: bool,
    ) -> HistoryScan {
        let FoundSoFar {
            mut groups,
            skipped: more,
        } = self.found.into_inner().unwrap_or_default();
        skipped.extend(more);
        for path in groups.gone() {
            if let Some(bytes) = self.history.head_beside(repository, &path) {
                let mut now = Source::new(SourceId(0), path, FileKind::Text, &bytes, Origin::Index);
                now.kind = classify::classify(&now.path, &now.bytes);
                let checked = check_secrets(self.cx, &now);
                groups.add_current(&self.values, &now, checked);
            }
        }
        if groups.dropped > 0 {
            skipped.push(Skipped {
                path: RepoPath::from("."),
                reason: SkipReason::TooManyFindings {
                    rule: "all rules".into(),
                    dropped: groups.dropped,
                },
            });
        }
        let has_head = self.history.has_head();
        let settled = groups.finish(has_head, |version| self.history.about(version));
        let mut scan = Scan {
            skipped,
            ..as_scan(settled.findings, settled.sources)
        };
        scan.skipped.sort();
        scan.skipped.dedup();
        scan.stats.files_checked = self.files.into_inner();
        scan.stats.bytes_checked = self.bytes.into_inner();
        scan.stats.commits = self.history.commits() as u64;
        HistoryScan {
            scan,
            current: as_scan(settled.current, settled.current_sources),
            pairs: settled.pairs,
            interrupted,
        }
    }
}

fn as_scan(findings: Vec<Finding>, sources: crate::model::SourceTable) -> Scan {
    Scan {
        paths: sources.0.values().map(|s| s.path.clone()).collect(),
        findings,
        sources,
        ..Scan::default()
    }
}

fn source(about: &About, bytes: &[u8]) -> Source {
    let commit = about.commit.as_ref().map(|commit| commit.id.clone());
    let commit = commit.unwrap_or_default();
    let is_file = about.path.is_some();
    let origin = match is_file {
        true => Origin::Commit(commit),
        false => Origin::Message(commit),
    };
    let mut source = Source::new(SourceId(0), place(about), FileKind::Text, bytes, origin);
    if is_file {
        source.kind = classify::classify(&source.path, &source.bytes);
    }
    source
}

/// What is said of a content without findings can be said again without reading it.
fn remember(clean: &Clean, about: &About, checked: &Checked) {
    let memory = match checked.skipped.as_slice() {
        [] => Memory::Clean,
        [SkipReason::Binary] => Memory::Binary,
        [SkipReason::Archive] => Memory::Archive,
        _ => return,
    };
    if checked.findings.is_empty() {
        clean.remember(about.object.as_slice(), judged_by(about), memory);
        clean.write_if_due();
    }
}
