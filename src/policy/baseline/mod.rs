//! What a repository knows already: findings that were there when somebody decided to block only
//! new ones.
//!
//! # The file
//! `.plimsoll-baseline.json` belongs into the repository. It is sorted and holds one finding a
//! line, so that two branches merge as text; the empty object at its end lets every finding's line
//! end in a comma. A finding is its rule, its path and a print, never a line number and never a
//! piece of the file.
//!
//! # The print
//! The print is a hash of the finding's content (rule, masked text of its lines, mark of the
//! secret; see [`Fingerprint`](crate::model::Fingerprint)) under the file's own random key, its
//! `id` (a name that promises no scanner a secret). The key is made once, by `create`, and stays,
//! because prints of one finding under several keys would say more together than each alone. It cannot be secret: whoever checks out the repository has to be
//! able to compare, CI without further set-up included. So nothing rests on it but that prints of
//! two repositories have nothing in common. That a password cannot be guessed from a print rests on
//! the mark, of which twelve bits go in.
//!
//! # What matches
//! A finding is known where an entry has its path and its print; each entry counts for one finding,
//! so of three equal lines where two are known, one is new. A renamed file keeps its entries: what
//! is left of the findings may take entries of files that are no longer there. A finding moves with
//! its text, whatever happens above, below or to the white space of its lines. Another secret in
//! the same place is new.
//!
//! Malicious packages are never part of a baseline, nor are remarks about the policy itself.

mod file;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::model::{Finding, RepoPath};

/// A baseline, as its file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    key: [u8; 16],
    entries: Vec<Entry>,
}

/// A known finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub rule: String,
    print: u64,
    /// Where it stands in the baseline's file.
    pub span: Range<usize>,
}

/// Which findings are known, and which entries were of use, each in the order in which they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    pub known: Vec<bool>,
    pub used: Vec<bool>,
}

/// Entries with the same print that are asked whether their file is gone.
const ASKED: usize = 100;

impl Baseline {
    /// Where it lies, seen from the repository's root.
    pub const FILE: &'static str = ".plimsoll-baseline.json";

    /// An empty baseline under a new key.
    pub fn new(key: [u8; 16]) -> Self {
        Self {
            key,
            entries: Vec::new(),
        }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same baseline with other entries; the key stays.
    pub fn with(&self, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.order().cmp(&b.order()));
        Self {
            key: self.key,
            entries,
        }
    }

    /// True for findings that a baseline may hold.
    pub fn may_hold(finding: &Finding) -> bool {
        finding.rule.as_str() != "dependency/malicious" && finding.rule.family() != "policy"
    }

    /// The entry for a finding.
    pub fn entry(&self, finding: &Finding, path: &RepoPath) -> Entry {
        Entry {
            path: path.to_text(),
            rule: finding.rule.as_str().to_owned(),
            print: self.print(finding),
            span: 0..0,
        }
    }

    fn print(&self, finding: &Finding) -> u64 {
        finding.fingerprint.under(&self.key)
    }

    /// Compares findings with the entries. `is_there` says whether a path is part of what is
    /// checked; it is asked about entries whose print fits a finding elsewhere, and only then.
    pub fn matches<'f>(
        &self,
        findings: impl IntoIterator<Item = (&'f Finding, &'f RepoPath)>,
        is_there: &dyn Fn(&RepoPath) -> bool,
    ) -> Matches {
        let mut by_place: HashMap<(u64, String), Vec<usize>> = HashMap::new();
        let mut by_print: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, entry) in self.entries.iter().enumerate().rev() {
            let place = (entry.print, entry.path.clone());
            by_place.entry(place).or_default().push(at);
            by_print.entry(entry.print).or_default().push(at);
        }
        let mut matches = Matches {
            known: Vec::new(),
            used: vec![false; self.entries.len()],
        };
        let mut left = Vec::new();
        for (at, (finding, path)) in findings.into_iter().enumerate() {
            matches.known.push(false);
            if !Self::may_hold(finding) || self.entries.is_empty() {
                continue;
            }
            let print = self.print(finding);
            match by_place
                .get_mut(&(print, path.to_text()))
                .and_then(Vec::pop)
            {
                Some(entry) => matches.take(at, entry),
                None if by_print.contains_key(&print) => left.push((at, print)),
                None => {}
            }
        }
        let mut gone: BTreeMap<&str, bool> = BTreeMap::new();
        for (at, print) in left {
            let same = by_print.get(&print).into_iter().flatten().rev();
            let mut free = same.filter(|e| matches.used.get(**e) == Some(&false));
            let moved = free.by_ref().take(ASKED).find(|entry| {
                self.entries.get(**entry).is_some_and(|entry| {
                    let path = entry.path.as_str();
                    *gone
                        .entry(path)
                        .or_insert_with(|| !is_there(&RepoPath::from(path)))
                })
            });
            if let Some(entry) = moved.copied() {
                matches.take(at, entry);
            }
        }
        matches
    }
}

impl Matches {
    fn take(&mut self, finding: usize, entry: usize) {
        if let Some(known) = self.known.get_mut(finding) {
            *known = true;
        }
        if let Some(used) = self.used.get_mut(entry) {
            *used = true;
        }
    }
}

impl Entry {
    fn order(&self) -> (&str, &str, u64) {
        (&self.path, &self.rule, self.print)
    }

    /// True for an entry of the same finding, wherever they stand.
    pub fn is_same(&self, other: &Self) -> bool {
        self.order() == other.order()
    }

    /// The print as the file writes it.
    pub fn print(&self) -> String {
        format!("{:016x}", self.print)
    }
}
