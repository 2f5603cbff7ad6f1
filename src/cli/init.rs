use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use crate::advisory::Advisories;
use crate::check::{BaselineChoice, CONFIG_PLACES, CheckRequest, ConfigChoice, What, check};
use crate::detect::{Context, Given};
use crate::engine::check_source;
use crate::guard::{atomic_write::atomic_write, printable};
use crate::init::{Carried, FILES, Known, Left, Migration, SEEN_ONLY};
use crate::input::{find_root, read_config};
use crate::model::Source;
use crate::policy::Baseline;
use crate::report::plural;
use crate::rules::{ActiveRules, RuleSet};

use super::check::today;
use super::progress::ProgressLine;
use super::{CliError, Outcome, baseline, output};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Replace a plimsoll.toml that is there
    #[arg(long)]
    force: bool,
    /// Print the configuration instead of writing anything
    #[arg(long, conflicts_with = "force")]
    stdout: bool,
}

/// Where the configuration is written.
const CONFIG: &str = "plimsoll.toml";

/// Items of one kind that are named; all are counted.
const NAMED: usize = 200;

pub fn run(args: &InitArgs) -> Outcome {
    let here =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    let root = find_root(&here);
    if !args.stdout {
        refuse_to_replace(&root, args.force)?;
    }
    let rules = Arc::new(RuleSet::embedded());
    let mut migration = read(&root, &rules)?;
    let text = migration.configuration();
    if args.stdout {
        output::print(&text)?;
        let known = migration.positional.len() + migration.audited.len();
        if known > 0 {
            output::note(&format!(
                "{} would be looked for, to become a baseline",
                plural(known, "known finding")
            ));
        }
        for line in said(&migration.carried, &migration.left) {
            output::note(&line);
        }
        return Ok(ExitCode::SUCCESS);
    }
    write(&root.join(CONFIG), CONFIG, &text)?;
    let mut done = vec![format!("{CONFIG}: written")];
    if !migration.positional.is_empty() || !migration.audited.is_empty() {
        done.extend(known_findings(&root, &mut migration)?);
    }
    done.extend(said(&migration.carried, &migration.left));
    done.push("next: plimsoll; plimsoll baseline create lets only what is new count".to_owned());
    let lines = done.iter().map(|line| printable::line(line) + "\n");
    output::print(&lines.collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

fn refuse_to_replace(root: &Path, force: bool) -> Result<(), CliError> {
    let there = |place: &&&str| root.join(place).symlink_metadata().is_ok();
    match CONFIG_PLACES.iter().find(there) {
        Some(place) if *place == CONFIG && force => Ok(()),
        Some(place) if *place == CONFIG => Err(CliError::Usage(format!(
            "{CONFIG} is there already: --force replaces it, --stdout prints what would be written"
        ))),
        Some(place) => Err(CliError::Usage(format!(
            "{place} is the configuration already, and there can be only one"
        ))),
        None => Ok(()),
    }
}

/// What the files of other tools say.
fn read(root: &Path, rules: &Arc<RuleSet>) -> Result<Migration, CliError> {
    let active = ActiveRules::all(Arc::clone(rules));
    let advisories = Advisories::open(None);
    let cx = Context {
        rules: &active,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    let find = |source: &Source| check_source(&cx, source).secrets;
    let mut migration = Migration::default();
    for name in FILES {
        let bytes = read_config(&root.join(name)).map_err(crate::check::CheckError::from)?;
        let Some(bytes) = bytes else { continue };
        match std::str::from_utf8(&bytes) {
            Ok(text) => migration.read(name, text, rules, &find),
            Err(_) => migration.left.push(Left::of_file(name, "it is not UTF-8")),
        }
    }
    for (name, why) in SEEN_ONLY {
        if root.join(name).is_file() {
            migration.left.push(Left::of_file(name, why));
        }
    }
    Ok(migration)
}

/// Looks for the findings that other tools know, and puts them into the baseline.
fn known_findings(root: &Path, migration: &mut Migration) -> Result<Vec<String>, CliError> {
    let request = CheckRequest {
        config: ConfigChoice::Repository,
        baseline: BaselineChoice::None,
        today: today(),
        ..CheckRequest::new(What::Paths(Vec::new()), root.to_owned())
    };
    let progress = ProgressLine::new(false);
    let checked = check(request, &progress);
    progress.finish();
    let report = checked?.report;
    let mut texts: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
    let mut read = |path: &str| {
        let known = texts.entry(path.to_owned());
        let text = known.or_insert_with(|| read_config(&root.join(path)).ok().flatten());
        text.clone()
    };
    let Known { findings, left } = migration.known(&report, &mut read);
    migration.left.extend(left);
    if findings.is_empty() {
        return Ok(vec![
            "none of the known findings is there any more".to_owned(),
        ]);
    }
    let file = root.join(Baseline::FILE);
    let old = match file.symlink_metadata().is_ok() {
        true => baseline::read(root)?,
        false => Baseline::new(baseline::random()?),
    };
    let mut entries = old.entries().to_vec();
    let mut added = 0;
    for (finding, path) in findings {
        let entry = old.entry(finding, path);
        if !entries.iter().any(|e| e.is_same(&entry)) {
            entries.push(entry);
            added += 1;
        }
    }
    write(&file, Baseline::FILE, &old.with(entries).to_text())?;
    let count = plural(added, "known finding");
    Ok(vec![format!("{}: {count} added", Baseline::FILE)])
}

/// What was taken and what was not, file by file.
fn said(carried: &[Carried], left: &[Left]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in carried {
        lines.push(format!("{}: carried over: {}", one.path, one.what));
    }
    if !left.is_empty() {
        lines.push(format!("not carried over: {}", plural(left.len(), "item")));
    }
    for one in left.iter().take(NAMED) {
        lines.push(format!("  {one}"));
    }
    if left.len() > NAMED {
        lines.push(format!("  and {} more", left.len() - NAMED));
    }
    lines
}

fn write(path: &Path, shown: &str, text: &str) -> Result<(), CliError> {
    atomic_write(path, text.as_bytes()).map_err(|error| CliError::Output {
        place: shown.to_owned(),
        error,
    })
}
