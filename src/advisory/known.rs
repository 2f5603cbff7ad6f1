//! What is known of one advisory by its id, whatever packages it is about: what those need who name
//! advisories, in ignores above all.

use std::collections::BTreeSet;

use super::day::Day;
use super::record::Record;
use crate::model::Ecosystem;

/// What is known of one advisory, over all records that bear its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// As its database writes it.
    pub id: String,
    /// All other ids of the same defects, sorted.
    pub aliases: Vec<String>,
    /// The newest change of any of the records.
    pub modified: Option<Day>,
    /// When the last of the records was taken back; `None` while one of them holds.
    pub withdrawn: Option<Day>,
    /// What it is about, by ecosystem and normalised name.
    pub packages: BTreeSet<(Ecosystem, String)>,
    holds: bool,
}

impl Known {
    pub(super) fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            aliases: Vec::new(),
            modified: None,
            withdrawn: None,
            packages: BTreeSet::new(),
            holds: false,
        }
    }

    pub(super) fn add(&mut self, ecosystem: Ecosystem, package: String, record: Record) {
        self.modified = self.modified.max(record.dated());
        self.holds |= record.withdrawn.is_none();
        self.withdrawn = if self.holds {
            None
        } else {
            self.withdrawn.max(record.withdrawn)
        };
        self.packages.insert((ecosystem, package));
        for id in std::iter::once(record.id).chain(record.aliases) {
            if id.eq_ignore_ascii_case(&self.id) {
                self.id = id;
            } else {
                self.aliases.push(id);
            }
        }
        self.aliases.sort();
        self.aliases.dedup();
    }
}
