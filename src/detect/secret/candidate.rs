use crate::detect::{Context, Sink};
use crate::model::{Confidence, Evidence, Redacted, Severity, Span};

/// Which of two readings of the same text wins: the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Generic,
    Header,
    Url,
    Named,
    Structure,
    Prefix,
}

/// How much less than its rule a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Full,
    /// One severity less.
    Less,
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

/// The candidates of one file.
#[derive(Debug, Default)]
pub struct Found {
    candidates: Vec<Candidate>,
}

impl Found {
    pub fn add(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
    }

    pub fn is_full(&self) -> bool {
        self.candidates.len() >= KEPT
    }

    /// Reports each secret once, read in the way that says most about it, and masks them all.
    pub fn settle(&mut self, cx: &Context<'_>, out: &mut Sink<'_>) {
        if self.candidates.is_empty() {
            return;
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_by_key(|c| (c.extent(), std::cmp::Reverse(c.rank)));
        let mut best: Option<Candidate> = None;
        for candidate in candidates {
            out.mask(candidate.mask);
            best = match best {
                Some(kept) if kept.extent().overlaps(candidate.extent()) => {
                    Some(if candidate.rank > kept.rank {
                        candidate
                    } else {
                        kept
                    })
                }
                Some(kept) => {
                    kept.report(cx, out);
                    Some(candidate)
                }
                None => Some(candidate),
            };
        }
        if let Some(last) = best {
            last.report(cx, out);
        }
    }
}

impl Candidate {
    fn extent(&self) -> Span {
        self.label.cover(self.mask)
    }

    fn report(self, cx: &Context<'_>, out: &mut Sink<'_>) {
        let Some(rule) = cx.rules.get(self.rule) else {
            return;
        };
        let severity = match (self.weight, rule.severity) {
            (Weight::Full, severity) => severity,
            (Weight::Less, Severity::Critical) => Severity::High,
            (Weight::Less, Severity::High) => Severity::Medium,
            (Weight::Less | Weight::Note, _) => Severity::Low,
        };
        out.report(self.rule, self.label, self.message)
            .help(self.help)
            .severity(severity)
            .confidence(self.confidence)
            .evidence(Evidence::Secret(self.redacted));
    }
}
