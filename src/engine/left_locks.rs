//! Lockfiles that a change left alone, although it altered the manifests that they are for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::classify::classify;
use crate::detect::{Context, Sink, stale_lockfile};
use crate::guard::LIMITS;
use crate::join::{Around, Changed, Files as _};
use crate::model::{FileKind, Finding, Origin, RepoPath, Source, SourceId, Span};

use super::check::check_source_in;
use super::redact;
use super::scan::{Scan, ScanOptions};

/// The manifests that a change altered, as they were; empty where there was none.
pub(super) type Altered = BTreeMap<RepoPath, Arc<[u8]>>;

/// The lockfiles of a kind of manifest; none where they are not judged against it.
pub(super) fn locks(kind: FileKind) -> &'static [&'static [u8]] {
    match kind {
        FileKind::PackageJson => &[b"package-lock.json", b"npm-shrinkwrap.json"],
        FileKind::CargoToml => &[b"Cargo.lock"],
        _ => &[],
    }
}

impl Scan {
    /// Judges them as if they were part of the change. What did not fit before is no news.
    pub(super) fn settle_left_locks(
        &mut self,
        cx: &Context<'_>,
        options: ScanOptions<'_>,
        ids: &AtomicU32,
    ) {
        let altered = std::mem::take(&mut self.altered);
        let Some(around) = options.around else {
            return;
        };
        let paths = altered
            .keys()
            .filter_map(|manifest| lock_of(manifest, around));
        let left: BTreeSet<RepoPath> = paths.filter(|path| !self.paths.contains(path)).collect();
        let before = Changed {
            files: around,
            changes: &altered,
        };
        let before = Around::new(&before);
        for path in left {
            let bytes = around.read(&path, LIMITS.parse + 1);
            let Some(bytes) = bytes.filter(|bytes| bytes.len() as u64 <= LIMITS.parse) else {
                continue;
            };
            let id = SourceId(ids.fetch_add(1, Ordering::Relaxed));
            let kind = classify(&path, &bytes);
            let source = Source::new(id, path, kind, &bytes, Origin::Worktree);
            let mut found = judge(cx, &source, around);
            if found.is_empty() {
                continue;
            }
            let secrets = check_source_in(cx, &source, None).secrets;
            let mut old = judge(cx, &source, &before);
            for findings in [&mut found, &mut old] {
                identify(cx, findings, &source, &secrets);
            }
            self.known.extend(old.iter().map(|f| f.fingerprint));
            self.findings.append(&mut found);
            self.sources.0.insert(id, Arc::new(source.masked(&secrets)));
            if options.originals {
                self.originals.insert(id, source.bytes);
            }
        }
    }
}

fn identify(cx: &Context<'_>, findings: &mut [Finding], source: &Source, secrets: &[Span]) {
    redact::scrub(findings, source, secrets, cx.rules.set());
    redact::fingerprint(findings, source, secrets);
}

fn judge(cx: &Context<'_>, source: &Source, around: &Around<'_>) -> Vec<Finding> {
    let mut out = Sink::new(cx.rules, source.id);
    stale_lockfile(&around.document(source, &cx.given.wanted), &mut out);
    let mut found = out.into_collected().findings;
    found.retain(|finding| cx.rules.shows(finding));
    found
}

/// The nearest lockfile at or above a manifest.
fn lock_of(manifest: &RepoPath, around: &Around<'_>) -> Option<RepoPath> {
    let names = locks(classify(manifest, b""));
    manifest.folders().find_map(|folder| {
        let here = around.list(&folder);
        let is_here = |name: &&&[u8]| here.iter().any(|entry| entry.name == **name);
        names.iter().find(is_here).map(|name| folder.join(name))
    })
}
