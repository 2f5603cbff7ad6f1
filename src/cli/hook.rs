use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::guard::printable;
use crate::hook::{Hook, Installed, Place, Status, Uninstalled, install, status, uninstall};

use super::{CliError, Outcome, output};

/// Arguments of `hook`.
#[derive(Debug, Args)]
pub struct HookArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check every commit of this repository; a hook that is there stays and runs first
    Install {
        /// Put the hook in front of one that a hook manager wrote
        #[arg(long)]
        chain: bool,
    },
    /// Take the hook out and put back what was there before
    Uninstall,
    /// Say which hook runs before a commit, and whose it is; exit code 0 where it checks the
    /// commit, 1 where nothing does
    Status,
}

pub fn run(args: &HookArgs) -> Outcome {
    let here =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    let said = match args.verb {
        Verb::Install { chain } => installed(&install(&Place::of(&here)?, &program()?, chain)?),
        Verb::Uninstall => uninstalled(&uninstall(&Place::of(&here)?)?),
        Verb::Status => {
            let status = status(&here)?;
            output::print(&describe(&status))?;
            // Something a script can ask: does a commit get checked?
            let checks = match status.hook {
                Hook::Ours { .. } => status.runs,
                Hook::Other { calls_us } => calls_us && status.runs,
                Hook::None | Hook::Managed(_) => false,
            };
            return Ok(ExitCode::from(u8::from(!checks)));
        }
    };
    output::print(&said)?;
    Ok(ExitCode::SUCCESS)
}

/// Where the hook finds this program: by the name on `PATH` where that leads here, since a new
/// version may well live in another folder; else by where it is.
fn program() -> Result<PathBuf, CliError> {
    let this =
        env::current_exe().map_err(|e| CliError::Usage(format!("where plimsoll is: {e}")))?;
    let is_this = |path: &PathBuf| path.canonicalize().is_ok_and(|real| real == this);
    let named = env::var_os("PATH").and_then(|paths| {
        env::split_paths(&paths)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(this.file_name().unwrap_or_default()))
            .find(is_this)
    });
    Ok(named.unwrap_or(this))
}

fn shown(path: &Path) -> String {
    printable::line(&path.to_string_lossy())
}

fn installed(done: &Installed) -> String {
    let (what, hook) = match done {
        Installed::New(hook) => ("installed", hook),
        Installed::Renewed(hook) => ("brought up to date", hook),
        Installed::Chained { hook, before } => {
            return format!(
                "installed {}\nthe hook that was there runs first, as {}\n{NEXT}",
                shown(hook),
                shown(before)
            );
        }
    };
    format!("{what} {}\n{NEXT}", shown(hook))
}

const NEXT: &str = "\
every commit is checked from now on; PLIMSOLL_SKIP=1 git commit leaves it out once\n\
take it out again: plimsoll hook uninstall\n";

fn uninstalled(done: &Uninstalled) -> String {
    match done {
        Uninstalled::NothingThere(hook) => format!("there is no hook at {}\n", shown(hook)),
        Uninstalled::Removed(hook) => format!("removed {}\n", shown(hook)),
        Uninstalled::Restored(hook) => {
            format!("{} is again what it was before plimsoll\n", shown(hook))
        }
    }
}

fn describe(status: &Status) -> String {
    let mut lines = vec![match status.place.scope {
        None => format!("hooks: {}", shown(&status.place.folder)),
        Some(scope) => format!(
            "hooks: {} (core.hooksPath, {scope} configuration)",
            shown(&status.place.folder)
        ),
    }];
    match &status.hook {
        Hook::None => {
            lines.push("pre-commit: none".into());
            lines.push(if status.place.is_ours_to_change {
                "next: plimsoll hook install".into()
            } else {
                "next: add `plimsoll staged --hook` to the hooks in that folder".into()
            });
        }
        Hook::Ours { unedited, before } => {
            let edited = if *unedited { "" } else { ", edited since" };
            lines.push(format!("pre-commit: plimsoll's{edited}"));
            if let Some(before) = before {
                lines.push(format!("runs first: {}", shown(before)));
            }
        }
        Hook::Managed(manager) => {
            lines.push(format!("pre-commit: written by {}", manager.name()));
            lines.push(format!("next: {}", manager.advice()));
        }
        Hook::Other { calls_us: true } => {
            lines.push("pre-commit: another hook, which mentions plimsoll".into());
        }
        Hook::Other { calls_us: false } => {
            lines.push("pre-commit: another hook".into());
            lines.push("next: plimsoll hook install keeps it and runs it first".into());
        }
    }
    if status.hook != Hook::None && !status.runs {
        lines.push(format!(
            "git passes over it, because it is not executable: chmod +x {}",
            shown(&status.file)
        ));
    }
    lines.join("\n") + "\n"
}
