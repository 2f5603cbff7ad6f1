//! leaked-build-argument: a credential that the build is given as an argument stays in the image.

use super::secret_flow::{Fate, arguments, variables_in};
use super::shipping::{Way, way};
use super::{Image, Shell};
use crate::detect::Sink;
use crate::model::{Severity, Span};
use crate::parse::dockerfile::{Body, Instruction, Pair};

const HELP: &str = "give it to the one command that needs it with RUN --mount=type=secret,id=...,env=NAME, and write no file that stays";

/// What an argument does, in the order in which it is told.
struct Told<'a> {
    name: &'a str,
    declared: Span,
    span: Span,
    what: String,
    severity: Severity,
    copied: Option<Span>,
}

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let leaks = shell.leaks();
    let kept = kept(&image);
    let mut told: Vec<Told<'_>> = Vec::new();
    for (name, declared, span, what) in &kept {
        told.push(Told {
            name,
            declared: *declared,
            span: *span,
            what: what.clone(),
            severity: Severity::High,
            copied: None,
        });
    }
    for leak in leaks.iter().filter(|leak| !leak.given.is_mount) {
        let (span, what, severity, copied) = match &leak.fate {
            Fate::Printed => (
                leak.span,
                "is printed into the build's log".to_owned(),
                Severity::Medium,
                None,
            ),
            Fate::Traced(switch) => (
                *switch,
                "is printed by the shell, which shows what it runs".to_owned(),
                Severity::Medium,
                None,
            ),
            Fate::Cached(path) => (
                leak.span,
                format!("is written to {path}, a cache that outlives the build"),
                Severity::Medium,
                None,
            ),
            Fate::Written(path) => match way(&image, path) {
                Some(Way::Layer) => (
                    leak.span,
                    format!("is written to {path}, which is in the image"),
                    Severity::High,
                    None,
                ),
                Some(Way::Copied(copy)) => (
                    leak.span,
                    format!("is written to {path}, which is copied into the image"),
                    Severity::High,
                    Some(copy),
                ),
                None => (
                    leak.span,
                    format!("is written to {path} and stays in the build's cache"),
                    Severity::Low,
                    None,
                ),
            },
        };
        told.push(Told {
            name: &leak.given.name,
            declared: leak.given.span,
            span,
            what,
            severity,
            copied,
        });
    }
    // One finding for each secret: the worst of what becomes of it.
    told.sort_by_key(|told| (std::cmp::Reverse(told.severity), told.span.start));
    let mut names: Vec<&str> = Vec::new();
    for leak in told {
        if names.contains(&leak.name) {
            continue;
        }
        names.push(leak.name);
        let finding = out
            .report(
                rule,
                leak.span,
                format!("the build argument {} {}", leak.name, leak.what),
            )
            .severity(leak.severity)
            .text("the credential stays here")
            .step(leak.declared, "the build is given it here")
            .help(HELP);
        if let Some(copy) = leak.copied {
            finding.step(copy, "goes into the image here");
        }
    }
}

/// The arguments that this rule reports: another one need not speak of them.
pub fn names(shell: &Shell<'_>) -> Vec<String> {
    let Some(image) = shell.image else {
        return Vec::new();
    };
    let from_commands = shell.leaks().iter().filter(|leak| !leak.given.is_mount);
    let mut names: Vec<String> = kept(&image).into_iter().map(|(name, ..)| name).collect();
    names.extend(from_commands.map(|leak| leak.given.name.clone()));
    names
}

/// Arguments that instructions of a stage that ships put into its environment, labels or files.
fn kept(image: &Image<'_>) -> Vec<(String, Span, Span, String)> {
    let mut found = Vec::new();
    if !image.stage.ships {
        return found;
    }
    let declared = arguments(image);
    if declared.is_empty() {
        return found;
    }
    let range = image.stage.instructions.clone();
    let instructions = image
        .file
        .instructions
        .get(range.clone())
        .unwrap_or_default();
    for (instruction, place) in instructions
        .iter()
        .zip(range)
        .filter(|(i, _)| i.is_direct())
    {
        for (text, span, what) in texts(instruction) {
            let named = variables_in(&text).find_map(|(_, name)| {
                declared
                    .iter()
                    .find(|known| known.name == name && known.place < place)
            });
            if let Some(argument) = named {
                found.push((argument.name.clone(), argument.span, span, what));
            }
        }
    }
    found
}

/// Texts of an instruction that stay in the image once its variables are replaced.
fn texts(instruction: &Instruction) -> Vec<(String, Span, String)> {
    let of_pairs = |pairs: &[Pair], what: &str| -> Vec<(String, Span, String)> {
        let values = pairs
            .iter()
            .filter_map(|pair| Some((pair, pair.value.as_ref()?)));
        values
            .filter(|(_, value)| value.raw.contains('$') && !value.raw.starts_with('\''))
            .filter(|(_, value)| !value.raw.contains(":+"))
            .map(|(pair, value)| (value.raw.clone(), pair.name.span, format!("becomes {what}")))
            .collect()
    };
    match &instruction.body {
        Body::Env(pairs) => of_pairs(pairs, "a variable of the image"),
        Body::Label(pairs) => of_pairs(pairs, "a label of the image"),
        Body::Transfer {
            sources,
            destination,
        } => {
            let bodies = instruction
                .heredocs
                .iter()
                .filter(|heredoc| heredoc.expands);
            let written = format!(
                "is written to {}, which is in the image",
                destination.text()
            );
            let mut texts: Vec<_> = bodies
                .map(|heredoc| {
                    (
                        heredoc.body.as_str().to_owned(),
                        destination.span,
                        written.clone(),
                    )
                })
                .collect();
            let addresses = sources.iter().filter(|source| source.raw.contains("://"));
            texts.extend(addresses.map(|source| {
                let what = "stands in an address, which stays in the image's history".to_owned();
                (source.raw.clone(), source.span, what)
            }));
            texts
        }
        _ => Vec::new(),
    }
}
