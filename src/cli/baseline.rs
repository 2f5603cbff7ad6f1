use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::check::{BaselineChoice, CheckRequest, ConfigChoice, What, check, read_baseline};
use crate::guard::{LIMITS, atomic_write::atomic_write, printable};
use crate::input::find_root;
use crate::model::{Finding, Report, Severity, SuppressedBy};
use crate::policy::{Baseline, Entry, UNUSED_ENTRY};
use crate::report::plural;

use super::check::today;
use super::progress::ProgressLine;
use super::{CliError, Outcome, output};

const MALICIOUS: &str = "dependency/malicious";

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    verb: Verb,
    /// The baseline's file; .plimsoll-baseline.json at the repository's root where none is named
    #[arg(long, value_name = "FILE", global = true)]
    baseline: Option<PathBuf>,
    /// Use this configuration instead of the repository's
    #[arg(long, value_name = "FILE", conflicts_with = "no_config", global = true)]
    config: Option<PathBuf>,
    /// Do not read the repository's configuration
    #[arg(long, global = true)]
    no_config: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
enum Verb {
    /// Write down every finding there is, so that from now on only new ones count
    Create,
    /// Add what is new, take out what is gone
    Update,
    /// Take out what is gone
    Prune,
    /// List what the baseline knows
    Show,
}

