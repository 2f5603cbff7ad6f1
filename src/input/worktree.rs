use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::gitignore::Ignored;
use super::index::Tracked;
use super::{Emit, Excludes, Found, Item, Root, open};
use crate::guard::LIMITS;
use crate::model::{RepoPath, SkipReason};

/// Walks the folders (below the root, or the root itself) in parallel and emits every file that is
/// part of the repository.
///
/// - `.gitignore` and `.git/info/exclude` are obeyed, whether or not there is a `.git`, so that a
///   copy of a tree gives the same findings as the tree. Where there is none, what they leave out is
///   reported: an unpacked archive may hold files that match and are tracked. A user's global
///   ignores, `.ignore` files and whatever lies above the root play no part.
/// - A file that git tracks is looked at even where a pattern matches it, as git does.
/// - A folder that was named is entered even where a pattern matches it.
/// - Hidden files are looked at, `.git` is not; repositories inside the repository are reported and
///   not entered; links are reported and not followed; FIFOs, sockets and devices are never opened.
pub fn worktree(root: &Arc<Root>, folders: &[RepoPath], excludes: &Excludes, emit: Emit<'_>) {
    let walk = Walk {
        root,
        excludes,
        emit,
        ignored: Ignored::default(),
        tracked: OnceLock::new(),
        files: AtomicUsize::new(0),
    };
    let Some((first, others)) = walk
        .starts(folders)
        .split_first()
        .map(|(f, o)| (f.clone(), o.to_vec()))
    else {
        return;
    };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    builder.standard_filters(false).follow_links(false);
    builder.build_parallel().run(|| {
        Box::new(|entry| match entry {
            Ok(entry) => walk.visit(&entry),
            Err(error) => walk.failed(&error),
        })
    });
}

struct Walk<'a> {
    root: &'a Arc<Root>,
    excludes: &'a Excludes,
    emit: Emit<'a>,
    ignored: Ignored,
    /// Read only once something is ignored.
    tracked: OnceLock<Option<Tracked>>,
    files: AtomicUsize,
}

