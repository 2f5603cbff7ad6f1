//! Secrets that the configuration ignores by their own text or by their line. The text never leaves
//! detection, so it is compared here; that a finding is ignored, and counted, is policy's to say.

use regex::bytes::{Regex, RegexBuilder};

/// Expressions, each for the entry of the configuration that it belongs to.
#[derive(Debug, Default)]
pub struct Allowed {
    entries: Vec<(usize, Regex, Place)>,
}

/// What an expression is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Value,
    Line,
}

impl Allowed {
    /// Adds an expression of an entry; `false` where it cannot be compiled.
    pub fn add(&mut self, entry: usize, text: &str, place: Place) -> bool {
        let regex = RegexBuilder::new(text)
            .unicode(false)
            .size_limit(1 << 20)
            .dfa_size_limit(1 << 20)
            .build();
        match regex {
            Ok(regex) => {
                self.entries.push((entry, regex, place));
                true
            }
            Err(_) => false,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries that mean a secret.
    pub fn covering(&self, value: &[u8], line: &[u8]) -> Vec<usize> {
        let fits = |regex: &Regex, place: &Place| match place {
            Place::Value => regex.is_match(value),
            Place::Line => regex.is_match(line),
        };
        let mut entries: Vec<usize> = Vec::new();
        for (entry, regex, place) in &self.entries {
            if !entries.contains(entry) && fits(regex, place) {
                entries.push(*entry);
            }
        }
        entries
    }
}
