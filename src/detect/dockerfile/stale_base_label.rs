//! dockerfile/stale-base-label

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Base, Body, ImageReference};

/// Reports the label that names the base's digest while the FROM does not.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Body::Label(pairs), Some(stage)) =
            (&instruction.body, facts.file.stage_of(instruction))
        else {
            continue;
        };
        let is_pinned = match &facts.file.root_of(stage).base {
            Base::Image(image) => {
                ImageReference::parse(image).is_none_or(|image| image.digest.is_some())
            }
            _ => true,
        };
        for pair in pairs.iter().filter(|_| !is_pinned) {
            let is_fixed = pair
                .value
                .as_ref()
                .is_some_and(|value| !value.raw.contains('$'));
            if pair.name.text() == "org.opencontainers.image.base.digest" && is_fixed {
                let finding = out
                    .report(
                        "dockerfile/stale-base-label",
                        pair.span,
                        "this digest is a base's that the FROM does not pin",
                    )
                    .help("pin the digest in FROM, and let the build write the label");
                if pairs.len() == 1 {
                    finding.fix("delete the label", Safety::Unsafe, instruction.span, "");
                }
            }
        }
    }
}
