//! dockerfile/stage-name-case

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;

/// Reports the stage's name that is not in small letters.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for name in facts.file.stages.iter().filter_map(|s| s.name.as_ref()) {
        let small = name.raw.to_lowercase();
        if name.raw != small {
            out.report(
                "dockerfile/stage-name-case",
                name.span,
                format!("the build calls this stage {small}"),
            )
            .help("write the name in small letters")
            .fix("Write small letters", Safety::Safe, name.span, small);
        }
    }
}
