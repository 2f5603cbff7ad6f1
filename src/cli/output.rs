//! The only writers of streams and reports.

use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::check::CheckError;
use crate::detect::secret::without_secrets;
use crate::guard::{atomic_write::atomic_write, printable};
use crate::model::Report;
use crate::report::{Format, RenderContext, config_error};

use super::{CliError, terminal};

/// One `--format NAME[=PATH]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub format: Format,
    /// `None`: standard output.
    pub path: Option<PathBuf>,
}

impl std::str::FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = match text.split_once('=') {
            Some((_, "")) => return Err("a path belongs after `=`".into()),
            Some((name, path)) => (name, Some(PathBuf::from(path))),
            None => (text, None),
        };
        let format = Format::parse(name).ok_or_else(|| {
            let all: Vec<_> = Format::ALL.iter().map(|f| f.name()).collect();
            format!("formats are {}", all.join(", "))
        })?;
        Ok(Self { format, path })
    }
}

/// Writes the report to every destination; two of them cannot share standard output.
pub fn write_report(
    report: &Report,
    destinations: &[Destination],
    cx: &RenderContext,
) -> Result<(), CliError> {
    let default = [Destination {
        format: Format::Pretty,
        path: None,
    }];
    let destinations = if destinations.is_empty() {
        &default[..]
    } else {
        destinations
    };
    if destinations.iter().filter(|d| d.path.is_none()).count() > 1 {
        return Err(CliError::Usage(
            "only one --format can go to standard output; give the others a path: --format NAME=PATH"
                .into(),
        ));
    }
    // Whatever the formats show: what could not be used must not look like what is clean.
    for problem in &report.tool.advisories.problems {
        note(problem);
    }
    for destination in destinations {
        match &destination.path {
            None => {
                let mut out = io::BufWriter::new(io::stdout().lock());
                let written = destination
                    .format
                    .reporter()
                    .write(report, cx, &mut out)
                    .and_then(|()| out.flush());
                written.map_err(|error| CliError::Output {
                    place: "standard output".into(),
                    error,
                })?;
            }
            Some(path) => {
                let plain = RenderContext {
                    color: false,
                    ..cx.clone()
                };
                let mut bytes = Vec::new();
                destination
                    .format
                    .reporter()
                    .write(report, &plain, &mut bytes)
                    .and_then(|()| atomic_write(path, &bytes))
                    .map_err(|error| CliError::Output {
                        place: path.display().to_string(),
                        error,
                    })?;
            }
        }
    }
    Ok(())
}

/// Writes text to standard output.
pub fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| CliError::Output {
            place: "standard output".into(),
            error,
        })
}

/// Says on stderr what went wrong; a mistake in the configuration is shown where it stands.
pub fn complain(error: &CliError) {
    let mut stderr = io::stderr().lock();
    let drawn = match error {
        CliError::Check(CheckError::Config { path, text, error }) => {
            Some((path, text, error, "--no-config"))
        }
        CliError::Check(CheckError::Vex { path, text, error }) => {
            Some((path, text, error, "--no-ignores"))
        }
        CliError::Check(CheckError::Baseline { path, text, error }) => {
            Some((path, text, error, "--no-baseline"))
        }
        _ => None,
    };
    if let Some((path, text, error, without)) = drawn {
        let cx = RenderContext {
            color: false,
            width: terminal::width(),
            ..RenderContext::default()
        };
        let shown = config_error(path, &without_secrets(text), error, without, &cx);
        let _ = write!(stderr, "{}", without_secrets(&shown));
        return;
    }
    let _ = writeln!(
        stderr,
        "plimsoll: {}",
        printable::block(&without_secrets(&error.to_string()))
    );
}

/// A note on stderr.
pub fn note(text: &str) {
    let _ = writeln!(
        io::stderr().lock(),
        "plimsoll: {}",
        printable::line(&without_secrets(text))
    );
}
