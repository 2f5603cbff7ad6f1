//! Takes secrets out of the names and words of a finished report.

use std::borrow::Cow;
use std::sync::Arc;

use crate::detect::secret::{path_without_secrets, without_secrets};
use crate::model::{Finding, Report, SkipReason, Skipped, SuppressedBy};

/// Blanks what looks like a secret in every path and every word of a report, whoever wrote it: a
/// path may hold one, a message may quote another file. The bytes of sources are masked before.
///
/// This comes last: a file is found, fixed and ignored by its real path.
pub fn conceal(report: &mut Report) {
    for source in report.sources.0.values_mut() {
        if let Some(path) = path_without_secrets(&source.path) {
            Arc::make_mut(source).path = path;
        }
    }
    report.skipped.iter_mut().for_each(conceal_skipped);
    report.findings.iter_mut().for_each(conceal_finding);
    for suppressed in &mut report.suppressed {
        conceal_finding(&mut suppressed.finding);
        if let SuppressedBy::Inline { reason }
        | SuppressedBy::Config { reason }
        | SuppressedBy::Vex { reason, .. } = &mut suppressed.by
        {
            reason.iter_mut().for_each(blank);
        }
    }
    for unused in &mut report.unused_suppressions {
        if let Some(path) = path_without_secrets(&unused.path) {
            unused.path = path;
        }
        blank(&mut unused.what);
    }
    report.tool.policy.iter_mut().for_each(blank);
    report.tool.advisories.problems.iter_mut().for_each(blank);
}

pub(super) fn conceal_skipped(skipped: &mut Skipped) {
    if let Some(path) = path_without_secrets(&skipped.path) {
        skipped.path = path;
    }
    match &mut skipped.reason {
        SkipReason::Unreadable(words)
        | SkipReason::Unsupported(words)
        | SkipReason::Malformed(words)
        | SkipReason::NotResolved(words)
        | SkipReason::DetectorFailed(words)
        | SkipReason::Other(words)
        | SkipReason::TooManyFindings { rule: words, .. } => blank(words),
        _ => {}
    }
}

fn conceal_finding(finding: &mut Finding) {
    finding.clean(|text| match without_secrets(text) {
        Cow::Owned(masked) => Some(masked),
        Cow::Borrowed(_) => None,
    });
}

fn blank(text: &mut String) {
    if let Cow::Owned(masked) = without_secrets(text) {
        *text = masked;
    }
}
