use gix::ObjectId;

use super::change::emit_all;
use super::tree::Difference;
use super::{Emit, InputError, Repository};
use crate::model::{Origin, RepoPath};

/// Emits what a range of commits changes: the content at its end of every file that differs from
/// where the two sides parted. `BASE..HEAD`, `BASE...HEAD` and `BASE` (up to `HEAD`) all mean the
/// change since their merge base: what happened on the base's own side is not ours to answer for.
///
/// Returns how many paths differ.
pub fn commit_range(
    repository: &Repository,
    range: &str,
    emit: Emit<'_>,
) -> Result<usize, InputError> {
    let (base, head) = split(range)?;
    let git = repository.git.to_thread_local();
    let first = commit(&git, base)?;
    let last = commit(&git, head)?;
    let parted = git
        .merge_base(first, last)
        .map_err(|e| repository.bad(&e))?
        .ok_or_else(|| InputError::NoMergeBase {
            base: base.to_owned(),
            head: head.to_owned(),
        })?
        .detach();
    let mut difference = Difference::default();
    let before = tree_of(repository, &git, parted)?;
    let after = tree_of(repository, &git, last)?;
    difference.trees(repository, &git, RepoPath::from(""), Some(before), after)?;
    let changes = difference.finish(repository, &git)?;
    let origin = Origin::Commit(last.to_string());
    emit_all(repository, &changes, &origin, emit);
    Ok(changes.len())
}

/// The tree of the commit that a range leads to.
pub(super) fn end_of(repository: &Repository, range: &str) -> Result<ObjectId, InputError> {
    let (_, head) = split(range)?;
    let git = repository.git.to_thread_local();
    let last = commit(&git, head)?;
    tree_of(repository, &git, last)
}

fn split(range: &str) -> Result<(&str, &str), InputError> {
    let (base, head) = match range.split_once("..") {
        Some((base, head)) => (base, head.strip_prefix('.').unwrap_or(head)),
        None => (range, ""),
    };
    if range.is_empty() || range.starts_with('-') || head.contains("..") {
        return Err(InputError::NotARange(range.to_owned()));
    }
    Ok((or_head(base), or_head(head)))
}

fn or_head(name: &str) -> &str {
    if name.is_empty() { "HEAD" } else { name }
}

pub(super) fn commit(git: &gix::Repository, name: &str) -> Result<ObjectId, InputError> {
    let unknown = || InputError::NoSuchCommit(name.to_owned());
    let id = git.rev_parse_single(name).map_err(|_| unknown())?;
    let object = id.object().map_err(|_| unknown())?;
    let commit = object.peel_to_commit().map_err(|_| unknown())?;
    Ok(commit.id)
}

fn tree_of(
    repository: &Repository,
    git: &gix::Repository,
    commit: ObjectId,
) -> Result<ObjectId, InputError> {
    let commit = git.find_commit(commit).map_err(|e| repository.bad(&e))?;
    let tree = commit.tree_id().map_err(|e| repository.bad(&e))?;
    Ok(tree.detach())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_range_may_leave_out_either_side() {
        assert_eq!(split("a..b").expect("a range"), ("a", "b"));
        assert_eq!(split("a...b").expect("a range"), ("a", "b"));
        assert_eq!(split("a..").expect("a range"), ("a", "HEAD"));
        assert_eq!(
            split("origin/main").expect("a range"),
            ("origin/main", "HEAD")
        );
        assert!(split("").is_err());
        assert!(split("a..b..c").is_err());
        assert!(split("--output=x").is_err());
    }
}
