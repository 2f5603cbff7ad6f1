//! What lockfiles pin: one thin file a format, above one span-keeping reader a syntax.

mod cargo;
mod go_mod;
mod graph;
mod npm;
mod poetry;
mod requirements;
mod uv;

use std::borrow::Cow;

use super::SyntaxError;
use crate::model::{FileKind, Package, RepoPath};

/// What a lockfile says, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {
    /// In the order of the file.
    pub packages: Vec<Package>,
    /// What could not be read; the packages are then perhaps not all.
    pub errors: Vec<SyntaxError>,
}

/// Reads a lockfile. `None` for every other kind of file.
pub fn read(kind: FileKind, path: &RepoPath, bytes: &[u8]) -> Option<Lockfile> {
    let text = &*text(bytes);
    let mut lockfile = match kind {
        FileKind::CargoLock => cargo::read(text),
        FileKind::NpmLock => npm::read(text),
        FileKind::PoetryLock => poetry::read(text),
        FileKind::UvLock => uv::read(text),
        FileKind::Requirements => requirements::read(path, text),
        FileKind::GoMod => go_mod::read(text),
        _ => return None,
    };
    lockfile.packages.sort_by_key(|package| package.span.start);
    Some(lockfile)
}

/// The bytes as text; what is not UTF-8 becomes `?`, byte by byte, so that offsets stay.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| '?'));
            }
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KindSet;

    #[test]
    fn every_kind_of_lockfile_has_a_reader() {
        for kind in FileKind::ALL {
            let read = read(kind, &RepoPath::from("x"), b"");
            assert_eq!(
                read.is_some(),
                KindSet::LOCKFILES.contains(kind),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_keep_their_offsets() {
        assert_eq!(text(b"a\xff\xfeb"), "a??b");
    }
}
