//! dockerfile/ambiguous-destination

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::{Body, Instruction, Keyword, Word};

/// Reports the destination of several sources that does not say that it is a folder.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let path = destination.text();
        let count = sources.len() + instruction.heredocs.len();
        if is_ambiguous(instruction, destination) {
            let end = Span::new(destination.span.end, destination.span.end);
            let mut finding = out
                .report(
                    "dockerfile/ambiguous-destination",
                    destination.span,
                    format!("{count} sources go to {path}, which does not end in a slash"),
                )
                .help("end the destination with a slash");
            if destination.raw == path && !instruction.line.as_str().trim_end().ends_with(']') {
                finding = finding.fix("Add a slash", Safety::Safe, end, "/");
            }
            // hadolint judges only COPY, and only what is no here-document.
            let is_theirs = instruction.keyword == Keyword::Copy && sources.len() > 1;
            let aliases: &[&str] = if is_theirs {
                &["DL3021", "DS-0011"]
            } else {
                &["DS-0011"]
            };
            finding.aliases(aliases).text("must be a folder");
        }
    }
}

/// True where several sources go to one path that does not say that it is a folder.
pub(super) fn is_ambiguous(instruction: &Instruction, destination: &Word) -> bool {
    let Body::Transfer { sources, .. } = &instruction.body else {
        return false;
    };
    let plain = |path: &str| !path.ends_with(['/', '\\']) && path != "." && path != "..";
    sources.len() + instruction.heredocs.len() > 1 && destination.value.known().is_some_and(plain)
}
