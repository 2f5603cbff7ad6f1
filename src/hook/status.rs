use std::path::{Path, PathBuf};

use super::install::{exists, read};
use super::{HookError, Manager, Place, script};

/// Which hook runs before a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hook {
    None,
    Ours {
        /// False where the file was edited since.
        unedited: bool,
        /// The hook that runs first.
        before: Option<PathBuf>,
    },
    Managed(Manager),
    /// Somebody's own script; true where it calls us.
    Other {
        calls_us: bool,
    },
}

/// All there is to say about a repository's hooks.
#[derive(Clone, Debug)]
pub struct Status {
    pub place: Place,
    pub file: PathBuf,
    pub hook: Hook,
    /// False where git would pass over the file, because it is not executable.
    pub runs: bool,
}

/// Finds out which hook runs, from where, and whose it is.
pub fn status(start: &Path) -> Result<Status, HookError> {
    let place = Place::of(start)?;
    let file = place.hook();
    let before = place.before();
    let content = read(&file)?;
    let hook = match &content {
        None => Hook::None,
        Some(text) if script::is_ours(text) => Hook::Ours {
            unedited: script::is_unedited(text),
            before: exists(&before).then_some(before),
        },
        Some(text) => match place.manager().or_else(|| Manager::of_hook(text)) {
            Some(manager) => Hook::Managed(manager),
            None => Hook::Other {
                calls_us: memchr::memmem::find(text, b"plimsoll").is_some(),
            },
        },
    };
    let runs = content.is_some() && is_executable(&file);
    Ok(Status {
        place,
        file,
        hook,
        runs,
    })
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> bool {
    true
}
