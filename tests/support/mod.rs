//! What several suites need: scratch repositories and the real git, kept away from the user's own
//! configuration.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use plimsoll::input::{Found, InputError, Repository};
use plimsoll::model::SkipReason;

/// A scratch folder that goes away with the value.
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("plimsoll test ")
            .tempdir()
            .unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        std::fs::create_dir(folder.path().join("repo")).unwrap();
        Self { folder }
    }

    /// A scratch folder whose `repo` is a git repository without commits.
    pub fn repository() -> Self {
        let scratch = Self::new();
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch
    }

    pub fn top(&self) -> &Path {
        self.folder.path()
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("repo")
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A command in the repository, with an environment that is the same everywhere.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.root());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("GIT_")
                || text.starts_with("PLIMSOLL")
                || text.starts_with("PRE_COMMIT")
            {
                command.env_remove(&name);
            }
        }
        command
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join(".config"))
            .env("XDG_CACHE_HOME", self.home().join(".cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home().join(".gitconfig"))
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.com")
            .env("NO_COLOR", "1")
            .env_remove("CI")
            .env_remove("GITHUB_ACTIONS");
        command
    }

    /// Runs git, which must succeed, and returns what it printed.
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub fn commit_all(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    pub fn open(&self) -> Result<Repository, InputError> {
        Repository::open(&self.root())
    }
}

/// What a run printed, for assertions that show it.
pub fn words(output: &Output) -> String {
    format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// One line for each thing that an input emits: `path: text` or `path! reason`, sorted.
pub fn gather(run: impl FnOnce(&(dyn Fn(Found) -> bool + Sync))) -> Vec<String> {
    let lines = Mutex::new(Vec::new());
    run(&|found| {
        lines.lock().unwrap().push(describe(found));
        true
    });
    let mut lines = lines.into_inner().unwrap();
    lines.sort();
    lines
}

fn describe(found: Found) -> String {
    let refused = |path: &plimsoll::model::RepoPath, reason: &SkipReason| {
        format!("{}! {}", path.display(), reason.code())
    };
    match found {
        Found::Skipped(skipped) => refused(&skipped.path, &skipped.reason),
        Found::Item(mut item) => {
            let mut bytes = Vec::new();
            if let Err(reason) = item.read_into(&mut bytes) {
                return refused(&item.path, &reason);
            }
            let text = String::from_utf8_lossy(&bytes).replace('\n', " ");
            let changed = match &item.changed {
                None => String::new(),
                Some(lines) => format!(" {:?}", lines.0),
            };
            format!("{}: {}{changed}", item.path.display(), text.trim_end())
        }
    }
}
