//! dockerfile/empty-continuation

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;

/// Reports the empty lines inside instructions.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for line in &facts.file.empty_continuations {
        out.report(
            "dockerfile/empty-continuation",
            *line,
            "an empty line stands in the middle of an instruction",
        )
        .help("delete the line, or begin it with #")
        .fix("Delete the line", Safety::Safe, *line, "");
    }
}
