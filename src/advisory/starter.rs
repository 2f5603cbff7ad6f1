//! The advisories that the binary carries: the tables under `rules/data/advisories/`, made into
//! segments when the binary is built, or the segments of the index that `PLIMSOLL_ADVISORIES` named
//! then. Neither costs anything at start-up: they are read where they lie.

use std::collections::BTreeMap;

use super::record::Kind;
use super::segment::Segment;
use crate::model::{Ecosystem, Severity};

include!(concat!(env!("OUT_DIR"), "/starter.rs"));

/// The built-in segment of each ecosystem.
pub fn segments() -> BTreeMap<Ecosystem, Segment> {
    STARTER
        .iter()
        .filter_map(|(name, bytes)| Some((Ecosystem::parse(name)?, Segment::embedded(bytes).ok()?)))
        .collect()
}

/// How grave the defects of the built-in set are, by each of their ids.
pub fn ratings() -> impl Iterator<Item = (String, Severity)> {
    let packages = segments().into_values().flat_map(|segment| {
        let packages = segment.packages().flatten();
        packages
            .flat_map(|(_, records)| records)
            .collect::<Vec<_>>()
    });
    let defects = packages.filter(|record| record.kind == Kind::Vulnerability);
    defects.flat_map(|record| {
        let ids: Vec<String> = record.ids().map(str::to_owned).collect();
        let rating = record.severity;
        ids.into_iter().filter_map(move |id| Some((id, rating?)))
    })
}

/// What the built-in set is called: `starter`, or `embedded` in a build that carries an index.
pub fn set() -> &'static str {
    STARTER_SET
}

