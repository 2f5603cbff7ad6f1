//! Advisories from files: OSV JSON, JSON lines and zips of it, RustSec checkouts, another machine's
//! export. Bounded, and one bad record costs that record.

mod archive;
mod gathered;
mod headline;
mod osv;
pub(super) mod rating;
mod rustsec;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use super::ranges::Bounds;
use super::record::Record;
use super::{Day, starter, writer};
use crate::guard::LIMITS;
use crate::model::Ecosystem;
use crate::parse::version::Scheme;
use gathered::Gathered;

/// How many bad records are listed; all are counted.
const LISTED: usize = 100;

/// What keeps an import from being used at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("cannot use {path}: {why}")]
    Unreadable { path: String, why: String },
    #[error("more than {limit} bytes of advisories (limit `import`)")]
    TooLarge { limit: u64 },
    #[error("there is no advisory in what was given ({bad} could not be read)")]
    Nothing { bad: u64 },
    #[error("the advisories of {0} do not fit into an index")]
    DoesNotFit(&'static str),
}

/// A record that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// File, archive entry or line.
    pub place: String,
    pub why: String,
}

/// What was read, by ecosystem.
#[derive(Debug, Default)]
pub struct Imported {
    gathered: Gathered,
    /// The first bad records.
    pub bad: Vec<Bad>,
    /// How many bad records there were.
    pub bad_total: u64,
    /// Records of ecosystems that no lockfile of ours belongs to, by the ecosystem's name.
    pub elsewhere: BTreeMap<String, u64>,
    /// Entries that name no version that could be compared.
    pub without_versions: u64,
    /// Kinds of ranges and ratings that are not known and were passed over, by name.
    pub unknown: BTreeMap<String, u64>,
    /// Events of unknown kinds, which were passed over.
    pub unknown_events: u64,
    bytes: u64,
}

/// The records of one ecosystem, ready to be written.
#[derive(Debug)]
pub struct Prepared {
    pub bytes: Vec<u8>,
    pub databases: BTreeMap<String, u32>,
}

impl Imported {
    /// Reads every path: a file, or a folder with everything below it.
    pub fn read(paths: &[PathBuf]) -> Result<Self, ImportError> {
        let mut imported = Self::default();
        for path in paths {
            imported.path(path)?;
        }
        if imported.gathered.is_empty() {
            return Err(ImportError::Nothing {
                bad: imported.bad_total,
            });
        }
        Ok(imported)
    }

    /// Reads one more path. Nothing of it counts where it fails.
    pub fn take(&mut self, path: &Path) -> Result<(), ImportError> {
        let mut own = Self::default();
        own.path(path)?;
        if own.gathered.is_empty() {
            return Err(ImportError::Nothing { bad: own.bad_total });
        }
        let ecosystems = own.ecosystems().collect();
        self.absorb(own, &ecosystems);
        Ok(())
    }

    /// Takes over what another import read about these ecosystems.
    pub fn absorb(&mut self, other: Self, ecosystems: &BTreeSet<Ecosystem>) {
        self.gathered.absorb(other.gathered, ecosystems);
        let room = LISTED.saturating_sub(self.bad.len());
        self.bad.extend(other.bad.into_iter().take(room));
        self.bad_total += other.bad_total;
        self.without_versions += other.without_versions;
        self.unknown_events += other.unknown_events;
        for (mine, theirs) in [
            (&mut self.elsewhere, other.elsewhere),
            (&mut self.unknown, other.unknown),
        ] {
            for (name, times) in theirs {
                count(mine, &name, times);
            }
        }
    }

    /// What was read, each ecosystem for itself.
    pub fn split(self) -> BTreeMap<Ecosystem, Self> {
        let alone = |gathered| Self {
            gathered,
            ..Self::default()
        };
        let each = self.gathered.split();
        each.map(|(ecosystem, own)| (ecosystem, alone(own)))
            .collect()
    }

    /// Forgets these records, whatever package they are about.
    pub fn remove(&mut self, ids: &BTreeSet<String>) {
        self.gathered.remove(ids);
    }

    /// How many advisories of an ecosystem there are that are not withdrawn, and the newest day
    /// that one of them carries.
    pub fn extent(&self, ecosystem: Ecosystem) -> (usize, Option<Day>) {
        self.gathered.extent(ecosystem)
    }

