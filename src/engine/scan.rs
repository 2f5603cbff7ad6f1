use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use crossbeam_channel::{Receiver, bounded};
use memchr::memmem::Finder;

use crate::archive::{self, Format, Storage};
use crate::classify;
use crate::detect::Context;
use crate::guard::LIMITS;
use crate::guard::flight::{Flight, Held};
use crate::input::{Content, Emit, Found, Item, Sparse};
use crate::join::Around;
use crate::model::{
    ChangedLines, FileKind, Finding, Fingerprint, KindSet, Origin, RepoPath, SkipReason, Skipped,
    Source, SourceId, SourceTable, Stats,
};
use crate::parse::lock;
use crate::text::decode;

use super::check::{Effort, Reach, check_source_in, gather, identify, not_in_full, sort};
use super::copies;
use super::imports::Imports;
use super::known::Known;
use super::left_locks::{Altered, locks};
use super::members::Members;
use super::part::check_parts;
use super::progress::Progress;
use super::redact::Seen;

/// How a scan runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanOptions<'a> {
    /// The repository, where there is one.
    pub around: Option<&'a Around<'a>>,
    /// `None`: as many as there are processors.
    pub threads: Option<usize>,
    /// Kinds whose sources are kept for the joins, whether or not they have findings.
    pub keep: KindSet,
    /// Words that mark sources which are kept whatever their kind.
    pub markers: &'a [&'a str],
    /// Whether the bytes of kept sources are handed out as they are, for fixes.
    pub originals: bool,
    /// Whether archives are opened.
    pub archives: bool,
    /// Whether every file of the repository is fed, so that what none of them imports is not used.
    pub is_whole: bool,
    /// Whether a change is checked, and not a state.
    pub is_change: bool,
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
    /// Secrets' own texts, until the scan is finished.
    pub(super) texts: Known,
    /// What files import, until the scan is finished.
    pub(super) imports: Imports,
    /// The manifests that the change altered, until the scan is finished.
    pub(super) altered: Altered,
}

/// What marks a source that policy must see even without findings.
static MARKER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("plimsoll:"));

/// Bytes that tell what a file is.
const HEAD: u64 = 8 << 10;

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
    let queued = Flight::new(LIMITS.in_flight);
    let job = Job {
        cx,
        options,
        threads,
        collects_imports: options.is_whole && cx.rules.any_of("dependency"),
        progress,
        ids: &ids,
        reading: &Flight::new(LIMITS.in_flight),
    };
    let (sender, receiver) = bounded(QUEUE);
    let mut total = Scan::default();
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        for _ in 0..threads {
            let receiver = receiver.clone();
            let job = &job;
            let worker = std::thread::Builder::new()
                .stack_size(LIMITS.stack)
                .spawn_scoped(scope, move || work(job, &receiver));
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
            feed(&|found| {
                let weight = match &found {
                    Found::Item(item) => item.weight(),
                    Found::Skipped(_) => 0,
                };
                let held = queued.hold(weight);
                sender.send((found, held)).is_ok()
            });
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
    total.settle_left_locks(cx, options, &ids);
    std::mem::take(&mut total.imports).settle(&mut total.findings, options.around);
    total.finish();
    total
}

fn work(job: &Job<'_>, receiver: &Receiver<(Found, Held<'_>)>) -> Scan {
    let mut part = Scan::default();
    let mut buffer = Vec::new();
    for (found, held) in receiver {
        match found {
            Found::Skipped(skipped) => part.skipped.push(skipped),
            Found::Item(item) => {
                // While other files wait, a thread more for this one would only cost memory.
                let threads = if receiver.is_empty() { job.threads } else { 1 };
                part.check(&Job { threads, ..*job }, item, &mut buffer);
            }
        }
        drop(held);
    }
    part
}

/// What a worker needs beside an item.
#[derive(Clone, Copy)]
pub(super) struct Job<'j> {
    pub cx: &'j Context<'j>,
    options: ScanOptions<'j>,
    /// How many an item may use.
    threads: usize,
    collects_imports: bool,
    progress: &'j dyn Progress,
    ids: &'j AtomicU32,
    /// Bytes of files that are read whole.
    reading: &'j Flight,
}

impl Job<'_> {
    pub fn id(&self) -> SourceId {
        SourceId(self.ids.fetch_add(1, Ordering::Relaxed))
    }
}

/// What is known of a file beside its bytes.
pub(super) struct Subject {
    pub path: RepoPath,
    pub origin: Origin,
    pub changed: Option<ChangedLines>,
    pub before: Option<Vec<u8>>,
    pub renamed: bool,
}

