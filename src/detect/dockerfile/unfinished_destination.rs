//! dockerfile/unfinished-destination

use super::Facts;
use super::ambiguous_destination::is_ambiguous;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the destination of several sources that is a folder, and is not written like one.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let written = destination.raw.trim_matches(['"', '\'']);
        if instruction.keyword == Keyword::Copy
            && sources.len() > 1
            && !written.ends_with('/')
            && !is_ambiguous(instruction, destination)
        {
            out.report(
                "dockerfile/unfinished-destination",
                destination.span,
                format!(
                    "{written} is the folder of {} sources and does not end in a slash",
                    sources.len()
                ),
            )
            .help("end the destination with a slash");
        }
    }
}
