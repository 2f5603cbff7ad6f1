use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam_channel::{Receiver, bounded};

use crate::classify;
use crate::detect::Context;
use crate::guard::LIMITS;
use crate::input::{Emit, Found, Item};
use crate::join::Around;
use crate::model::{
    FileKind, Finding, Fingerprint, KindSet, Origin, RepoPath, SkipReason, Skipped, Source,
    SourceId, SourceTable, Stats,
};

use super::check::{check_source_in, sort};
use super::progress::Progress;

/// How a scan runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanOptions<'a> {
    /// The repository, where there is one.
    pub around: Option<&'a Around<'a>>,
    /// `None`: as many as there are processors.
    pub threads: Option<usize>,
    /// Kinds whose sources are kept for the joins, whether or not they have findings.
    pub keep: KindSet,
    /// Whether the bytes of kept sources are handed out as they are, for fixes.
    pub originals: bool,
}

/// Everything that was found, before policy. Sorted; the same whatever the number of threads.
#[derive(Debug, Default)]
pub struct Scan {
    pub findings: Vec<Finding>,
    pub skipped: Vec<Skipped>,
    pub stats: Stats,
    /// Masked sources: those with findings, with ignore comments, or of a kept kind.
    pub sources: SourceTable,
    /// The same sources as they were checked, where they were asked for. Not masked: nothing of
    /// them may be shown.
    pub originals: BTreeMap<SourceId, Arc<[u8]>>,
    /// Every path that was checked.
    pub paths: BTreeSet<RepoPath>,
    /// Findings on unchanged lines that the file had before the change, too.
    pub known: BTreeSet<Fingerprint>,
}

/// What marks a source that policy must see even without findings.
const MARKER: &[u8] = b"plimsoll:";

/// Items in flight between the input and the checkers.
const QUEUE: usize = 1024;

/// Checks everything that `feed` emits. `feed` runs on the calling thread and may emit from threads
/// of its own; the checkers run on threads with a stack that native parsers may use up.
pub fn scan<F>(cx: &Context<'_>, options: ScanOptions<'_>, progress: &dyn Progress, feed: F) -> Scan
where
    F: FnOnce(Emit<'_>),
{
    let threads = options
        .threads
        .or_else(|| std::thread::available_parallelism().ok().map(Into::into))
        .unwrap_or(1)
        .max(1);
    let ids = AtomicU32::new(0);
    let (sender, receiver) = bounded(QUEUE);
    let mut total = Scan::default();
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..threads {
            let receiver = receiver.clone();
            let ids = &ids;
            let worker = std::thread::Builder::new()
                .stack_size(LIMITS.stack)
                .spawn_scoped(scope, move || work(cx, options, progress, &receiver, ids));
            match worker {
                Ok(worker) => workers.push(worker),
                Err(_) => break,
            }
        }
        if workers.is_empty() {
            total.skipped.push(Skipped {
                path: RepoPath::from("."),
                reason: SkipReason::DetectorFailed("no thread could be started".into()),
            });
        } else {
            drop(receiver);
            feed(&|found| sender.send(found).is_ok());
            drop(sender);
        }
        for worker in workers {
            match worker.join() {
                Ok(part) => total.merge(part),
                Err(_) => total.skipped.push(Skipped {
                    path: RepoPath::from("."),
                    reason: SkipReason::DetectorFailed("a worker thread".into()),
                }),
            }
        }
    });
    total.settle_new_files(cx, options, &ids);
    total.finish();
    total
}

fn work(
    cx: &Context<'_>,
    options: ScanOptions<'_>,
    progress: &dyn Progress,
    receiver: &Receiver<Found>,
    ids: &AtomicU32,
) -> Scan {
    let mut part = Scan::default();
    let mut buffer = Vec::new();
    for found in receiver {
        match found {
            Found::Skipped(skipped) => part.skipped.push(skipped),
            Found::Item(item) => part.check(cx, options, progress, item, &mut buffer, ids),
        }
    }
    part
}