/// Files below this size are read without asking for room.
const SMALL: u64 = 1 << 20;
/// Largest buffer that is kept from file to file.
const KEPT: usize = 1 << 20;

impl Scan {
    fn check(&mut self, job: &Job<'_>, mut item: Item, raw: &mut Vec<u8>) {
        raw.clear();
        let content = match item.content(raw) {
            Ok(content) => content,
            Err(reason) => {
                self.skip(&item.path, reason);
                return;
            }
        };
        // Parsing takes several times what a file takes.
        let weight = raw.len() as u64;
        let held = job
            .reading
            .hold(if weight > SMALL { 4 * weight } else { 0 });
        let subject = Subject {
            path: item.path,
            origin: item.origin,
            changed: item.changed,
            before: item.before,
            renamed: item.renamed,
        };
        match content {
            Content::InBuffer => self.check_buffer(job, subject, raw),
            Content::Large(file) => self.check_file(job, subject, file),
        }
        drop(held);
        if raw.capacity() > KEPT {
            *raw = Vec::new();
        }
    }

    fn check_buffer(&mut self, job: &Job<'_>, subject: Subject, raw: &[u8]) {
        if job.options.archives && self.open(job, &subject, raw, &mut Cursor::new(raw)) {
            return;
        }
        if raw.len() as u64 <= LIMITS.parse {
            self.check_whole(job, subject, raw, Reach::All);
        } else {
            self.check_large(job, subject, raw, raw);
        }
    }

    fn check_file(&mut self, job: &Job<'_>, subject: Subject, mut file: File) {
        let mut head = Vec::new();
        let begun = (&mut file).take(HEAD).read_to_end(&mut head);
        if job.options.archives && self.open(job, &subject, &head, &mut file) {
            return;
        }
        match begun.and_then(|_| Sparse::new(file, LIMITS.file)) {
            Ok(content) => {
                let mut whole = Heard::new(content);
                let path = subject.path.clone();
                self.check_large(job, subject, &head, &mut whole);
                if let Some(why) = whole.failed {
                    self.skip(&path, SkipReason::Unreadable(why));
                }
            }
            Err(error) => self.skip(&subject.path, SkipReason::Unreadable(error.to_string())),
        }
    }

    /// Checks what is in an archive; false where it is none, or one that cannot be read.
    fn open(
        &mut self,
        job: &Job<'_>,
        subject: &Subject,
        head: &[u8],
        storage: &mut dyn Storage,
    ) -> bool {
        let Some(format) = Format::find(head, storage) else {
            return false;
        };
        let before = subject.before.as_deref();
        let mut members = Members::new(self, job, &subject.path, &subject.origin, before);
        let opened = archive::unpack(&subject.path, format, storage, &mut members);
        if opened {
            self.stats.files_checked += 1;
            self.paths.insert(subject.path.clone());
        }
        opened
    }

    pub(super) fn check_whole(
        &mut self,
        job: &Job<'_>,
        subject: Subject,
        raw: &[u8],
        reach: Reach,
    ) {
        if classify::is_template(&subject.path) {
            self.skip(&subject.path, SkipReason::Template);
        }
        let id = job.id();
        let mut source = Source::new(id, subject.path, FileKind::Text, raw, subject.origin);
        source.kind = classify::classify(&source.path, &source.bytes);
        let around = job.options.around.filter(|_| reach == Reach::All);
        if source.kind == FileKind::Text
            && classify::begins_like_dockerfile(&source.bytes)
            && around.is_some_and(|around| around.is_built(&source.path))
        {
            source.kind = FileKind::Dockerfile;
        }
        source.changed = subject.changed;
        if lock::KINDS.contains(source.kind) {
            source.before = subject.before.as_deref().map(|raw| decode(raw).1);
        }
        let options = job.options;
        let is_shown = options.keep.contains(source.kind)
            || (options.originals && source.origin == Origin::Buffer)
            || MARKER.find(&source.bytes).is_some()
            || options.markers.iter().any(|word| {
                let found = memchr::memmem::find(&source.bytes, word.as_bytes());
                found.is_some() && source.kind != FileKind::Binary
            });
        let effort = Effort {
            threads: job.threads,
            is_shown,
        };
        let mut checked = gather(job.cx, &source, around, reach, effort);
        identify(&mut checked, &source, &mut Seen::default());
        if reach == Reach::Alone {
            // Nothing is written into an archive.
            checked.findings.iter_mut().for_each(|f| f.fixes.clear());
        }
        if job.options.is_change && reach == Reach::All && !locks(source.kind).is_empty() {
            let before = subject.before.as_deref().unwrap_or_default();
            self.altered.insert(source.path.clone(), before.into());
        }
        if let Some(before) = &subject.before {
            self.remember(job, &source, &checked.findings, before, subject.renamed);
        }
        if job.collects_imports && reach == Reach::All {
            self.imports.add(&source);
        }
        let bytes = source.bytes.len() as u64;
        self.count(job, &source, bytes, checked.skipped);
        self.stats.packages += checked.packages;
        self.texts.add(&source, &checked.secrets);
        if is_shown || !checked.findings.is_empty() {
            let masked = source.masked(&checked.secrets);
            self.sources.0.insert(id, Arc::new(masked));
            if options.originals && reach == Reach::All {
                self.originals.insert(id, source.bytes);
            }
        }
        self.findings.extend(checked.findings);
    }