impl Walk<'_> {
    /// The folders to start from, without those that lie in another one, with the patterns of
    /// every folder above them read.
    fn starts(&self, folders: &[RepoPath]) -> Vec<PathBuf> {
        self.report(self.ignored.enter_root(self.root));
        let mut starts: Vec<&RepoPath> = folders.iter().collect();
        starts.sort();
        starts.dedup();
        let outermost: Vec<&RepoPath> = starts
            .iter()
            .filter(|folder| {
                !starts
                    .iter()
                    .any(|other| *folder != other && folder.is_under(other))
            })
            .copied()
            .collect();
        for folder in &outermost {
            let absolute = self.root.absolute(folder);
            let relative = absolute
                .strip_prefix(self.root.path())
                .unwrap_or(Path::new(""));
            let mut above: Vec<&Path> = relative.ancestors().collect();
            above.reverse();
            // The first is the root, which has been entered; the last is entered by the walk.
            for parent in above.iter().skip(1).take(above.len().saturating_sub(2)) {
                self.report(self.ignored.enter(self.root, parent));
            }
        }
        outermost
            .into_iter()
            .map(|folder| {
                if folder.as_bytes().is_empty() {
                    // Joining an empty path would leave a slash behind.
                    self.root.path().to_owned()
                } else {
                    self.root.absolute(folder)
                }
            })
            .collect()
    }

    fn visit(&self, entry: &DirEntry) -> WalkState {
        let Ok(path) = entry.path().strip_prefix(self.root.path()) else {
            return WalkState::Skip;
        };
        let Some(kind) = entry.file_type() else {
            return WalkState::Skip;
        };
        let named = entry.depth() == 0;
        if !named {
            if entry.file_name() == ".git" {
                return WalkState::Skip;
            }
            if self.excludes.matches(path, kind.is_dir()) {
                return self.skip(path, SkipReason::Excluded);
            }
            if self.ignored.hides(path, kind.is_dir()) {
                return self.rescue(path, kind.is_dir());
            }
        }
        if path.as_os_str().len() > LIMITS.path {
            let limit = LIMITS.path;
            return self.skip(
                path,
                SkipReason::Other(format!("its path is longer than {limit} bytes")),
            );
        }
        if kind.is_dir() {
            self.enter(entry.path(), path, named)
        } else if kind.is_symlink() {
            self.skip(path, SkipReason::Symlink)
        } else if kind.is_file() {
            self.file(RepoPath::from_path(path))
        } else {
            self.skip(path, SkipReason::NotRegular)
        }
    }

    fn enter(&self, absolute: &Path, path: &Path, named: bool) -> WalkState {
        let at_root = path.as_os_str().is_empty();
        if !named && !at_root && absolute.join(".git").symlink_metadata().is_ok() {
            return self.skip(path, SkipReason::Submodule);
        }
        if !at_root {
            self.report(self.ignored.enter(self.root, path));
        }
        WalkState::Continue
    }

    fn file(&self, path: RepoPath) -> WalkState {
        let count = self.files.fetch_add(1, Ordering::Relaxed);
        if count >= LIMITS.files {
            if count == LIMITS.files {
                let limit = LIMITS.files;
                let reason = SkipReason::Other(format!("there are more than {limit} files"));
                (self.emit)(Found::skipped(path, reason));
            }
            return WalkState::Quit;
        }
        if (self.emit)(Found::Item(Item::beneath(self.root, path))) {
            WalkState::Continue
        } else {
            WalkState::Quit
        }
    }

    /// Emits what git tracks although a pattern matches it, or says that nobody knows.
    fn rescue(&self, path: &Path, is_folder: bool) -> WalkState {
        let tracked = self.tracked.get_or_init(|| match Tracked::of(self.root) {
            Ok(tracked) => tracked,
            Err(error) => {
                let reason = SkipReason::Unreadable(error.to_string());
                (self.emit)(Found::skipped(RepoPath::from(".git/index"), reason));
                None
            }
        });
        let Some(tracked) = tracked else {
            return self.skip(path, SkipReason::Ignored);
        };
        let path = RepoPath::from_path(path);
        if !is_folder {
            return if tracked.has(&path) {
                self.file(path)
            } else {
                WalkState::Skip
            };
        }
        for file in tracked.below(&path) {
            let absolute = self.root.absolute(&file);
            let relative = absolute.strip_prefix(self.root.path()).unwrap_or(&absolute);
            if self.excludes.covers(relative) {
                continue;
            }
            let state = match absolute.symlink_metadata() {
                Ok(meta) if meta.is_file() => self.file(file),
                Ok(meta) if meta.is_symlink() => self.skip(relative, SkipReason::Symlink),
                // Deleted from the worktree: there is nothing to look at.
                _ => WalkState::Skip,
            };
            if matches!(state, WalkState::Quit) {
                return WalkState::Quit;
            }
        }
        WalkState::Skip
    }

    fn skip(&self, path: &Path, reason: SkipReason) -> WalkState {
        if (self.emit)(Found::skipped(RepoPath::from_path(path), reason)) {
            WalkState::Skip
        } else {
            WalkState::Quit
        }
    }

    fn report(&self, problem: Option<crate::model::Skipped>) {
        if let Some(skipped) = problem {
            (self.emit)(Found::Skipped(skipped));
        }
    }

    fn failed(&self, error: &ignore::Error) -> WalkState {
        let path = path_of(error).unwrap_or(self.root.path());
        let reason = error
            .io_error()
            .map_or_else(|| SkipReason::Unreadable(error.to_string()), open::reason);
        self.skip(path.strip_prefix(self.root.path()).unwrap_or(path), reason)
    }
}

/// The path that a walk's error is about, out of its wrappings.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    let mut error = error;
    loop {
        error = match error {
            ignore::Error::WithPath { path, .. } => return Some(path),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            ignore::Error::Loop { child, .. } => return Some(child),
            _ => return None,
        };
    }
}