pub fn run(args: &BaselineArgs) -> Outcome {
    let here =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    let root = find_root(&here);
    let file = match &args.baseline {
        Some(file) => here.join(file),
        None => root.join(Baseline::FILE),
    };
    let shown = match &args.baseline {
        Some(file) => file.display().to_string(),
        None => Baseline::FILE.to_owned(),
    };
    let is_there = file.symlink_metadata().is_ok();
    match (args.verb, is_there) {
        (Verb::Create, true) => {
            return Err(CliError::Usage(format!(
                "{shown} is there already: plimsoll baseline update brings it up to date"
            )));
        }
        (Verb::Update | Verb::Prune | Verb::Show, false) => {
            return Err(CliError::Usage(format!(
                "there is no {shown}: plimsoll baseline create writes one"
            )));
        }
        _ => {}
    }
    let choice = match args.verb {
        Verb::Create => BaselineChoice::None,
        _ => BaselineChoice::File(file.clone()),
    };
    let request = CheckRequest {
        config: match (&args.config, args.no_config) {
            (Some(file), _) => ConfigChoice::File(here.join(file)),
            (None, true) => ConfigChoice::None,
            (None, false) => ConfigChoice::Repository,
        },
        baseline: choice,
        today: today(),
        cache: crate::places::cache(),
        ..CheckRequest::new(What::Paths(Vec::new()), root)
    };
    if args.verb == Verb::Show {
        let baseline = read_baseline(&request)?;
        output::print(&list(baseline.as_ref().map_or(&[], Baseline::entries)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let old = match args.verb {
        Verb::Create => None,
        _ => read_baseline(&request)?,
    };
    let progress = ProgressLine::new(false);
    let checked = check(request, &progress);
    progress.finish();
    let report = checked?.report;
    for said in doubts(&report) {
        output::note(&said);
    }
    let old = match old {
        Some(old) => old,
        None => Baseline::new(random()?),
    };
    let new = renewed(&old, &report, args.verb != Verb::Prune);
    write(&file, &shown, &old, &new)?;
    output::print(&summary(args.verb, &shown, &old, &new, &report))?;
    Ok(ExitCode::SUCCESS)
}

/// The baseline at the root.
pub(super) fn read(root: &Path) -> Result<Baseline, CliError> {
    let request = CheckRequest {
        baseline: BaselineChoice::File(root.join(Baseline::FILE)),
        ..CheckRequest::new(What::Paths(Vec::new()), root.to_owned())
    };
    let read = read_baseline(&request)?;
    read.ok_or_else(|| CliError::Usage(format!("there is no {}", Baseline::FILE)))
}

pub(super) fn random() -> Result<[u8; 16], CliError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|e| CliError::Usage(format!("the system gives no random bytes: {e}")))?;
    Ok(bytes)
}

/// Every finding with its path and why it does not count, if so.
fn placed(report: &Report) -> impl Iterator<Item = (&Finding, Option<&SuppressedBy>)> {
    let open = report.findings.iter().map(|finding| (finding, None));
    let others = report.suppressed.iter();
    open.chain(others.map(|s| (&s.finding, Some(&s.by))))
}

/// The old entries that still hold or that this run could not judge, where findings are now, and
/// what is new where that is wanted.
fn renewed(old: &Baseline, report: &Report, add: bool) -> Baseline {
    let path = |finding: &Finding| {
        let label = finding.primary()?;
        Some(&report.sources.0.get(&label.source)?.path)
    };
    let mut entries = Vec::new();
    for (finding, by) in placed(report) {
        let wanted = match by {
            None => add && Baseline::may_hold(finding),
            Some(by) => *by == SuppressedBy::Baseline,
        };
        if let Some(path) = path(finding).filter(|_| wanted) {
            entries.push(old.entry(finding, path));
        }
    }
    let gone: Vec<_> = report
        .unused_suppressions
        .iter()
        .filter(|unused| unused.rule == UNUSED_ENTRY)
        .map(|unused| unused.span.range())
        .collect();
    let used = report.tool.baseline.iter().flatten();
    for (entry, used) in old.entries().iter().zip(used) {
        if !used && !gone.contains(&entry.span) {
            entries.push(entry.clone());
        }
    }
    old.with(entries)
}

/// What should be known of the run before its result becomes a baseline.
fn doubts(report: &Report) -> Vec<String> {
    let mut said = Vec::new();
    let missed = report.skipped.iter().filter(|s| s.reason.is_incomplete());
    let missed = missed.count();
    if missed > 0 {
        said.push(format!(
            "not checked, or not in full: {missed} (plimsoll check -v lists them)"
        ));
    }
    let refused = report
        .findings
        .iter()
        .filter(|f| f.rule.as_str() == MALICIOUS);
    let refused = refused.count();
    if refused > 0 {
        said.push(format!(
            "{} cannot be part of a baseline",
            plural(refused, "malicious package")
        ));
    }
    said
}

fn write(file: &Path, shown: &str, old: &Baseline, new: &Baseline) -> Result<(), CliError> {
    let text = new.to_text();
    if text.len() as u64 > LIMITS.config {
        return Err(CliError::Usage(format!(
            "{} are more than a baseline holds ({} bytes): leave out families or folders in the \
             configuration first",
            plural(new.entries().len(), "finding"),
            LIMITS.config
        )));
    }
    if old.to_text() == text && file.is_file() {
        return Ok(());
    }
    atomic_write(file, text.as_bytes()).map_err(|error| CliError::Output {
        place: shown.to_owned(),
        error,
    })
}

fn summary(verb: Verb, shown: &str, old: &Baseline, new: &Baseline, report: &Report) -> String {
    let mut text = String::new();
    let shown = printable::line(shown);
    let (before, now) = (old.entries().len(), new.entries().len());
    let _ = writeln!(text, "{shown}: {}", plural(now, "finding"));
    if verb == Verb::Create {
        for severity in Severity::ALL.into_iter().rev() {
            let of = |f: &&Finding| f.severity == severity && Baseline::may_hold(f);
            let count = report.findings.iter().filter(of).count();
            if count > 0 {
                let _ = writeln!(text, "  {count} {}", severity.name());
            }
        }
        text.push_str("commit it; from now on plimsoll fails for what is new only\n");
        return text;
    }
    let held = |by: &SuppressedBy| *by == SuppressedBy::Baseline;
    let stayed = report.suppressed.iter().filter(|s| held(&s.by)).count();
    let unjudged = now.saturating_sub(stayed + added(verb, report));
    for (count, what) in [
        (added(verb, report), "added"),
        (before.saturating_sub(stayed + unjudged), "taken out"),
        (unjudged, "kept without being judged in this run"),
    ] {
        if count > 0 {
            let _ = writeln!(text, "  {count} {what}");
        }
    }
    text
}

fn added(verb: Verb, report: &Report) -> usize {
    let new = report.findings.iter().filter(|f| Baseline::may_hold(f));
    if verb == Verb::Update { new.count() } else { 0 }
}

/// One line an entry, files together.
fn list(entries: &[Entry]) -> String {
    let mut text = String::new();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        let (path, rule) = (printable::line(&entry.path), printable::line(&entry.rule));
        let _ = writeln!(text, "{path}  {rule}  {}", entry.print());
        *rules.entry(&entry.rule).or_default() += 1;
    }
    let _ = writeln!(text, "{}", plural(entries.len(), "finding"));
    for (rule, count) in rules {
        let _ = writeln!(text, "  {count} {}", printable::line(rule));
    }
    text
}
