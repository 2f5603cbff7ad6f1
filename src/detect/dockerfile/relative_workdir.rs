//! dockerfile/relative-workdir

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the WORKDIR whose place depends on what the base image says.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let (Keyword::Workdir, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let Some(path) = word.value.known() else {
            continue;
        };
        let has_drive = path.get(1..2) == Some(":");
        let follows_one = facts.file.state_before(place).workdir.is_some();
        if !path.starts_with(['/', '\\']) && !has_drive && !follows_one {
            out.report(
                "dockerfile/relative-workdir",
                word.span,
                format!("{path} lies wherever the base image's working folder is"),
            )
            .help("write the whole path");
        }
    }
}
