//! Changes between two states of a repository, turned into items with their changed lines.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gix::ObjectId;

use super::changed_lines::changed_lines;
use super::{Emit, Found, Item, Payload, Repository};
use crate::guard::LIMITS;
use crate::model::{ChangedLines, Origin, RepoPath, SkipReason};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link,
    Submodule,
    /// Known to be in conflict: nobody can say yet what will be committed.
    Unmerged,
}

/// A path whose content or kind is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub path: RepoPath,
    pub kind: Kind,
    pub id: ObjectId,
    /// The file that was there before, or that this one was renamed from.
    pub before: Option<ObjectId>,
    /// True where it was renamed.
    pub renamed: bool,
}

/// Reads the changed files, several at a time, and emits them.
pub(super) fn emit_all(
    repository: &Repository,
    changes: &[Change],
    origin: &Origin,
    emit: Emit<'_>,
) {
    let threads = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(changes.len().div_ceil(8))
        .max(1);
    let next = AtomicUsize::new(0);
    let wanted = AtomicBool::new(true);
    let work = || {
        let git = repository.git.to_thread_local();
        while wanted.load(Ordering::Relaxed) {
            let Some(change) = changes.get(next.fetch_add(1, Ordering::Relaxed)) else {
                return;
            };
            if !emit(read(&git, change, origin)) {
                wanted.store(false, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            // A diff recurses; the stack is virtual memory until it is used.
            let spawned = std::thread::Builder::new()
                .stack_size(LIMITS.stack)
                .spawn_scoped(scope, work);
            if spawned.is_err() {
                work();
            }
        }
    });
}

fn read(git: &gix::Repository, change: &Change, origin: &Origin) -> Found {
    let path = change.path.clone();
    match change.kind {
        Kind::File => {}
        Kind::Link => return Found::skipped(path, SkipReason::Symlink),
        Kind::Submodule => return Found::skipped(path, SkipReason::Submodule),
        Kind::Unmerged => {
            let reason = SkipReason::Other("in conflict: resolve it first".to_owned());
            return Found::skipped(path, reason);
        }
    }
    let bytes = match blob(git, change.id) {
        Ok(bytes) => bytes,
        Err(reason) => return Found::skipped(path, reason),
    };
    let (changed, before) = match change.before {
        None => (None, None),
        Some(before) if before == change.id => (Some(ChangedLines::default()), Some(bytes.clone())),
        Some(before) => match blob(git, before) {
            Ok(before) => (Some(changed_lines(&before, &bytes)), Some(before)),
            // Without the old content every line counts as changed.
            Err(_) => (None, None),
        },
    };
    Found::Item(Item {
        path,
        payload: Payload::Bytes(bytes),
        origin: origin.clone(),
        changed,
        before,
        renamed: change.renamed,
    })
}

/// A blob's bytes; its size is looked at first.
pub(super) fn blob(git: &gix::Repository, id: ObjectId) -> Result<Vec<u8>, SkipReason> {
    let header = match git.try_find_header(id) {
        Ok(Some(header)) => header,
        Ok(None) => return Err(SkipReason::MissingObject),
        Err(error) => return Err(SkipReason::Unreadable(error.to_string())),
    };
    if header.size() > LIMITS.blob {
        let limit = LIMITS.blob;
        return Err(SkipReason::TooLarge { limit });
    }
    match git.try_find_object(id) {
        Ok(Some(object)) if object.kind == gix::object::Kind::Blob => Ok(object.detach().data),
        Ok(Some(_)) => Err(SkipReason::Unreadable("not a blob".to_owned())),
        Ok(None) => Err(SkipReason::MissingObject),
        Err(error) => Err(SkipReason::Unreadable(error.to_string())),
    }
}
