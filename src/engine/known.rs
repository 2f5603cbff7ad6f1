//! The texts of secrets, for as long as a scan lasts: what is known for one in its place is none
//! anywhere else either.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::detect::secret::is_distinct;
use crate::model::{Finding, Source, SourceTable, Span};
use crate::text::Needles;

/// Bytes of secrets that are kept. Whoever has more has other worries.
const MOST: usize = 1 << 20;

/// Longest line of a secret that is looked for elsewhere.
const LONGEST: usize = 4096;

#[derive(Default)]
pub struct Known {
    texts: BTreeSet<String>,
    size: usize,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.texts.len())
    }
}

impl Known {
    pub fn add(&mut self, source: &Source, secrets: &[Span]) {
        for span in secrets {
            let text = source.text(*span);
            for line in text.lines().map(str::trim) {
                if line.len() <= LONGEST && is_distinct(line.as_bytes()) {
                    self.insert(line.to_owned());
                }
            }
        }
    }

    fn insert(&mut self, text: String) {
        if self.size + text.len() <= MOST && !self.texts.contains(&text) {
            self.size += text.len();
            self.texts.insert(text);
        }
    }

    pub fn merge(&mut self, other: Self) {
        other.texts.into_iter().for_each(|text| self.insert(text));
    }

    /// Blanks the secrets wherever they stand in what is to be shown.
    pub fn blank(self, findings: &mut [Finding], sources: &mut SourceTable) {
        if self.texts.is_empty() {
            return;
        }
        let lower: Vec<String> = self.texts.iter().map(|t| t.to_ascii_lowercase()).collect();
        let needles = Needles::new(lower.iter().map(String::as_str));
        for source in sources.0.values_mut() {
            let hits = needles.hits(&source.bytes);
            let spans: Vec<Span> = hits.map(|hit| Span::from(hit.range)).collect();
            if !spans.is_empty() {
                *source = Arc::new(source.masked(&spans));
            }
        }
        for finding in findings {
            blank_finding(finding, &needles);
        }
    }
}

fn blank_finding(finding: &mut Finding, secrets: &Needles) {
    finding.clean(|text| {
        let mut hits = secrets.hits(text.as_bytes()).peekable();
        hits.peek()?;
        let mut bytes = text.as_bytes().to_vec();
        for hit in hits {
            bytes.get_mut(hit.range).unwrap_or_default().fill(b'*');
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    });
}
