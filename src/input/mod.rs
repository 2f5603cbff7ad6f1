//! The only code that reads repositories: worktrees, named files, the git index, commits, stdin
//! and editor buffers, each as a stream of [`Found`].
//!
//! Nothing of a repository is ever executed: git's data is read through `gix`, with every setting
//! that could start a program out of reach. Nothing outside the root is opened unless it was named
//! on the command line. What is not checked is reported as [`Skipped`], never dropped.

mod buffer;
mod change;
mod changed_lines;
mod commit_range;
mod error;
mod excludes;
mod file_list;
mod gitignore;
mod history;
mod index;
mod index_files;
mod open;
mod renames;
mod replace;
mod repository;
mod root;
mod sparse;
mod stdin;
mod tree;
mod tree_files;
mod worktree;
mod worktree_files;

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{ChangedLines, Origin, RepoPath, SkipReason, Skipped};

pub use buffer::buffer;
pub use commit_range::commit_range;
pub use error::InputError;
pub use excludes::Excludes;
pub use file_list::{Missing, named, read_list};
pub use history::{About, History, Selection as HistorySelection, point_in_time};
pub use index::{staged, staged_file, tracked};
pub use index_files::IndexFiles;
pub use open::read_config;
pub use replace::{Refusal, Unfit};
pub use repository::{HooksPath, Repository, find_root};
pub use root::Root;
pub use sparse::Sparse;
pub use stdin::stdin;
pub use tree_files::TreeFiles;
pub use worktree::worktree;
pub use worktree_files::WorktreeFiles;

/// Where an input puts what it finds; `false` from it means that nobody wants more.
pub type Emit<'a> = &'a (dyn Fn(Found) -> bool + Sync);

/// One thing to check.
#[derive(Clone, Debug)]
pub struct Item {
    pub path: RepoPath,
    pub payload: Payload,
    pub origin: Origin,
    /// `None`: every line counts as changed.
    pub changed: Option<ChangedLines>,
    /// The bytes before the change, where there were any: what was found in them is not new.
    pub before: Option<Vec<u8>>,
    /// True where those bytes stood under another name.
    pub renamed: bool,
}

/// Where an item's bytes are.
#[derive(Clone, Debug)]
pub enum Payload {
    /// A file below a root, opened without following any link.
    Beneath {
        root: Arc<Root>,
        path: RepoPath,
    },
    /// A file outside the root that was named on the command line.
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// An item's bytes.
#[derive(Debug)]
pub enum Content {
    InBuffer,
    /// A regular file, to be read piece by piece.
    Large(File),
}

/// What an input finds, in any order.
#[derive(Clone, Debug)]
pub enum Found {
    Item(Item),
    Skipped(Skipped),
}

impl Item {
    fn beneath(root: &Arc<Root>, path: RepoPath) -> Self {
        Self {
            payload: Payload::Beneath {
                root: Arc::clone(root),
                path: path.clone(),
            },
            path,
            origin: Origin::Worktree,
            changed: None,
            before: None,
            renamed: false,
        }
    }

    /// Puts the item's bytes into `buffer`, or says why there are none. Only regular files are
    /// read, and of those only what [`crate::guard::LIMITS`] allows.
    pub fn read_into(&mut self, buffer: &mut Vec<u8>) -> Result<(), SkipReason> {
        match self.content(buffer)? {
            Content::InBuffer => Ok(()),
            Content::Large(file) => open::read(file, buffer),
        }
    }

    /// The same, but a file that is too large to be parsed is only opened.
    pub fn content(&mut self, buffer: &mut Vec<u8>) -> Result<Content, SkipReason> {
        let file = match &mut self.payload {
            Payload::Bytes(bytes) => {
                *buffer = std::mem::take(bytes);
                return Ok(Content::InBuffer);
            }
            Payload::Beneath { root, path } => root.open_file(path)?,
            Payload::File(path) => open::open_file(path)?,
        };
        open::content(file, buffer)
    }

    /// Bytes that the item holds in memory.
    pub fn weight(&self) -> u64 {
        let bytes = match &self.payload {
            Payload::Bytes(bytes) => bytes.len(),
            Payload::Beneath { .. } | Payload::File(_) => 0,
        };
        (bytes + self.before.as_ref().map_or(0, Vec::len)) as u64
    }
}

impl Item {
    /// A file as a fix would leave it; nothing of it is on disk yet.
    pub fn edited(path: RepoPath, bytes: &[u8]) -> Self {
        Self {
            path,
            payload: Payload::Bytes(bytes.to_vec()),
            origin: Origin::Buffer,
            changed: None,
            before: None,
            renamed: false,
        }
    }

    /// The same item with what a fix would leave of it. Which lines have changed is told anew.
    #[must_use]
    pub fn with_edits(self, bytes: &[u8]) -> Self {
        let changed = match (&self.changed, &self.before) {
            (Some(_), Some(before)) => Some(changed_lines::changed_lines(before, bytes)),
            _ => None,
        };
        Self {
            changed,
            before: self.before,
            renamed: self.renamed,
            ..Self::edited(self.path, bytes)
        }
    }
}

impl Found {
    fn skipped(path: RepoPath, reason: SkipReason) -> Self {
        Self::Skipped(Skipped { path, reason })
    }
}
