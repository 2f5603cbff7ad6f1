//! Bytes to documents. Parsing never fails: it returns what it understood and what it did not.

pub mod grammar;
pub mod shell;
pub mod version;

use crate::model::{SkipReason, Source, Span};

/// A piece of a source that could not be understood: one instruction or node, never the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    /// What was expected, in plain words.
    pub message: String,
}

/// A source with its parsed forms, each made on first use and kept.
#[derive(Debug)]
pub struct Document<'s> {
    pub source: &'s Source,
}

impl<'s> Document<'s> {
    pub fn new(source: &'s Source) -> Self {
        Self { source }
    }
}

/// What keeps a text from being parsed at all.
pub type Refusal = SkipReason;
