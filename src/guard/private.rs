//! Folders and files that only their owner reads.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder and those above it.
#[cfg(unix)]
pub fn folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub fn folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Takes a file from everybody else.
#[cfg(unix)]
pub fn file(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub fn file(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Options that make new files private, and that write through no link.
#[cfg(unix)]
pub fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    options
}

#[cfg(not(unix))]
pub fn options() -> OpenOptions {
    OpenOptions::new()
}
