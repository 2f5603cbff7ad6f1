//! Advisory data: what is known to be wrong with which versions of which packages.
//!
//! A run asks [`Advisories::affecting`]. Its answers come from the imported index where that has
//! the ecosystem, and from the set that the binary carries where it has not.

mod alias;
mod day;
mod dossier;
mod freshness;
mod import;
mod index;
mod install;
mod interval;
mod known;
mod layout;
mod origin;
mod pages;
mod ranges;
mod record;
mod segment;
mod starter;
mod table;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;

pub use day::Day;
pub use dossier::{Dossier, Match, Matches};
pub use freshness::Freshness;
pub use import::{Bad, ImportError, Imported};
pub use index::{IndexError, sha256};
pub use install::{InstallError, Installed, Status};
pub use interval::interval;
pub use known::Known;
pub use origin::{Input, Origin, Origins};
pub use ranges::{Affected, Judgement, judge};
pub use record::{Event, Kind, Range, Record};

use crate::model::{AdvisoryInfo, Ecosystem, Severity};
use crate::parse::version::{Scheme, Version};
use index::Index;
use layout::{Damage, Entry};
use segment::Segment;

/// The advisories of a run.
#[derive(Debug, Default)]
pub struct Advisories {
    built_in: BTreeMap<Ecosystem, Segment>,
    index: Option<Index>,
    /// Why there is no index although there should be one.
    problem: Option<String>,
}

impl Advisories {
    /// What the binary carries.
    pub fn starter() -> Self {
        Self {
            built_in: starter::segments(),
            ..Self::default()
        }
    }

    /// The imported index below `cache`, if there is one, and what the binary carries for the
    /// ecosystems that the index does not have. An index that cannot be used is a problem that
    /// [`Advisories::info`] tells, never an empty answer.
    pub fn open(cache: Option<&Path>) -> Self {
        let mut advisories = Self::starter();
        match cache.map(Index::open) {
            None | Some(Ok(None)) => {}
            Some(Ok(Some(index))) => advisories.index = Some(index),
            Some(Err(error)) => {
                advisories.problem = Some(format!("the imported advisories are not used: {error}"));
            }
        }
        advisories
    }

    /// Just these records of one ecosystem, by package name.
    pub fn of(ecosystem: Ecosystem, packages: BTreeMap<String, Vec<Record>>) -> Self {
        let packages: BTreeMap<String, Vec<Record>> = packages
            .into_iter()
            .map(|(name, records)| (ecosystem.normalise(&name), records))
            .collect();
        let segment = writer::write(packages).and_then(|bytes| Segment::read(bytes).ok());
        Self {
            built_in: segment.map(|s| (ecosystem, s)).into_iter().collect(),
            ..Self::default()
        }
    }

    /// Which set this is, how old, how many records. Complete once the lookups are done, because
    /// an ecosystem of the index is read and checked when it is first asked for.
    pub fn info(&self) -> AdvisoryInfo {
        let mut info = AdvisoryInfo {
            set: starter::set().into(),
            hash: starter::hash().into(),
            problems: self.problem.iter().cloned().collect(),
            ..AdvisoryInfo::default()
        };
        let mut newest = None;
        if let Some(index) = &self.index {
            info.set = "imported".into();
            info.hash = format!("{}+{}", index.short_hash(), starter::hash());
            info.problems.extend(index.problems());
        }
        for &ecosystem in Ecosystem::ALL {
            let (origin, records, day) =
                match (self.imported(ecosystem), self.built_in.get(&ecosystem)) {
                    (Some(part), _) => ("imported", part.records, part.newest),
                    (None, Some(segment)) => {
                        if info.set == "imported" {
                            info.set = format!("imported and {}", starter::set());
                        }
                        ("built in", segment.records(), segment.newest())
                    }
                    (None, None) => continue,
                };
            info.records += u64::from(records);
            newest = newest.max(day);
            let day = day.map(|day| format!(", newest {day}")).unwrap_or_default();
            let s = if records == 1 { "" } else { "s" };
            info.sources.push(format!(
                "{}: {origin}, {records} record{s}{day}",
                ecosystem.name()
            ));
        }
        info.date = newest.map(|day| day.to_string()).unwrap_or_default();
        info
    }

