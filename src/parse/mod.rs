//! Bytes to documents. Parsing never fails: it returns what it understood and what it did not.

pub mod dockerfile;
pub mod grammar;
pub mod json;
pub mod lock;
pub mod shell;
pub mod source;
pub mod toml;
pub mod version;

use std::cell::OnceCell;

use dockerfile::Dockerfile;
use lock::Lockfile;

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
    dockerfile: OnceCell<Dockerfile>,
    lockfile: OnceCell<Option<Lockfile>>,
    facts: OnceCell<Result<source::Facts<'s>, SkipReason>>,
}

impl<'s> Document<'s> {
    pub fn new(source: &'s Source) -> Self {
        Self {
            source,
            dockerfile: OnceCell::new(),
            lockfile: OnceCell::new(),
            facts: OnceCell::new(),
        }
    }

    /// The source as a Dockerfile.
    pub fn dockerfile(&self) -> &Dockerfile {
        self.dockerfile
            .get_or_init(|| Dockerfile::parse(&self.source.bytes))
    }

    /// The packages that a lockfile names; `None` for what is no lockfile.
    pub fn lockfile(&self) -> Option<&Lockfile> {
        self.lockfile
            .get_or_init(|| lock::read(self.source.kind, &self.source.path, &self.source.bytes))
            .as_ref()
    }

    /// What the source code says, for languages that have an adapter.
    pub fn facts(&self) -> Result<&source::Facts<'s>, &SkipReason> {
        self.facts
            .get_or_init(|| source::facts(self.source.kind, &self.source.bytes))
            .as_ref()
    }
}

/// What keeps a text from being parsed at all.
pub type Refusal = SkipReason;
