//! dockerfile/undecided-add

use super::Facts;
use super::add_for_copy::{is_archive, is_plain, is_replaceable};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword, Word};

/// Reports the source of an ADD for which COPY may have been meant.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::Add, Body::Transfer { sources, .. }) =
            (instruction.keyword, &instruction.body)
        else {
            continue;
        };
        if is_replaceable(instruction) {
            continue;
        }
        let undecided = |source: &&Word| match source.value.known() {
            Some(known) => is_plain(known),
            None => !source.raw.contains("://") && !is_archive(&source.raw),
        };
        if let Some(source) = sources.iter().find(undecided) {
            out.report(
                "dockerfile/undecided-add",
                source.span,
                format!(
                    "{} is no archive and no address as far as this file tells",
                    source.raw
                ),
            )
            .help("write COPY for what is to be copied");
        }
    }
}
