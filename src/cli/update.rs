use std::path::Path;

use clap::{Args, ValueHint};

#[cfg(not(feature = "fetch"))]
use super::CliError;
use super::Outcome;

const ABOUT: &str = "\
Without flags and configuration, the records of all ecosystems are fetched from OSV: its archives
the first time, what was changed since then later on. A file that broke off is gone on with. An
ecosystem is replaced once everything about it was fetched and read, or it stays as it was; one
that lost more than half of its records, or whose newest record is a week older than before, is
refused. If anything fails, the exit code is 2 and what is there stays in force.

Sources are `osv`, `rustsec`, the URL or folder of a mirror of OSV's files (ECOSYSTEM/all.zip,
ECOSYSTEM/modified_id.csv, ECOSYSTEM/ID.json), or one archive: .zip, .tar.gz, .jsonl.zst and the
like, also another machine's `db export`, with #sha256=HEX behind it where only one content will
do. User and password may stand in the URL; they are shown to nobody else. Proxies are those of
the environment (HTTPS_PROXY, NO_PROXY).

The user's own configuration, never the repository's, may say the same in
$XDG_CONFIG_HOME/plimsoll/config.toml:

  [db]
  sources = [\"https://mirror.example.com/osv\", \"rustsec\"]
  ecosystems = [\"npm\", \"PyPI\"]
  allow-http = false
  connect-timeout = \"7s\"   # to connect
  stall-timeout = \"8s\"     # between two bytes
  retry-timeout = \"20s\"    # for pauses that a busy server asks for
  total-timeout = \"1h\"     # for one file";

/// Arguments of `db update`.
#[derive(Debug, Args)]
#[command(after_help = ABOUT)]
#[cfg_attr(not(feature = "fetch"), allow(dead_code))]
pub struct UpdateArgs {
    /// Fetch from here, whatever the configuration says (repeatable)
    #[arg(long, value_name = "URL|FOLDER|FILE", value_hint = ValueHint::Url)]
    from: Vec<String>,
    /// Fetch these ecosystems only (repeatable)
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    ecosystem: Vec<String>,
    /// Take records also where many are gone or where they are older than those that are there
    #[arg(long)]
    force: bool,
    /// Fetch over http too, which everybody on the way can read and change
    #[arg(long)]
    allow_http: bool,
}

#[cfg(not(feature = "fetch"))]
pub fn run(_cache: &Path, _args: &UpdateArgs) -> Outcome {
    Err(CliError::Usage(
        "this build has no network; download advisories yourself and use \
         `plimsoll db import PATH`"
            .into(),
    ))
}

#[cfg(feature = "fetch")]
pub fn run(cache: &Path, args: &UpdateArgs) -> Outcome {
    fetching::run(cache, args)
}

#[cfg(feature = "fetch")]
mod fetching {
    use std::fmt::Write as _;
    use std::path::Path;
    use std::process::ExitCode;

    use super::UpdateArgs;
    use crate::cli::db::plural;
    use crate::cli::progress::TransferLine;
    use crate::cli::{CliError, Outcome, USAGE, check, output};
    use crate::fetch::{Flags, Job, Settings, Watch as _, update};

    pub fn run(cache: &Path, args: &UpdateArgs) -> Outcome {
        let flags = Flags {
            from: args.from.clone(),
            ecosystems: args.ecosystem.clone(),
            allow_http: args.allow_http,
        };
        let config = crate::places::config();
        let settings = Settings::read(config.as_deref(), &flags).map_err(usage)?;
        let job = Job {
            cache: cache.to_owned(),
            settings,
            force: args.force,
            sweep: args.from.is_empty() && args.ecosystem.is_empty(),
            now: check::now(),
        };
        let line = TransferLine::new();
        let updated = update(&job, &line);
        line.end();
        let updated = updated.map_err(usage)?;
        let mut text = String::new();
        for (ecosystem, outcome) in &updated.ecosystems {
            let _ = writeln!(text, "{}: {}", ecosystem.name(), words(outcome));
        }
        if let Some(hash) = &updated.hash {
            let _ = writeln!(text, "index {hash}");
        }
        output::print(&text)?;
        for note in &updated.notes {
            output::note(note);
        }
        for failure in &updated.failures {
            output::note(&failure.to_string());
        }
        match updated.failures.len() {
            0 => Ok(ExitCode::SUCCESS),
            failures => {
                let failed = plural(failures as u64, "failure");
                output::note(&format!("{failed}; what was there before stays in force"));
                Ok(ExitCode::from(USAGE))
            }
        }
    }

    fn words(outcome: &crate::fetch::Outcome) -> String {
        use crate::fetch::Outcome::{Replaced, Unchanged};
        match outcome {
            Unchanged { records } => format!("nothing new, {}", plural(*records as u64, "record")),
            Replaced { before: 0, after } => format!("new, {}", plural(*after as u64, "record")),
            Replaced { before, after } => {
                let after = plural(*after as u64, "record");
                format!("replaced, {after} (before: {before})")
            }
        }
    }

    fn usage(error: impl std::fmt::Display) -> CliError {
        CliError::Usage(error.to_string())
    }
}
