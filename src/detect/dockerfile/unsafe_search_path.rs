//! dockerfile/unsafe-search-path

use super::Facts;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Word};

const PATHS: &[&str] = &["PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT"];

/// Where interpreters look for code, and files that they run first.
const MODULES: &[&str] = &[
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PYTHONHOME",
    "NODE_PATH",
    "PERL5LIB",
    "RUBYLIB",
    "CLASSPATH",
    "ENV",
    "BASH_ENV",
];

/// Options for interpreters, and those among them that load code.
const OPTIONS: &[&str] = &[
    "PERL5OPT",
    "RUBYOPT",
    "NODE_OPTIONS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
];
const LOADERS: &[&str] = &[
    "-r",
    "-I",
    "-M",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-javaagent:",
    "-agentpath:",
    "-Xbootclasspath/a:",
];

/// Folders that everybody may write to.
const OPEN: &[&str] = &["/tmp", "/var/tmp", "/dev/shm"];

/// Reports the file or folder among those searched for programs or libraries to which anybody may write.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Env(pairs) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let (name, Some(value)) = (pair.name.text(), &pair.value) else {
                continue;
            };
            let is_path = PATHS.contains(&name);
            let found: Vec<(&str, Span)> = match OPTIONS.contains(&name) {
                true => loaded(value),
                false if is_path || MODULES.contains(&name) => parts(value, ':').collect(),
                false => continue,
            };
            for (folder, span) in found {
                let is_relative = match name {
                    "BASH_ENV" => !folder.is_empty() && !folder.starts_with(['/', '$', '~']),
                    _ => is_path && matches!(folder, "." | "./"),
                };
                let what = match is_relative {
                    true => "which is looked for where a command happens to start",
                    false if OPEN.contains(&folder) => "which everybody may write to",
                    false if is_open(folder) => "below a folder that everybody may write to",
                    false => continue,
                };
                out.report(
                    "dockerfile/unsafe-search-path",
                    span,
                    format!("{name} holds {folder}, {what}"),
                )
                .help("name folders that only root may write to");
                break;
            }
        }
    }
}

/// What options for an interpreter make it load.
fn loaded(value: &Word) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    let mut before = "";
    for (part, span) in parts(value, ' ') {
        let loader = LOADERS.iter().find(|loader| part.starts_with(**loader));
        let rest = match loader {
            Some(loader) => part.get(loader.len()..).unwrap_or_default(),
            None if LOADERS.contains(&before) => part,
            None => "",
        };
        found.push((rest.trim_start_matches('='), span));
        before = part;
    }
    found
}

fn is_open(folder: &str) -> bool {
    OPEN.iter().any(|open| {
        folder
            .strip_prefix(open)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The parts of a list as they are written.
pub(super) fn parts(value: &Word, between: char) -> impl Iterator<Item = (&str, Span)> {
    let raw = value.raw.as_str();
    let is_exact = value.span.len() as usize == raw.len();
    let mut at = value.span.start;
    raw.split(between).map(move |part| {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        let folder = part.trim_matches(['"', '\'']);
        let before = u32::try_from(part.find(folder).unwrap_or(0)).unwrap_or(0);
        let start = at.saturating_add(before);
        let end = start.saturating_add(u32::try_from(folder.len()).unwrap_or(0));
        at = at.saturating_add(length).saturating_add(1);
        (
            folder,
            if is_exact {
                Span::new(start, end)
            } else {
                value.span
            },
        )
    })
}
