//! dockerfile/onbuild-trigger

use super::Facts;
use crate::detect::Sink;

/// Reports each ONBUILD: it runs in builds whose authors do not see it.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        if let Some(trigger) = instruction.trigger {
            let keyword = instruction.keyword.name();
            out.report(
                "dockerfile/onbuild-trigger",
                trigger,
                format!("every build from this image runs this {keyword}, unseen"),
            )
            .help("write it in the Dockerfiles that need it, or in a stage that they name");
        }
    }
}
