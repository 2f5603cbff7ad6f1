use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hasher};
use std::ops::Range;

use crate::detect::{Context, Sink};
use crate::model::{Confidence, Evidence, Redacted, Severity, Span};
use crate::rules::pattern::secret::Segment;

use super::automaton::Engine;
use super::kind;
use super::text::Text;

/// Which of two readings of the same text wins: the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A rule of a team's that says less than our own.
    TeamNote,
    Generic,
    /// A rule of a team's.
    Team,
    Header,
    Url,
    Named,
    Structure,
    /// A mark of its own; of several the one that leaves less open.
    Prefix(u32),
    /// A key or a file of credentials, of which everything inside is a part.
    Document,
}

/// How much less than its rule a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Full,
    /// One severity less, but no mere note.
    Less,
    /// Medium at most.
    Medium,
    /// A note.
    Note,
}

/// A secret as one reading of the text sees it.
#[derive(Debug)]
pub struct Candidate {
    pub rule: &'static str,
    pub rank: Rank,
    /// What the finding points at.
    pub label: Span,
    /// What no report may show.
    pub mask: Span,
    pub weight: Weight,
    pub confidence: Confidence,
    pub message: String,
    pub help: String,
    pub redacted: Redacted,
}

/// Candidates kept before the first of them are settled: bounds memory in hostile files.
const KEPT: usize = 4096;

/// How many bytes may lie between a key id and its secret.
const BESIDE: u32 = 320;

/// The candidates of one file.
#[derive(Debug, Default)]
pub struct Found {
    candidates: Vec<Candidate>,
    /// Where each secret stood first, by the hash of its text.
    seen: BTreeMap<u64, Span>,
}

impl Found {
    pub fn add(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
    }

    pub fn is_full(&self) -> bool {
        self.candidates.len() >= KEPT
    }

    /// Every candidate: whoever looked into an encoded piece settles them with those around it.
    pub fn into_all(self) -> Vec<Candidate> {
        self.candidates
    }

    /// Reports each secret once, read in the way that says most about it and together with its key
    /// id, and masks them all.
    pub fn settle(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        cx: &Context<'_>,
        out: &mut Sink<'_>,
    ) {
        if self.candidates.is_empty() {
            return;
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_by_key(|c| (c.extent(), std::cmp::Reverse(c.rank)));
        candidates.iter().for_each(|c| out.mask(c.mask));
        let best = best_readings(candidates);
        let mut halves: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        let mut folded = BTreeSet::new();
        for (at, half) in best.iter().enumerate() {
            if let Some(whole) = whole_of(engine, cx, &best, at) {
                halves.entry(whole).or_default().push(half.label);
                folded.insert(at);
            }
        }
        for (at, candidate) in best.iter().enumerate() {
            if folded.contains(&at) {
                continue;
            }
            let halves = halves.remove(&at).unwrap_or_default();
            let halves = halves.into_iter().map(|span| (span, "its key id"));
            let id = id_beside(engine, text, candidate);
            let id = id.map(|span| (span, "the id it belongs to"));
            let again = self.first_place(text, candidate);
            let again = again.map(|span| (span, "the same value"));
            candidate.report(cx, out, halves.chain(id).chain(again));
        }
    }

    /// Where the same secret stood before in this file.
    fn first_place(&mut self, text: &Text<'_>, candidate: &Candidate) -> Option<Span> {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.slice(candidate.mask.start as usize..candidate.mask.end as usize));
        let first = *self.seen.entry(hasher.finish()).or_insert(candidate.label);
        (first != candidate.label).then_some(first)
    }
}

/// Of readings that overlap, the one that says most. The candidates are sorted by place.
fn best_readings(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut best: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        match best.last_mut() {
            Some(kept) if kept.extent().overlaps(candidate.extent()) => {
                if candidate.rank > kept.rank {
                    *kept = candidate;
                }
            }
            _ => best.push(candidate),
        }
    }
    best
}

/// The secret beside a key id, where that is reported: the nearest one within a few lines.
fn whole_of(engine: &Engine, cx: &Context<'_>, best: &[Candidate], at: usize) -> Option<usize> {
    let half = best.get(at)?;
    let wanted = engine.kind_of(half.rule)?.pattern.half_of.as_deref()?;
    cx.rules.get(wanted)?;
    let distance = |other: &Candidate| match other.label.start < half.label.start {
        true => half.label.start.saturating_sub(other.label.end),
        false => other.label.start.saturating_sub(half.label.end),
    };
    let is_close = |at: &usize| best.get(*at).is_some_and(|other| distance(other) <= BESIDE);
    let before = (0..at).rev().take_while(is_close);
    let after = (at + 1..best.len()).take_while(is_close);
    before
        .chain(after)
        .filter(|at| best.get(*at).is_some_and(|other| other.rule == wanted))
        .min_by_key(|at| best.get(*at).map(distance))
}

/// A public id of its kind that stands within a few lines of a secret.
fn id_beside(engine: &Engine, text: &Text<'_>, candidate: &Candidate) -> Option<Span> {
    let forms = &engine.kind_of(candidate.rule)?.beside;
    let (start, end) = (candidate.label.start as usize, candidate.label.end as usize);
    let reach = BESIDE as usize;
    let id_at = |at: usize| {
        forms.iter().find_map(|form: &Vec<Segment>| {
            Some(Span::from_usize(at, kind::ends(text.bytes, at, form)?))
        })
    };
    let before = (start.saturating_sub(reach)..start).rev().find_map(id_at);
    let after = || (end..text.bytes.len().min(end + reach)).find_map(id_at);
    before
        .or_else(after)
        .filter(|id| !id.overlaps(candidate.label))
}

impl Candidate {
    fn extent(&self) -> Span {
        self.label.cover(self.mask)
    }

    /// The same secret as the text around sees it: where it stands there, and what hides it.
    pub fn moved(mut self, place: impl Fn(Range<usize>) -> Range<usize>, hidden: &str) -> Self {
        // Encoded, a public beginning does not look public to anybody.
        self.mask = Span::from(place(self.extent().range()));
        self.label = Span::from(place(self.label.range()));
        if !self.message.ends_with(hidden) {
            self.message.push_str(hidden);
        }
        self
    }

    fn report(
        &self,
        cx: &Context<'_>,
        out: &mut Sink<'_>,
        others: impl Iterator<Item = (Span, &'static str)>,
    ) {
        let Some(rule) = cx.rules.get(self.rule) else {
            return;
        };
        if self.redacted.checksum == Some(false) && cx.given.strict_checksum {
            return;
        }
        let severity = match (self.weight, rule.severity) {
            (Weight::Full, severity) => severity,
            (Weight::Less, Severity::Critical) => Severity::High,
            (Weight::Less, Severity::High | Severity::Medium) => Severity::Medium,
            (Weight::Medium, severity) if severity >= Severity::Medium => Severity::Medium,
            (Weight::Less | Weight::Medium | Weight::Note, _) => Severity::Low,
        };
        let report = out
            .report(self.rule, self.label, self.message.clone())
            .help(self.help.clone())
            .severity(severity)
            .confidence(self.confidence)
            .evidence(Evidence::Secret(self.redacted.clone()));
        others.fold(report, |report, (span, what)| report.label(span, what));
    }
}
