//! The command line: one file a verb.

mod baseline;
mod check;
mod completions;
mod db;
mod diff;
mod explain;
mod fix;
mod history;
mod hook;
mod init;
mod man;
mod output;
mod packages;
mod progress;
mod rules;
mod sbom;
mod staged;
mod terminal;
mod update;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::advisory::InstallError;
use crate::check::CheckError;
use crate::detect::secret::without_secrets;
use crate::guard::printable;
use crate::hook::HookError;
use crate::input::InputError;
use crate::rules::closest;

const EXAMPLES: &str = "\
Examples:
  plimsoll                              check the current folder
  plimsoll staged                       check what the next commit changes
  plimsoll history                      look for secrets in every commit
  plimsoll check --format sarif=o.sarif write a report for code scanning
  plimsoll explain dockerfile/root-user say why a rule exists and what to do
  plimsoll hook install                 check every commit from now on

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or configuration,
3 incomplete scan under --strict-scan, 4 internal error.";

/// Checks a repository before it becomes a container image.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    after_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    check: check::CheckArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check files and folders (the default)
    Check(check::CheckArgs),
    /// Check what the next commit changes, as it is staged
    Staged(staged::StagedArgs),
    /// Check what a range of commits changes
    Diff(diff::DiffArgs),
    /// Look for secrets in every commit: each content that a file ever had, and every message
    History(history::HistoryArgs),
    /// Say what a rule means, why it matters and what to do instead
    Explain(explain::ExplainArgs),
    /// List the rules
    Rules(rules::RulesArgs),
    /// List the packages that lockfiles pin and commands install, with their places
    Packages(packages::PackagesArgs),
    /// Write a bill of materials: the packages, who needs them, and what is known against them
    Sbom(sbom::SbomArgs),
    /// Write a first plimsoll.toml, with what the files of other tools say
    Init(init::InitArgs),
    /// Write down the findings that are there, so that only new ones count
    Baseline(baseline::BaselineArgs),
    /// Check every commit: put the git hook in, take it out, or say which one runs
    Hook(hook::HookArgs),
    /// Fetch, import, export and describe the advisories
    Db(db::DbArgs),
    /// Print a completion script
    Completions(completions::CompletionsArgs),
    /// Print the manual page
    Man,
}

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Hook(#[from] HookError),
    #[error(transparent)]
    Advisories(#[from] InstallError),
    /// Wrong usage, in words for the user.
    #[error("{0}")]
    Usage(String),
    #[error("cannot write {place}: {error}")]
    Output { place: String, error: io::Error },
}

impl CliError {
    /// Somebody closed the other end of our output: not an error worth a word.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// What a verb ends with.
pub(crate) type Outcome = Result<ExitCode, CliError>;

const USAGE: u8 = 2;

/// Runs the command line and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return parse_failed(&error),
    };
    let outcome = match cli.verb {
        None => check::run(&cli.check).map_err(as_mistyped_verb),
        Some(Verb::Check(args)) => check::run(&args),
        Some(Verb::Staged(args)) => staged::run(&args),
        Some(Verb::Diff(args)) => diff::run(&args),
        Some(Verb::History(args)) => history::run(&args),
        Some(Verb::Explain(args)) => explain::run(&args),
        Some(Verb::Rules(args)) => rules::run(&args),
        Some(Verb::Packages(args)) => packages::run(&args),
        Some(Verb::Sbom(args)) => sbom::run(&args),
        Some(Verb::Init(args)) => init::run(&args),
        Some(Verb::Baseline(args)) => baseline::run(&args),
        Some(Verb::Hook(args)) => hook::run(&args),
        Some(Verb::Db(args)) => db::run(&args),
        Some(Verb::Completions(args)) => completions::run(&args, &mut Cli::command()),
        Some(Verb::Man) => man::run(Cli::command()),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::from(USAGE)
        }
    }
}

/// A single word that names no file was more likely meant as a verb.
fn as_mistyped_verb(error: CliError) -> CliError {
    let CliError::Check(CheckError::Input(InputError::NoSuchPath(path))) = &error else {
        return error;
    };
    let Some(word) = path.to_str().filter(|word| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
    }) else {
        return error;
    };
    let command = Cli::command();
    let verbs = command.get_subcommands().map(clap::Command::get_name);
    let hint = closest(word, verbs)
        .map(|verb| format!("; did you mean \"plimsoll {verb}\"?"))
        .unwrap_or_default();
    CliError::Usage(format!("{word}: no such file, folder or verb{hint}"))
}

/// Help and version are asked for; everything else is wrong usage. Words of the command line are
/// neutralised, since a shell may have put a file's name there.
fn parse_failed(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        let text = error.render().to_string();
        let _ = writeln!(
            io::stderr().lock(),
            "{}",
            printable::block(&without_secrets(text.trim_end()))
        );
        ExitCode::from(USAGE)
    } else {
        match write!(io::stdout().lock(), "{}", error.render()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(USAGE),
        }
    }
}
