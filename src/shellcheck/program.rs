//! The one place that starts a program.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::model::SkipReason;

use super::comment::{Comment, comments};
use super::script::Script;

/// An installed shellcheck.
#[derive(Debug)]
pub(super) struct Program(PathBuf);

/// Time for one process, in milliseconds.
const MILLIS: u64 = 60_000;
/// Bytes of one process's answer.
const ANSWER: u64 = 64 << 20;

const NAME: &str = if cfg!(windows) {
    "shellcheck.exe"
} else {
    "shellcheck"
};

impl Program {
    /// The first on the search path that does not lie below the root: what a repository brings
    /// along is never run.
    pub fn find(path: &OsStr, root: &Path) -> Option<Self> {
        let root = root.canonicalize().ok()?;
        std::env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(NAME))
            .find(|file| {
                let is_ours = |real: PathBuf| !real.starts_with(&root);
                let inside = file.parent().and_then(|f| f.canonicalize().ok());
                is_program(file)
                    && inside.is_some_and(is_ours)
                    && file.canonicalize().is_ok_and(is_ours)
            })
            .map(Self)
    }

    /// What it says about some texts.
    pub fn check(&self, batch: &[Script]) -> Result<Vec<Comment>, SkipReason> {
        let failed = |why: String| SkipReason::Other(format!("shellcheck: {why}"));
        let folder = tempfile::tempdir().map_err(|e| failed(e.kind().to_string()))?;
        let mut command = Command::new(&self.0);
        command
            .args(["--norc", "--format=json1", "--severity=style"])
            // A shell that it takes for another one, and files that are not there to be read.
            .arg("--exclude=SC2187,SC1090,SC1091")
            .current_dir(folder.path())
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        for (at, script) in batch.iter().enumerate() {
            let name = format!("{at}.sh");
            let text = format!("{}{}", script.head, script.text.as_str());
            std::fs::write(folder.path().join(&name), text)
                .map_err(|e| failed(e.kind().to_string()))?;
            command.arg(name);
        }
        let child = command.spawn().map_err(|e| failed(e.kind().to_string()))?;
        let answer = answer(child)?;
        comments(&answer).ok_or_else(|| failed("its answer cannot be read".into()))
    }
}

/// What a process prints until it ends; one that takes too long is ended.
fn answer(mut child: Child) -> Result<Vec<u8>, SkipReason> {
    let stdout = child.stdout.take();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stdout) = stdout {
            let _ = stdout.take(ANSWER).read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    let answer = receiver.recv_timeout(Duration::from_millis(MILLIS));
    if answer.is_err() {
        let _ = child.kill();
    }
    let _ = child.wait();
    answer.map_err(|_| SkipReason::TooSlow { limit: MILLIS })
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|m| m.is_file())
}
