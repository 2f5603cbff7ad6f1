//! Git hooks: put in, taken out and explained without ever overwriting anybody else's.
//!
//! The one script is `hooks/pre-commit`, which is also what users copy. An existing hook stays
//! beside ours as `pre-commit.before-plimsoll`, untouched, and runs first; taking ours out moves it
//! back. Git's configuration is read and never written.

mod install;
mod manager;
mod place;
mod script;
mod status;

pub use install::{Installed, Uninstalled, install, uninstall};
pub use manager::Manager;
pub use place::Place;
pub use status::{Hook, Status, status};

use std::path::PathBuf;

use crate::input::InputError;

/// Why a hook was neither put in nor taken out. The words say what to do instead.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(
        "git runs its hooks from {}, as core.hooksPath in your {scope} configuration says, so a hook in this repository would not run.\n\
         Either add `plimsoll staged --hook` to the hooks there,\n\
         or let this repository have its own: git config --local core.hooksPath .git/hooks,\n\
         or remove the setting: git config --{scope} --unset core.hooksPath",
        path.display()
    )]
    SharedHooks { path: PathBuf, scope: &'static str },
    #[error(
        "{manager} writes this repository's hooks and would overwrite ours; {advice}\n\
         (--chain puts our hook in front of its own all the same)",
        manager = .0.name(), advice = .0.advice()
    )]
    Managed(Manager),
    #[error(
        "{} and {} both exist, and the first is not ours: it seems to have been written after us. Remove or rename one of them",
        hook.display(), before.display()
    )]
    BothExist { hook: PathBuf, before: PathBuf },
    #[error("{} is not plimsoll's hook; nothing was changed", .0.display())]
    NotOurs(PathBuf),
    #[error("{} was edited since plimsoll wrote it; take our lines out by hand", .0.display())]
    Edited(PathBuf),
    #[error("{}: {error}", path.display())]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl HookError {
    fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |error| Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}
