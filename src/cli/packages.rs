use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::check::{CheckRequest, What, packages};
use crate::report::{packages_as_json, packages_as_table};

use super::{CliError, Outcome, output};

/// Arguments of `packages`.
#[derive(Debug, Args)]
pub struct PackagesArgs {
    /// Files and folders to look at
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// text or json
    #[arg(short, long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

pub fn run(args: &PackagesArgs) -> Outcome {
    let current_dir =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    let listed = packages(CheckRequest::new(
        What::Paths(args.paths.clone()),
        current_dir,
    ))?;
    for skipped in &listed.skipped {
        output::note(&format!("{}: {}", skipped.path.display(), skipped.reason));
    }
    if listed.packages.is_empty() {
        output::note("no lockfile, requirements file or command names a package");
    }
    let text = if args.format == "json" {
        packages_as_json(&listed.packages).map_err(|e| CliError::Usage(e.to_string()))?
    } else {
        packages_as_table(&listed.packages)
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
