use std::io;
use std::process::ExitCode;

use clap::Command;
use clap_mangen::roff::{Roff, bold, roman};

use super::{CliError, Outcome, output};

pub fn run(command: Command) -> Outcome {
    let mut page = Vec::new();
    write(command, &mut page).map_err(|error| CliError::Output {
        place: "the manual page".into(),
        error,
    })?;
    output::print(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}

/// One page for all verbs: there are no pages of theirs that a list could refer to.
fn write(command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    let verbs: Vec<(String, String)> = command
        .get_subcommands()
        .map(|verb| {
            let about = verb.get_about().map(ToString::to_string);
            (verb.get_name().to_owned(), about.unwrap_or_default())
        })
        .collect();
    let after = command.get_after_help().map(ToString::to_string);
    let man = clap_mangen::Man::new(command);
    man.render_title(page)?;
    man.render_name_section(page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.control("nf", []);
    roff.text([roman(
        "plimsoll [OPTIONS] [PATH]...\nplimsoll COMMAND [OPTIONS] ...",
    )]);
    roff.control("fi", []);
    roff.control("SH", ["COMMANDS"]);
    for (name, about) in verbs {
        roff.control("TP", []);
        roff.text([bold(name)]);
        roff.text([roman(about)]);
    }
    roff.control("PP", []);
    roff.text([roman(
        "plimsoll COMMAND --help describes the options of each. Those below are of check, the default.",
    )]);
    roff.to_writer(page)?;
    man.render_options_section(page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES AND EXIT CODES"]);
    roff.control("nf", []);
    roff.text([roman(after.unwrap_or_default())]);
    roff.control("fi", []);
    roff.to_writer(page)
}
