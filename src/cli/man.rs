use std::process::ExitCode;

use clap::Command;

use super::{CliError, Outcome, output};

pub fn run(command: Command) -> Outcome {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| CliError::Output {
            place: "the manual page".into(),
            error,
        })?;
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}
