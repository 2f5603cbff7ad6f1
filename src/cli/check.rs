use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use crate::check::{BaselineChoice, CheckRequest, ConfigChoice, Outcome as Checked, What, check};
use crate::fix::{Mode, Repair};
use crate::input::{read_list, stdin};
use crate::model::{Confidence, Profile, RepoPath, Severity, SkipReason};
use crate::parse::dockerfile::{Target, Wanted};
use crate::policy::{Date, FailOn};
use crate::report::{RenderContext, age_remark};

use super::fix::{self, FixArgs};
use super::output::{self, Destination};
use super::progress::ProgressLine;
use super::terminal::{self, ColorChoice};
use super::{CliError, Outcome};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files and folders to check; `-` reads one file from standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The name to judge standard input by
    #[arg(long, value_name = "PATH", help_heading = "Input")]
    stdin_filename: Option<PathBuf>,
    /// Check the files listed in FILE, one a line; `-` reads the list from standard input
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "paths",
        help_heading = "Input"
    )]
    files_from: Option<PathBuf>,
    /// The list of --files-from is separated by NUL
    #[arg(short = '0', requires = "files_from", help_heading = "Input")]
    null: bool,
    #[command(flatten)]
    fix: FixArgs,
    #[command(flatten)]
    common: CommonArgs,
}

/// Arguments of every verb that checks files.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Judge this stage of Dockerfiles as the one that is built (repeatable)
    #[arg(long, value_name = "STAGE", help_heading = "Input")]
    target: Vec<String>,
    /// Judge Dockerfiles with this build argument (repeatable)
    #[arg(long, value_name = "NAME=VALUE", value_parser = build_arg, help_heading = "Input")]
    build_arg: Vec<(String, String)>,
    /// Look into archives, those in archives too: zip (jar, whl, apk ...), tar, gz, zst
    #[arg(long, help_heading = "Input")]
    archives: bool,
    /// Judge test code like any other; its findings are low otherwise
    #[arg(long, help_heading = "Rules")]
    tests: bool,
    /// Judge vendored and minified code, too, and generated code like any other
    #[arg(long, help_heading = "Rules")]
    vendored: bool,
    /// Also run an installed shellcheck on the shell texts, and report what it says at its place
    #[arg(long, help_heading = "Rules")]
    shellcheck: bool,
    #[command(flatten)]
    run: RunArgs,
}

/// Arguments of every verb that reports findings.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Run only these families, rules, peers' ids or advisories (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        value_hint = ValueHint::Other,
        help_heading = "Rules"
    )]
    only: Vec<String>,
    /// Leave out these families, rules, peers' ids or advisories (repeatable)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        value_hint = ValueHint::Other,
        help_heading = "Rules"
    )]
    skip: Vec<String>,
    /// Which rules run: default, strict, or all with hygiene and style (the last one counts)
    #[arg(
        long,
        value_name = "NAME",
        value_parser = profile(),
        overrides_with = "profile",
        help_heading = "Rules"
    )]
    profile: Option<Profile>,
    /// Report findings from this severity up (the last one counts)
    #[arg(
        long,
        value_name = "LEVEL",
        value_parser = severity(),
        overrides_with = "severity",
        help_heading = "Rules"
    )]
    severity: Option<Severity>,
    /// Report findings from this confidence up (the last one counts)
    #[arg(
        long,
        value_name = "LEVEL",
        value_parser = confidence(),
        overrides_with = "confidence",
        help_heading = "Rules"
    )]
    confidence: Option<Confidence>,
    /// Leave out what looks like a secret but fails the check that it carries inside
    #[arg(long, help_heading = "Rules")]
    strict_checksum: bool,
    /// Fail from this severity up; medium where nothing says otherwise
    #[arg(
        long,
        value_name = "LEVEL",
        value_parser = fail_on(),
        overrides_with = "fail_on",
        help_heading = "Policy"
    )]
    fail_on: Option<FailOn>,
    /// Exit with 3 where something could not be checked
    #[arg(long, help_heading = "Policy")]
    strict_scan: bool,
    /// Use this configuration instead of the repository's
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_config",
        help_heading = "Policy"
    )]
    config: Option<PathBuf>,
    /// Do not read the repository's configuration
    #[arg(long, help_heading = "Policy")]
    no_config: bool,
    /// Count findings that the repository ignores
    #[arg(long, help_heading = "Policy")]
    no_ignores: bool,
    /// Compare with this baseline instead of the repository's .plimsoll-baseline.json
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "no_baseline",
        help_heading = "Policy"
    )]
    baseline: Option<PathBuf>,
    /// Count findings that the baseline knows
    #[arg(long, help_heading = "Policy")]
    no_baseline: bool,
    /// Go by what this OpenVEX document says about packages, beside those of the configuration
    /// (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    vex: Vec<PathBuf>,
    /// Write the report as NAME, to PATH if given: pretty, concise, json, sarif, openvex, lsp
    /// (repeatable)
    #[arg(
        short,
        long,
        value_name = "NAME[=PATH]",
        value_hint = ValueHint::Other,
        alias = "output-format",
        help_heading = "Output"
    )]
    format: Vec<Destination>,
    /// The time that an OpenVEX document is given; the day of the advisories where nothing says
    /// otherwise
    #[arg(long, value_name = "RFC3339", value_parser = timestamp, help_heading = "Output")]
    timestamp: Option<String>,
    /// When to use colour
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value_t,
        help_heading = "Output"
    )]
    color: ColorChoice,
    /// List everything that was skipped, and why
    #[arg(short, long, help_heading = "Output")]
    verbose: bool,
    /// Threads to use
    #[arg(
        short = 'j',
        long,
        value_name = "N",
        value_hint = ValueHint::Other,
        help_heading = "Output"
    )]
    threads: Option<usize>,
}

