//! What OpenVEX documents say about findings: statements that a product is, or is not, affected by
//! a vulnerability (<https://github.com/openvex/spec>, version 0.2.0 and before).

mod file;
mod pattern;

pub use pattern::Pattern;

use super::config::ConfigError;
use crate::model::{Advice, RepoPath};

/// Statements of all documents, those that count most last.
#[derive(Clone, Debug, Default)]
pub struct Vex {
    /// The documents.
    pub files: Vec<RepoPath>,
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    /// Every name of the vulnerability.
    names: Vec<String>,
    /// Package URLs, with or without a version.
    products: Vec<String>,
    status: Status,
    /// Why, in the document's words.
    reason: Option<String>,
    /// RFC 3339, as written.
    timestamp: String,
}

/// What a statement says of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    NotAffected,
    Fixed,
    Affected,
    UnderInvestigation,
}

impl Status {
    pub const ALL: [(&'static str, Self); 4] = [
        ("not_affected", Self::NotAffected),
        ("fixed", Self::Fixed),
        ("affected", Self::Affected),
        ("under_investigation", Self::UnderInvestigation),
    ];

    pub fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, status)| *status == self);
        known.map_or("", |(name, _)| name)
    }
}

impl Vex {
    /// Adds the statements of a document. A document that is half understood is not used at all.
    pub fn add(&mut self, path: &RepoPath, text: &str) -> Result<(), ConfigError> {
        self.statements.extend(file::parse(text)?);
        self.files.push(path.clone());
        // Of two statements the younger one counts, and of those of one day the later one.
        self.statements
            .sort_by(|a, b| a.timestamp.cmp(&b.timestamp));
        Ok(())
    }

    /// The last word on a finding: its status and the reason that is given.
    pub fn about(&self, advice: &Advice) -> Option<(Status, Option<&str>)> {
        let mut latest = self.statements.iter().rev();
        let statement = latest.find(|statement| {
            statement.names.iter().any(|name| advice.is_called(name))
                && statement.products.iter().any(|purl| advice.is_purl(purl))
        })?;
        Some((statement.status, statement.reason.as_deref()))
    }
}

#[cfg(test)]
mod tests;
