use std::env;

use clap::Args;

use crate::check::What;

use super::check::{CommonArgs, finish_with, perform, perform_with};
use super::fix::FixArgs;
use super::{Outcome, output};

/// Arguments of `staged`.
#[derive(Debug, Args)]
pub struct StagedArgs {
    /// Report findings on unchanged lines too
    #[arg(long)]
    whole_files: bool,
    /// Run as a hook: no progress; where nothing is staged, check the range or the files that the
    /// framework is asked about
    #[arg(long)]
    hook: bool,
    #[command(flatten)]
    fix: FixArgs,
    #[command(flatten)]
    common: CommonArgs,
}

const HINT: &str = "next: fix and stage again; git commit --no-verify commits all the same";

pub fn run(args: &StagedArgs) -> Outcome {
    let (mut checked, mut fixes) = perform_with(
        What::Staged,
        &args.common,
        args.fix,
        args.whole_files,
        args.hook,
    )?;
    if checked.changes == Some(0) {
        // `pre-commit run --all-files` stages nothing: looking at nothing would pass everything.
        match framework_input().filter(|_| args.hook) {
            Some((what, said)) => {
                output::note(said);
                fixes = None;
                checked = perform(what, &args.common, args.whole_files, true)?;
            }
            None => output::note("nothing is staged"),
        }
    }
    finish_with(&checked, fixes.as_ref(), &args.common, HINT)
}

/// What the pre-commit framework wants looked at when it is not about a commit.
fn framework_input() -> Option<(What, &'static str)> {
    let var = |name: &str| env::var(name).ok().filter(|v| !v.is_empty());
    if let (Some(from), Some(to)) = (var("PRE_COMMIT_FROM_REF"), var("PRE_COMMIT_TO_REF")) {
        return Some((
            What::Range(format!("{from}..{to}")),
            "nothing is staged: checking the range that pre-commit names",
        ));
    }
    var("PRE_COMMIT").map(|_| {
        (
            What::Tracked,
            "nothing is staged: checking every tracked file",
        )
    })
}
