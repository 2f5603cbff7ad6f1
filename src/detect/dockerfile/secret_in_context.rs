//! dockerfile/secret-in-context

use super::Facts;
use super::credential_file::judge_file;
use super::landing::{Way, way};
use super::sensitive_path::{Sensitive, judge};
use crate::detect::Sink;
use crate::model::{Confidence, Evidence, Safety};
use crate::parse::dockerfile::{Body, Instruction};
use crate::parse::dockerignore::{IgnoreFile, Line, Pattern};
use crate::parse::surroundings::{ContextFile, UsedContext};

/// Files of one source whose way through the stages is followed.
const MOST_FOLLOWED: usize = 50;
/// Files that are named.
const MOST_NAMED: usize = 3;

/// Reports the source of a COPY or ADD by which a file of credentials, which nobody names, gets
/// from the build context into an image.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        if instruction.has_flag("from") || !instruction.is_direct() {
            continue;
        }
        for source in sources {
            let Some(text) = source.value.known().filter(|text| judge(text).is_none()) else {
                continue;
            };
            for used in facts.contexts {
                let found = found(facts, place, instruction, text, used);
                let Some((first, sensitive, path_on)) = found.first() else {
                    continue;
                };
                let certain = !used.is_assumed || used.context.folder == facts.source.path.parent();
                let shared = found.iter().any(|(file, ..)| !file.is_private);
                let severity = found.iter().map(|(_, s, _)| s.severity).max();
                let ignore = used.context.ignore_path().display();
                let excluded = match used.context.ignore {
                    Some(_) if used.shadowed.is_some() => {
                        format!("{ignore}, which replaces .dockerignore, does not exclude it")
                    }
                    Some(_) => format!("{ignore} does not exclude it"),
                    None => "there is no .dockerignore".to_owned(),
                };
                let more = match found.len() - 1 {
                    0 => String::new(),
                    1 => " and 1 more such file".to_owned(),
                    n => format!(" and {n} more such files"),
                };
                let finding = out
                    .report(
                        "dockerfile/secret-in-context",
                        source.span,
                        format!(
                            "{} {text} takes {}{more} into the image ({}), and {excluded}",
                            instruction.keyword.name(),
                            first.path,
                            sensitive.what
                        ),
                    )
                    .text(names(&found))
                    .severity(severity.unwrap_or(sensitive.severity))
                    .confidence(if shared && certain {
                        sensitive.confidence
                    } else {
                        Confidence::Medium.min(sensitive.confidence)
                    })
                    .evidence(Evidence::Ships {
                        stage: facts.stage_shown(instruction),
                        path: first.path.clone(),
                    })
                    .help(format!("add to {ignore}: {}", lines(&found).join(" ")));
                let finding = match path_on {
                    Way::CopiedOn(span) => {
                        finding.label(*span, "copied on into the image from here")
                    }
                    Way::Direct => finding,
                };
                let wanted = exclusions(facts, place, &found);
                // Nobody wants a new file where the context is no more than a guess.
                if !wanted.is_empty() && (certain || used.context.ignore.is_some()) {
                    finding.fix_file(
                        format!("Exclude what holds credentials in {ignore}"),
                        Safety::Unsafe,
                        used.context.ignore_path(),
                        wanted,
                    );
                }
                break;
            }
        }
    }
}

type Found<'c> = (&'c ContextFile, Sensitive, Way);

fn found<'c>(
    facts: &Facts<'_>,
    place: usize,
    instruction: &Instruction,
    source: &str,
    used: &'c UsedContext,
) -> Vec<Found<'c>> {
    let left_out = IgnoreFile::of(
        instruction
            .flags
            .iter()
            .filter(|flag| flag.name == "exclude")
            .filter_map(|flag| flag.value.as_ref()?.value.known()),
    );
    let is_left_out = |path: &str| {
        let mut endings = path
            .match_indices('/')
            .filter_map(|(at, _)| path.get(at + 1..));
        left_out.excludes(path) || endings.any(|ending| left_out.excludes(ending))
    };
    used.context
        .copied(source)
        .filter(|file| !is_left_out(&file.path))
        .filter_map(|file| Some((file, judge_file(&used.context, file)?)))
        .take(MOST_FOLLOWED)
        .filter_map(|(file, sensitive)| {
            let way = way(facts.file, place, source, &file.path)?;
            Some((file, sensitive, way))
        })
        .collect()
}

fn names(found: &[Found<'_>]) -> String {
    let mut names: Vec<&str> = found.iter().map(|(file, ..)| file.path.as_str()).collect();
    names.truncate(MOST_NAMED);
    match found.len() - names.len() {
        0 => names.join(", "),
        more => format!("{}, and {more} more", names.join(", ")),
    }
}

/// The lines that keep just these files out, at the end of an ignore file, where the last word is.
/// A file that another instruction names is left alone: the build would miss it.
fn exclusions(facts: &Facts<'_>, place: usize, found: &[Found<'_>]) -> String {
    let is_named = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut others = facts.file.instructions.iter().enumerate();
        others.any(|(other, i)| {
            let mut bodies = i.heredocs.iter().map(|heredoc| heredoc.body.as_str());
            other != place
                && (i.line.as_str().contains(name) || bodies.any(|body| body.contains(name)))
        })
    };
    found
        .iter()
        .map(|(file, ..)| file.path.as_str())
        .filter(|path| stands_for_itself(path) && !is_named(path))
        .map(|path| format!("{path}\n"))
        .collect()
}

/// True for a path that is a pattern for itself and nothing else.
fn stands_for_itself(path: &str) -> bool {
    let file = IgnoreFile::parse(path.as_bytes());
    let is_plain = |line: &Line| {
        let pattern = line.pattern.as_ref();
        !line.is_exception && line.text == path && pattern.is_some_and(Pattern::is_plain)
    };
    !path.contains(char::REPLACEMENT_CHARACTER) && matches!(&*file.lines, [line] if is_plain(line))
}

/// The lines that would keep such files out: one for each name, wherever it stands.
fn lines(found: &[Found<'_>]) -> Vec<String> {
    let mut lines: Vec<String> = found
        .iter()
        .map(|(file, ..)| {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            match name.rsplit_once('.') {
                Some((stem, ending)) if !stem.is_empty() && is_key_ending(ending) => {
                    format!("**/*.{ending}")
                }
                _ => format!("**/{name}"),
            }
        })
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

fn is_key_ending(ending: &str) -> bool {
    [
        "key", "p12", "pfx", "jks", "tfstate", "tfvars", "kdbx", "ppk",
    ]
    .contains(&ending)
}