    /// How many records the binary carries of an ecosystem, and the newest day of one.
    pub fn built_in(&self, ecosystem: Ecosystem) -> (usize, Option<Day>) {
        let segment = self.built_in.get(&ecosystem);
        segment.map_or((0, None), |s| (s.records() as usize, s.newest()))
    }

    /// Every record of a package, withdrawn ones too.
    pub fn lookup(&self, ecosystem: Ecosystem, name: &str) -> Vec<Record> {
        let (entries, segment) = self.entries(ecosystem, name);
        entries
            .iter()
            .map(|entry| dossier::whole(segment, entry))
            .collect()
    }

    /// What is wrong with one version of a package: each defect once, whatever number of databases
    /// describe it.
    pub fn affecting(&self, ecosystem: Ecosystem, name: &str, version: &Version) -> Matches {
        self.dossier(ecosystem, name).affecting(version)
    }

    /// Everything known about a package, to be held against any number of its versions.
    pub fn dossier(&self, ecosystem: Ecosystem, name: &str) -> Dossier<'_> {
        let scheme = Scheme::for_ecosystem(ecosystem);
        let (entries, segment) = self.entries(ecosystem, name);
        Dossier::new(entries, segment, scheme)
    }

    /// What is known of an advisory by its id or one of its aliases, whatever the case; `None`
    /// where no record of any ecosystem bears it.
    pub fn by_id(&self, id: &str) -> Option<Known> {
        let mut known: Option<Known> = None;
        for &ecosystem in Ecosystem::ALL {
            let found = self.ask(ecosystem, |segment| segment.by_id(id));
            for (package, record) in found.map(|(found, _)| found).unwrap_or_default() {
                known
                    .get_or_insert_with(|| Known::new(id))
                    .add(ecosystem, package, record);
            }
        }
        known
    }

    /// The entries of a package, and the segment that they come from.
    fn entries(&self, ecosystem: Ecosystem, name: &str) -> (Vec<Entry>, Option<&Segment>) {
        let name = ecosystem.normalise(name);
        let found = self.ask(ecosystem, |segment| {
            let entries = segment.entries(&name)?;
            if !entries.is_empty() || ecosystem != Ecosystem::CratesIo {
                return Ok(entries);
            }
            // The registry takes `-` and `_` for the same letter, and so do people who type names.
            let mut entries = Vec::new();
            for spelling in [name.replace('_', "-"), name.replace('-', "_")] {
                if spelling != name {
                    entries.append(&mut segment.entries(&spelling)?);
                }
            }
            Ok(entries)
        });
        match found {
            Some((entries, segment)) => (entries, Some(segment)),
            None => (Vec::new(), None),
        }
    }

    /// Asks the imported index; where it has nothing of the ecosystem, or what is asked for is
    /// damaged there, the built-in set. That there was damage is told by [`Advisories::info`].
    fn ask<T>(
        &self,
        ecosystem: Ecosystem,
        question: impl Fn(&Segment) -> Result<T, Damage>,
    ) -> Option<(T, &Segment)> {
        let imported = self
            .index
            .as_ref()
            .and_then(|index| index.ask(ecosystem, &question));
        imported.or_else(|| {
            let segment = self.built_in.get(&ecosystem)?;
            Some((question(segment).ok()?, segment))
        })
    }

    fn imported(&self, ecosystem: Ecosystem) -> Option<&index::Part> {
        self.index
            .as_ref()
            .and_then(|index| index.usable(ecosystem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, aliases: &[&str], fixed: Option<&str>) -> Record {
        let mut record = Record::new(id);
        record.aliases = aliases.iter().map(|&id| id.to_owned()).collect();
        let mut events = vec![Event::Introduced("0".into())];
        events.extend(fixed.map(|at| Event::Fixed(at.into())));
        record.ranges = vec![Range {
            events,
            ..Range::default()
        }];
        record
    }

    fn affecting(records: Vec<Record>, version: &str) -> Matches {
        let packages = BTreeMap::from([("Some_Name".to_owned(), records)]);
        Advisories::of(Ecosystem::PyPI, packages).affecting(
            Ecosystem::PyPI,
            "some.name",
            &Scheme::Pep440.parse(version),
        )
    }

    #[test]
    fn a_defect_that_two_databases_describe_is_reported_once() {
        let matches = affecting(
            vec![
                record("PYSEC-1", &["CVE-1"], Some("2.0")),
                record("GHSA-1", &["CVE-1"], Some("2.0")),
            ],
            "1.0",
        );
        assert_eq!(matches.affected.len(), 1);
        assert_eq!(matches.affected[0].record.id, "GHSA-1");
        assert_eq!(matches.affected[0].record.aliases, ["CVE-1", "PYSEC-1"]);
    }

    #[test]
    fn a_record_that_knows_of_no_fix_gives_way_to_one_that_does() {
        let both = || {
            vec![
                record("GHSA-1", &["CVE-1"], None),
                record("PYSEC-1", &["CVE-1"], Some("2.0")),
            ]
        };
        assert!(affecting(both(), "2.0").affected.is_empty());
        let before = affecting(both(), "1.0");
        assert_eq!(before.affected[0].record.id, "PYSEC-1");
        assert_eq!(before.affected[0].affected.fixed_in, ["2.0"]);
    }

    #[test]
    fn a_crate_is_found_under_the_spelling_that_somebody_typed() {
        let packages = BTreeMap::from([("some-crate".to_owned(), vec![record("A-1", &[], None)])]);
        let advisories = Advisories::of(Ecosystem::CratesIo, packages);
        for (name, found) in [("some-crate", 1), ("some_crate", 1), ("somecrate", 0)] {
            assert_eq!(
                advisories.lookup(Ecosystem::CratesIo, name).len(),
                found,
                "{name}"
            );
        }
    }

    #[test]
    fn the_worst_comes_first_and_malice_before_all() {
        let mut low = record("A-1", &[], None);
        low.severity = Some(Severity::Low);
        let mut critical = record("B-1", &[], None);
        critical.severity = Some(Severity::Critical);
        let mut malicious = record("MAL-1", &[], None);
        malicious.kind = Kind::Malicious;
        let ids: Vec<String> = affecting(vec![low, critical, malicious], "1.0")
            .affected
            .into_iter()
            .map(|m| m.record.id)
            .collect();
        assert_eq!(ids, ["MAL-1", "B-1", "A-1"]);
    }

    #[test]
    fn a_version_that_cannot_be_ordered_is_said_to_be_unknown() {
        let matches = affecting(vec![record("GHSA-1", &[], Some("2.0"))], "what");
        assert!(matches.affected.is_empty());
        assert_eq!(matches.unknown.len(), 1);
    }

    #[test]
    fn the_starter_set_knows_and_describes_itself() {
        let advisories = Advisories::open(None);
        let info = advisories.info();
        assert_eq!(info.set, "starter");
        assert!(info.records >= 150 && info.date.as_str() > "2024");
        let hits = advisories.affecting(Ecosystem::Npm, "next", &Scheme::SemVer.parse("15.2.2"));
        let bypass = hits
            .affected
            .iter()
            .find(|m| m.record.aliases.iter().any(|a| a == "CVE-2025-29927"))
            .expect("the middleware bypass");
        assert_eq!(bypass.affected.fixed_in, ["15.2.3"]);
    }
}
