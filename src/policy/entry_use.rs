use crate::model::Finding;

use super::package_scope::PackageScope;

/// What an entry of the configuration came to in one run.
#[derive(Clone, Debug, Default)]
pub(super) struct EntryUse {
    /// It silenced something.
    pub is_used: bool,
    /// It was to end where a version fixes the defect, and one does.
    pub is_outgrown: bool,
    /// The advisory and a version that fixes it.
    pub fixed: Option<(String, String)>,
    /// The advisory and the day on which it was changed, after somebody looked at it.
    pub changed: Option<(String, String)>,
}

impl EntryUse {
    /// Notes a finding that the entry covers.
    pub fn note(&mut self, scope: &PackageScope, finding: &Finding) {
        if scope.is_anything() {
            self.is_used = true;
            return;
        }
        if let Some(advice) = finding.advice() {
            let id = || advice.advisory.clone();
            let fixed = advice.fixed_in.first().map(|fix| (id(), fix.clone()));
            let changed = scope.changed(advice);
            let changed = changed.map(|day| (id(), day.to_owned()));
            self.is_outgrown = scope.until_fixed && fixed.is_some();
            self.fixed = self.fixed.take().or(fixed);
            self.changed = self.changed.take().or(changed);
        }
        self.is_used |= !self.is_outgrown;
    }
}