    /// Checks a file of any size for what needs no parsing. `head` is its beginning, which
    /// `content` gives as well.
    pub(super) fn check_large(
        &mut self,
        job: &Job<'_>,
        subject: Subject,
        head: &[u8],
        content: impl Read,
    ) {
        let head = head.get(..HEAD as usize).unwrap_or(head);
        let mut like = Source::new(job.id(), subject.path, FileKind::Text, head, subject.origin);
        like.kind = classify::classify(&like.path, &like.bytes);
        like.changed = subject.changed;
        let id = || job.id();
        let mut parts = check_parts(job.cx, &like, content, &id);
        if let Some(before) = &subject.before {
            let before = check_parts(job.cx, &like, before.as_slice(), &id);
            let known = before.findings.iter().map(|f| f.fingerprint);
            self.known.extend(known);
        }
        let is_large = parts.bytes > LIMITS.parse;
        let reason = not_in_full(like.kind, head, is_large, Reach::Text);
        parts.skipped.extend(reason);
        self.count(job, &like, parts.bytes, parts.skipped);
        for source in parts.sources {
            self.sources.0.insert(source.id, Arc::new(source));
        }
        self.findings.extend(parts.findings);
    }

    fn count(&mut self, job: &Job<'_>, source: &Source, bytes: u64, skipped: Vec<SkipReason>) {
        job.progress.checked(bytes);
        for reason in skipped {
            match reason {
                // It was to be opened, and could not be: the reason for that has its own row.
                SkipReason::Archive if job.options.archives => {
                    self.skip(&source.path, SkipReason::Binary);
                }
                reason => self.skip(&source.path, reason),
            }
        }
        self.stats.files_checked += 1;
        self.stats.bytes_checked += bytes;
        if source.kind != FileKind::Binary {
            *self.stats.by_kind.entry(source.kind.name()).or_default() += 1;
        }
        self.paths.insert(source.path.clone());
    }

    /// Notes which findings the file had before the change: of those on unchanged lines, the others
    /// are new, caused by what the change took away. What is said of packages is new wherever the
    /// file did not say it before; under another name, it never said anything.
    fn remember(
        &mut self,
        job: &Job<'_>,
        source: &Source,
        findings: &[Finding],
        before: &[u8],
        renamed: bool,
    ) {
        let asks = |f: &Finding| match f.is_about_packages() {
            true => !renamed,
            false => !touches_change(f, source),
        };
        if !findings.iter().any(asks) {
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
        let findings = check_source_in(job.cx, &old, job.options.around).findings;
        let still = findings
            .iter()
            .filter(|f| !(renamed && f.is_about_packages()));
        self.known.extend(still.map(|f| f.fingerprint));
    }

    pub(super) fn skip(&mut self, path: &RepoPath, reason: SkipReason) {
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
        self.texts.merge(other.texts);
        self.imports.merge(other.imports);
        self.altered.extend(other.altered);
    }

    /// Puts what was added later in its place.
    pub fn sort(&mut self) {
        sort(&mut self.findings);
        self.skipped.sort();
        self.skipped.dedup();
    }

    /// Renumbers sources by path and sorts everything, so that threads leave no trace.
    fn finish(&mut self) {
        std::mem::take(&mut self.texts).blank(&mut self.findings, &mut self.sources);
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
        copies::fold(&mut self.findings, &self.sources);
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

/// A stream whose error is remembered: to the checks it is the end.
struct Heard<R> {
    inner: R,
    failed: Option<String>,
}

impl<R> Heard<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            failed: None,
        }
    }
}

impl<R: Read> Read for Heard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        if let Err(error) = &read
            && error.kind() != io::ErrorKind::Interrupted
        {
            self.failed = Some(error.to_string());
        }
        read
    }
}
