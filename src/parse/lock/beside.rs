use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::RepoPath;
use crate::text::decode;

/// Something of the repository that a reader wants to see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    File(RepoPath),
    /// The names in a folder.
    Folder(RepoPath),
}

/// What stands beside a lockfile, as far as its reader asked for it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What was asked for; `None` where there is no such file, or none of a sensible size.
    files: BTreeMap<RepoPath, Option<String>>,
    /// Names of a folder's entries; those of folders end in `/`.
    folders: BTreeMap<RepoPath, Arc<Vec<String>>>,
    /// What is in these folders and in nobody else's clone.
    private: BTreeSet<RepoPath>,
}

impl Beside {
    /// The text of a file, where it was asked for and is there.
    pub fn file(&self, path: &RepoPath) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// The names in a folder, where it was asked for; those of folders end in `/`.
    pub fn folder(&self, path: &RepoPath) -> &[String] {
        self.folders.get(path).map_or(&[], |names| names.as_slice())
    }

    /// Whether the question was answered already.
    pub fn knows(&self, ask: &Ask) -> bool {
        match ask {
            Ask::File(path) => self.files.contains_key(path),
            Ask::Folder(path) => self.folders.contains_key(path),
        }
    }

    pub fn put_file(&mut self, path: RepoPath, bytes: Option<Vec<u8>>) {
        let text = bytes.map(|bytes| super::text(&decode(&bytes).1).into_owned());
        self.files.insert(path, text);
    }

    pub fn put_folder(&mut self, path: RepoPath, names: impl Into<Arc<Vec<String>>>) {
        self.folders.insert(path, names.into());
    }

    /// Notes what git is told to leave out.
    pub fn put_private(&mut self, path: RepoPath) {
        self.private.insert(path);
    }

    /// True for a file of a folder that was asked for, where git is told to leave it out.
    pub fn is_private(&self, path: &RepoPath) -> bool {
        self.private.contains(path)
    }
}
