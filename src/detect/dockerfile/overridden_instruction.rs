//! dockerfile/overridden-instruction

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::Keyword;

/// Reports the CMD, ENTRYPOINT or HEALTHCHECK that a later one of its stage replaces.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        for (keyword, peers) in [
            (Keyword::Cmd, ["DL4003", "DS-0016"]),
            (Keyword::Entrypoint, ["DL4004", "DS-0007"]),
            (Keyword::Healthcheck, ["DL3012", "DS-0023"]),
        ] {
            let mut later = None;
            let same = facts.file.instructions_of(stage).rev();
            for instruction in same.filter(|i| i.keyword == keyword) {
                let span = instruction.keyword_span;
                if let Some(later) = later {
                    // There is a line after it, so that its line end can go as well.
                    let line = Span::new(instruction.span.start, instruction.span.end + 1);
                    out.report(
                        "dockerfile/overridden-instruction",
                        span,
                        format!("a later {} of this stage replaces this one", keyword.name()),
                    )
                    .label(later, "only this one counts")
                    .aliases(&[peers[0], peers[1], "MultipleInstructionsDisallowed"])
                    .help("delete the one that does not count")
                    .fix("Delete the instruction", Safety::Safe, line, "");
                }
                later = Some(span);
            }
        }
    }
}
