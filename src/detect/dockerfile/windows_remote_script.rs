//! dockerfile/windows-remote-script

use super::Facts;
use super::windows::{Step, downloads, steps};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::powershell::{Command, Pipeline, Word};

/// Reports what runs a text or a program that was just downloaded and that nobody compared.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for step in steps(facts.file) {
        for pipeline in &step.pipelines {
            if let Some(span) = executed(pipeline) {
                out.report(
                    "dockerfile/windows-remote-script",
                    span,
                    "a downloaded script runs, and nothing checks what it is",
                )
                .text("runs what the network sent")
                .help(HELP);
            }
        }
        if let Some((run, download)) = started(&step) {
            out.report(
                "dockerfile/windows-remote-script",
                run.span,
                format!("{} was downloaded, and runs unchecked", run.text),
            )
            .text("runs what the network sent")
            .step(download, "downloaded here")
            .step(run.span, "run here")
            .help(HELP);
        }
    }
}

const HELP: &str =
    "download to a file, compare (Get-FileHash FILE).Hash with the known value, and run it then";

fn evaluates(command: &Command) -> bool {
    matches!(command.name().as_str(), "iex" | "invoke-expression")
}

/// The word of `... | iex` and `iex (...)`.
fn executed(pipeline: &Pipeline) -> Option<Span> {
    let mut fetched = false;
    for command in &pipeline.commands {
        if evaluates(command) && (fetched || downloads(command)) {
            return Some(command.span());
        }
        let creates = command.text.contains("[scriptblock]::create");
        if creates && downloads(command) {
            return Some(command.span());
        }
        fetched |= downloads(command);
    }
    None
}

/// A program that a step downloads to a file and starts.
fn started(step: &Step) -> Option<(&Word, Span)> {
    let compares = step.commands().any(|command| {
        [
            "get-filehash",
            "get-authenticodesignature",
            "-hashfile",
            "sha256",
            "sha512",
            "gpg",
        ]
        .iter()
        .any(|mark| command.text.contains(mark))
    });
    if compares {
        return None;
    }
    let files: Vec<(String, Span)> = step.commands().filter_map(saved).take(100).collect();
    step.commands().find_map(|command| {
        let runs = match command.name().as_str() {
            "start-process" | "start" | "saps" | "msiexec" | "add-appxpackage" => true,
            name => files
                .iter()
                .any(|(file, _)| file_name(file).trim_end_matches(".exe") == name),
        };
        if !runs || saved(command).is_some() {
            return None;
        }
        command.words.iter().find_map(|word| {
            let lower = word.text.to_ascii_lowercase();
            let (_, download) = files.iter().find(|(file, _)| {
                let name = file_name(file);
                name.len() > 4
                    && (lower == name
                        || lower.ends_with(&format!("\\{name}"))
                        || lower.ends_with(&format!("/{name}")))
            })?;
            Some((word, *download))
        })
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The file that a command saves a download in, in lower case, and the program.
fn saved(command: &Command) -> Option<(String, Span)> {
    let after = |names: &[&str]| {
        let at = command.words.iter().position(|word| {
            names
                .iter()
                .any(|name| word.text.eq_ignore_ascii_case(name))
        })?;
        command.words.get(at + 1)
    };
    let last = || command.words.last();
    let file = match command.name().as_str() {
        "iwr" | "invoke-webrequest" | "irm" | "invoke-restmethod" => {
            after(&["-OutFile", "-o", "-Out"])
        }
        "curl" | "wget" => after(&["-OutFile", "-o", "--output", "-O"]),
        "start-bitstransfer" => after(&["-Destination"]).or_else(last),
        "bitsadmin" => last(),
        "certutil" if command.text.contains("-urlcache") || command.text.contains("/urlcache") => {
            last()
        }
        _ if command.text.contains(".downloadfile") => return None,
        _ => None,
    }?;
    (!file.text.contains("://")).then(|| (file.text.to_ascii_lowercase(), command.span()))
}
