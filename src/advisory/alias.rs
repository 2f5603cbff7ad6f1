//! Several databases describe the same defect: this puts their records of one package together, so
//! that it is reported once. Shared with `build.rs`.

use std::collections::HashMap;

use super::record::{Kind, Record};

/// Merges and numbers the records of one package.
///
/// A database that its ecosystem keeps itself has the last word: what other databases say about a
/// defect that it describes adds aliases and a missing rating, nothing else. Among equals, all stay
/// and share a number in [`Record::group`]. Two records of one database are the same defect only
/// if they name the same CVE or each other: some databases hang one umbrella id on several.
pub fn group(records: Vec<Record>) -> Vec<Record> {
    let (mut live, withdrawn): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|r| r.withdrawn.is_none());
    live.sort_by(|a, b| (rank(a), &a.id).cmp(&(rank(b), &b.id)));
    let mut kept: Vec<Record> = Vec::with_capacity(live.len());
    // Which kept records carry an id.
    let mut carriers: HashMap<String, Vec<usize>> = HashMap::new();
    let mut parents: Vec<usize> = Vec::new();
    for record in live {
        let related = related(&record, &carriers);
        let masters: Vec<usize> = related
            .iter()
            .copied()
            .filter(|&at| kept.get(at).is_some_and(|other| outranks(other, &record)))
            .collect();
        if masters.is_empty() {
            let place = kept.len();
            parents.push(place);
            for at in related {
                if kept
                    .get(at)
                    .is_some_and(|other| same_defect(other, &record))
                {
                    let (a, b) = (root(&parents, at), root(&parents, place));
                    if let Some(parent) = parents.get_mut(a.max(b)) {
                        *parent = a.min(b);
                    }
                }
            }
            for id in record.ids() {
                carriers.entry(id.to_owned()).or_default().push(place);
            }
            kept.push(record);
            continue;
        }
        for at in masters {
            if let Some(master) = kept.get_mut(at) {
                absorb(master, &record);
                for id in record.ids() {
                    let places = carriers.entry(id.to_owned()).or_default();
                    if !places.contains(&at) {
                        places.push(at);
                    }
                }
            }
        }
    }
    for (place, record) in kept.iter_mut().enumerate() {
        record.group = u32::try_from(root(&parents, place)).unwrap_or(u32::MAX);
    }
    kept.extend(withdrawn);
    kept
}

