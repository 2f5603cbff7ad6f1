//! The advisories that the binary carries: the tables under `rules/data/advisories/`, made into
//! segments when the binary is built, so that they cost nothing at start-up.

use std::collections::BTreeMap;

use super::segment::Segment;
use crate::model::Ecosystem;

include!(concat!(env!("OUT_DIR"), "/starter.rs"));

/// The built-in segment of each ecosystem.
pub fn segments() -> BTreeMap<Ecosystem, Segment> {
    STARTER
        .iter()
        .filter_map(|(name, bytes)| Some((Ecosystem::parse(name)?, Segment::embedded(bytes).ok()?)))
        .collect()
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
    use crate::advisory::{Advisories, Event, Imported, Installed, Judgement, Record, judge};
    use crate::parse::version::Scheme;

    #[test]
    fn every_table_is_embedded_under_names_that_lookups_use() {
        let segments = segments();
        assert_eq!(segments.len(), STARTER.len());
        let mut advisories = 0;
        for (ecosystem, segment) in &segments {
            assert!(Segment::read(segment.bytes().to_vec()).is_ok());
            assert!(segment.records() > 0);
            advisories += segment.records();
            for (name, _) in segment.packages() {
                assert_eq!(ecosystem.normalise(&name), name);
            }
        }
        assert!(advisories >= 150, "{advisories}");
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
        let paths: Vec<PathBuf> = ["Go", "Packagist", "PyPI", "RubyGems", "crates.io"]
            .iter()
            .map(|name| shared.join(format!("{name}.jsonl.zst")))
            .collect();
        let imported = Imported::read(&paths).expect("advisories");
        Installed::install(cache.path(), imported, false).expect("installed");
        let theirs = Advisories::open(Some(cache.path()));

        let (mut compared, mut versions) = (0, 0);
        let mut wrong = Vec::new();
        for (ecosystem, segment) in segments() {
            let scheme = Scheme::for_ecosystem(ecosystem);
            for (name, records) in segment.packages() {
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
                        continue;
                    }
                    compared += 1;
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
        assert!(compared >= 20 && versions >= 100, "{compared} {versions}");
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
