use crate::advisory::Day;
use crate::parse::dockerfile::Wanted;

/// What a run is told besides the files, so that detection needs no clock and no configuration.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The day of the run; the day of our own tables where nobody says it.
    pub today: Option<Day>,
    /// The registries and names that images may come from; `None`: any.
    pub registries: Option<Vec<String>>,
    /// Targets and arguments of the builds that the user names.
    pub wanted: Wanted,
}

impl Given {
    /// Nothing said.
    pub const NOTHING: &'static Self = &Self {
        today: None,
        registries: None,
        wanted: Wanted {
            targets: Vec::new(),
            args: Vec::new(),
            contexts: Vec::new(),
        },
    };
}
