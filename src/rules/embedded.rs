use std::borrow::Cow;

use crate::model::{Confidence, Profile, Rule, RuleId, Severity};

// `EMBEDDED` (sorted by id) and `PATTERNS` (rule id, JSON of its `[pattern]` table).
include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// All rules of a run: those of the binary and, later, a team's own.
#[derive(Debug, Default)]
pub struct RuleSet {
    custom: Vec<Rule>,
}

impl RuleSet {
    /// The rules that the binary carries.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// Hash of the rules of the binary: their files' bytes, in order.
    pub fn hash(&self) -> &'static str {
        RULES_HASH
    }

    pub fn len(&self) -> usize {
        EMBEDDED.len() + self.custom.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All rules, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        EMBEDDED.iter().chain(&self.custom)
    }

    /// The rule of an id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.index(id).and_then(|index| self.at(index))
    }

    /// The place of a rule in [`RuleSet::iter`].
    pub fn index(&self, id: &str) -> Option<usize> {
        match EMBEDDED.binary_search_by(|rule| rule.id.as_str().cmp(id)) {
            Ok(index) => Some(index),
            Err(_) => self
                .custom
                .iter()
                .position(|rule| rule.id.as_str() == id)
                .map(|at| EMBEDDED.len() + at),
        }
    }

    pub fn at(&self, index: usize) -> Option<&Rule> {
        match EMBEDDED.get(index) {
            Some(rule) => Some(rule),
            None => self.custom.get(index - EMBEDDED.len()),
        }
    }

    /// Rules that carry a peer's id among their aliases, ignoring case.
    pub fn by_alias<'a>(&'a self, alias: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.iter()
            .filter(move |rule| rule.aliases.iter().any(|a| a.eq_ignore_ascii_case(alias)))
    }
}
