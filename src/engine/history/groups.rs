//! The same secret in many versions of a file is one finding.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use crate::guard::LIMITS;
use crate::input::About;
use crate::model::{
    Appearance, Confidence, Finding, Fingerprint, RepoPath, Severity, Source, SourceId,
    SourceTable, Span,
};

use super::super::check::Checked;

/// A secret's value, as a hash under keys of this run: it can be compared, and that is all.
pub(super) type Value = (u64, u64);

/// Hashes values for one run.
#[derive(Debug, Default)]
pub(super) struct Values(RandomState, RandomState);

impl Values {
    /// The value that a finding is about: what is masked where it points.
    pub fn of(&self, finding: &Finding, source: &Source, secrets: &[Span]) -> Value {
        let Some(label) = finding.primary().map(|label| label.span) else {
            return (0, 0);
        };
        let mut inside = secrets
            .iter()
            .filter(|span| span.overlaps(label))
            .peekable();
        let value = match inside.peek() {
            Some(_) => {
                let start = inside.clone().map(|span| span.start).min();
                let end = inside.map(|span| span.end).max();
                Span::new(start.unwrap_or(label.start), end.unwrap_or(label.end))
            }
            // A key's header, before the key itself.
            None => {
                let after = secrets.iter().filter(|span| span.start >= label.end);
                let next = after.min_by_key(|span| span.start);
                next.map_or(label, |next| label.cover(*next))
            }
        };
        let bytes = source.slice(value);
        (self.0.hash_one(bytes), self.1.hash_one(bytes))
    }
}

/// A finding in one version of a file.
#[derive(Clone, Debug)]
struct Kept {
    version: u32,
    finding: Finding,
    source: Arc<Source>,
}

#[derive(Debug)]
struct Group {
    first: Kept,
    /// The same secret as the current tree has it, where that is another version.
    current: Option<Kept>,
    versions: u32,
    counted: u32,
    severity: Severity,
    confidence: Confidence,
    in_message: bool,
}

/// What was found, by value and path.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: HashMap<(Value, RepoPath), Group>,
    /// Values that the current tree holds, at whatever path.
    current: HashSet<Value>,
    /// Bytes of the sources that findings point into.
    held: usize,
    pub dropped: u64,
}

/// The place that messages share: the same words in many commits are one finding.
const MESSAGES: &[u8] = b"\0message";

impl Groups {
    /// Notes the findings of one version.
    pub fn add(
        &mut self,
        version: u32,
        is_current: bool,
        in_message: bool,
        values: &Values,
        source: &Source,
        checked: Checked,
    ) {
        let masked = Arc::new(source.masked(&checked.secrets));
        let is_full = self.groups.len() >= LIMITS.findings || self.held >= LIMITS.history_sources;
        self.held += masked.bytes.len();
        let shared = self.groups.len();
        for finding in checked.findings {
            let value = values.of(&finding, source, &checked.secrets);
            if is_current {
                self.current.insert(value);
            }
            let place = match in_message {
                true => RepoPath::new(MESSAGES),
                false => source.path.clone(),
            };
            let kept = Kept {
                version,
                finding,
                source: Arc::clone(&masked),
            };
            match self.groups.get_mut(&(value, place.clone())) {
                Some(group) => group.join(kept, is_current),
                None if is_full => self.dropped += 1,
                None => {
                    let group = Group {
                        versions: 1,
                        counted: version,
                        severity: kept.finding.severity,
                        confidence: kept.finding.confidence,
                        current: is_current.then(|| kept.clone()),
                        first: kept,
                        in_message,
                    };
                    self.groups.insert((value, place), group);
                }
            }
        }
        if self.groups.len() == shared {
            // Of known secrets nothing more is held, or what it is changes hands.
            self.held -= masked.bytes.len();
        }
    }

    /// Notes what the current tree has at a path, where the history that was asked for does not
    /// reach that far.
    pub fn add_current(&mut self, values: &Values, source: &Source, checked: Checked) {
        let masked = Arc::new(source.masked(&checked.secrets));
        for finding in checked.findings {
            let value = values.of(&finding, source, &checked.secrets);
            self.current.insert(value);
            if let Some(group) = self.groups.get_mut(&(value, source.path.clone())) {
                group.current.get_or_insert(Kept {
                    version: u32::MAX,
                    finding,
                    source: Arc::clone(&masked),
                });
            }
        }
    }

