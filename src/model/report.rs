use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Finding, Fix, RepoPath, Severity, Skipped, Source, SourceId, Span};
use crate::rules::RuleSet;

/// Everything one run says. Sorted, stable, without times, free of secrets.
#[derive(Debug)]
pub struct Report {
    pub findings: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    pub unused_suppressions: Vec<UnusedSuppression>,
    pub skipped: Vec<Skipped>,
    pub stats: Stats,
    pub tool: ToolInfo,
    /// The sources that findings point into, with every secret masked.
    pub sources: SourceTable,
    pub rules: Arc<RuleSet>,
}

/// The masked sources of a report.
#[derive(Debug, Default)]
pub struct SourceTable(pub BTreeMap<SourceId, Arc<Source>>);

impl SourceTable {
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(&id).map(Arc::as_ref)
    }
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuppressedBy {
    /// A comment in the source.
    Inline { reason: Option<String> },
    /// An entry of the configuration.
    Config { reason: Option<String> },
    /// An OpenVEX document says `not_affected` or `fixed`.
    Vex {
        status: &'static str,
        reason: Option<String>,
    },
    /// The baseline has it.
    Baseline,
    /// It stands on a line that this change does not touch.
    UnchangedLine,
    /// It is about a package, and the file had it before this change.
    KnownBefore,
}

#[derive(Clone, Debug)]
pub struct Suppressed {
    pub finding: Finding,
    pub by: SuppressedBy,
}

/// An ignore that silenced nothing, or that has expired or names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedSuppression {
    /// The rule that reports it.
    pub rule: &'static str,
    pub path: RepoPath,
    pub source: Option<SourceId>,
    pub span: Span,
    /// 1-based.
    pub line: u32,
    pub what: String,
    /// How to take it away, where that changes nothing.
    pub fix: Option<Fix>,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub files_checked: u64,
    pub bytes_checked: u64,
    /// Files checked of each kind that a detector parses, by the kind's name.
    pub by_kind: BTreeMap<&'static str, u64>,
    /// Packages looked up in the advisories.
    pub packages: u64,
    /// Commits and tags whose messages and files were looked at, where a history was.
    pub commits: u64,
}

/// Who made the report, and from which data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolInfo {
    pub version: &'static str,
    /// Hash of all rules that took part.
    pub rules_hash: String,
    pub advisories: AdvisoryInfo,
    /// What shaped the verdict: the configuration file, the baseline, switches.
    pub policy: Vec<String>,
    /// For each entry of the baseline whether a finding was taken for it; `None`: no baseline.
    pub baseline: Option<Vec<bool>>,
}

/// Which advisory data was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdvisoryInfo {
    /// `starter` (built in) or `index` (imported).
    pub set: String,
    /// Newest change of any record, `YYYY-MM-DD`.
    pub date: String,
    pub records: u64,
    /// Content hash.
    pub hash: String,
    /// Where the records came from.
    pub sources: Vec<String>,
    /// Why data that should have been used was not; the built-in set stood in for it.
    pub problems: Vec<String>,
    /// Set where packages were looked up in data that is older than it should be.
    pub stale: Option<Stale>,
}

/// How old advisory data is that is too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    pub days: u32,
    pub max_age: u32,
    /// Whether a run with such data counts as incomplete.
    pub fails: bool,
}

impl Report {
    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|f| f.severity == severity)
            .count()
    }

    /// The worst severity found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|f| f.severity).max()
    }

    /// True where something that should have been checked was not.
    pub fn is_incomplete(&self) -> bool {
        self.skipped.iter().any(|s| s.reason.is_incomplete())
            || !self.tool.advisories.problems.is_empty()
            || self.is_refused_as_stale()
    }

    /// True where packages were looked up without the advisories that were imported for them.
    pub fn has_lost_advisories(&self) -> bool {
        self.stats.packages > 0 && !self.tool.advisories.problems.is_empty()
    }

    /// True where the configuration wants no verdict from advisories as old as these.
    pub fn is_refused_as_stale(&self) -> bool {
        self.tool.advisories.stale.is_some_and(|stale| stale.fails)
    }

    /// True where a detector of ours failed.
    pub fn has_internal_failure(&self) -> bool {
        self.skipped
            .iter()
            .any(|s| matches!(s.reason, super::SkipReason::DetectorFailed(_)))
    }
}
