use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice as _;
use gix::index::entry::Flags;
use gix::index::extension::Tree as CachedTree;

use super::change::{Change, Kind, blob, emit_all};
use super::tree::{Difference, Entry, entries, kind};
use super::{Emit, Found, InputError, Item, Repository, Root};
use crate::guard::LIMITS;
use crate::model::{Origin, RepoPath, SkipReason};

/// Emits what the next commit would change: the staged content of every file that differs from
/// `HEAD`, never the worktree's. `GIT_INDEX_FILE` decides which index that is, as in a hook of
/// `git commit -a` or `git commit PATH`. Before the first commit every staged file counts as new.
///
/// Returns how many paths differ.
pub fn staged(repository: &Repository, emit: Emit<'_>) -> Result<usize, InputError> {
    let changes = changes(repository)?;
    emit_all(repository, &changes, &Origin::Index, emit);
    Ok(changes.len())
}

fn changes(repository: &Repository) -> Result<Vec<Change>, InputError> {
    let git = repository.git.to_thread_local();
    let index = git.index_or_empty().map_err(|e| repository.bad(&e))?;
    let head = head_tree(repository, &git)?;
    let mut difference = Difference::default();
    let mut folders = vec![Folder {
        entries: 0..index.entries().len(),
        prefix: RepoPath::from(""),
        before: head,
        cached: index.tree(),
    }];
    while let Some(folder) = folders.pop() {
        compare_folder(
            repository,
            &git,
            &index,
            folder,
            &mut difference,
            &mut folders,
        )?;
    }
    difference.finish(repository, &git)
}

/// The tree of `HEAD`; none before the first commit.
fn head_tree(
    repository: &Repository,
    git: &gix::Repository,
) -> Result<Option<ObjectId>, InputError> {
    let head = git.head().map_err(|e| repository.bad(&e))?;
    if head.is_unborn() {
        return Ok(None);
    }
    let tree = git.head_tree_id().map_err(|e| repository.bad(&e))?;
    Ok(Some(tree.detach()))
}

/// A folder of the index, beside the tree that `HEAD` has in its place.
struct Folder<'i> {
    entries: Range<usize>,
    prefix: RepoPath,
    before: Option<ObjectId>,
    cached: Option<&'i CachedTree>,
}

impl Folder<'_> {
    /// True where git noted in the index that the folder is the very tree that `HEAD` has: what
    /// git believes when it commits, we may believe too.
    fn is_unchanged(&self) -> bool {
        match (self.cached, self.before) {
            (Some(cached), Some(before)) => {
                cached.id == before
                    && cached
                        .num_entries
                        .is_some_and(|n| n as usize == self.entries.len())
            }
            _ => false,
        }
    }
}

fn compare_folder<'i>(
    repository: &Repository,
    git: &gix::Repository,
    index: &'i gix::index::State,
    folder: Folder<'i>,
    difference: &mut Difference,
    folders: &mut Vec<Folder<'i>>,
) -> Result<(), InputError> {
    if folder.is_unchanged() {
        return Ok(());
    }
    let mut old = entries(repository, git, folder.before)?;
    let cached: HashMap<&[u8], &CachedTree> = folder
        .cached
        .map(|tree| {
            tree.children
                .iter()
                .map(|c| (c.name.as_slice(), c))
                .collect()
        })
        .unwrap_or_default();
    let skip = match folder.prefix.as_bytes().len() {
        0 => 0,
        length => length + 1,
    };
    let all = index.entries();
    let mut at = folder.entries.start;
    while let Some(entry) = all[..folder.entries.end].get(at) {
        let path = entry.path(index).as_bytes();
        let rest = path.get(skip..).unwrap_or_default();
        if let Some(slash) = rest.find_byte(b'/') {
            let name = &rest[..slash];
            let inside = &path[..skip + slash + 1];
            let count = all[at..folder.entries.end]
                .partition_point(|e| e.path(index).as_bytes().starts_with(inside))
                .max(1);
            let was = old.remove(name);
            let before = match was {
                Some(was) if was.mode.is_tree() => Some(was.id),
                Some(was) => {
                    difference.remove(folder.prefix.join(name), was);
                    None
                }
                None => None,
            };
            let prefix = folder.prefix.join(name);
            if entry.mode.is_sparse() {
                // A folder that a sparse index keeps as one entry.
                difference.trees(repository, git, prefix, before, entry.id)?;
            } else {
                folders.push(Folder {
                    entries: at..at + count,
                    prefix,
                    before,
                    cached: cached.get(name).copied(),
                });
            }
            at += count;
            continue;
        }
        at += 1;
        let was = old.remove(rest);
        let path = folder.prefix.join(rest);
        if entry.stage_raw() != 0 {
            if difference.changes.last().is_none_or(|c| c.path != path) {
                difference.compare(path, Kind::Unmerged, entry.id, None);
            }
            continue;
        }
        // `git add --intent-to-add`: only a name, which a commit leaves out.
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        let Some(mode) = entry.mode.to_tree_entry_mode() else {
            continue;
        };
        let now = Entry { mode, id: entry.id };
        if was.is_some_and(|was| was.is_same(now)) {
            continue;
        }
        if let Some(kind) = kind(mode) {
            difference.compare(path, kind, entry.id, was);
        }
    }
    for (name, was) in old {
        difference.remove(folder.prefix.join(&name), was);
    }
    Ok(())
}

