use std::path::{Component, Path, PathBuf};

use super::InputError;

/// The folder that a scan from `start` is about: the nearest one that holds a `.git`, or `start`
/// itself. Decided by names alone, so that nothing in the repository has a say.
pub fn find_root(start: &Path) -> PathBuf {
    holder_of_git(start).unwrap_or(start).to_owned()
}

fn holder_of_git(start: &Path) -> Option<&Path> {
    start
        .ancestors()
        .find(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// What `core.hooksPath` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksPath {
    pub path: PathBuf,
    /// The option by which git names the configuration that says it.
    pub scope: &'static str,
    /// True where it is this repository's own setting.
    pub is_local: bool,
}

/// A git repository, opened for reading its index and objects.
///
/// Of its configuration only what says how data is stored takes effect: there are no includes, no
/// filters, no replaced objects, and no code path that starts a program.
pub struct Repository {
    pub(super) git: gix::ThreadSafeRepository,
    root: PathBuf,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository")
            .field("root", &self.root)
            .finish()
    }
}

impl Repository {
    /// Opens the repository that `start` lies in, or the one that `GIT_DIR` names, as git does for
    /// its hooks. A repository of another user is refused unless the user's own configuration
    /// lists it under `safe.directory`.
    pub fn open(start: &Path) -> Result<Self, InputError> {
        Self::open_checked(start, true)
    }

    /// Opens it whoever owns it: enough for reading names, since nothing in it is executed.
    pub(super) fn open_of_anybody(start: &Path) -> Result<Self, InputError> {
        Self::open_checked(start, false)
    }

    /// Opens it for what needs no worktree: a bare repository will do.
    pub fn open_for_history(start: &Path) -> Result<Self, InputError> {
        match Self::open(start) {
            Err(InputError::NotARepository(path)) => {
                let bare = bare_around(start).ok_or(InputError::NotARepository(path))?;
                Self::open_at(bare, bare.to_owned(), true)
            }
            opened => opened,
        }
    }

    fn open_checked(start: &Path, check_owner: bool) -> Result<Self, InputError> {
        let (git_dir, root) = locate(start)?;
        Self::open_at(&git_dir, root, check_owner)
    }

    fn open_at(git_dir: &Path, root: PathBuf, check_owner: bool) -> Result<Self, InputError> {
        let bad = |error: &dyn std::error::Error| InputError::BadRepository {
            path: root.clone(),
            why: chain(error),
        };
        let mut git = gix::open_opts(git_dir, options(false))
            .map(gix::Repository::into_sync)
            .map_err(|e| bad(&e))?;
        if check_owner && git.to_thread_local().git_dir_trust() != gix::sec::Trust::Full {
            // Only now is the user's configuration worth reading, for `safe.directory`.
            git = gix::open_opts(git_dir, options(true))
                .map(gix::Repository::into_sync)
                .map_err(|_| InputError::ForeignOwner(root.clone()))?;
        }
        let local = git.to_thread_local();
        let storage = local.config_snapshot().string("extensions.refStorage");
        if storage.is_some_and(|s| !s.eq_ignore_ascii_case(b"files")) {
            return Err(InputError::Reftable(root));
        }
        Ok(Self { git, root })
    }

    /// The top of the worktree, or the git folder of a bare repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// This worktree's git folder.
    pub fn git_dir(&self) -> &Path {
        self.git.refs.git_dir()
    }

    /// The git folder that all worktrees share.
    pub fn common_dir(&self) -> PathBuf {
        let git = self.git.to_thread_local();
        let path = git.common_dir();
        // A linked worktree names it by way of its own folder: `.git/worktrees/NAME/../..`.
        let dots = path.components().any(|c| c == Component::ParentDir);
        let whole = dots.then(|| path.canonicalize().ok()).flatten();
        whole.unwrap_or_else(|| path.to_owned())
    }

    /// Where the configuration (the user's too) says that hooks are, and which part of it.
    pub fn hooks_path(&self) -> Result<Option<HooksPath>, InputError> {
        let mut all = permissions(true);
        all.config.env = true;
        all.config.includes = true;
        let git = gix::open_opts(self.git_dir(), options(true).permissions(all))
            .map_err(|e| self.bad(&e))?;
        let config = git.config_snapshot();
        let Ok((value, section)) = config.plumbing().raw_value_with_section("core.hooksPath")
        else {
            return Ok(None);
        };
        let (scope, is_local) = match section.meta().source {
            gix::config::Source::Local => ("local", true),
            gix::config::Source::Worktree => ("worktree", true),
            gix::config::Source::User | gix::config::Source::Git => ("global", false),
            gix::config::Source::GitInstallation | gix::config::Source::System => ("system", false),
            _ => ("command-line", false),
        };
        let named = gix::path::from_bstring(value).map_err(|e| self.bad(&e))?;
        let path = match (named.strip_prefix("~"), std::env::home_dir()) {
            (Ok(rest), Some(home)) => home.join(rest),
            // Relative to where hooks run.
            _ => self.root.join(named),
        };
        Ok(Some(HooksPath {
            path,
            scope,
            is_local,
        }))
    }

    pub(super) fn bad(&self, error: &dyn std::error::Error) -> InputError {
        InputError::BadRepository {
            path: self.root.clone(),
            why: chain(error),
        }
    }
}

/// The nearest folder that is a git folder itself.
fn bare_around(start: &Path) -> Option<&Path> {
    start.ancestors().find(|folder| {
        folder.join("HEAD").is_file()
            && folder.join("objects").is_dir()
            && folder.join("refs").is_dir()
    })
}

fn locate(start: &Path) -> Result<(PathBuf, PathBuf), InputError> {
    if let Some(git_dir) = std::env::var_os("GIT_DIR").filter(|v| !v.is_empty()) {
        let git_dir = start.join(git_dir);
        let root = match std::env::var_os("GIT_WORK_TREE").filter(|v| !v.is_empty()) {
            Some(worktree) => start.join(worktree),
            // git starts hooks at the top of the worktree.
            None => holder_of_git(start).unwrap_or(start).to_owned(),
        };
        return Ok((git_dir, root));
    }
    let root = holder_of_git(start).ok_or_else(|| InputError::NotARepository(start.to_owned()))?;
    Ok((root.join(".git"), root.to_owned()))
}

fn options(ask_user: bool) -> gix::open::Options {
    gix::open::Options::default()
        .permissions(permissions(ask_user))
        .open_path_as_is(true)
        .bail_if_untrusted(ask_user)
        // What is committed is the object itself, not what a replace reference puts in its place.
        .config_overrides(["core.useReplaceRefs=false"])
}

fn permissions(ask_user: bool) -> gix::open::Permissions {
    let mut permissions = gix::open::Permissions::isolated();
    // GIT_INDEX_FILE and the object folders of a running git command: the environment is the
    // user's, and without it a hook would look at the wrong index.
    permissions.env.git_prefix = gix::sec::Permission::Allow;
    permissions.env.objects = gix::sec::Permission::Allow;
    if ask_user {
        permissions.config.system = true;
        permissions.config.git = true;
        permissions.config.user = true;
        permissions.env.home = gix::sec::Permission::Allow;
        permissions.env.xdg_config_home = gix::sec::Permission::Allow;
    }
    permissions
}

/// An error with what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words.push_str(": ");
            words.push_str(&cause_words);
        }
        source = cause.source();
    }
    words
}
