use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::advisory::{
    Advisories, Day, Freshness, Imported, Input, InstallError, Installed, Origins, Status,
};
use crate::guard::printable;
use crate::model::Ecosystem;

use super::update::{self, UpdateArgs};
use super::{CliError, Outcome, output};

/// Bad records that are named on the terminal; all are counted.
const NAMED: usize = 10;

/// Arguments of `db`.
#[derive(Debug, Args)]
pub struct DbArgs {
    #[command(subcommand)]
    verb: DbVerb,
}

#[derive(Debug, Subcommand)]
enum DbVerb {
    /// Take advisories from files; each ecosystem they cover is replaced, the others stay
    Import(ImportArgs),
    /// Write the imported advisories into one file for another machine
    Export {
        /// The zip file to write
        file: PathBuf,
    },
    /// Say which advisories are used and how old they are
    Status,
    /// Compare every byte of the imported advisories with their hashes
    Verify,
    /// Fetch what is new; no other verb opens a connection
    Update(UpdateArgs),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// OSV as .json, .jsonl or .zip, a RustSec checkout, an export, a folder of these; .zst and
    /// .tar are unpacked
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Keep the imported records of the same ecosystems that are not imported again
    #[arg(long)]
    add: bool,
}

pub fn run(args: &DbArgs) -> Outcome {
    let cache = crate::places::cache().ok_or_else(|| {
        CliError::Usage("there is no cache folder: set HOME or XDG_CACHE_HOME".into())
    })?;
    let text = match &args.verb {
        DbVerb::Import(args) => import(&cache, args)?,
        DbVerb::Export { file } => export(&cache, file)?,
        DbVerb::Status => status(&cache)?,
        DbVerb::Verify => verify(&cache)?,
        DbVerb::Update(args) => return update::run(&cache, args),
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn import(cache: &Path, args: &ImportArgs) -> Result<String, InstallError> {
    let imported = Imported::read(&args.paths)?;
    for bad in imported.bad.iter().take(NAMED) {
        output::note(&format!("not used: {}: {}", bad.place, bad.why));
    }
    if imported.bad_total > NAMED as u64 {
        let more = imported.bad_total - NAMED as u64;
        output::note(&format!("not used: {more} more like these"));
    }
    let mut rest = String::new();
    if imported.bad_total > 0 {
        let _ = writeln!(rest, "not used: {} unreadable", imported.bad_total);
    }
    for (ecosystem, count) in &imported.elsewhere {
        let name = printable::line(ecosystem);
        let _ = writeln!(
            rest,
            "not used: {count} of {name}, which lockfiles do not name"
        );
    }
    if imported.without_versions > 0 {
        let count = imported.without_versions;
        let _ = writeln!(rest, "not used: {count} without versions");
    }
    for (what, count) in &imported.unknown {
        let what = printable::line(what);
        let _ = writeln!(rest, "not understood: {count} of the kind {what}");
    }
    if imported.unknown_events > 0 {
        let _ = writeln!(
            rest,
            "not understood: {}",
            plural(imported.unknown_events, "event")
        );
    }
    let installed = Installed::install(cache, imported, args.add)?;
    if let Some(why) = &installed.lost {
        output::note(&format!("the index before this import is given up: {why}"));
    }
    let mut text = String::new();
    for part in &installed.status.parts {
        let what = match (installed.kept.contains(&part.ecosystem), args.add) {
            (true, _) => "kept as it was",
            (false, true) => "added to",
            (false, false) => "replaced",
        };
        let (name, count) = (part.ecosystem.name(), u64::from(part.records));
        let _ = writeln!(text, "{name}: {what}, {}", plural(count, "record"));
    }
    text.push_str(&rest);
    let _ = writeln!(text, "index {}", installed.status.hash);
    Ok(text)
}

fn export(cache: &Path, file: &Path) -> Result<String, InstallError> {
    let status = Status::read(cache)?.ok_or(InstallError::Empty)?;
    let bytes = status.export(file)?;
    let place = printable::line(&file.display().to_string());
    Ok(format!("{place}: {bytes} bytes, index {}\n", status.hash))
}

fn status(cache: &Path) -> Result<String, InstallError> {
    // Every ecosystem is asked, so that damage shows.
    let advisories = Advisories::open(Some(cache));
    for &ecosystem in Ecosystem::ALL {
        advisories.lookup(ecosystem, "");
    }
    let info = advisories.info();
    let mut text = format!("set: {}\nrecords: {}\n", info.set, info.records);
    let age = super::check::today()
        .and_then(|today| Day::parse(&today.to_string()))
        .and_then(|today| Freshness::of(&info.date, today));
    let _ = match age {
        Some(age) if age.is_stale() => writeln!(
            text,
            "newest record: {} ({}: plimsoll db update fetches newer ones)",
            info.date,
            age.words()
        ),
        Some(age) => writeln!(text, "newest record: {} ({})", info.date, age.words()),
        None => writeln!(text, "newest record: {}", info.date),
    };
    let _ = writeln!(text, "hash: {}", info.hash);
    for source in &info.sources {
        let _ = writeln!(text, "  {source}");
    }
    if info.problems.is_empty()
        && let Some(status) = Status::read(cache)?
    {
        let origins = Origins::read(cache)?;
        for part in &status.parts {
            let databases: Vec<String> = part
                .databases
                .iter()
                .map(|(name, count)| format!("{} ({count})", printable::line(name)))
                .collect();
            let _ = writeln!(
                text,
                "  {}: from {}",
                part.ecosystem.name(),
                databases.join(", ")
            );
            for input in origins
                .of(part)
                .into_iter()
                .flat_map(|origin| &origin.inputs)
            {
                let _ = writeln!(text, "  {}: {}", part.ecosystem.name(), fetched(input));
            }
        }
        let _ = writeln!(text, "index {}", status.hash);
    }
    for problem in &info.problems {
        let _ = writeln!(text, "problem: {}", printable::line(problem));
    }
    Ok(text)
}

pub(super) fn plural(count: u64, noun: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{end}")
}

fn fetched(input: &Input) -> String {
    let days = u32::try_from(input.fetched / 86_400).unwrap_or(0);
    let etag = input.etag.iter().map(|etag| format!(", etag {etag}"));
    printable::line(&format!(
        "fetched from {} on {}, {}{}",
        input.address,
        Day::from_days(days),
        plural(input.records, "record"),
        etag.collect::<String>()
    ))
}

fn verify(cache: &Path) -> Result<String, InstallError> {
    let status = Status::read(cache)?.ok_or(InstallError::Empty)?;
    status.verify()?;
    let records: u64 = status
        .parts
        .iter()
        .map(|part| u64::from(part.records))
        .sum();
    Ok(format!(
        "whole: {}, {}, index {}\n",
        plural(status.parts.len() as u64, "ecosystem"),
        plural(records, "record"),
        status.hash
    ))
}