fn build_arg(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    pair.map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "a build argument is NAME=VALUE".into())
}

fn timestamp(text: &str) -> Result<String, String> {
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, ""));
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let clock = time.get(..8).unwrap_or_default();
    let is_time = clock.split(':').count() == 3 && clock.split(':').all(digits);
    let zone = time.get(8..).unwrap_or_default();
    let is_zone = zone.ends_with(['Z', 'z']) || zone.contains(['+', '-']);
    match Date::parse(date).is_some() && is_time && is_zone {
        true => Ok(text.to_owned()),
        false => Err("a time is written as 2026-01-31T12:00:00Z".into()),
    }
}

/// A parser of words that stand for values; completions and help list them.
fn words<T: Copy + Send + Sync + 'static>(
    values: Vec<(&'static str, T)>,
) -> impl TypedValueParser<Value = T> {
    let names: Vec<&'static str> = values.iter().map(|(name, _)| *name).collect();
    PossibleValuesParser::new(names).try_map(move |word: String| {
        let found = values.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| *value).ok_or("no such value")
    })
}

fn profile() -> impl TypedValueParser<Value = Profile> {
    words(
        [Profile::Default, Profile::Strict, Profile::All]
            .map(|p| (p.name(), p))
            .to_vec(),
    )
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    words(Severity::ALL.map(|s| (s.name(), s)).to_vec())
}

fn confidence() -> impl TypedValueParser<Value = Confidence> {
    words(
        [Confidence::High, Confidence::Medium, Confidence::Low]
            .map(|c| (c.name(), c))
            .to_vec(),
    )
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    let mut levels = Severity::ALL
        .map(|s| (s.name(), FailOn::Severity(s)))
        .to_vec();
    levels.push(("never", FailOn::Never));
    words(levels)
}

