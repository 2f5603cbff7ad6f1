//! The records of an import, by ecosystem and package: gathered one after the other, put in order
//! once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::advisory::Day;
use crate::advisory::record::{Kind, Record};
use crate::model::{Ecosystem, Severity};

/// Records as they came.
#[derive(Debug, Default)]
pub struct Gathered(BTreeMap<Ecosystem, Vec<Found>>);

#[derive(Debug)]
struct Found {
    /// Normalised.
    package: String,
    /// Boxed, because these are moved around when they are put in order.
    record: Box<Record>,
    /// From the index in force: anything read now is newer.
    kept: bool,
}

impl Gathered {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn ecosystems(&self) -> impl Iterator<Item = Ecosystem> + '_ {
        self.0.keys().copied()
    }

    /// Adds a record under a normalised name; of several with the same id, the one counts that was
    /// changed last.
    pub fn add(&mut self, ecosystem: Ecosystem, package: String, record: Record) {
        self.push(ecosystem, package, record, false);
    }

    /// Adds a record that gives way to any other with its id.
    pub fn keep(&mut self, ecosystem: Ecosystem, package: String, record: Record) {
        self.push(ecosystem, package, record, true);
    }

    fn push(&mut self, ecosystem: Ecosystem, package: String, record: Record, kept: bool) {
        self.0.entry(ecosystem).or_default().push(Found {
            package,
            record: Box::new(record),
            kept,
        });
    }

    /// Takes over what others gathered about these ecosystems.
    pub fn absorb(&mut self, other: Self, ecosystems: &BTreeSet<Ecosystem>) {
        for (ecosystem, mut found) in other.0 {
            if ecosystems.contains(&ecosystem) {
                self.0.entry(ecosystem).or_default().append(&mut found);
            }
        }
    }

    /// What was gathered, each ecosystem for itself.
    pub fn split(self) -> impl Iterator<Item = (Ecosystem, Self)> {
        let alone = |(ecosystem, found)| (ecosystem, Self(BTreeMap::from([(ecosystem, found)])));
        self.0.into_iter().map(alone)
    }

    /// Forgets these records, whatever package they are about.
    pub fn remove(&mut self, ids: &BTreeSet<String>) {
        for found in self.0.values_mut() {
            found.retain(|found| !ids.contains(&found.record.id));
        }
        self.0.retain(|_, found| !found.is_empty());
    }

    /// How many advisories of an ecosystem there are that are not withdrawn, and the newest day
    /// that one of them carries.
    pub fn extent(&self, ecosystem: Ecosystem) -> (usize, Option<Day>) {
        let found = self.0.get(&ecosystem).into_iter().flatten();
        let (mut ids, mut newest) = (HashSet::new(), None);
        for Found { record, .. } in found.filter(|found| found.record.withdrawn.is_none()) {
            ids.insert(record.id.as_str());
            newest = newest.max(record.dated());
        }
        (ids.len(), newest)
    }

    /// Gives what nobody rated the rating that another record, of whatever package, gives the same
    /// defect, or that `known` gives it.
    pub fn rate(&mut self, known: impl Iterator<Item = (String, Severity)>) {
        let mut ratings: HashMap<String, Severity> = HashMap::new();
        let mut rate = |id: &str, severity: Severity| {
            let highest = ratings.entry(id.to_owned()).or_insert(severity);
            *highest = severity.max(*highest);
        };
        known.for_each(|(id, severity)| rate(&id, severity));
        let all = || self.0.values().flatten().map(|found| &found.record);
        // Malice is critical by its kind, and says nothing about a defect.
        let rated = all().filter(|r| r.kind == Kind::Vulnerability && r.withdrawn.is_none());
        for record in rated {
            if let Some(severity) = record.severity {
                record.ids().for_each(|id| rate(id, severity));
            }
        }
        for found in self.0.values_mut().flatten() {
            let record = &mut found.record;
            if record.kind == Kind::Vulnerability && record.severity.is_none() {
                let theirs = record.ids().filter_map(|id| ratings.get(id));
                record.severity = theirs.copied().max();
            }
        }
    }

    /// The packages of each ecosystem in order, each with its records in order, each record once.
    pub fn in_order(self) -> impl Iterator<Item = (Ecosystem, Vec<(String, Vec<Record>)>)> {
        self.0
            .into_iter()
            .map(|(ecosystem, found)| (ecosystem, in_order(found)))
    }
}

fn in_order(mut found: Vec<Found>) -> Vec<(String, Vec<Record>)> {
    // The sort is stable, so that of equals the one that came last stands last.
    found.sort_by(|a, b| {
        let key = |found: &Found| (!found.kept, changed(&found.record));
        (&a.package, &a.record.id)
            .cmp(&(&b.package, &b.record.id))
            .then_with(|| key(a).cmp(&key(b)))
    });
    let mut packages: Vec<(String, Vec<Record>)> = Vec::new();
    for Found {
        package, record, ..
    } in found
    {
        match packages.last_mut().filter(|(name, _)| *name == package) {
            Some((_, records)) => match records.last_mut().filter(|last| last.id == record.id) {
                Some(last) => *last = *record,
                None => records.push(*record),
            },
            // Most packages have one record, and there are hundreds of thousands of them.
            None => packages.push((package, vec![*record])),
        }
    }
    packages
}

fn changed(record: &Record) -> Option<Day> {
    record.withdrawn.max(record.dated())
}