/// The staged content of one small file, such as the configuration that the commit will have.
pub fn staged_file(
    repository: &Repository,
    path: &RepoPath,
) -> Result<Option<Vec<u8>>, InputError> {
    let git = repository.git.to_thread_local();
    let index = git.index_or_empty().map_err(|e| repository.bad(&e))?;
    let Some(entry) = index.entry_by_path(path.as_bytes().as_bstr()) else {
        return Ok(None);
    };
    let is_file = entry.mode.to_tree_entry_mode().and_then(kind) == Some(Kind::File);
    if !is_file || entry.flags.contains(Flags::INTENT_TO_ADD) {
        return Ok(None);
    }
    let place = || PathBuf::from(path.to_text());
    let bytes = blob(&git, entry.id).map_err(|reason| InputError::Unreadable {
        path: place(),
        why: reason.to_string(),
    })?;
    if bytes.len() as u64 > LIMITS.config {
        return Err(InputError::TooLarge {
            path: place(),
            limit: LIMITS.config,
        });
    }
    Ok(Some(bytes))
}

/// Emits every file that git tracks, as it stands in the worktree: for frameworks that ask for all
/// files where nothing is staged.
pub fn tracked(
    root: &Arc<Root>,
    repository: &Repository,
    emit: Emit<'_>,
) -> Result<(), InputError> {
    let tracked = Tracked::read(repository)?;
    for entry in tracked.index.entries() {
        let path = RepoPath::new(entry.path(&tracked.index));
        let found = match entry.mode.to_tree_entry_mode().and_then(kind) {
            Some(Kind::File) => match root.absolute(&path).symlink_metadata() {
                Ok(meta) if meta.is_symlink() => Found::skipped(path, SkipReason::Symlink),
                Ok(_) => Found::Item(Item::beneath(root, path)),
                // Deleted from the worktree: there is nothing to look at.
                Err(_) => continue,
            },
            Some(Kind::Link) => Found::skipped(path, SkipReason::Symlink),
            Some(Kind::Submodule) => Found::skipped(path, SkipReason::Submodule),
            Some(Kind::Unmerged) | None => continue,
        };
        if !emit(found) {
            break;
        }
    }
    Ok(())
}

/// The names in the index.
pub(super) struct Tracked {
    index: gix::worktree::Index,
}

impl Tracked {
    /// The names that the repository of `root` tracks, where it is one.
    pub fn of(root: &Root) -> Result<Option<Self>, InputError> {
        if root.path().join(".git").symlink_metadata().is_err() {
            return Ok(None);
        }
        Self::read(&Repository::open_of_anybody(root.path())?).map(Some)
    }

    fn read(repository: &Repository) -> Result<Self, InputError> {
        let git = repository.git.to_thread_local();
        let index = git.index_or_empty().map_err(|e| repository.bad(&e))?;
        Ok(Self { index })
    }

    pub fn has(&self, path: &RepoPath) -> bool {
        self.index
            .entry_index_by_path(path.as_bytes().as_bstr())
            .is_ok()
    }

    /// True where something below a folder is tracked.
    pub fn has_below(&self, folder: &RepoPath) -> bool {
        let prefix = folder.join(b"");
        let entries = self.index.entries();
        let start = entries.partition_point(|e| e.path(&self.index).as_bytes() < prefix.as_bytes());
        entries
            .get(start)
            .is_some_and(|e| e.path(&self.index).starts_with(prefix.as_bytes()))
    }

    /// The tracked files below a folder.
    pub fn below(&self, folder: &RepoPath) -> Vec<RepoPath> {
        let prefix = folder.join(b"");
        let entries = self.index.entries();
        let start = entries.partition_point(|e| e.path(&self.index).as_bytes() < prefix.as_bytes());
        entries[start..]
            .iter()
            .map(|entry| entry.path(&self.index).as_bytes())
            .take_while(|path| path.starts_with(prefix.as_bytes()))
            .filter(|path| !path.ends_with(b"/"))
            .map(RepoPath::new)
            .collect()
    }
}
