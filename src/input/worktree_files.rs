use std::collections::HashSet;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use super::gitignore::Ignored;
use super::index::Tracked;
use super::{Root, open};
use crate::join::{Entry, Files};
use crate::model::RepoPath;

/// The files of a worktree, those that git ignores included.
pub struct WorktreeFiles {
    root: Arc<Root>,
    ignored: Ignored,
    /// Folders whose patterns have been read.
    entered: Mutex<HashSet<RepoPath>>,
    /// Read only once something is ignored.
    tracked: OnceLock<Option<Tracked>>,
}

impl std::fmt::Debug for WorktreeFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("WorktreeFiles").field(&self.root).finish()
    }
}

impl WorktreeFiles {
    pub fn new(root: Arc<Root>) -> Self {
        Self {
            root,
            ignored: Ignored::default(),
            entered: Mutex::default(),
            tracked: OnceLock::new(),
        }
    }

    /// Reads the patterns of a folder and of all above it.
    fn enter(&self, folder: &RepoPath) {
        let mut above = vec![folder.clone()];
        let mut next = folder.clone();
        while !next.as_bytes().is_empty() {
            next = next.parent();
            above.push(next.clone());
        }
        let Ok(mut entered) = self.entered.lock() else {
            return;
        };
        for folder in above.into_iter().rev() {
            if !entered.insert(folder.clone()) {
                continue;
            }
            // The walk that looks for files to check reports what is wrong with them.
            if folder.as_bytes().is_empty() {
                let _ = self.ignored.enter_root(&self.root);
            } else {
                let _ = self.ignored.enter(&self.root, &relative(&folder));
            }
        }
    }

    fn is_private(&self, path: &RepoPath, is_folder: bool) -> bool {
        if !self.ignored.hides(&relative(path), is_folder) {
            return false;
        }
        let tracked = self
            .tracked
            .get_or_init(|| Tracked::of(&self.root).unwrap_or_default());
        !tracked.as_ref().is_some_and(|tracked| match is_folder {
            true => tracked.has_below(path),
            false => tracked.has(path),
        })
    }

    /// True where a folder can be reached without following a link.
    fn is_inside(&self, folder: &RepoPath) -> bool {
        let relative = relative(folder);
        let plain = |part: &Path| {
            let meta = self.root.path().join(part).symlink_metadata();
            meta.is_ok_and(|meta| meta.is_dir())
        };
        relative.ancestors().all(plain)
    }
}

impl Files for WorktreeFiles {
    fn list(&self, folder: &RepoPath) -> Vec<Entry> {
        if !self.is_inside(folder) {
            return Vec::new();
        }
        let Ok(entries) = std::fs::read_dir(self.root.absolute(folder)) else {
            return Vec::new();
        };
        self.enter(folder);
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if !kind.is_dir() && !kind.is_file() {
                continue;
            }
            let name = RepoPath::from_path(Path::new(&entry.file_name()));
            found.push(Entry {
                is_private: self.is_private(&folder.join(name.as_bytes()), kind.is_dir()),
                name: name.as_bytes().to_vec(),
                is_folder: kind.is_dir(),
            });
        }
        found.sort();
        found
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        open::read_beginning(self.root.open_file(path).ok()?, limit)
    }
}

fn relative(path: &RepoPath) -> std::path::PathBuf {
    super::root::native(path)
}
