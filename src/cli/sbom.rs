use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::check::{BaselineChoice, CheckRequest, What, check, packages};
use crate::engine::Silent;
use crate::policy::Date;
use crate::report::{Inventory, cyclonedx, spdx};

use super::{CliError, Outcome, output};

/// Arguments of `sbom`.
#[derive(Debug, Args)]
pub struct SbomArgs {
    /// Files and folders to look at
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// cyclonedx (1.6, JSON) or spdx (2.3, JSON)
    #[arg(short, long, default_value = "cyclonedx", value_parser = ["cyclonedx", "spdx"])]
    format: String,
    /// What the document is about
    #[arg(long, default_value = "repository")]
    name: String,
    /// When it was made (2026-01-31T12:00:00Z); without it the time of SOURCE_DATE_EPOCH, or none
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    timestamp: Option<String>,
}

pub fn run(args: &SbomArgs) -> Outcome {
    let current_dir =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    let request = || CheckRequest {
        only: vec!["dependency".into()],
        baseline: BaselineChoice::None,
        today: super::check::today(),
        cache: crate::places::cache(),
        ..CheckRequest::new(What::Paths(args.paths.clone()), current_dir.clone())
    };
    let listed = packages(request())?;
    let checked = check(request(), &Silent)?;
    for skipped in &listed.skipped {
        output::note(&format!("{}: {}", skipped.path.display(), skipped.reason));
    }
    for problem in &checked.report.tool.advisories.problems {
        output::note(problem);
    }
    let created = args.timestamp.clone().or_else(source_date);
    let inventory = Inventory::new(
        &args.name,
        created.as_deref(),
        &listed.packages,
        &checked.report,
    );
    let text = match args.format.as_str() {
        "spdx" => spdx(&inventory),
        _ => cyclonedx(&inventory),
    };
    output::print(&text.map_err(|e| CliError::Usage(e.to_string()))?)?;
    Ok(ExitCode::SUCCESS)
}

fn timestamp(text: &str) -> Result<String, String> {
    let is_time = |time: &str| {
        let shape: String = time
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        shape == "00:00:00Z"
    };
    text.split_once('T')
        .filter(|(day, time)| Date::parse(day).is_some() && is_time(time))
        .map(|_| text.to_owned())
        .ok_or_else(|| "write it as 2026-01-31T12:00:00Z".into())
}

/// The time that a reproducible build names.
fn source_date() -> Option<String> {
    let seconds: u64 = env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()?;
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    let day = Date::from_unix(seconds);
    Some(format!(
        "{day}T{hours:02}:{minutes:02}:{:02}Z",
        seconds % 60
    ))
}
