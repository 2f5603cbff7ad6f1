//! Files that are too large to be held: checked window by window, and remembered as the few lines
//! around each finding.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

use crate::detect::Context;
use crate::guard::LIMITS;
use crate::model::{Finding, RuleId, SkipReason, Source, SourceId, Span};
use crate::text::{Encoding, Utf16, Windows, boundary};

use super::check::{self, Checked, Effort, Reach};
use super::redact::Seen;

/// Bytes kept on either side of what a finding points at.
const AROUND: usize = 2 << 10;
/// Longest piece that neighbouring findings share.
const PIECE: usize = 64 << 10;

/// What the windows of one file hold.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub findings: Vec<Finding>,
    /// Masked pieces of the file, one for each group of findings.
    pub sources: Vec<Source>,
    pub skipped: Vec<SkipReason>,
    pub bytes: u64,
    listed: BTreeMap<RuleId, usize>,
    dropped: BTreeMap<RuleId, u64>,
}

/// Checks all of a stream that is too large for anything but the checks that parse nothing. `like`
/// says what file it is; `id` names the pieces.
pub(super) fn check_parts(
    cx: &Context<'_>,
    like: &Source,
    content: impl Read,
    id: &dyn Fn() -> SourceId,
) -> Parts {
    let mut parts = Parts::default();
    let mut seen = Seen::default();
    let content: Box<dyn Read + '_> = match like.encoding {
        Encoding::Utf8 => Box::new(content),
        encoding => Box::new(Utf16::new(content, encoding == Encoding::Utf16Le)),
    };
    let mut windows = Windows::new(content, LIMITS.window, LIMITS.overlap);
    while let Some(window) = windows.next_window() {
        parts.bytes += window.own.len() as u64;
        // Disk images are made of it.
        if window.bytes.iter().all(|byte| *byte == 0) {
            continue;
        }
        let source = like.part(like.id, window.bytes, window.start);
        let mut checked = check::gather(cx, &source, None, Reach::Text, Effort::SHOWN);
        checked.findings.retain(|finding| {
            let begins = finding.primary().map(|label| label.span.start as usize);
            begins.is_some_and(|at| window.own.contains(&at))
        });
        check::identify(&mut checked, &source, &mut seen);
        parts.add(checked, &source, id);
    }
    for (rule, dropped) in std::mem::take(&mut parts.dropped) {
        parts.skipped.push(SkipReason::TooManyFindings {
            rule: rule.as_str().to_owned(),
            dropped,
        });
    }
    parts
}

impl Parts {
    fn add(&mut self, checked: Checked, window: &Source, id: &dyn Fn() -> SourceId) {
        for reason in checked.skipped {
            match reason {
                SkipReason::TooManyFindings { rule, dropped } => {
                    *self.dropped.entry(RuleId::owned(rule)).or_default() += dropped;
                }
                other if !self.skipped.contains(&other) => self.skipped.push(other),
                _ => {}
            }
        }
        let mut findings = checked.findings;
        findings.retain(|finding| self.has_room(finding));
        if findings.is_empty() {
            return;
        }
        let masked = window.masked(&checked.secrets);
        for (range, group) in grouped(findings, &masked.bytes) {
            let bytes = masked.bytes.get(range.clone()).unwrap_or_default();
            let passed = masked.bytes.get(..range.start).unwrap_or_default();
            let piece = window.part(id(), bytes, window.start.after(passed));
            let moved = |finding| moved(finding, range.start, piece.id);
            self.findings.extend(group.into_iter().map(moved));
            self.sources.push(piece);
        }
    }

    /// The limit is one of the file, not of its windows.
    fn has_room(&mut self, finding: &Finding) -> bool {
        let listed = self.listed.entry(finding.rule.clone()).or_default();
        if *listed < LIMITS.findings_per_rule {
            *listed += 1;
            return true;
        }
        *self.dropped.entry(finding.rule.clone()).or_default() += 1;
        false
    }
}

/// Findings that stand close together, with the piece of the text that shows them.
fn grouped(findings: Vec<Finding>, bytes: &[u8]) -> Vec<(Range<usize>, Vec<Finding>)> {
    let mut groups: Vec<(Range<usize>, Vec<Finding>)> = Vec::new();
    for finding in findings {
        let spans = finding.labels.iter().map(|label| label.span);
        let Some(span) = spans.reduce(Span::cover) else {
            continue;
        };
        let range = piece(span, bytes);
        match groups.last_mut() {
            Some((last, group))
                if range.start <= last.end
                    && last.start.min(range.start) + PIECE >= last.end.max(range.end) =>
            {
                *last = last.start.min(range.start)..last.end.max(range.end);
                group.push(finding);
            }
            _ => groups.push((range, vec![finding])),
        }
    }
    groups
}

/// Some lines around a span, or as much of a longer line.
fn piece(span: Span, bytes: &[u8]) -> Range<usize> {
    let (start, end) = (span.start as usize, span.end as usize);
    let far = start.saturating_sub(AROUND);
    let line_end = bytes
        .get(far..start)
        .and_then(|before| memchr::memchr(b'\n', before));
    let from = match line_end {
        _ if far == 0 => 0,
        Some(at) => far + at + 1,
        None => boundary(bytes, far).min(start),
    };
    let to = boundary(bytes, end.saturating_add(AROUND).min(bytes.len()));
    from..to
}

fn moved(mut finding: Finding, by: usize, to: SourceId) -> Finding {
    for label in &mut finding.labels {
        let (start, end) = (label.span.start as usize, label.span.end as usize);
        label.span = Span::from_usize(start.saturating_sub(by), end.saturating_sub(by));
        label.source = to;
    }
    // A fix edits a whole file.
    finding.fixes.clear();
    finding
}
