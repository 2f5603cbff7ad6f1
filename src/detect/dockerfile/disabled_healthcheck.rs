//! dockerfile/disabled-healthcheck

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

/// Reports the HEALTHCHECK NONE.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        if matches!(instruction.body, Body::NoHealthcheck) {
            out.report(
                "dockerfile/disabled-healthcheck",
                instruction.line.span(instruction.rest),
                "the health check of the base image is switched off",
            )
            .help("say with HEALTHCHECK CMD how to tell that the container works");
        }
    }
}
