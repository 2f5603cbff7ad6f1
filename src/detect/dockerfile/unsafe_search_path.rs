//! dockerfile/unsafe-search-path

use super::Facts;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Word};

const PATHS: &[&str] = &["PATH", "LD_LIBRARY_PATH", "LD_PRELOAD"];

/// Reports the folder among those searched for programs or libraries to which anybody may write.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Env(pairs) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let (name, Some(value)) = (pair.name.text(), &pair.value) else {
                continue;
            };
            if !PATHS.contains(&name) {
                continue;
            }
            for (folder, span) in folders(value) {
                let what = match folder {
                    "." | "./" => "the folder that a command happens to start in",
                    _ if is_open(folder) => "a folder that everybody may write to",
                    _ => continue,
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

fn is_open(folder: &str) -> bool {
    ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|open| {
        folder
            .strip_prefix(open)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The parts of a list as they are written, without those that only variables know.
fn folders(value: &Word) -> impl Iterator<Item = (&str, Span)> {
    let raw = value.raw.as_str();
    let is_exact = value.span.len() as usize == raw.len();
    let mut at = value.span.start;
    raw.split(':').map(move |part| {
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
