use crate::model::RepoPath;

/// The files of the state that is being checked: a worktree, the git index or a commit.
pub trait Files: Sync + std::fmt::Debug {
    /// What stands in a folder, sorted by name. Links are left out, and nothing outside the
    /// repository is ever listed.
    fn list(&self, folder: &RepoPath) -> Vec<Entry>;
    /// The first `limit` bytes of a regular file.
    fn read(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>>;
}

/// A name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: Vec<u8>,
    pub is_folder: bool,
    /// Ignored by git and not tracked: it is not in anybody else's clone.
    pub is_private: bool,
}
