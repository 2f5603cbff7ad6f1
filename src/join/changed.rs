use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Entry, Files};
use crate::model::RepoPath;

/// The files of a state with some of them as fixes would leave them.
#[derive(Debug)]
pub struct Changed<'f> {
    pub files: &'f dyn Files,
    pub changes: &'f BTreeMap<RepoPath, Arc<[u8]>>,
}

impl Files for Changed<'_> {
    fn list(&self, folder: &RepoPath) -> Vec<Entry> {
        let mut here = self.files.list(folder);
        for path in self.changes.keys().filter(|path| path.parent() == *folder) {
            if !here.iter().any(|entry| entry.name == path.file_name()) {
                here.push(Entry {
                    name: path.file_name().to_vec(),
                    is_folder: false,
                    is_private: false,
                });
            }
        }
        here.sort();
        here
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        let Some(bytes) = self.changes.get(path) else {
            return self.files.read(path, limit);
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Some(bytes.iter().take(limit).copied().collect())
    }
}
