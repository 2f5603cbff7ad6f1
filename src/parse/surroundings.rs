//! What stands around a Dockerfile in its repository: who builds it, and from which files.

use std::sync::Arc;

use super::dockerignore::{IgnoreFile, clean};
use crate::model::{RepoPath, Span};

/// One build of a Dockerfile, as a file of the repository asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Who asks, in words: `service web of compose.yaml`.
    pub by: String,
    pub tool: Tool,
    pub dockerfile: RepoPath,
    /// `None` where it is remote, outside the repository, or only known when the build runs.
    pub context: Option<RepoPath>,
    /// The stage that is built; `None`: the last.
    pub target: Option<String>,
    pub args: Vec<BuildArg>,
    /// Contexts beside the main one that `--from` may name.
    pub named_contexts: Vec<String>,
}

/// What asks for a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    Compose,
    Bake,
    Workflow,
    Command,
}

/// A value that a build is given for an ARG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildArg {
    pub name: String,
    /// `None` where only the build's environment knows it.
    pub value: Option<String>,
    /// Of name and value in the file that gives it.
    pub span: Span,
}

/// The folder that a build may copy from.
#[derive(Clone, Debug, Default)]
pub struct BuildContext {
    /// In the repository.
    pub folder: RepoPath,
    pub ignore: Option<(RepoPath, IgnoreFile)>,
    /// What is there, sorted by path. What an excluded folder holds is left out unless some of it
    /// may be taken back in.
    pub files: Vec<ContextFile>,
    /// Why `files` is not all.
    pub limit: Option<String>,
}

/// A context as one Dockerfile uses it.
#[derive(Clone, Debug)]
pub struct UsedContext {
    pub context: Arc<BuildContext>,
    /// True where nothing in the repository says so: it is where the Dockerfile's sources are.
    pub is_assumed: bool,
    /// An ignore file of the context that counts for nothing, because the Dockerfile has its own.
    pub shadowed: Option<RepoPath>,
}

/// A file or folder of a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Relative to the context.
    pub path: String,
    pub is_folder: bool,
    /// Hidden from git, so that it is only on the machine of whoever made it.
    pub is_private: bool,
    /// The place of the line of the ignore file that decides about it.
    pub decided: Option<usize>,
    pub is_excluded: bool,
    /// How it begins, for files that are named like credentials.
    pub beginning: Option<Vec<u8>>,
}

impl BuildContext {
    /// Where the ignore file is, or would be.
    pub fn ignore_path(&self) -> RepoPath {
        match &self.ignore {
            Some((path, _)) => path.clone(),
            None => self.folder.join(b".dockerignore"),
        }
    }

    /// The files that a source of COPY or ADD stands for, and that reach the builder.
    pub fn copied(&self, source: &str) -> impl Iterator<Item = &ContextFile> {
        // A leading slash means the root of the context, and nothing leads out of it.
        let cleaned = clean(&format!("/{source}"));
        let wanted = (cleaned != ".").then(|| IgnoreFile::of([cleaned.as_str()]));
        self.files.iter().filter(move |file| {
            !file.is_excluded
                && wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.excludes(&file.path))
        })
    }
}
