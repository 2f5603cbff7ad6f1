//! What `--fix` and `--diff` do beside the report.

use clap::{Args, ValueHint};

use crate::check::Outcome as Checked;
use crate::detect::secret::path_without_secrets;
use crate::fix::{Level, Mode, Repair, unified};
use crate::input::Unfit;
use crate::report::plural;

use super::{CliError, output};

/// Arguments of the verbs that look at files which can be changed.
#[derive(Clone, Copy, Debug, Args)]
pub struct FixArgs {
    /// Apply safe fixes; --fix=all also those that may change behaviour
    #[arg(
        long,
        value_name = "all",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "safe",
        value_hint = ValueHint::Other,
        value_parser = level,
        help_heading = "Fixes"
    )]
    fix: Option<Level>,
    /// Show what --fix (or, together with it, --fix=all) would change, and change nothing
    #[arg(long, help_heading = "Fixes")]
    diff: bool,
}

fn level(name: &str) -> Result<Level, String> {
    match name {
        "safe" => Ok(Level::Safe),
        "all" => Ok(Level::All),
        _ => Err("write --fix or --fix=all".into()),
    }
}

impl FixArgs {
    /// What is asked for, if anything.
    pub fn mode(self) -> Option<Mode> {
        (self.diff || self.fix.is_some()).then(|| Mode {
            level: self.fix.unwrap_or_default(),
            write: !self.diff,
        })
    }
}

/// The differences, on standard output.
pub fn show(repair: &Repair) -> Result<(), CliError> {
    let diff: String = repair
        .changes
        .iter()
        .map(|(path, (before, after))| {
            let shown = path_without_secrets(path);
            unified(shown.as_ref().unwrap_or(path), before.as_ref(), after)
        })
        .collect();
    output::print(&diff)?;
    let hides = |version: &crate::fix::Version| version.raw != version.masked;
    if repair
        .changes
        .values()
        .any(|(before, after)| hides(after) || before.as_ref().is_some_and(hides))
    {
        output::note("secrets are blanked: lines with *** cannot be applied as a patch");
    }
    Ok(())
}

/// What was fixed, what was not and why, in notes.
pub fn summarise(repair: &Repair, mode: Mode, checked: &Checked, staged: bool) {
    let (fixed, files) = (repair.applied.len(), repair.changes.len());
    let findings = &checked.report.findings;
    let counted = format!("{} in {}", plural(fixed, "finding"), plural(files, "file"));
    if !mode.write {
        output::note(&format!("--fix would fix {counted}"));
    } else if staged {
        output::note(&format!("fixed {counted} of the worktree"));
    } else {
        output::note(&format!("fixed {counted}, {} left", findings.len()));
    }
    if staged && mode.write && files > 0 {
        output::note("what is staged is as it was: git add the files again");
    }
    let more = |finding: &&crate::model::Finding| {
        mode.level.choose(finding).is_none() && Level::All.choose(finding).is_some()
    };
    let unsafe_only = findings.iter().filter(more).count();
    if unsafe_only > 0 {
        output::note(&format!(
            "--fix=all would fix {unsafe_only} more; read what it changes, it may change behaviour"
        ));
    }
    for refusal in &repair.refused {
        let why = match &refusal.why {
            Unfit::Changed if staged => "the worktree's file is not what is staged".to_owned(),
            why => why.to_string(),
        };
        output::note(&format!("{} stays as it is: {why}", refusal.path.display()));
    }
    if repair.broken > 0 {
        let findings = plural(repair.broken, "finding");
        output::note(&format!(
            "{findings} not fixed: the file could not be parsed afterwards"
        ));
    }
    if repair.waiting > 0 {
        let findings = plural(repair.waiting, "finding");
        output::note(&format!(
            "{findings} left for another run: the fixes overlap with others"
        ));
    }
}
