use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::root::normalised;
use super::{Emit, Excludes, Found, InputError, Item, Payload, Root, open, worktree};
use crate::guard::LIMITS;
use crate::model::{Origin, RepoPath, SkipReason};

/// What a named path that is not there means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A mistake of whoever typed it.
    IsAnError,
    /// A list that is a moment old: reported as skipped.
    IsSkipped,
}

/// Emits files and folders that were named one by one, relative to `base` (the current folder).
///
/// A path outside the root is allowed because it was named; it is shown with the `..` that lead
/// there. With `obey_excludes`, named files that the configuration excludes are left out too, as
/// wanted when another tool makes the list.
pub fn named(
    root: &Arc<Root>,
    base: &Path,
    paths: &[PathBuf],
    missing: Missing,
    excludes: &Excludes,
    obey_excludes: bool,
    emit: Emit<'_>,
) -> Result<(), InputError> {
    // Through the links of the current folder's own path, so that it compares with the root's.
    let base = base.canonicalize().unwrap_or_else(|_| base.to_owned());
    let mut folders = Vec::new();
    let mut elsewhere = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        let absolute = normalised(&base, path);
        // A person who names a link means what it leads to; a list names what it listed.
        let meta = match missing {
            Missing::IsAnError => absolute.metadata().or_else(|_| absolute.symlink_metadata()),
            Missing::IsSkipped => absolute.symlink_metadata(),
        };
        match meta {
            Ok(meta) if meta.is_dir() => match Root::open(&absolute) {
                Ok(folder) => match root.relative(folder.path()) {
                    Some(inside) => folders.push(inside),
                    None => elsewhere.push((root.shown(&absolute), Arc::new(folder))),
                },
                Err(error) if missing == Missing::IsAnError => return Err(error),
                Err(error) => skip(
                    emit,
                    root.shown(&absolute),
                    SkipReason::Other(error.to_string()),
                ),
            },
            Ok(_) => files.push(absolute),
            Err(error) => {
                let reason = open::reason(&error);
                if missing == Missing::IsAnError && reason == SkipReason::Vanished {
                    return Err(InputError::NoSuchPath(path.clone()));
                }
                skip(emit, root.shown(&absolute), reason);
            }
        }
    }
    for file in files {
        emit_file(root, &file, obey_excludes.then_some(excludes), emit);
    }
    if !folders.is_empty() {
        worktree(root, &folders, excludes, emit);
    }
    for (shown, folder) in elsewhere {
        let renamed = |found: Found| emit(outside(&shown, found));
        worktree(&folder, &[RepoPath::from("")], &Excludes::none(), &renamed);
    }
    Ok(())
}

fn skip(emit: Emit<'_>, path: RepoPath, reason: SkipReason) {
    emit(Found::skipped(path, reason));
}

fn emit_file(root: &Arc<Root>, absolute: &Path, excludes: Option<&Excludes>, emit: Emit<'_>) {
    // Through the links of the folders above it, but not through the file itself if it is one.
    let real = match (
        absolute.parent().map(Path::canonicalize),
        absolute.file_name(),
    ) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => absolute.to_owned(),
    };
    let Some(path) = root.relative(&real) else {
        let item = Item {
            path: root.shown(absolute),
            payload: Payload::File(absolute.to_owned()),
            origin: Origin::Worktree,
            changed: None,
            before: None,
            renamed: false,
        };
        emit(Found::Item(item));
        return;
    };
    let relative = real.strip_prefix(root.path()).unwrap_or(&real);
    if excludes.is_some_and(|excludes| excludes.covers(relative)) {
        skip(emit, path, SkipReason::Excluded);
    } else {
        emit(Found::Item(Item::beneath(root, path)));
    }
}

/// What was found in a folder outside the root, under the name by which that folder is shown.
fn outside(shown: &RepoPath, found: Found) -> Found {
    match found {
        Found::Skipped(mut skipped) => {
            skipped.path = shown.join(skipped.path.as_bytes());
            Found::Skipped(skipped)
        }
        Found::Item(mut item) => {
            item.path = shown.join(item.path.as_bytes());
            Found::Item(item)
        }
    }
}

/// Reads a list of paths: one a line, or separated by NUL.
pub fn read_list(input: impl Read, nul: bool, name: &Path) -> Result<Vec<PathBuf>, InputError> {
    let mut bytes = Vec::new();
    let unreadable = |why: String| InputError::Unreadable {
        path: name.to_owned(),
        why,
    };
    input
        .take(LIMITS.blob + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| unreadable(e.to_string()))?;
    if bytes.len() as u64 > LIMITS.blob {
        return Err(InputError::TooLarge {
            path: name.to_owned(),
            limit: LIMITS.blob,
        });
    }
    let separator = if nul { b'\0' } else { b'\n' };
    bytes
        .split(|b| *b == separator)
        .map(|line| match nul {
            true => line,
            false => line.strip_suffix(b"\r").unwrap_or(line),
        })
        .filter(|line| !line.is_empty())
        .map(|line| native(line).ok_or_else(|| unreadable("it is not valid UTF-8".to_owned())))
        .collect()
}

#[cfg(unix)]
fn native(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn native(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}
