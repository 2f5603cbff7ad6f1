use serde::{Deserialize, Serialize};

use super::{RepoPath, SourceId, Span};

/// How far a fix may be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Keeps the meaning, or takes away only what is wrong: `--fix` applies it.
    Safe,
    /// May change behaviour: only `--fix=all` applies it.
    Unsafe,
    /// Shown, never applied.
    Manual,
}

/// Replaces the bytes of `span` by `with`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub source: SourceId,
    pub span: Span,
    pub with: String,
}

/// A file that a fix makes. Where the engine finds it there already, its lines go to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub path: RepoPath,
    pub text: String,
}

/// A repair: all its edits and new files, or none. The edits may be in several sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub safety: Safety,
    pub edits: Vec<Edit>,
    pub creates: Vec<NewFile>,
}

impl Fix {
    /// Every text that it would put into a file.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        let edits = self.edits.iter().map(|edit| edit.with.as_str());
        edits.chain(self.creates.iter().map(|file| file.text.as_str()))
    }
}
