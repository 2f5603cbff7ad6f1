use crate::model::{Report, Severity};

/// The least severity that makes a run fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    Severity(Severity),
    Never,
}

impl Default for FailOn {
    fn default() -> Self {
        Self::Severity(Severity::Medium)
    }
}

/// What a run ends with. The numbers are the exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean = 0,
    Findings = 1,
    Incomplete = 3,
    Internal = 4,
}

impl FailOn {
    /// A failure of ours is never a pass; then findings count, then what was not scanned.
    /// Advisories that the configuration calls too old were not scanned with, strict or not, and
    /// neither were those that somebody imported and that cannot be used.
    pub fn judge(self, report: &Report, strict_scan: bool) -> Verdict {
        if report.has_internal_failure() {
            return Verdict::Internal;
        }
        let fails = match self {
            Self::Never => false,
            Self::Severity(least) => report.worst().is_some_and(|worst| worst >= least),
        };
        if fails {
            Verdict::Findings
        } else if report.is_refused_as_stale()
            || report.has_lost_advisories()
            || (strict_scan && report.is_incomplete())
        {
            Verdict::Incomplete
        } else {
            Verdict::Clean
        }
    }
}
