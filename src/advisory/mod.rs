//! Advisory data: what is known to be wrong with which versions of which packages. Read-only.

use crate::model::AdvisoryInfo;

/// The advisories of a run.
#[derive(Debug, Default)]
pub struct Advisories {
    info: AdvisoryInfo,
}

impl Advisories {
    /// What the binary carries.
    pub fn starter() -> Self {
        Self::default()
    }

    /// Which set this is, how old, how many records.
    pub fn info(&self) -> &AdvisoryInfo {
        &self.info
    }
}
