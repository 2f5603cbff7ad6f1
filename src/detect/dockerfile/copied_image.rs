//! dockerfile/copied-image

use super::Facts;
use super::copied_root::{is_reported, is_whole};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the COPY of a whole file system that is no copied stage.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let is_copy = instruction.keyword == Keyword::Copy && instruction.has_flag("from");
        let Some(source) = sources.iter().find(|source| is_whole(source)) else {
            continue;
        };
        if is_copy && is_whole(destination) && !is_reported(facts.file, instruction) {
            out.report(
                "dockerfile/copied-image",
                source.span,
                "a whole file system becomes one layer here",
            )
            .help("copy the files that are needed");
        }
    }
}