pub fn run(args: &CheckArgs) -> Outcome {
    let reads_stdin = args.paths.iter().any(|p| p == Path::new("-"));
    let what = match &args.files_from {
        Some(list) => What::List(file_list(list, args.null)?),
        None if reads_stdin => {
            let name = match (&args.stdin_filename, args.paths.len()) {
                (Some(name), 1) => name,
                (None, _) => {
                    return Err(CliError::Usage(
                        "standard input needs a name to be judged by: --stdin-filename PATH".into(),
                    ));
                }
                _ => {
                    return Err(CliError::Usage(
                        "`-` is the only input where it is given".into(),
                    ));
                }
            };
            let found = stdin(RepoPath::from_path(name), io::stdin().lock())
                .map_err(crate::check::CheckError::from)?;
            What::One(found)
        }
        None if args.stdin_filename.is_some() => {
            return Err(CliError::Usage(
                "--stdin-filename goes with `-`, which reads standard input".into(),
            ));
        }
        None => What::Paths(args.paths.clone()),
    };
    if reads_stdin && args.fix.mode().is_some_and(|mode| mode.write) {
        return Err(CliError::Usage(
            "standard input cannot be fixed; --diff shows what would change".into(),
        ));
    }
    let (checked, fixes) = perform_with(what, &args.common, args.fix, false, false)?;
    let none = checked.report.stats.files_checked == 0 && checked.report.skipped.is_empty();
    if none {
        output::note("there was nothing to check");
    }
    let mut hint = "next: plimsoll explain RULE says why and what to do".to_owned();
    if checked.root.join(".git").exists() {
        hint += "; plimsoll hook install checks every commit";
    }
    finish_with(&checked, fixes.as_ref(), &args.common, &hint)
}

fn file_list(list: &Path, nul: bool) -> Result<Vec<PathBuf>, CliError> {
    let read = if list == Path::new("-") {
        read_list(io::stdin().lock(), nul, Path::new("standard input"))
    } else {
        let file = std::fs::File::open(list)
            .map_err(|e| CliError::Usage(format!("{}: {e}", list.display())))?;
        read_list(file, nul, list)
    };
    read.map_err(|e| crate::check::CheckError::from(e).into())
}

/// Fixes that were made or shown beside a check.
pub(super) struct Fixes {
    repair: Repair,
    mode: Mode,
    staged: bool,
}

/// Runs a check with the arguments that all verbs share.
pub(super) fn perform(
    what: What,
    args: &CommonArgs,
    whole_files: bool,
    quiet: bool,
) -> Result<Checked, CliError> {
    let request = request(what, args, whole_files)?;
    let progress = ProgressLine::new(quiet);
    let checked = check(request, &progress);
    progress.finish();
    Ok(checked?)
}

/// The same, with fixes where they are asked for.
pub(super) fn perform_with(
    what: What,
    args: &CommonArgs,
    fixes: FixArgs,
    whole_files: bool,
    quiet: bool,
) -> Result<(Checked, Option<Fixes>), CliError> {
    let Some(mode) = fixes.mode() else {
        return Ok((perform(what, args, whole_files, quiet)?, None));
    };
    if !mode.write && args.run.format.iter().any(|d| d.path.is_none()) {
        return Err(CliError::Usage(
            "--diff goes to standard output; give the report a path: --format NAME=PATH".into(),
        ));
    }
    let staged = matches!(what, What::Staged);
    let request = request(what, args, whole_files)?;
    let progress = ProgressLine::new(quiet);
    let done = crate::check::fix(request, mode, &progress);
    progress.finish();
    let (checked, repair) = done?;
    let fixes = Fixes {
        repair,
        mode,
        staged,
    };
    Ok((checked, Some(fixes)))
}

fn request(what: What, args: &CommonArgs, whole_files: bool) -> Result<CheckRequest, CliError> {
    Ok(CheckRequest {
        whole_files,
        archives: args.archives,
        judges_tests: args.tests,
        judges_vendored: args.vendored,
        wanted: Wanted {
            targets: args
                .target
                .iter()
                .map(|name| Target {
                    name: Some(name.clone()),
                    by: "--target".to_owned(),
                })
                .collect(),
            named: Vec::new(),
            args: args.build_arg.clone(),
            contexts: Vec::new(),
        },
        shellcheck: args
            .shellcheck
            .then(|| env::var_os("PATH").unwrap_or_default()),
        ..run_request(what, &args.run)?
    })
}