    /// Paths of files whose secrets have not been seen in the current tree.
    pub fn gone(&self) -> HashSet<RepoPath> {
        self.groups
            .iter()
            .filter(|((value, _), group)| !group.in_message && !self.current.contains(value))
            .map(|((_, path), _)| path.clone())
            .collect()
    }

    /// One finding for each group, with the sources that they point into. `has_head` says whether
    /// there is a current tree.
    pub fn finish(self, has_head: bool, about: impl Fn(u32) -> Option<About>) -> Settled {
        let mut groups: Vec<(Value, Group)> = self
            .groups
            .into_iter()
            .map(|((value, _), group)| (value, group))
            .collect();
        groups.sort_by(|(_, a), (_, b)| {
            let key = |group: &Group| (group.first.source.path.clone(), group.first.version);
            let age = || a.first.age().cmp(&b.first.age());
            key(a).cmp(&key(b)).then_with(age)
        });
        let mut settled = Settled::default();
        let (mut ids, mut current_ids) = (Ids::new(), Ids::new());
        let mut twins: HashMap<Fingerprint, u64> = HashMap::new();
        for (value, group) in groups {
            let in_head = (has_head && !group.in_message).then(|| self.current.contains(&value));
            let current = group.current.filter(|c| c.version != group.first.version);
            let mut first = group.first;
            // Two secrets, one after the other at one place, may look alike once they are masked.
            // The older one keeps its name when another one comes.
            let twin = twins.entry(first.finding.fingerprint).or_default();
            first.finding.fingerprint = first.finding.fingerprint.again(*twin);
            *twin += 1;
            first.finding.severity = group.severity;
            first.finding.confidence = group.confidence;
            first.finding.appearance = Some(Box::new(Appearance {
                commit: about(first.version).and_then(|about| about.commit),
                in_message: group.in_message,
                versions: group.versions,
                in_head,
            }));
            let first = first.settle(&mut settled.sources, &mut ids);
            if let Some(current) = current {
                let current = current.settle(&mut settled.current_sources, &mut current_ids);
                settled
                    .pairs
                    .push((settled.current.len(), settled.findings.len()));
                settled.current.push(current);
            }
            settled.findings.push(first);
        }
        settled
    }
}

/// Findings in the order of the report.
#[derive(Debug, Default)]
pub(super) struct Settled {
    pub findings: Vec<Finding>,
    pub sources: SourceTable,
    /// The same secrets as the current tree has them.
    pub current: Vec<Finding>,
    pub current_sources: SourceTable,
    /// Which of the current ones belongs to which finding.
    pub pairs: Vec<(usize, usize)>,
}

impl Group {
    fn join(&mut self, kept: Kept, is_current: bool) {
        // Twice in one version counts once.
        if self.counted != kept.version {
            self.versions = self.versions.saturating_add(1);
            self.counted = kept.version;
        }
        self.severity = self.severity.max(kept.finding.severity);
        self.confidence = self.confidence.max(kept.finding.confidence);
        if is_current && self.current.as_ref().is_none_or(|c| kept.age() < c.age()) {
            self.current = Some(kept.clone());
        }
        if kept.age() < self.first.age() {
            self.first = kept;
        }
    }
}

impl Kept {
    /// Older ones first, and the same order whatever the threads.
    fn age(&self) -> (u32, Option<Span>, &str) {
        let span = self.finding.primary().map(|label| label.span);
        (self.version, span, self.finding.rule.as_str())
    }

    fn settle(self, table: &mut SourceTable, ids: &mut Ids) -> Finding {
        let mut finding = self.finding;
        let next = SourceId(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let key = (self.version, self.source.path.clone());
        let id = *ids.entry(key).or_insert(next);
        if id == next {
            let mut source = Arc::unwrap_or_clone(self.source);
            source.id = id;
            table.0.insert(id, Arc::new(source));
        }
        for label in &mut finding.labels {
            label.source = id;
        }
        finding
    }
}

type Ids = HashMap<(u32, RepoPath), SourceId>;
