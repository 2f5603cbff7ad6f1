//! Files that fixes would make, where they are there already.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::classify::classify;
use crate::detect::Context;
use crate::guard::LIMITS;
use crate::join::{Around, Files as _};
use crate::model::{Edit, Finding, NewFile, Origin, RepoPath, Source, SourceId, Span};

use super::check::check_source_in;
use super::scan::{Scan, ScanOptions};

impl Scan {
    /// Turns new files of fixes that are there already into edits at their ends. Those files
    /// become sources, whether or not they were asked for.
    pub(super) fn settle_new_files(
        &mut self,
        cx: &Context<'_>,
        options: ScanOptions<'_>,
        ids: &AtomicU32,
    ) {
        let makes_some = |f: &Finding| f.fixes.iter().any(|fix| !fix.creates.is_empty());
        let (Some(around), true) = (options.around, self.findings.iter().any(makes_some)) else {
            return;
        };
        let sources = self.sources.0.iter();
        let mut known: BTreeMap<RepoPath, SourceId> = sources
            .map(|(id, source)| (source.path.clone(), *id))
            .collect();
        let mut findings = std::mem::take(&mut self.findings);
        for fix in findings.iter_mut().flat_map(|f| &mut f.fixes) {
            for file in std::mem::take(&mut fix.creates) {
                let id = known.get(&file.path).copied().or_else(|| {
                    let id = SourceId(ids.fetch_add(1, Ordering::Relaxed));
                    self.add_source(cx, options, around, id, &file.path)
                });
                match id.and_then(|id| self.sources.get(id)) {
                    Some(source) => {
                        known.insert(file.path.clone(), source.id);
                        fix.edits.extend(at_end(source, &file));
                    }
                    None => fix.creates.push(file),
                }
            }
        }
        self.findings = findings;
    }

    /// Reads a file that nobody asked about, and finds out what of it may not be shown.
    fn add_source(
        &mut self,
        cx: &Context<'_>,
        options: ScanOptions<'_>,
        around: &Around<'_>,
        id: SourceId,
        path: &RepoPath,
    ) -> Option<SourceId> {
        let raw = around.read(path, LIMITS.config)?;
        let kind = classify(path, &raw);
        let source = Source::new(id, path.clone(), kind, &raw, Origin::Worktree);
        let secrets = check_source_in(cx, &source, None).secrets;
        self.sources.0.insert(id, Arc::new(source.masked(&secrets)));
        if options.originals {
            self.originals.insert(id, source.bytes);
        }
        Some(id)
    }
}

/// One edit a line, so that what two findings want alike is done once.
fn at_end<'f>(source: &Source, file: &'f NewFile) -> impl Iterator<Item = Edit> + use<'f> {
    let end = source.bytes.len();
    let is_open = source.bytes.last().is_some_and(|b| *b != b'\n');
    let id = source.id;
    file.text.lines().map(move |line| Edit {
        source: id,
        span: Span::from_usize(end, end),
        with: match is_open {
            true => format!("\n{line}"),
            false => format!("{line}\n"),
        },
    })
}
