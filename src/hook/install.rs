use std::fs;
use std::path::{Path, PathBuf};

use super::{HookError, Manager, Place, script};
use crate::guard::atomic_write::atomic_write;

/// What putting the hook in did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installed {
    /// There was no hook.
    New(PathBuf),
    /// An older one of ours was brought up to date.
    Renewed(PathBuf),
    /// Another hook was there; it runs first now, from its new place.
    Chained { hook: PathBuf, before: PathBuf },
}

/// What taking the hook out did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uninstalled {
    /// There is no hook at all.
    NothingThere(PathBuf),
    Removed(PathBuf),
    /// The hook that was there before is back as it was.
    Restored(PathBuf),
}

/// Puts the hook in. A hook that is there is kept and runs first; a manager's hook is left alone
/// unless `chain` asks for it.
pub fn install(place: &Place, program: &Path, chain: bool) -> Result<Installed, HookError> {
    if let (Some(scope), false) = (place.scope, place.is_ours_to_change) {
        return Err(HookError::SharedHooks {
            path: place.folder.clone(),
            scope,
        });
    }
    if let (Some(manager), false) = (place.manager(), chain) {
        return Err(HookError::Managed(manager));
    }
    let hook = place.hook();
    let before = place.before();
    let script = script::with_program(program);
    fs::create_dir_all(&place.folder).map_err(HookError::io(&place.folder))?;
    let done = match read(&hook)? {
        None => Installed::New(hook.clone()),
        Some(old) if script::is_ours(&old) => {
            if !script::is_unedited(&old) {
                return Err(HookError::Edited(hook));
            }
            Installed::Renewed(hook.clone())
        }
        Some(old) => {
            if let (Some(manager), false) = (Manager::of_hook(&old), chain) {
                return Err(HookError::Managed(manager));
            }
            if exists(&before) {
                return Err(HookError::BothExist { hook, before });
            }
            fs::rename(&hook, &before).map_err(HookError::io(&hook))?;
            Installed::Chained {
                hook: hook.clone(),
                before: before.clone(),
            }
        }
    };
    let written = atomic_write(&hook, &script).and_then(|()| make_executable(&hook));
    if let Err(error) = written {
        if matches!(done, Installed::Chained { .. }) {
            // Better no hook of ours than none at all.
            let _ = fs::rename(&before, &hook);
        }
        return Err(HookError::Io { path: hook, error });
    }
    Ok(done)
}

/// Takes the hook out and puts back what was there before, as it was.
pub fn uninstall(place: &Place) -> Result<Uninstalled, HookError> {
    let hook = place.hook();
    let before = place.before();
    match read(&hook)? {
        None => return Ok(Uninstalled::NothingThere(hook)),
        Some(script) if !script::is_ours(&script) => return Err(HookError::NotOurs(hook)),
        Some(script) if !script::is_unedited(&script) => return Err(HookError::Edited(hook)),
        Some(_) => {}
    }
    if exists(&before) {
        // Replaces ours in one step.
        fs::rename(&before, &hook).map_err(HookError::io(&before))?;
        return Ok(Uninstalled::Restored(hook));
    }
    fs::remove_file(&hook).map_err(HookError::io(&hook))?;
    Ok(Uninstalled::Removed(hook))
}

/// The hook that git would run; a link counts as what it leads to.
pub(super) fn read(hook: &Path) -> Result<Option<Vec<u8>>, HookError> {
    if !exists(hook) {
        return Ok(None);
    }
    match fs::metadata(hook) {
        Ok(meta) if meta.is_file() => fs::read(hook).map(Some).map_err(HookError::io(hook)),
        // A link to nowhere, or no file at all: not ours, and not to be lost.
        _ => Ok(Some(Vec::new())),
    }
}

pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
