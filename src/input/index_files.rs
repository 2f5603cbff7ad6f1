use std::sync::OnceLock;

use gix::bstr::ByteSlice as _;
use gix::index::entry::Flags;

use super::Repository;
use super::change::{Kind, blob};
use super::tree::kind;
use crate::join::{Entry, Files};
use crate::model::RepoPath;

/// The files that the next commit will have.
pub struct IndexFiles<'r> {
    repository: &'r Repository,
    /// Read on first use; `None` where it cannot be.
    index: OnceLock<Option<gix::worktree::Index>>,
}

impl std::fmt::Debug for IndexFiles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("IndexFiles").field(self.repository).finish()
    }
}

impl<'r> IndexFiles<'r> {
    pub fn new(repository: &'r Repository) -> Self {
        Self {
            repository,
            index: OnceLock::new(),
        }
    }

    fn index(&self) -> Option<&gix::worktree::Index> {
        let read = || self.repository.git.to_thread_local().index_or_empty().ok();
        self.index.get_or_init(read).as_ref()
    }
}

fn is_file(entry: &gix::index::Entry) -> bool {
    !entry.flags.contains(Flags::INTENT_TO_ADD)
        && entry.mode.to_tree_entry_mode().and_then(kind) == Some(Kind::File)
}

impl Files for IndexFiles<'_> {
    fn list(&self, folder: &RepoPath) -> Vec<Entry> {
        let Some(index) = self.index() else {
            return Vec::new();
        };
        let prefix = folder.join(b"");
        let prefix = prefix.as_bytes();
        let all = index.entries();
        let mut at = all.partition_point(|e| e.path(index).as_bytes() < prefix);
        let mut found = Vec::new();
        while let Some(entry) = all.get(at) {
            let Some(rest) = entry.path(index).as_bytes().strip_prefix(prefix) else {
                break;
            };
            let slash = rest.find_byte(b'/');
            let name = rest.get(..slash.unwrap_or(rest.len())).unwrap_or(rest);
            at += 1;
            if slash.is_some() {
                let inside = [prefix, name, b"/"].concat();
                let after = all.get(at..).unwrap_or_default();
                at += after.partition_point(|e| e.path(index).as_bytes().starts_with(&inside));
            } else if !is_file(entry) {
                continue;
            }
            found.push(Entry {
                name: name.to_vec(),
                is_folder: slash.is_some(),
                is_private: false,
            });
        }
        found.sort();
        // A file in conflict has up to three entries.
        found.dedup();
        found
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        let entry = self.index()?.entry_by_path(path.as_bytes().as_bstr())?;
        if !is_file(entry) {
            return None;
        }
        let mut bytes = blob(&self.repository.git.to_thread_local(), entry.id).ok()?;
        bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Some(bytes)
    }
}
