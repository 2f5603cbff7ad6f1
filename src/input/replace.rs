//! Writing a file of the root: only what was checked is replaced, and never through a link.

use std::path::{Path, PathBuf};

use super::{Root, open};
use crate::guard::atomic_write::atomic_write;
use crate::model::{RepoPath, SkipReason};

/// Why a file must not be replaced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("it lies outside the root")]
    Outside,
    #[error("it is UTF-16")]
    Utf16,
    #[error("it is read-only")]
    ReadOnly,
    #[error("it is not what was checked")]
    Changed,
    #[error("there is a file of this name")]
    Exists,
    #[error("{0}")]
    Unreadable(SkipReason),
    #[error("{0}")]
    Unwritable(String),
}

/// A file that was left alone, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub path: RepoPath,
    pub why: Unfit,
}

impl Root {
    /// True (`Ok`) where a file holds exactly `before` and may be written; with `None`, where there
    /// is none yet in a folder that there is.
    pub fn is_fit(&self, path: &RepoPath, before: Option<&[u8]>) -> Result<(), Unfit> {
        if !is_inside(path) {
            return Err(Unfit::Outside);
        }
        let folder = self.folder_of(path)?;
        let Some(before) = before else {
            return match folder.file.symlink_metadata() {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
                Err(e) => Err(Unfit::Unreadable(open::reason(&e))),
                Ok(_) => Err(Unfit::Exists),
            };
        };
        let file = self.open_file(path).map_err(Unfit::Unreadable)?;
        let meta = file
            .metadata()
            .map_err(|e| Unfit::Unreadable(open::reason(&e)))?;
        if meta.permissions().readonly() {
            return Err(Unfit::ReadOnly);
        }
        let mut now = Vec::new();
        open::read(file, &mut now).map_err(Unfit::Unreadable)?;
        if now == before {
            Ok(())
        } else {
            Err(Unfit::Changed)
        }
    }

    /// Replaces a file that still holds `before`, or makes one where there is none.
    pub fn replace(
        &self,
        path: &RepoPath,
        before: Option<&[u8]>,
        after: &[u8],
    ) -> Result<(), Unfit> {
        self.is_fit(path, before)?;
        let folder = self.folder_of(path)?;
        atomic_write(&folder.file, after).map_err(|e| Unfit::Unwritable(e.to_string()))
    }

    /// The folder of a file, held open so that no link can take its place before the file is
    /// written into it.
    fn folder_of(&self, path: &RepoPath) -> Result<Folder, Unfit> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{Mode, OFlags, ResolveFlags};
            use std::os::fd::AsRawFd as _;
            use std::os::unix::ffi::OsStrExt as _;
            let parent = path.parent();
            let name = match parent.as_bytes() {
                b"" => b".",
                name => name,
            };
            let opened = rustix::fs::openat2(
                self.folder(),
                name,
                OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
                Mode::empty(),
                ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS,
            );
            match opened {
                Ok(held) => {
                    let folder = PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()));
                    // Without /proc, the path has to do.
                    if folder.is_dir() {
                        let name = std::ffi::OsStr::from_bytes(path.file_name());
                        return Ok(Folder {
                            file: folder.join(name),
                            _held: Some(held),
                        });
                    }
                }
                Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => {}
                Err(error) => return Err(Unfit::Unreadable(open::reason(&error.into()))),
            }
        }
        let file = self.absolute(path);
        // A link on the way would lead to another place than the one that was asked for.
        let folder = file.parent().unwrap_or(Path::new(""));
        match folder.canonicalize() {
            Ok(real) if real == folder => Ok(Folder {
                file,
                #[cfg(target_os = "linux")]
                _held: None,
            }),
            Ok(_) => Err(Unfit::Unreadable(SkipReason::Symlink)),
            Err(e) => Err(Unfit::Unreadable(open::reason(&e))),
        }
    }
}

/// Where a file is written.
struct Folder {
    file: PathBuf,
    #[cfg(target_os = "linux")]
    _held: Option<std::os::fd::OwnedFd>,
}

/// True for a path that stays below the root by its words, and out of git's own files.
fn is_inside(path: &RepoPath) -> bool {
    let bytes = path.as_bytes();
    !bytes.is_empty()
        && !bytes.starts_with(b"/")
        && bytes
            .split(|b| *b == b'/')
            .all(|part| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git"))
}

#[cfg(all(test, unix))]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn root() -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a"), b"one").expect("write");
        let root = Root::open(folder.path()).expect("a root");
        (folder, root)
    }

    fn path(text: &str) -> RepoPath {
        RepoPath::from(text)
    }

    #[test]
    fn only_what_was_checked_is_replaced() {
        let (folder, root) = root();
        let read = || std::fs::read(folder.path().join("a")).expect("read");
        assert_eq!(
            root.replace(&path("a"), Some(b"other"), b"two"),
            Err(Unfit::Changed)
        );
        assert_eq!(read(), b"one");
        assert_eq!(root.replace(&path("a"), Some(b"one"), b"two"), Ok(()));
        assert_eq!(read(), b"two");
    }

    #[test]
    fn a_new_file_takes_no_other_files_place() {
        let (folder, root) = root();
        assert_eq!(root.replace(&path("a"), None, b"x"), Err(Unfit::Exists));
        assert_eq!(root.replace(&path("b"), None, b"x"), Ok(()));
        assert_eq!(std::fs::read(folder.path().join("b")).expect("read"), b"x");
    }

    #[test]
    fn links_and_paths_that_lead_out_are_refused() {
        let (folder, root) = root();
        let outside = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("a"), b"one").expect("write");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).expect("link");
        std::os::unix::fs::symlink("a", folder.path().join("b")).expect("link");
        for name in ["link/a", "b", "../a", "/a", "x/../../a", ".git/config", ""] {
            assert!(
                root.replace(&path(name), Some(b"one"), b"x").is_err(),
                "{name}"
            );
            assert!(root.replace(&path(name), None, b"x").is_err(), "{name}");
        }
        assert_eq!(
            std::fs::read(outside.path().join("a")).expect("read"),
            b"one"
        );
    }

    #[test]
    fn a_read_only_file_stays_as_it_is() {
        let (folder, root) = root();
        let file = folder.path().join("a");
        let mut mode = std::fs::metadata(&file).expect("meta").permissions();
        mode.set_readonly(true);
        std::fs::set_permissions(&file, mode).expect("mode");
        assert_eq!(
            root.replace(&path("a"), Some(b"one"), b"x"),
            Err(Unfit::ReadOnly)
        );
    }
}
