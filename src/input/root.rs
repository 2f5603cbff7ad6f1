use std::fs::File;
use std::path::{Component, Path, PathBuf};

use super::{InputError, open};
use crate::model::{RepoPath, SkipReason};

/// The folder that a scan stays in.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    #[cfg(target_os = "linux")]
    folder: std::os::fd::OwnedFd,
}

impl Root {
    /// Opens a folder as the root; links in its own path are resolved once, here.
    pub fn open(path: &Path) -> Result<Self, InputError> {
        let unreadable = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => InputError::NoSuchPath(path.to_owned()),
            _ => InputError::Unreadable {
                path: path.to_owned(),
                why: e.to_string(),
            },
        };
        let real = path.canonicalize().map_err(unreadable)?;
        #[cfg(target_os = "linux")]
        let folder = {
            use rustix::fs::{Mode, OFlags};
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            rustix::fs::open(&real, flags, Mode::empty()).map_err(|e| unreadable(e.into()))?
        };
        Ok(Self {
            path: real,
            #[cfg(target_os = "linux")]
            folder,
        })
    }

    /// The root's absolute path, free of links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    #[cfg(target_os = "linux")]
    pub(super) fn folder(&self) -> std::os::fd::BorrowedFd<'_> {
        use std::os::fd::AsFd as _;
        self.folder.as_fd()
    }

    /// Where a path of this root lies in the file system.
    pub fn absolute(&self, path: &RepoPath) -> PathBuf {
        self.path.join(native(path))
    }

    /// The path of an absolute path below the root; empty for the root itself.
    pub(super) fn relative(&self, path: &Path) -> Option<RepoPath> {
        path.strip_prefix(&self.path).ok().map(RepoPath::from_path)
    }

    /// How a path named on the command line is shown: below the root from the root, elsewhere with
    /// the `..` that lead there. Purely by its words; links are not resolved.
    pub(super) fn shown(&self, path: &Path) -> RepoPath {
        if let Some(path) = self.relative(path) {
            return path;
        }
        let common = self
            .path
            .components()
            .zip(path.components())
            .take_while(|(a, b)| a == b)
            .count();
        let up = self.path.components().count() - common;
        let mut shown = PathBuf::new();
        shown.extend(std::iter::repeat_n(Component::ParentDir, up));
        shown.extend(path.components().skip(common));
        RepoPath::from_path(&shown)
    }

    /// Opens a file below the root. No component of the path may be a link, not even one that took
    /// a folder's place a moment ago.
    pub(super) fn open_file(&self, path: &RepoPath) -> Result<File, SkipReason> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{Mode, ResolveFlags};
            use rustix::io::Errno;
            let resolve =
                ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
            match rustix::fs::openat2(
                &self.folder,
                path.as_bytes(),
                open::flags(),
                Mode::empty(),
                resolve,
            ) {
                Ok(file) => return Ok(File::from(file)),
                // Old kernels and some sandboxes have no such call; a rename elsewhere in the tree
                // makes it ask for another attempt.
                Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN) => {}
                Err(error) => return Err(open::reason(&error.into())),
            }
        }
        open::open_file(&self.absolute(path))
    }
}

/// The platform's form of a path.
pub(super) fn native(path: &RepoPath) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(path.as_bytes()))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(path.to_text())
    }
}

/// An absolute path without `.` and `..`, by its words alone.
pub(super) fn normalised(base: &Path, path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in base.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_the_root_also_when_they_lie_outside() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("a/b")).expect("folders");
        let root = Root::open(&folder.path().join("a/b")).expect("a root");
        let base = root.path().to_owned();
        let shown = |path: &str| root.shown(&normalised(&base, Path::new(path)));
        assert_eq!(shown("x/../y"), RepoPath::from("y"));
        assert_eq!(shown("../c/d"), RepoPath::from("../c/d"));
        assert_eq!(shown("."), RepoPath::from(""));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_middle_of_a_path_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let inside = folder.path().join("root");
        std::fs::create_dir_all(folder.path().join("outside")).expect("folder");
        std::fs::create_dir(&inside).expect("folder");
        std::fs::write(folder.path().join("outside/secret"), b"x").expect("write");
        std::os::unix::fs::symlink("../outside", inside.join("link")).expect("link");
        let root = Root::open(&inside).expect("a root");
        let refused = root.open_file(&RepoPath::from("link/secret")).err();
        if cfg!(target_os = "linux") {
            assert_eq!(refused, Some(SkipReason::Symlink));
        }
        let refused = root.open_file(&RepoPath::from("link")).err();
        assert_eq!(refused, Some(SkipReason::Symlink));
    }
}
