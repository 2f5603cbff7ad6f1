use gix::ObjectId;

use super::change::{Change, Kind, blob};
use super::changed_lines::is_similar;
use super::repository::Repository;
use crate::classify::classify;
use crate::model::RepoPath;

/// Most removed files that are compared with an added one.
const CANDIDATES: usize = 16;
/// Largest file that is compared, in bytes: renamed files larger than this count as new.
const LARGEST: usize = 1 << 20;

/// A file that is not there any more.
#[derive(Clone, Debug)]
pub(super) struct Removed {
    pub path: RepoPath,
    pub id: ObjectId,
}

/// Gives renamed files the content that they had under their old name. A file whose kind changes
/// with its name is new: other rules look at it now.
pub(super) fn trace(repository: &Repository, changes: &mut [Change], removed: &[Removed]) {
    if removed.is_empty() {
        return;
    }
    let git = repository.git.to_thread_local();
    let mut taken = vec![false; removed.len()];
    let added = |change: &&mut Change| change.before.is_none() && change.kind == Kind::File;
    for change in changes.iter_mut().filter(added) {
        let same = removed.iter().enumerate().find(|(at, old)| {
            !taken[*at] && old.id == change.id && same_kind(&old.path, &change.path)
        });
        if let Some((at, old)) = same {
            taken[at] = true;
            change.before = Some(old.id);
            change.renamed = true;
        }
    }
    for change in changes.iter_mut().filter(added) {
        let mut candidates: Vec<usize> = (0..removed.len())
            .filter(|at| {
                let old = &removed[*at];
                !taken[*at]
                    && old.path.extension() == change.path.extension()
                    && same_kind(&old.path, &change.path)
            })
            .collect();
        candidates.sort_by_key(|at| removed[*at].path.file_name() != change.path.file_name());
        candidates.truncate(CANDIDATES);
        if candidates.is_empty() {
            continue;
        }
        let Some(bytes) = small(&git, change.id) else {
            continue;
        };
        let similar = candidates.into_iter().find(|at| {
            small(&git, removed[*at].id).is_some_and(|before| is_similar(&before, &bytes))
        });
        if let Some(at) = similar {
            taken[at] = true;
            change.before = Some(removed[at].id);
            change.renamed = true;
        }
    }
}

fn same_kind(old: &RepoPath, new: &RepoPath) -> bool {
    classify(old, b"") == classify(new, b"")
}

/// A blob that is small enough to compare, and not empty: empty files are all alike.
fn small(git: &gix::Repository, id: ObjectId) -> Option<Vec<u8>> {
    let size = git.try_find_header(id).ok().flatten()?.size();
    (size > 0 && size <= LARGEST as u64)
        .then(|| blob(git, id).ok())
        .flatten()
}
