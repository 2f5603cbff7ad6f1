use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Args, ValueHint};

use crate::check::{HistoryRequest, What, history};
use crate::input::point_in_time;

use super::check::{RunArgs, finish_run, now, run_request};
use super::progress::ProgressLine;
use super::{CliError, Outcome, output};

/// Arguments of `history`.
#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub struct HistoryArgs {
    /// Branches, tags, commits or ranges (A..B) and what leads to them; all references without one
    #[arg(value_name = "REVISION", value_hint = ValueHint::Other)]
    revisions: Vec<String>,
    /// Only these files and folders, and no messages
    #[arg(value_name = "PATH", last = true)]
    paths: Vec<PathBuf>,
    /// Every reference: branches, tags, remotes, notes, stashes and HEAD (the default)
    #[arg(long, conflicts_with = "revisions", help_heading = "Input")]
    all: bool,
    /// Only commits made since then: 2026-01-31, RFC 3339, or "2 weeks ago"
    #[arg(
        long,
        value_name = "DATE",
        value_hint = ValueHint::Other,
        overrides_with = "since",
        help_heading = "Input"
    )]
    since: Option<String>,
    /// Only commits made until then
    #[arg(
        long,
        value_name = "DATE",
        value_hint = ValueHint::Other,
        overrides_with = "until",
        help_heading = "Input"
    )]
    until: Option<String>,
    /// Read everything anew, and remember nothing
    #[arg(long, help_heading = "Input")]
    no_cache: bool,
    #[command(flatten)]
    run: RunArgs,
}

const NOTES: &str = "\
Every content that a file ever had is read once, and so is the message of every commit and
annotated tag. Only the rules of the family \"secret\" run. A secret that stands in many versions
of a file is one finding, at the oldest commit that holds it. Ignores of the current configuration
count, and so does a comment at the same secret in the current tree.

What was ever pushed is known: rotate a secret first. Rewriting the history comes second, and
takes nothing back from whoever has fetched it.";

const HINT: &str =
    "next: rotate what was found; rewriting the history comes second and takes nothing back";

/// What a shell reports of a program that was interrupted.
const INTERRUPTED: u8 = 130;

pub fn run(args: &HistoryArgs) -> Outcome {
    let now = now();
    let date = |text: &Option<String>, is_end: bool| match text {
        None => Ok(None),
        Some(text) => point_in_time(text, now, is_end).map(Some).ok_or_else(|| {
            CliError::Usage(format!(
                "{text:?} is no date: write 2026-01-31, RFC 3339, or \"2 weeks ago\""
            ))
        }),
    };
    let request = HistoryRequest {
        since: date(&args.since, false)?,
        until: date(&args.until, true)?,
        revisions: args.revisions.clone(),
        paths: args.paths.clone(),
        remember: !args.no_cache,
        check: run_request(What::Paths(Vec::new()), &args.run)?,
    };
    let stop = Arc::new(AtomicBool::new(false));
    watch_signals(&stop);
    let progress = ProgressLine::counting(false, "versions");
    let looked = history(request, &stop, &progress);
    progress.finish();
    let looked = looked?;
    if looked.interrupted {
        output::note("interrupted: what was looked at is remembered; run it again to go on");
        return Ok(ExitCode::from(INTERRUPTED));
    }
    if looked.outcome.report.stats.commits == 0 {
        output::note("there are no commits to look at");
    }
    finish_run(&looked.outcome, &args.run, HINT)
}

/// The first signal ends the run in order, the second one at once.
fn watch_signals(stop: &Arc<AtomicBool>) {
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let code = i32::from(INTERRUPTED);
        // Without a handler the program ends as any other does.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(stop));
        let _ = signal_hook::flag::register(signal, Arc::clone(stop));
    }
}