fn related(record: &Record, carriers: &HashMap<String, Vec<usize>>) -> Vec<usize> {
    let mut places: Vec<usize> = record
        .ids()
        .filter_map(|id| carriers.get(id))
        .flatten()
        .copied()
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Lower is closer to the source: the ecosystem's own database, then GitHub's, then what the own
/// database took over without a look at it.
fn rank(record: &Record) -> u8 {
    match record.database() {
        "RUSTSEC" => 0,
        "GO" if record.unreviewed => 2,
        "GO" => 0,
        _ => 1,
    }
}

fn outranks(master: &Record, record: &Record) -> bool {
    rank(master) < rank(record)
        // Malice is never explained away.
        && (record.kind != Kind::Malicious || master.kind == Kind::Malicious)
}

fn same_defect(a: &Record, b: &Record) -> bool {
    if (a.kind == Kind::Malicious) != (b.kind == Kind::Malicious) {
        return false;
    }
    if a.database() != b.database() {
        return true;
    }
    let names_other = a.aliases.contains(&b.id) || b.aliases.contains(&a.id);
    let same_cve = || {
        let mut cves = a.aliases.iter().filter(|id| id.starts_with("CVE-"));
        cves.any(|cve| b.aliases.contains(cve))
    };
    a.kind == b.kind && (names_other || same_cve())
}

fn absorb(master: &mut Record, record: &Record) {
    let sibling = format!("{}-", master.database());
    for id in record.ids() {
        // An umbrella id names several records of one database, and they are not each other.
        if !id.starts_with(&sibling) && !master.aliases.iter().any(|alias| alias == id) {
            master.aliases.push(id.to_owned());
        }
    }
    master.aliases.sort_unstable();
    if master.severity.is_none() {
        master.severity = record.severity;
        master.cvss.clone_from(&record.cvss);
    }
    if master.summary.is_empty() {
        master.summary.clone_from(&record.summary);
    }
    master.exploited |= record.exploited;
}

fn root(parents: &[usize], mut at: usize) -> usize {
    // A parent is never above its child, so that this ends.
    while let Some(&parent) = parents.get(at) {
        if parent >= at {
            break;
        }
        at = parent;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    fn record(id: &str, aliases: &[&str]) -> Record {
        let mut record = Record::new(id);
        record.aliases = aliases.iter().map(|&id| id.to_owned()).collect();
        record
    }

    fn ids_of(records: &[Record]) -> Vec<&str> {
        records.iter().map(|r| r.id.as_str()).collect()
    }

    #[test]
    fn the_ecosystem_s_own_database_takes_over_what_github_says() {
        let mut github = record("GHSA-1", &["CVE-1"]);
        github.severity = Some(Severity::High);
        let grouped = group(vec![github, record("RUSTSEC-1", &["CVE-1"])]);
        assert_eq!(ids_of(&grouped), ["RUSTSEC-1"]);
        assert_eq!(grouped[0].aliases, ["CVE-1", "GHSA-1"]);
        assert_eq!(grouped[0].severity, Some(Severity::High));
    }

    #[test]
    fn an_unreviewed_go_record_gives_way_to_github_and_a_reviewed_one_does_not() {
        let mut unreviewed = record("GO-1", &["GHSA-1"]);
        unreviewed.unreviewed = true;
        let grouped = group(vec![unreviewed, record("GHSA-1", &[])]);
        assert_eq!(ids_of(&grouped), ["GHSA-1"]);
        let grouped = group(vec![record("GO-1", &["GHSA-1"]), record("GHSA-1", &[])]);
        assert_eq!(ids_of(&grouped), ["GO-1"]);
    }

    #[test]
    fn groups_are_closed_transitively() {
        let grouped = group(vec![
            record("PYSEC-1", &["CVE-1"]),
            record("GHSA-1", &["CVE-1", "CVE-2"]),
            record("PYSEC-2", &["CVE-2"]),
            record("PYSEC-3", &["CVE-3"]),
        ]);
        let groups: Vec<u32> = grouped.iter().map(|r| r.group).collect();
        assert_eq!(
            ids_of(&grouped),
            ["GHSA-1", "PYSEC-1", "PYSEC-2", "PYSEC-3"]
        );
        assert_eq!(groups, [0, 0, 0, 3]);
    }

    #[test]
    fn an_umbrella_id_does_not_merge_what_one_database_keeps_apart() {
        let grouped = group(vec![
            record("RUSTSEC-1", &["GHSA-9"]),
            record("RUSTSEC-2", &["GHSA-9"]),
            record("GHSA-9", &["CVE-9", "RUSTSEC-1", "RUSTSEC-2"]),
        ]);
        assert_eq!(ids_of(&grouped), ["RUSTSEC-1", "RUSTSEC-2"]);
        assert_ne!(grouped[0].group, grouped[1].group);
        assert_eq!(grouped[1].aliases, ["CVE-9", "GHSA-9"]);
    }

    #[test]
    fn an_unsound_and_an_unmaintained_record_of_one_cve_stay_two() {
        let mut unsound = record("RUSTSEC-1", &["CVE-1"]);
        unsound.kind = Kind::Unsound;
        let mut unmaintained = record("RUSTSEC-2", &["CVE-1"]);
        unmaintained.kind = Kind::Unmaintained;
        let grouped = group(vec![unsound, unmaintained]);
        assert_ne!(grouped[0].group, grouped[1].group);
    }

    #[test]
    fn a_withdrawn_record_speaks_for_nobody() {
        let mut native = record("RUSTSEC-1", &["GHSA-1"]);
        native.withdrawn = crate::advisory::Day::parse("2024-01-01");
        let grouped = group(vec![native, record("GHSA-1", &[])]);
        assert_eq!(ids_of(&grouped), ["GHSA-1", "RUSTSEC-1"]);
        assert!(grouped[0].aliases.is_empty());
    }

    #[test]
    fn malice_is_not_explained_away() {
        let mut malicious = record("MAL-1", &["GHSA-1"]);
        malicious.kind = Kind::Malicious;
        let grouped = group(vec![record("GHSA-1", &[]), malicious]);
        assert_eq!(grouped.len(), 2);
        assert_ne!(grouped[0].group, grouped[1].group);
    }
}
