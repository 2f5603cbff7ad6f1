//! Opening and reading files that somebody else may control: never blocks, never follows a link,
//! never reads what is not a regular file.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::Path;

use super::{Content, InputError};
use crate::guard::LIMITS;
use crate::model::SkipReason;

#[cfg(unix)]
pub(super) fn flags() -> rustix::fs::OFlags {
    use rustix::fs::OFlags;
    // NONBLOCK: opening a FIFO that nobody writes to would wait forever.
    OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY
}

/// Opens a file without following a link in its last component.
#[cfg(unix)]
pub(super) fn open_file(path: &Path) -> Result<File, SkipReason> {
    // A device may act when it is opened, so it is looked at first; `read` looks again afterwards.
    check_kind(&std::fs::symlink_metadata(path).map_err(|e| reason(&e))?)?;
    rustix::fs::open(path, flags(), rustix::fs::Mode::empty())
        .map(File::from)
        .map_err(|e| reason(&e.into()))
}

#[cfg(not(unix))]
pub(super) fn open_file(path: &Path) -> Result<File, SkipReason> {
    check_kind(&std::fs::symlink_metadata(path).map_err(|e| reason(&e))?)?;
    File::open(path).map_err(|e| reason(&e))
}

fn check_kind(meta: &std::fs::Metadata) -> Result<(), SkipReason> {
    if meta.file_type().is_symlink() {
        Err(SkipReason::Symlink)
    } else if !meta.is_file() {
        Err(SkipReason::NotRegular)
    } else {
        Ok(())
    }
}

/// Reads an open file into `buffer`, which keeps its capacity from file to file.
pub(super) fn read(file: File, buffer: &mut Vec<u8>) -> Result<(), SkipReason> {
    read_up_to(file, buffer, LIMITS.blob)
}

/// Reads an open file into `buffer` unless it is too large to be parsed.
pub(super) fn content(mut file: File, buffer: &mut Vec<u8>) -> Result<Content, SkipReason> {
    let meta = file.metadata().map_err(|e| reason(&e))?;
    check_kind(&meta)?;
    let (length, limit) = (meta.len(), LIMITS.file);
    if length > limit {
        return Err(SkipReason::TooLarge { limit });
    }
    buffer.clear();
    if length <= LIMITS.parse {
        buffer.reserve(usize::try_from(length).unwrap_or(0).saturating_add(1));
        (&mut file)
            .take(LIMITS.parse + 1)
            .read_to_end(buffer)
            .map_err(|e| reason(&e))?;
    }
    // It may have grown since.
    if length <= LIMITS.parse && buffer.len() as u64 <= LIMITS.parse {
        return Ok(Content::InBuffer);
    }
    buffer.clear();
    file.rewind().map_err(|e| reason(&e))?;
    Ok(Content::Large(file))
}

fn read_up_to(file: File, buffer: &mut Vec<u8>, limit: u64) -> Result<(), SkipReason> {
    buffer.clear();
    // What was listed as a file may have been replaced since: only the open file counts.
    let meta = file.metadata().map_err(|e| reason(&e))?;
    check_kind(&meta)?;
    if meta.len() > limit {
        return Err(SkipReason::TooLarge { limit });
    }
    buffer.reserve(usize::try_from(meta.len()).unwrap_or(0).saturating_add(1));
    file.take(limit + 1)
        .read_to_end(buffer)
        .map_err(|e| reason(&e))?;
    if buffer.len() as u64 > limit {
        buffer.clear();
        return Err(SkipReason::TooLarge { limit });
    }
    Ok(())
}

/// The first `limit` bytes of an open file.
pub(super) fn read_beginning(file: File, limit: u64) -> Option<Vec<u8>> {
    check_kind(&file.metadata().ok()?).ok()?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// What an error of the operating system means for a scan.
pub(super) fn reason(error: &std::io::Error) -> SkipReason {
    use std::io::ErrorKind;
    #[cfg(unix)]
    if let Some(code) = rustix::io::Errno::from_io_error(error) {
        use rustix::io::Errno;
        match code {
            Errno::LOOP => return SkipReason::Symlink,
            Errno::XDEV => return SkipReason::OutsideRoot,
            // A socket, or a device without a driver.
            Errno::NXIO | Errno::NODEV => return SkipReason::NotRegular,
            _ => {}
        }
    }
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => SkipReason::Vanished,
        _ => SkipReason::Unreadable(error.to_string()),
    }
}

/// Reads a small file that the user or the repository configures us with, such as `plimsoll.toml`
/// or a baseline. `Ok(None)`: there is none.
pub fn read_config(path: &Path) -> Result<Option<Vec<u8>>, InputError> {
    let refuse = |reason: SkipReason| match reason {
        SkipReason::Vanished => Ok(None),
        SkipReason::TooLarge { limit } => Err(InputError::TooLarge {
            path: path.to_owned(),
            limit,
        }),
        other => Err(InputError::Unreadable {
            path: path.to_owned(),
            why: other.to_string(),
        }),
    };
    let mut bytes = Vec::new();
    match open_file(path).and_then(|file| read_up_to(file, &mut bytes, LIMITS.config)) {
        Ok(()) => Ok(Some(bytes)),
        Err(reason) => refuse(reason),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_neither_blocks_nor_reads() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("fifo");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR,
            0,
        )
        .expect("a FIFO");
        assert_eq!(open_file(&path).err(), Some(SkipReason::NotRegular));
        // Even if it took the place of a file after that was looked at.
        let file = rustix::fs::open(&path, flags(), rustix::fs::Mode::empty()).expect("open");
        assert_eq!(
            read(File::from(file), &mut Vec::new()),
            Err(SkipReason::NotRegular)
        );
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("big");
        std::fs::write(&path, b"12345").expect("write");
        let mut buffer = Vec::new();
        let file = || open_file(&path).expect("open");
        assert_eq!(
            read_up_to(file(), &mut buffer, 4),
            Err(SkipReason::TooLarge { limit: 4 })
        );
        assert_eq!(read_up_to(file(), &mut buffer, 5), Ok(()));
        assert_eq!(buffer, b"12345");
    }

    #[test]
    fn a_missing_configuration_is_not_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(read_config(&folder.path().join("none")), Ok(None)));
    }
}
