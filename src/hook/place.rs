use std::path::{Path, PathBuf};

use super::{HookError, Manager};
use crate::input::{HooksPath, Repository};

/// Where git looks for this repository's hooks, and who said so.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder with the hooks.
    pub folder: PathBuf,
    /// The scope of the `core.hooksPath` that names the folder; `None` for git's own choice.
    pub scope: Option<&'static str>,
    /// True where the folder is this repository's business alone.
    pub is_ours_to_change: bool,
}

impl Place {
    /// Asks git's configuration where the hooks of the repository around `start` are.
    pub fn of(start: &Path) -> Result<Self, HookError> {
        let repository = Repository::open(start)?;
        Ok(match repository.hooks_path()? {
            None => Self {
                folder: repository.common_dir().join("hooks"),
                scope: None,
                is_ours_to_change: true,
            },
            Some(HooksPath {
                path,
                scope,
                is_local,
            }) => Self {
                folder: path,
                scope: Some(scope),
                is_ours_to_change: is_local,
            },
        })
    }

    pub(super) fn hook(&self) -> PathBuf {
        self.folder.join("pre-commit")
    }

    /// Where a hook that was there before ours waits.
    pub(super) fn before(&self) -> PathBuf {
        self.folder.join("pre-commit.before-plimsoll")
    }

    pub(super) fn manager(&self) -> Option<Manager> {
        Manager::of_folder(&self.folder)
    }
}