/// Hash of the built-in set.
pub fn hash() -> &'static str {
    STARTER_HASH
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::advisory::import::rating;
    use crate::advisory::{Advisories, Event, Imported, Installed, Judgement, Record, judge};
    use crate::parse::version::Scheme;

    /// The ecosystems whose databases may lie beside the repository.
    const COMPARED: [Ecosystem; 5] = [
        Ecosystem::Go,
        Ecosystem::Packagist,
        Ecosystem::PyPI,
        Ecosystem::RubyGems,
        Ecosystem::CratesIo,
    ];
    /// What their databases do not have under an id that they share.
    const ALONE: [&str; 6] = [
        "GHSA-29cq-5w36-x7w3",
        "GHSA-2p6p-9rc9-62j9",
        "GHSA-4mg9-vhxq-vm7j",
        "GHSA-4w8r-3xrw-v25g",
        "GHSA-f3gw-9ww9-jmc3",
        "GHSA-qvqm-h22r-4cp9",
    ];

    #[test]
    fn every_table_is_embedded_under_names_that_lookups_use() {
        let segments = segments();
        assert_eq!(segments.len(), STARTER.len());
        for (_, bytes) in STARTER {
            assert!(Segment::read(bytes.to_vec()).is_ok());
        }
        for (ecosystem, segment) in &segments {
            for package in segment.packages() {
                let (name, _) = package.expect("whole");
                assert_eq!(ecosystem.normalise(&name), name);
            }
        }
    }

    #[test]
    fn the_set_covers_every_ecosystem_that_has_one() {
        let mut ids = BTreeSet::new();
        for (ecosystem, segment) in segments() {
            let own: BTreeSet<String> = records(&segment).map(|(_, record)| record.id).collect();
            assert!(own.len() >= 5, "{ecosystem:?}: {}", own.len());
            ids.extend(own);
        }
        assert!(ids.len() >= 400, "{}", ids.len());
    }

    #[test]
    fn a_summary_is_one_short_sentence() {
        for (_, segment) in segments() {
            for (_, Record { id, summary, .. }) in records(&segment) {
                let length = summary.chars().count();
                assert!((15..=120).contains(&length), "{id}: {length}");
                assert!(summary.ends_with('.'), "{id}: {summary}");
                assert_eq!(summary.trim(), summary, "{id}");
            }
        }
    }

    #[test]
    fn no_package_has_the_same_advisory_twice() {
        for (ecosystem, segment) in segments() {
            for package in segment.packages() {
                let (name, records) = package.expect("whole");
                let mut seen = BTreeSet::new();
                for record in records {
                    for id in record.aliases.iter().chain([&record.id]) {
                        assert!(seen.insert(id.clone()), "{ecosystem:?} {name}: {id}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_severity_is_that_of_the_vector() {
        for (_, segment) in segments() {
            for (_, record) in records(&segment) {
                let Some(vector) = &record.cvss else { continue };
                assert_eq!(rating::of_vector(vector), record.severity, "{}", record.id);
            }
        }
    }

    fn records(segment: &Segment) -> impl Iterator<Item = (String, Record)> {
        segment
            .packages()
            .map(|package| package.expect("whole"))
            .flat_map(|(name, records)| records.into_iter().map(move |r| (name.clone(), r)))
    }

    /// The same advisory in the data of its database, where that lies beside the repository.
    #[test]
    fn facts_agree_with_the_databases_they_come_from() {
        let named = std::env::var_os("PLIMSOLL_SHARED").map(PathBuf::from);
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
        let Some(shared) = [named, Some(beside)]
            .into_iter()
            .flatten()
            .map(|folder| folder.join("advisories"))
            .find(|folder| folder.is_dir())
        else {
            eprintln!("skipped: no ../shared/advisories and no PLIMSOLL_SHARED");
            return;
        };
        let cache = tempfile::tempdir().expect("a temporary folder");
        let paths: Vec<PathBuf> = COMPARED
            .iter()
            .map(|ecosystem| shared.join(format!("{}.jsonl.zst", ecosystem.name())))
            .collect();
        let imported = Imported::read(&paths).expect("advisories");
        Installed::install(cache.path(), imported, false).expect("installed");
        let theirs = Advisories::open(Some(cache.path()));

        let (mut compared, mut versions) = (0, 0);
        let mut wrong = Vec::new();
        let mut alone = BTreeSet::new();
        for (ecosystem, segment) in segments() {
            let scheme = Scheme::for_ecosystem(ecosystem);
            for package in segment.packages() {
                let (name, records) = package.expect("whole");
                let others = theirs.lookup(ecosystem, &name);
                for record in records {
                    let ids: BTreeSet<&String> =
                        record.aliases.iter().chain([&record.id]).collect();
                    let same: Vec<&Record> = others
                        .iter()
                        .filter(|other| {
                            ids.contains(&other.id)
                                || other.aliases.iter().any(|id| ids.contains(id))
                        })
                        .collect();
                    if same.is_empty() {
                        if COMPARED.contains(&ecosystem) && !elsewhere(ecosystem, &record.id) {
                            alone.insert(record.id);
                        }
                        continue;
                    }
                    compared += 1;
                    wrong.extend(same.iter().filter_map(|other| differs(&record, other)));
                    // Of hijacked packages we list the releases; some databases leave the range
                    // behind them open.
                    let bounds = if record.ranges.is_empty() {
                        record.versions.iter().cloned().collect()
                    } else {
                        near_bounds(same.iter().copied().chain([&record]))
                    };
                    for version in bounds {
                        versions += 1;
                        let version = scheme.parse(&version);
                        let hit = |record: &Record| {
                            matches!(judge(record, &version), Judgement::Affected(_))
                        };
                        // Where databases differ among themselves, either is a fact.
                        if !same.iter().any(|other| hit(other) == hit(&record)) {
                            wrong.push(format!("{} {name} {version}", record.id));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{compared} advisories: {wrong:#?}");
        assert!(compared >= 400 && versions >= 2000, "{compared} {versions}");
        assert_eq!(alone.into_iter().collect::<Vec<_>>(), ALONE);
    }

    /// Whether the id is of another database than the one that the test reads.
    fn elsewhere(ecosystem: Ecosystem, id: &str) -> bool {
        ecosystem == Ecosystem::PyPI && !id.starts_with("PYSEC-") || id == "PYSEC-2024-154"
    }

    /// What `other` says differently of the same advisory, its versions apart.
    fn differs(record: &Record, other: &Record) -> Option<String> {
        let id = &record.id;
        if other.id != *id {
            return None;
        }
        if other.published.is_some() && record.published != other.published {
            return Some(format!("{id}: published {:?}", other.published));
        }
        // Malicious crates are told by their text alone.
        if record.kind != other.kind && record.kind != Kind::Malicious {
            return Some(format!("{id}: {:?}", other.kind));
        }
        let rated = other.cvss.is_some() && record.severity != other.severity;
        rated.then(|| format!("{id}: {:?}", other.severity))
    }

    /// Every version that a record names, and the last numbers around it.
    fn near_bounds<'r>(records: impl Iterator<Item = &'r Record>) -> BTreeSet<String> {
        let mut versions = BTreeSet::from(["0.0.1".to_owned()]);
        for event in records.flat_map(|r| &r.ranges).flat_map(|r| &r.events) {
            let (Event::Introduced(at) | Event::Fixed(at) | Event::LastAffected(at)) = event else {
                continue;
            };
            versions.insert(at.clone());
            if let Some((before, last)) = at.rsplit_once('.')
                && let Ok(last) = last.parse::<u64>()
            {
                versions.insert(format!("{before}.{}", last + 1));
                if last > 0 {
                    versions.insert(format!("{before}.{}", last - 1));
                }
            }
        }
        versions
    }
}
