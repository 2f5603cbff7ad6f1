//! `.gitignore` files as git reads them, but never through a link, a FIFO or a device: those can
//! come with a hostile repository, and the usual readers would hang on them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Root, open};
use crate::model::{RepoPath, SkipReason, Skipped};

/// Longest `.gitignore` that is obeyed, in bytes. A longer one is reported, and hides nothing.
const LIMIT: usize = 1 << 20;

/// The patterns in force in one folder, nearest first.
#[derive(Debug)]
struct Node {
    patterns: Gitignore,
    parent: Option<Arc<Node>>,
}

/// The patterns in force in each folder that a walk has entered.
#[derive(Debug, Default)]
pub(super) struct Ignored {
    folders: RwLock<HashMap<PathBuf, Option<Arc<Node>>>>,
}

impl Ignored {
    /// Reads what holds in the root itself: `.git/info/exclude` and the root's `.gitignore`.
    pub(super) fn enter_root(&self, root: &Root) -> Option<Skipped> {
        let top = Path::new("");
        let (private, _) = load(root, top, ".git/info/exclude");
        let below = node(private, None);
        let (own, problem) = load(root, top, ".gitignore");
        self.insert(PathBuf::new(), node(own, below));
        problem
    }

    /// Reads what a folder adds to its parent's patterns. Parents come first.
    pub(super) fn enter(&self, root: &Root, folder: &Path) -> Option<Skipped> {
        let parent = self.of(folder.parent());
        let (own, problem) = load(root, folder, ".gitignore");
        self.insert(folder.to_owned(), node(own, parent));
        problem
    }

    /// True where git would ignore the path, judged by the folder it lies in; an ignored folder is
    /// not entered, so its own parents need no second look.
    pub(super) fn hides(&self, path: &Path, is_folder: bool) -> bool {
        let mut node = self.of(path.parent());
        while let Some(current) = node {
            match current.patterns.matched(path, is_folder) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => node = current.parent.clone(),
            }
        }
        false
    }

    fn of(&self, folder: Option<&Path>) -> Option<Arc<Node>> {
        let folders = self.folders.read().ok()?;
        folders.get(folder?).cloned().flatten()
    }

    fn insert(&self, folder: PathBuf, node: Option<Arc<Node>>) {
        if let Ok(mut folders) = self.folders.write() {
            folders.insert(folder, node);
        }
    }
}

fn node(own: Option<Gitignore>, parent: Option<Arc<Node>>) -> Option<Arc<Node>> {
    match own {
        Some(patterns) => Some(Arc::new(Node { patterns, parent })),
        None => parent,
    }
}

fn load(root: &Root, folder: &Path, name: &str) -> (Option<Gitignore>, Option<Skipped>) {
    let path = RepoPath::from_path(&folder.join(name));
    let mut bytes = Vec::new();
    let result = root
        .open_file(&path)
        .and_then(|file| open::read(file, &mut bytes));
    match result {
        Ok(()) if bytes.len() <= LIMIT => (parse(folder, &bytes), None),
        Ok(()) => {
            let reason = format!("longer than {LIMIT} bytes: its patterns are not used");
            let reason = SkipReason::Other(reason);
            (None, Some(Skipped { path, reason }))
        }
        // There is none, or the walk meets the same obstacle and reports it.
        Err(_) => (None, None),
    }
}

/// A line that is no pattern is passed over, as git does.
fn parse(folder: &Path, bytes: &[u8]) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(folder);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    for line in bytes.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let _ = builder.add_line(None, &String::from_utf8_lossy(line));
    }
    let patterns = builder.build().ok()?;
    (!patterns.is_empty()).then_some(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("write");
        }
        let root = Root::open(folder.path()).expect("a root");
        (folder, root)
    }

    #[test]
    fn nearer_patterns_win_and_can_take_back() {
        let (_keep, root) = repository(&[
            (".gitignore", "*.log\n/build/\n# comment\n"),
            (".git/info/exclude", "private\n"),
            ("a/.gitignore", "!keep.log\nlocal\n"),
        ]);
        let ignored = Ignored::default();
        assert_eq!(ignored.enter_root(&root), None);
        assert_eq!(ignored.enter(&root, Path::new("a")), None);
        assert_eq!(ignored.enter(&root, Path::new("a/build")), None);
        assert!(ignored.hides(Path::new("x.log"), false));
        assert!(ignored.hides(Path::new("a/x.log"), false));
        assert!(!ignored.hides(Path::new("a/keep.log"), false));
        assert!(ignored.hides(Path::new("a/local"), false));
        assert!(!ignored.hides(Path::new("local"), false));
        assert!(ignored.hides(Path::new("build"), true));
        assert!(!ignored.hides(Path::new("a/build"), true));
        assert!(ignored.hides(Path::new("a/build/private"), false));
    }

    #[test]
    fn an_endless_list_of_patterns_is_reported_and_hides_nothing() {
        let (_keep, root) = repository(&[(".gitignore", &"*.py\n".repeat(LIMIT / 4))]);
        let ignored = Ignored::default();
        let problem = ignored.enter_root(&root).expect("a report");
        assert_eq!(problem.path, RepoPath::from(".gitignore"));
        assert!(!ignored.hides(Path::new("a.py"), false));
    }
}