/// The part of a request that every verb has.
pub(super) fn run_request(what: What, args: &RunArgs) -> Result<CheckRequest, CliError> {
    let current_dir =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    Ok(CheckRequest {
        config: match (&args.config, args.no_config) {
            (Some(file), _) => ConfigChoice::File(file.clone()),
            (None, true) => ConfigChoice::None,
            (None, false) => ConfigChoice::Repository,
        },
        baseline: match (&args.baseline, args.no_baseline) {
            (Some(file), _) => BaselineChoice::File(file.clone()),
            (None, true) => BaselineChoice::None,
            (None, false) => BaselineChoice::Repository,
        },
        profile: args.profile,
        only: args.only.clone(),
        skip: args.skip.clone(),
        severity: args.severity,
        confidence: args.confidence,
        honour_ignores: !args.no_ignores,
        strict_checksum: args.strict_checksum,
        threads: args.threads,
        vex: args.vex.clone(),
        today: today(),
        cache: crate::places::cache(),
        ..CheckRequest::new(what, current_dir)
    })
}

/// Today, or the day of `SOURCE_DATE_EPOCH`, so that a run can be repeated.
pub(super) fn today() -> Option<Date> {
    unix_time().map(Date::from_unix)
}

/// The same in seconds since 1970.
pub(super) fn now() -> i64 {
    unix_time()
        .and_then(|now| i64::try_from(now).ok())
        .unwrap_or(0)
}

fn unix_time() -> Option<u64> {
    let fixed = env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|s| s.parse().ok());
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .map(|d| d.as_secs())
    };
    fixed.or_else(now)
}

/// Writes the report and turns it into an exit code.
pub(super) fn finish(checked: &Checked, args: &CommonArgs, hint: &str) -> Outcome {
    finish_with(checked, None, args, hint)
}

/// The same for a verb that has nothing to do with files.
pub(super) fn finish_run(checked: &Checked, args: &RunArgs, hint: &str) -> Outcome {
    conclude(checked, None, args, hint)
}

/// The same, with what fixes came to.
pub(super) fn finish_with(
    checked: &Checked,
    fixes: Option<&Fixes>,
    args: &CommonArgs,
    hint: &str,
) -> Outcome {
    conclude(checked, fixes, &args.run, hint)
}

fn conclude(checked: &Checked, fixes: Option<&Fixes>, args: &RunArgs, hint: &str) -> Outcome {
    let cx = RenderContext {
        color: terminal::use_color(args.color),
        width: terminal::width(),
        root: Some(checked.root.clone()),
        verbose: args.verbose,
        timestamp: args.timestamp.clone(),
        hint: (!checked.report.findings.is_empty()).then(|| hint.to_owned()),
    };
    let fail_on = args.fail_on.or(checked.fail_on).unwrap_or_default();
    let verdict = fail_on.judge(&checked.report, args.strict_scan);
    let incomplete = |s: &&crate::model::Skipped| s.reason.is_incomplete();
    let missed = checked.report.skipped.iter().filter(incomplete).count();
    let is_silent = |d: &Destination| d.format.holds_findings_only();
    let missing = &checked.report.skipped;
    let says_so = |reason: &SkipReason| matches!(reason, SkipReason::Other(why) if why.starts_with("shellcheck"));
    let mut reasons: Vec<_> = missing
        .iter()
        .map(|s| &s.reason)
        .filter(|r| says_so(r))
        .collect();
    reasons.dedup();
    for reason in reasons {
        output::note(&reason.to_string());
    }
    // These formats have no place for it.
    let silent = args.format.iter().any(is_silent);
    if let Some(remark) = age_remark(&checked.report).filter(|_| silent) {
        output::note(&format!("advisories: {remark}"));
    }
    if missed > 0 && silent {
        output::note(&format!(
            "not checked, or not in full: {missed} (--format pretty -v lists them)"
        ));
    }
    let report = || output::write_report(&checked.report, &args.format, &cx);
    let written = match fixes.filter(|fixes| !fixes.mode.write) {
        // Standard output is the difference's; only named files get the report.
        Some(fixes) if args.format.is_empty() => fix::show(&fixes.repair),
        Some(fixes) => fix::show(&fixes.repair).and_then(|()| report()),
        None => report(),
    };
    match written {
        // The verdict stands even where nobody wanted to read it to the end.
        Err(error) if error.is_closed_pipe() => {}
        other => other?,
    }
    if let Some(fixes) = fixes {
        fix::summarise(&fixes.repair, fixes.mode, checked, fixes.staged);
    }
    Ok(ExitCode::from(verdict as u8))
}
