use gix::ObjectId;

use super::change::{Kind, blob};
use super::commit_range::end_of;
use super::tree::{entries, kind};
use super::{InputError, Repository};
use crate::join::{Entry, Files};
use crate::model::RepoPath;

/// The files of a commit.
pub struct TreeFiles<'r> {
    repository: &'r Repository,
    tree: ObjectId,
}

impl std::fmt::Debug for TreeFiles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TreeFiles").field(&self.tree).finish()
    }
}

impl<'r> TreeFiles<'r> {
    /// The state that a range of commits leads to.
    pub fn at_end_of(repository: &'r Repository, range: &str) -> Result<Self, InputError> {
        let tree = end_of(repository, range)?;
        Ok(Self { repository, tree })
    }

    fn tree_of(&self, git: &gix::Repository, folder: &RepoPath) -> Option<ObjectId> {
        let mut tree = self.tree;
        let parts = folder.as_bytes().split(|b| *b == b'/');
        for part in parts.filter(|part| !part.is_empty()) {
            let entry = *entries(self.repository, git, Some(tree)).ok()?.get(part)?;
            if !entry.mode.is_tree() {
                return None;
            }
            tree = entry.id;
        }
        Some(tree)
    }
}

impl Files for TreeFiles<'_> {
    fn list(&self, folder: &RepoPath) -> Vec<Entry> {
        let git = self.repository.git.to_thread_local();
        let here = self
            .tree_of(&git, folder)
            .and_then(|tree| entries(self.repository, &git, Some(tree)).ok());
        let mut found: Vec<Entry> = here
            .unwrap_or_default()
            .into_iter()
            .filter(|(_, entry)| matches!(kind(entry.mode), None | Some(Kind::File)))
            .map(|(name, entry)| Entry {
                name,
                is_folder: entry.mode.is_tree(),
                is_private: false,
            })
            .collect();
        found.sort();
        found
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        let git = self.repository.git.to_thread_local();
        let tree = self.tree_of(&git, &path.parent())?;
        let here = entries(self.repository, &git, Some(tree)).ok()?;
        let entry = here.get(path.file_name())?;
        if kind(entry.mode) != Some(Kind::File) {
            return None;
        }
        let mut bytes = blob(&git, entry.id).ok()?;
        bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Some(bytes)
    }
}
