//! dockerfile/unknown-copy-source

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Origin;

/// Reports the `--from` of COPY that is no earlier stage, and no image with a version either.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Some(stage), Some(flag)) = (instruction.stage, instruction.flag("from")) else {
            continue;
        };
        let Some(from) = &flag.value else {
            continue;
        };
        if matches!(facts.file.origin(stage, from), Origin::Stage(_)) || from.raw.contains(':') {
            continue;
        }
        out.report(
            "dockerfile/unknown-copy-source",
            from.span,
            format!("{} is no earlier stage", from.raw),
        )
        .help("give the image a stage of its own, and copy from the stage");
    }
}
