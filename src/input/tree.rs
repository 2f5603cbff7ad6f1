//! Git's tree objects, and what differs between two of them.

use std::collections::HashMap;

use gix::ObjectId;
use gix::objs::tree::EntryMode;

use super::change::{Change, Kind};
use super::renames::Removed;
use super::{InputError, Repository};
use crate::guard::LIMITS;
use crate::model::RepoPath;

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub mode: EntryMode,
    pub id: ObjectId,
}

impl Entry {
    /// True where nothing would be checked again. Whether a file is executable does not matter.
    pub fn is_same(self, other: Entry) -> bool {
        self.id == other.id && kind(self.mode) == kind(other.mode)
    }
}

/// `None` for a folder.
pub(super) fn kind(mode: EntryMode) -> Option<Kind> {
    if mode.is_tree() {
        None
    } else if mode.is_link() {
        Some(Kind::Link)
    } else if mode.is_commit() {
        Some(Kind::Submodule)
    } else {
        Some(Kind::File)
    }
}

/// The entries of a tree by name; of none, where there is no tree.
pub(super) fn entries(
    repository: &Repository,
    git: &gix::Repository,
    tree: Option<ObjectId>,
) -> Result<HashMap<Vec<u8>, Entry>, InputError> {
    let Some(id) = tree else {
        return Ok(HashMap::new());
    };
    let broken = |why: String| InputError::BadRepository {
        path: repository.root().to_owned(),
        why,
    };
    let object = match git.try_find_object(id) {
        Ok(Some(object)) if object.kind == gix::object::Kind::Tree => object,
        Ok(Some(_)) => return Err(broken(format!("object {id} is not a tree"))),
        Ok(None) => return Err(broken(format!("tree {id} is missing (partial clone?)"))),
        Err(error) => return Err(repository.bad(&error)),
    };
    gix::objs::TreeRefIter::from_bytes(&object.data, git.object_hash())
        .map(|entry| {
            let entry = entry.map_err(|_| broken(format!("tree {id} is broken")))?;
            let name = entry.filename.to_vec();
            let id = entry.oid.to_owned();
            Ok((
                name,
                Entry {
                    mode: entry.mode,
                    id,
                },
            ))
        })
        .collect()
}

/// What is different between two states.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub changes: Vec<Change>,
    pub removed: Vec<Removed>,
    /// Whole folders that are gone, not listed yet.
    pub removed_folders: Vec<(RepoPath, ObjectId)>,
}

impl Difference {
    /// Notes what stands at `path` now, beside what stood there before.
    pub fn compare(&mut self, path: RepoPath, kind_now: Kind, id: ObjectId, before: Option<Entry>) {
        let file_before = before.filter(|entry| kind(entry.mode) == Some(Kind::File));
        if let Some(folder) = before.filter(|entry| entry.mode.is_tree()) {
            self.removed_folders.push((path.clone(), folder.id));
        }
        self.changes.push(Change {
            path,
            kind: kind_now,
            id,
            before: file_before.map(|entry| entry.id),
            renamed: false,
        });
    }

    /// Notes what was there before and is not any more.
    pub fn remove(&mut self, path: RepoPath, before: Entry) {
        match kind(before.mode) {
            None => self.removed_folders.push((path, before.id)),
            Some(Kind::File) => self.removed.push(Removed {
                path,
                id: before.id,
            }),
            Some(_) => {}
        }
    }

    /// Compares two trees and everything below them.
    pub fn trees(
        &mut self,
        repository: &Repository,
        git: &gix::Repository,
        prefix: RepoPath,
        before: Option<ObjectId>,
        after: ObjectId,
    ) -> Result<(), InputError> {
        let mut folders = vec![(prefix, before, after)];
        let mut seen = 0;
        while let Some((prefix, before, after)) = folders.pop() {
            if before == Some(after) {
                continue;
            }
            let mut old = entries(repository, git, before)?;
            for (name, entry) in entries(repository, git, Some(after))? {
                seen += 1;
                let path = prefix.join(&name);
                let was = old.remove(&name);
                if was.is_some_and(|was| was.is_same(entry)) {
                    continue;
                }
                match kind(entry.mode) {
                    Some(kind) => self.compare(path, kind, entry.id, was),
                    None => {
                        let (folder, other): (Option<Entry>, Option<Entry>) = match was {
                            Some(was) if was.mode.is_tree() => (Some(was), None),
                            was => (None, was),
                        };
                        if let Some(other) = other {
                            self.remove(path.clone(), other);
                        }
                        folders.push((path, folder.map(|f| f.id), entry.id));
                    }
                }
            }
            for (name, entry) in old {
                self.remove(prefix.join(&name), entry);
            }
            // Trees can share subtrees, so a few small objects can stand for billions of files.
            if seen > LIMITS.files {
                return Err(InputError::BadRepository {
                    path: repository.root().to_owned(),
                    why: format!("more than {} files differ", LIMITS.files),
                });
            }
        }
        Ok(())
    }

    /// Sorts the changes and finds out which of the new files are old ones under another name.
    pub fn finish(
        mut self,
        repository: &Repository,
        git: &gix::Repository,
    ) -> Result<Vec<Change>, InputError> {
        self.changes.sort_by(|a, b| a.path.cmp(&b.path));
        let is_new = |change: &Change| change.before.is_none() && change.kind == Kind::File;
        if self.changes.iter().any(is_new) {
            let mut folders = std::mem::take(&mut self.removed_folders);
            while let Some((prefix, id)) = folders.pop() {
                if self.removed.len() > LIMITS.files {
                    break;
                }
                for (name, entry) in entries(repository, git, Some(id))? {
                    self.remove(prefix.join(&name), entry);
                }
                folders.append(&mut self.removed_folders);
            }
            self.removed.sort_by(|a, b| a.path.cmp(&b.path));
            super::renames::trace(repository, &mut self.changes, &self.removed);
        }
        Ok(self.changes)
    }
}