impl Scan {
    fn check(
        &mut self,
        cx: &Context<'_>,
        options: ScanOptions<'_>,
        progress: &dyn Progress,
        mut item: Item,
        raw: &mut Vec<u8>,
        ids: &AtomicU32,
    ) {
        raw.clear();
        if let Err(reason) = item.read_into(raw) {
            self.skip(&item.path, reason);
            return;
        }
        if classify::is_template(&item.path) {
            self.skip(&item.path, SkipReason::Template);
        }
        let id = SourceId(ids.fetch_add(1, Ordering::Relaxed));
        let mut source = Source::new(id, item.path, FileKind::Text, raw, item.origin);
        source.kind = classify::classify(&source.path, &source.bytes);
        if source.kind == FileKind::Text
            && classify::begins_like_dockerfile(&source.bytes)
            && let Some(around) = options.around
            && around.is_built(&source.path)
        {
            source.kind = FileKind::Dockerfile;
        }
        source.changed = item.changed;
        let checked = check_source_in(cx, &source, options.around);
        if let Some(before) = &item.before {
            self.remember(cx, options, &source, &checked.findings, before);
        }
        let bytes = source.bytes.len() as u64;
        progress.checked(bytes);
        for reason in checked.skipped {
            self.skip(&source.path, reason);
        }
        self.stats.files_checked += 1;
        self.stats.bytes_checked += bytes;
        self.stats.packages += checked.packages;
        if source.kind != FileKind::Binary {
            *self.stats.by_kind.entry(source.kind.name()).or_default() += 1;
        }
        self.paths.insert(source.path.clone());
        let keep = !checked.findings.is_empty()
            || options.keep.contains(source.kind)
            || (options.originals && source.origin == Origin::Buffer)
            || memchr::memmem::find(&source.bytes, MARKER).is_some();
        if keep {
            let masked = source.masked(&checked.secrets);
            self.sources.0.insert(id, Arc::new(masked));
            if options.originals {
                self.originals.insert(id, source.bytes);
            }
        }
        self.findings.extend(checked.findings);
    }

    /// Notes which findings on unchanged lines the file had before: the others are new, caused by
    /// what the change took away.
    fn remember(
        &mut self,
        cx: &Context<'_>,
        options: ScanOptions<'_>,
        source: &Source,
        findings: &[Finding],
        before: &[u8],
    ) {
        if findings.iter().all(|f| touches_change(f, source)) {
            return;
        }
        let mut old = Source::new(
            source.id,
            source.path.clone(),
            source.kind,
            before,
            source.origin.clone(),
        );
        old.kind = classify::classify(&old.path, &old.bytes);
        let findings = check_source_in(cx, &old, options.around).findings;
        self.known.extend(findings.iter().map(|f| f.fingerprint));
    }

    fn skip(&mut self, path: &RepoPath, reason: SkipReason) {
        self.skipped.push(Skipped {
            path: path.clone(),
            reason,
        });
    }

    fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.skipped.extend(other.skipped);
        self.stats.files_checked += other.stats.files_checked;
        self.stats.bytes_checked += other.stats.bytes_checked;
        self.stats.packages += other.stats.packages;
        for (kind, count) in other.stats.by_kind {
            *self.stats.by_kind.entry(kind).or_default() += count;
        }
        self.sources.0.extend(other.sources.0);
        self.originals.extend(other.originals);
        self.paths.extend(other.paths);
        self.known.extend(other.known);
    }

    /// Puts what was added later in its place.
    pub fn sort(&mut self) {
        sort(&mut self.findings);
        self.skipped.sort();
        self.skipped.dedup();
    }

    /// Renumbers sources by path and sorts everything, so that threads leave no trace.
    fn finish(&mut self) {
        let mut sources: Vec<_> = std::mem::take(&mut self.sources.0).into_iter().collect();
        sources.sort_by(|(a, x), (b, y)| x.path.cmp(&y.path).then(a.cmp(b)));
        let mut names = BTreeMap::new();
        for (at, (old, source)) in sources.into_iter().enumerate() {
            let new = SourceId(u32::try_from(at).unwrap_or(u32::MAX));
            names.insert(old, new);
            let mut source = Arc::unwrap_or_clone(source);
            source.id = new;
            self.sources.0.insert(new, Arc::new(source));
        }
        self.originals = std::mem::take(&mut self.originals)
            .into_iter()
            .filter_map(|(old, bytes)| Some((*names.get(&old)?, bytes)))
            .collect();
        for finding in &mut self.findings {
            let labels = finding.labels.iter_mut().map(|l| &mut l.source);
            let edits = finding.fixes.iter_mut().flat_map(|f| &mut f.edits);
            for id in labels.chain(edits.map(|e| &mut e.source)) {
                if let Some(new) = names.get(id) {
                    *id = *new;
                }
            }
        }
        self.sort();
        if self.findings.len() > LIMITS.findings {
            let dropped = (self.findings.len() - LIMITS.findings) as u64;
            self.findings.truncate(LIMITS.findings);
            self.skip(
                &RepoPath::from("."),
                SkipReason::TooManyFindings {
                    rule: "all rules".into(),
                    dropped,
                },
            );
        }
        self.skipped.sort();
        self.skipped.dedup();
    }
}

/// True where a label of the finding stands on a line that the change added or altered.
fn touches_change(finding: &Finding, source: &Source) -> bool {
    finding.labels.iter().any(|l| source.is_changed(l.span))
}
