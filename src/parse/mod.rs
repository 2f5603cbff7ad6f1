//! Bytes to documents. Parsing never fails: it returns what it understood and what it did not.

pub mod builds;
pub mod dockerfile;
pub mod dockerignore;
pub mod grammar;
pub mod imports;
pub mod json;
mod kinds;
pub mod lock;
pub mod powershell;
pub mod shell;
pub mod source;
pub mod spdx_expression;
pub mod surroundings;
pub mod terms;
pub mod toml;
pub mod version;
pub mod xml;
pub mod yaml;

use std::cell::OnceCell;

use dockerfile::{Dockerfile, Wanted};
use lock::{Beside, Lockfile};
use surroundings::UsedContext;

use crate::model::{FileKind, SkipReason, Source, Span};

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
    /// For Dockerfiles and ignore files: the folders that builds copy from, where they are known.
    pub contexts: Vec<UsedContext>,
    /// For Dockerfiles: what the builds ask for that are known.
    pub wanted: Wanted,
    /// For files that name packages: the files that say more about them.
    pub beside: Beside,
    dockerfile: OnceCell<Dockerfile>,
    lockfile: OnceCell<Option<Lockfile>>,
    lockfile_before: OnceCell<Option<Lockfile>>,
}

impl<'s> Document<'s> {
    pub fn new(source: &'s Source) -> Self {
        Self {
            source,
            contexts: Vec::new(),
            wanted: Wanted::default(),
            beside: Beside::default(),
            dockerfile: OnceCell::new(),
            lockfile: OnceCell::new(),
            lockfile_before: OnceCell::new(),
        }
    }

    /// The source as a Dockerfile.
    pub fn dockerfile(&self) -> &Dockerfile {
        self.dockerfile
            .get_or_init(|| Dockerfile::parse_wanted(&self.source.bytes, &self.wanted))
    }

    /// The packages that a lockfile names; `None` for what is no lockfile.
    pub fn lockfile(&self) -> Option<&Lockfile> {
        self.lockfile
            .get_or_init(|| {
                let source = self.source;
                lock::read(source.kind, &source.path, &source.bytes, &self.beside)
            })
            .as_ref()
    }

    /// The packages that it named before the change that is checked; `None` where nothing changes,
    /// or where there was no such file. What stood beside it then is not known.
    pub fn lockfile_before(&self) -> Option<&Lockfile> {
        self.lockfile_before
            .get_or_init(|| {
                let source = self.source;
                let before = source.before.as_deref()?;
                lock::read(source.kind, &source.path, before, &Beside::default())
            })
            .as_ref()
    }
}

/// How many pieces of a source nobody could make sense of; none where its kind has no parser.
/// A shell text inside a Dockerfile counts too.
pub fn syntax_errors(source: &Source) -> usize {
    match source.kind {
        FileKind::Dockerfile => {
            let file = Dockerfile::parse(&source.bytes);
            let mut shell = shell::Builder::default();
            let scripts = file.instructions.iter().filter_map(|i| match i.command() {
                Some(dockerfile::Command::Shell(s)) if s.dialect.is_unix_shell() => Some(s),
                _ => None,
            });
            for script in scripts {
                shell.text(&script.text);
            }
            file.errors.len() + shell.finish().0.errors.len()
        }
        FileKind::Shell => shell::Script::parse(&source.bytes).errors.len(),
        kind if source::Language::of(kind).is_some() => {
            source::syntax_errors(kind, &source.bytes).unwrap_or(0)
        }
        _ => 0,
    }
}

/// What keeps a text from being parsed at all.
pub type Refusal = SkipReason;
