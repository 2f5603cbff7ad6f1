//! dockerfile/missing-healthcheck

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Keyword;

/// Reports the stage of an image where nothing in it or below it says how to tell that it works.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for target in facts.targets() {
        let has_one = facts.file.ancestry(target).any(|stage| {
            facts
                .file
                .instructions_of(stage)
                .any(|i| i.keyword == Keyword::Healthcheck)
        });
        // Without a FROM there is no image to ask it of.
        if !has_one && !target.image.raw.is_empty() {
            out.report(
                "dockerfile/missing-healthcheck",
                target.image.span,
                "nothing tells whether the container works",
            )
            .help("add HEALTHCHECK, unless the platform checks by itself")
            .aliases(match target.image.raw.is_empty() {
                // hadolint asks stages, and where there is no FROM it knows of none.
                true => &["DS-0026", "CKV_DOCKER_2"],
                false => &["DL3057", "DS-0026", "CKV_DOCKER_2"],
            });
        }
    }
}
