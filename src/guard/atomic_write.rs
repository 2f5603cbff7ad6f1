//! Writes that leave either the old file or the new one, never half of it.

use std::io::{self, Write as _};
use std::path::Path;

/// Replaces `path` by `bytes` through a temporary file in the same folder; keeps the mode of a
/// file that was there. Refuses to write through a symbolic link; a device or a pipe is written to
/// and stays what it is.
pub fn atomic_write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let before = match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.file_type().is_symlink() => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "refusing to write through a symbolic link",
            ));
        }
        Ok(meta) if !meta.is_file() => {
            return std::fs::OpenOptions::new()
                .write(true)
                .open(path)?
                .write_all(bytes);
        }
        Ok(meta) => Some(meta),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    std::fs::metadata(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".plimsoll-")
        .tempfile_in(folder)
        // The name of the temporary file would puzzle whoever reads the message.
        .map_err(|error| io::Error::from(error.kind()))?;
    file.write_all(bytes)?;
    match before {
        Some(meta) => file.as_file().set_permissions(meta.permissions())?,
        None => set_default_mode(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn set_default_mode(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    // Temporary files are private; a report is meant to be read.
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_default_mode(_file: &std::fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::atomic_write;

    #[test]
    fn an_existing_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a");
        atomic_write(&path, b"one").expect("first write");
        atomic_write(&path, b"two").expect("second write");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).expect("list").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_never_replaced() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&path).expect("socket");
        assert!(atomic_write(&path, b"x").is_err());
        let kind = std::fs::symlink_metadata(&path)
            .expect("still there")
            .file_type();
        assert!(kind.is_socket());
        assert!(atomic_write(folder.path(), b"x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/null", &link).expect("link");
        assert!(atomic_write(&link, b"x").is_err());
    }
}
