//! Everything known about one package, held against its versions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::layout::Entry;
use super::ranges::{Affected, Bounds, Judgement, Subject};
use super::record::{Kind, Record};
use super::segment::Segment;
use crate::model::Severity;
use crate::parse::version::{Scheme, Version};

/// One defect that a version has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The record that says most about it, with every other id of the defect among its aliases.
    pub record: Record,
    pub affected: Affected,
}

/// What is known about one version of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// One entry a defect, the worst first.
    pub affected: Vec<Match>,
    /// Records that may apply: the version is none that its ecosystem can order.
    pub unknown: Vec<Record>,
}

/// Everything known about one package.
#[derive(Debug)]
pub struct Dossier<'a> {
    statements: Vec<(Bounds, Entry)>,
    segment: Option<&'a Segment>,
}

impl<'a> Dossier<'a> {
    pub(super) fn new(entries: Vec<Entry>, segment: Option<&'a Segment>, scheme: Scheme) -> Self {
        let bounds = |entry: &Entry| Bounds::of(&entry.record, scheme);
        Self {
            statements: entries.into_iter().map(|e| (bounds(&e), e)).collect(),
            segment,
        }
    }

    /// What is wrong with one version: each defect once, the worst first.
    pub fn affecting(&self, version: &Version) -> Matches {
        let subject = Subject::new(version);
        let mut groups: BTreeMap<u32, Vec<(&Bounds, &Entry, Judgement)>> = BTreeMap::new();
        for (bounds, entry) in &self.statements {
            groups.entry(entry.record.group).or_default().push((
                bounds,
                entry,
                bounds.judge(&subject),
            ));
        }
        let mut matches = Matches::default();
        for group in groups.into_values() {
            self.settle(group, version, &mut matches);
        }
        matches
            .affected
            .sort_by(|a, b| rank(&a.record).cmp(&rank(&b.record)));
        matches
    }

    /// Makes one verdict of what several records say about the same defect.
    fn settle(
        &self,
        group: Vec<(&Bounds, &Entry, Judgement)>,
        version: &Version,
        matches: &mut Matches,
    ) {
        let is_hit = |judgement: &Judgement| *judgement != Judgement::NotAffected;
        if !group.iter().any(|(_, _, judgement)| is_hit(judgement)) {
            return;
        }
        // Where one record knows a fix that this version has, another that knows of none is behind.
        let has_fix = group.iter().any(|(bounds, entry, judgement)| {
            *judgement == Judgement::NotAffected
                && entry.record.withdrawn.is_none()
                && bounds.is_past_a_fix(version)
        });
        let mut affected = Vec::new();
        let mut unknown = Vec::new();
        for (_, entry, judgement) in group {
            match judgement {
                Judgement::NotAffected => {}
                Judgement::Unknown => unknown.push(entry),
                Judgement::Affected(why) => {
                    let behind =
                        why.fixed_in.is_empty() && why.last_affected.is_none() && !why.listed;
                    if !(has_fix && behind && entry.record.kind != Kind::Malicious) {
                        affected.push((entry, why));
                    }
                }
            }
        }
        affected.sort_by_key(|(entry, why)| {
            (
                entry.record.unreviewed,
                why.fixed_in.is_empty(),
                entry.record.severity.is_none(),
                &entry.record.id,
            )
        });
        let whole = |entry| whole(self.segment, entry);
        let mut members = affected.into_iter();
        let Some((first, why)) = members.next() else {
            matches
                .unknown
                .extend(unknown.first().map(|entry| whole(entry)));
            return;
        };
        let mut record = whole(first);
        let mut aliases = std::mem::take(&mut record.aliases);
        for (Entry { record: other, .. }, _) in members {
            record.severity = record.severity.or(other.severity);
            record.exploited |= other.exploited;
            aliases.push(other.id.clone());
            aliases.extend(other.aliases.iter().cloned());
        }
        aliases.retain(|alias| *alias != record.id);
        aliases.sort();
        aliases.dedup();
        record.aliases = aliases;
        matches.affected.push(Match {
            record,
            affected: why,
        });
    }
}

/// A record with what only a report needs of it, or without where that is damaged: a finding
/// without its summary is still a finding.
pub fn whole(segment: Option<&Segment>, entry: &Entry) -> Record {
    let whole = segment.and_then(|segment| segment.whole(entry).ok());
    whole.unwrap_or_else(|| entry.record.clone())
}

fn rank(record: &Record) -> (Reverse<bool>, Reverse<Option<Severity>>, &str) {
    (
        Reverse(record.kind == Kind::Malicious),
        Reverse(record.severity),
        &record.id,
    )
}
