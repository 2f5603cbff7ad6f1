//! What an ignore comment says, whoever's form it is in.

use crate::model::{Finding, Span};

use super::Date;
use super::peers::Peer;

/// One ignore comment.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Whose form it is; `None`: our own.
    pub peer: Option<&'static Peer>,
    /// From the marker to the end of what belongs to it.
    pub span: Span,
    /// Names with their places.
    pub rules: Vec<(String, Span)>,
    pub reason: Option<String>,
    pub until: Option<Date>,
    /// What is wrong with the comment itself.
    pub problem: Option<String>,
    pub reach: Reach,
}

impl Ignore {
    /// True where it means a malicious package by name.
    pub fn names_malice(&self) -> bool {
        let names = |(name, _): &(String, Span)| name == MALICIOUS || name.starts_with("MAL-");
        self.peer.is_none() && self.rules.iter().any(names)
    }
}

/// What is ignored only by its own name, and only with a reason.
pub const MALICIOUS: &str = "dependency/malicious";

/// Which findings of its file an ignore comment speaks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// 1-based lines, inclusive: findings whose cause touches them.
    pub lines: (u32, u32),
    /// Findings whose cause begins here: those about a whole instruction, for a comment inside it.
    pub start: Option<u32>,
    /// Findings about something that is missing, which no line holds.
    pub missing: bool,
}

impl Reach {
    pub const FILE: Self = Self {
        lines: (0, u32::MAX),
        start: None,
        missing: true,
    };

    pub fn lines(first: u32, last: u32) -> Self {
        Self {
            lines: (first, last),
            ..Self::default()
        }
    }

    /// True for a finding whose cause stands on the lines `first` to `last`.
    pub fn covers(&self, finding: &Finding, first: u32, last: u32) -> bool {
        let start = finding.primary().map(|label| label.span.start);
        let slug = finding.rule.as_str().rsplit('/').next();
        (self.lines.0 <= last && first <= self.lines.1)
            || (self.start.is_some() && self.start == start)
            || (self.missing && slug.is_some_and(|slug| slug.starts_with("missing-")))
    }
}
