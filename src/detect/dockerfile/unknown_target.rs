//! dockerfile/unknown-target

use super::Facts;
use crate::detect::Sink;

/// Reports builds that ask for a stage that is not there, at the last FROM.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(last) = facts.file.stages.last() else {
        return;
    };
    for target in &facts.file.unknown_targets {
        let name = target.name.as_deref().unwrap_or_default();
        out.report(
            "dockerfile/unknown-target",
            last.image.span,
            format!(
                "{} builds the target {name}, and no stage has this name",
                target.by
            ),
        )
        .help("name the stage with AS, or correct the target");
    }
}