    /// The ecosystems that records were found for.
    pub fn ecosystems(&self) -> impl Iterator<Item = Ecosystem> + '_ {
        self.gathered.ecosystems()
    }

    /// Adds records that are not there yet.
    pub fn keep(&mut self, ecosystem: Ecosystem, name: &str, records: Vec<Record>) {
        for record in records {
            self.gathered.keep(ecosystem, name.to_owned(), record);
        }
    }

    /// Makes one segment an ecosystem.
    pub fn prepare(mut self) -> Result<BTreeMap<Ecosystem, Prepared>, ImportError> {
        self.gathered.rate(starter::ratings());
        let mut prepared = BTreeMap::new();
        for (ecosystem, packages) in self.gathered.in_order() {
            let records = packages.iter().flat_map(|(_, records)| records);
            let mut ids = HashSet::new();
            let mut databases = BTreeMap::new();
            for record in records.filter(|record| record.withdrawn.is_none()) {
                if ids.insert(record.id.as_str()) {
                    *databases.entry(record.database().to_owned()).or_default() += 1;
                }
            }
            drop(ids);
            let bytes =
                writer::write(packages).ok_or_else(|| ImportError::DoesNotFit(ecosystem.name()))?;
            prepared.insert(ecosystem, Prepared { bytes, databases });
        }
        Ok(prepared)
    }

    fn path(&mut self, path: &Path) -> Result<(), ImportError> {
        let shown = path.display().to_string();
        let failed = |error: &dyn std::fmt::Display| ImportError::Unreadable {
            path: shown.clone(),
            why: error.to_string(),
        };
        let meta = std::fs::metadata(path).map_err(|e| failed(&e))?;
        if meta.is_file() {
            return self.file(path, true);
        }
        if !meta.is_dir() {
            return Err(failed(&"neither a file nor a folder"));
        }
        let walk = walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.file_name() != ".git");
        for entry in walk {
            let entry = entry.map_err(|e| failed(&e))?;
            if entry.file_type().is_file() {
                self.file(entry.path(), false)?;
            }
        }
        Ok(())
    }

    /// `named`: the user asked for this very file, so that it must be something we know.
    fn file(&mut self, path: &Path, named: bool) -> Result<(), ImportError> {
        let shown = path.display().to_string();
        match archive::read(path, self) {
            Ok(true) => Ok(()),
            Ok(false) if named => Err(ImportError::Unreadable {
                path: shown,
                why: "neither .json, .jsonl, .zip, .tar nor one of these with .zst, nor a \
                      RustSec advisory"
                    .into(),
            }),
            Ok(false) => Ok(()),
            Err(_) if self.bytes > LIMITS.import => Err(ImportError::TooLarge {
                limit: LIMITS.import,
            }),
            Err(error) => Err(ImportError::Unreadable {
                path: shown,
                why: error.to_string(),
            }),
        }
    }

    /// Counts unpacked bytes against the limit.
    fn spend(&mut self, bytes: usize) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > LIMITS.import {
            return Err(io::Error::other("too large"));
        }
        Ok(())
    }

    fn bad(&mut self, place: &str, why: impl std::fmt::Display) {
        self.bad_total += 1;
        if self.bad.len() < LISTED {
            self.bad.push(Bad {
                place: place.to_owned(),
                why: why.to_string(),
            });
        }
    }

    fn elsewhere(&mut self, ecosystem: &str) {
        count(&mut self.elsewhere, ecosystem, 1);
    }

    fn unknown(&mut self, what: &str, name: &str) {
        count(&mut self.unknown, &format!("{what} {name}"), 1);
    }

    /// Takes one record; of two with the same id, the one that was changed last.
    fn add(&mut self, ecosystem: Ecosystem, name: &str, mut record: Record) {
        drop_covered_versions(ecosystem, &mut record);
        record.aliases.retain(|alias| *alias != record.id);
        record.aliases.sort();
        record.aliases.dedup();
        record.summary = headline::of_title(&record.summary, name, record.ids());
        self.gathered
            .add(ecosystem, ecosystem.normalise(name), record);
    }
}

/// Counts by name, as long as there are not too many names.
fn count(counts: &mut BTreeMap<String, u64>, name: &str, times: u64) {
    let known = counts.contains_key(name) || counts.len() < LISTED;
    let name = if known { name } else { "others" };
    *counts.entry(name.to_owned()).or_default() += times;
}

/// Most enumerated versions stand inside a range as well, and they are most of the bytes.
fn drop_covered_versions(ecosystem: Ecosystem, record: &mut Record) {
    if record.versions.is_empty() || record.ranges.is_empty() {
        return;
    }
    let scheme = Scheme::for_ecosystem(ecosystem);
    let mut versions = std::mem::take(&mut record.versions);
    let bounds = Bounds::of(record, scheme);
    versions.retain(|version| {
        let version = scheme.parse(version);
        !version.is_parsable() || !bounds.covers(&version)
    });
    record.versions = versions;
}

#[cfg(test)]
mod tests;
