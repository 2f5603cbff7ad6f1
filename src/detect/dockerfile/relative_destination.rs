//! dockerfile/relative-destination

use super::Facts;
use super::relative_workdir::is_relative;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the destination of a COPY that depends on the base image's working folder.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let (Keyword::Copy, Body::Transfer { destination, .. }) =
            (instruction.keyword, &instruction.body)
        else {
            continue;
        };
        if facts.file.state_before(place).workdir.is_none() && is_relative(destination) {
            out.report(
                "dockerfile/relative-destination",
                destination.span,
                format!(
                    "{} lies wherever the base image's working folder is",
                    destination.text()
                ),
            )
            .help("write WORKDIR before it, or the whole path");
        }
    }
}
