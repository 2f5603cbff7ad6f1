//! Advisories from files: OSV JSON, JSON lines and zips of it, RustSec checkouts, another machine's
//! export. Bounded, and one bad record costs that record.

mod archive;
mod osv;
pub(super) mod rating;
mod rustsec;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::record::Record;
use super::{Day, segment};
use crate::guard::LIMITS;
use crate::model::Ecosystem;
use crate::parse::version::Scheme;

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

type Packages = BTreeMap<String, BTreeMap<String, Record>>;

/// What was read, by ecosystem.
#[derive(Debug, Default)]
pub struct Imported {
    packages: BTreeMap<Ecosystem, Packages>,
    /// The first bad records.
    pub bad: Vec<Bad>,
    /// How many bad records there were.
    pub bad_total: u64,
    /// Records of ecosystems that no lockfile of ours belongs to, by the ecosystem's name.
    pub elsewhere: BTreeMap<String, u64>,
    /// Entries that name no version that could be compared.
    pub without_versions: u64,
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
        if imported.packages.is_empty() {
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
        if own.packages.is_empty() {
            return Err(ImportError::Nothing { bad: own.bad_total });
        }
        let ecosystems = own.ecosystems().collect();
        self.absorb(own, &ecosystems);
        Ok(())
    }

    /// Takes over what another import read about these ecosystems.
    pub fn absorb(&mut self, other: Self, ecosystems: &BTreeSet<Ecosystem>) {
        for (ecosystem, packages) in other.packages {
            if !ecosystems.contains(&ecosystem) {
                continue;
            }
            for (name, records) in packages {
                for record in records.into_values() {
                    self.insert(ecosystem, name.clone(), record);
                }
            }
        }
        let room = LISTED.saturating_sub(self.bad.len());
        self.bad.extend(other.bad.into_iter().take(room));
        self.bad_total += other.bad_total;
        self.without_versions += other.without_versions;
        for (name, count) in other.elsewhere {
            *self.elsewhere.entry(name).or_default() += count;
        }
    }

    /// Forgets these records, whatever package they are about.
    pub fn remove(&mut self, ids: &BTreeSet<String>) {
        for packages in self.packages.values_mut() {
            packages.retain(|_, records| {
                records.retain(|id, _| !ids.contains(id));
                !records.is_empty()
            });
        }
        self.packages.retain(|_, packages| !packages.is_empty());
    }

    /// How many advisories of an ecosystem there are that are not withdrawn, and the newest day
    /// that one of them carries.
    pub fn extent(&self, ecosystem: Ecosystem) -> (usize, Option<Day>) {
        let packages = self.packages.get(&ecosystem).into_iter().flatten();
        let live = packages
            .flat_map(|(_, records)| records.values())
            .filter(|record| record.withdrawn.is_none());
        let (mut ids, mut newest) = (BTreeSet::new(), None);
        for record in live {
            ids.insert(record.id.as_str());
            newest = newest.max(record.dated());
        }
        (ids.len(), newest)
    }

    /// The ecosystems that records were found for.
    pub fn ecosystems(&self) -> impl Iterator<Item = Ecosystem> + '_ {
        self.packages.keys().copied()
    }

    /// Adds records that are not there yet.
    pub fn keep(&mut self, ecosystem: Ecosystem, name: &str, records: Vec<Record>) {
        let package = self
            .packages
            .entry(ecosystem)
            .or_default()
            .entry(name.to_owned())
            .or_default();
        for record in records {
            package.entry(record.id.clone()).or_insert(record);
        }
    }

    /// Makes one segment an ecosystem.
    pub fn prepare(self) -> Result<BTreeMap<Ecosystem, Prepared>, ImportError> {
        let mut prepared = BTreeMap::new();
        for (ecosystem, packages) in self.packages {
            let mut ids: BTreeMap<&str, &Record> = BTreeMap::new();
            for record in packages.values().flat_map(BTreeMap::values) {
                if record.withdrawn.is_none() {
                    ids.insert(&record.id, record);
                }
            }
            let mut databases = BTreeMap::new();
            for record in ids.values() {
                *databases.entry(record.database().to_owned()).or_default() += 1;
            }
            let packages = packages
                .into_iter()
                .map(|(name, records)| (name, records.into_values().collect()))
                .collect();
            let bytes = segment::write(packages)
                .ok_or_else(|| ImportError::DoesNotFit(ecosystem.name()))?;
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

    /// Takes one record; of two with the same id, the one that was changed last.
    fn add(&mut self, ecosystem: Ecosystem, name: &str, mut record: Record) {
        drop_covered_versions(ecosystem, &mut record);
        record.aliases.retain(|alias| *alias != record.id);
        record.aliases.sort();
        record.aliases.dedup();
        record.summary = one_line(&record.summary);
        self.insert(ecosystem, ecosystem.normalise(name), record);
    }

    fn insert(&mut self, ecosystem: Ecosystem, name: String, record: Record) {
        let package = self
            .packages
            .entry(ecosystem)
            .or_default()
            .entry(name)
            .or_default();
        match package.get_mut(&record.id) {
            Some(there) if changed(there) > changed(&record) => {}
            Some(there) => *there = record,
            None => {
                package.insert(record.id.clone(), record);
            }
        }
    }
}

fn changed(record: &Record) -> Option<Day> {
    record.withdrawn.max(record.dated())
}

/// Most enumerated versions stand inside a range as well, and they are most of the bytes.
fn drop_covered_versions(ecosystem: Ecosystem, record: &mut Record) {
    let scheme = Scheme::for_ecosystem(ecosystem);
    let mut versions = std::mem::take(&mut record.versions);
    versions.retain(|version| {
        let version = scheme.parse(version);
        !version.is_parsable() || !super::ranges::covers(record, &version)
    });
    record.versions = versions;
}

/// The first line with something on it, not longer than a terminal shows.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = text
        .lines()
        .map(|line| line.trim_start_matches('#').trim())
        .find(|line| !line.is_empty())
        .unwrap_or("");
    match line.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or(line).trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
