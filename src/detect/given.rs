use std::collections::BTreeMap;
use std::sync::Arc;

use super::allowed::Allowed;
use super::dependency::{Ban, LicencePolicy, ReleasePolicy};
use super::secret::Team;
use super::source;
use crate::advisory::Day;
use crate::parse::dockerfile::Wanted;

/// What a run is told besides the files, so that detection needs no clock and no configuration.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The day of the run; the day of our own tables where nobody says it.
    pub today: Option<Day>,
    /// The registries and names that images may come from; `None`: any.
    pub registries: Option<Vec<String>>,
    /// The addresses that packages may come from; `None`: any.
    pub package_registries: Option<Vec<String>>,
    /// Targets and arguments of the builds that the user names.
    pub wanted: Wanted,
    /// The labels that images are to have.
    pub labels: Option<LabelSchema>,
    /// True where what looks like a secret and fails its own check is not reported.
    pub strict_checksum: bool,
    /// Whether source code that only tests run counts like any other.
    pub judges_tests: bool,
    /// Whether vendored, generated and minified source code counts like any other.
    pub judges_vendored: bool,
    /// The team's own kinds of secrets.
    pub team: Option<Arc<Team>>,
    /// The team's own rules about source code.
    pub source_team: Option<Arc<source::Team>>,
    /// What the configuration ignores by the secret's own text.
    pub allowed: Option<Arc<Allowed>>,
    /// The licences that packages may have; `None`: any.
    pub licences: Option<LicencePolicy>,
    /// Packages that are not wanted.
    pub bans: Vec<Ban>,
    /// How old releases have to be; `None`: any age.
    pub releases: Option<ReleasePolicy>,
}

/// The project's table of labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSchema {
    /// True where no other labels are wanted.
    pub strict: bool,
    pub formats: BTreeMap<String, LabelFormat>,
}

/// What the value of a label looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFormat {
    Text,
    Url,
    Rfc3339,
    Spdx,
    Hash,
    Semver,
    Email,
}

impl LabelFormat {
    pub const ALL: [(&'static str, Self); 7] = [
        ("text", Self::Text),
        ("url", Self::Url),
        ("rfc3339", Self::Rfc3339),
        ("spdx", Self::Spdx),
        ("hash", Self::Hash),
        ("semver", Self::Semver),
        ("email", Self::Email),
    ];
}

impl Given {
    /// Nothing said.
    pub const NOTHING: &'static Self = &Self {
        today: None,
        registries: None,
        package_registries: None,
        wanted: Wanted {
            targets: Vec::new(),
            named: Vec::new(),
            args: Vec::new(),
            contexts: Vec::new(),
        },
        labels: None,
        strict_checksum: false,
        judges_tests: false,
        judges_vendored: false,
        team: None,
        source_team: None,
        allowed: None,
        licences: None,
        bans: Vec::new(),
        releases: None,
    };
}
