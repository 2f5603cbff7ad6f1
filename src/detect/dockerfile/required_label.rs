//! dockerfile/required-label

use super::Facts;
use super::label::labels;
use crate::detect::Sink;

/// Reports the image that lacks a label of the project's table.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(schema) = &facts.given.labels else {
        return;
    };
    for target in facts.targets() {
        for name in schema.formats.keys() {
            let has_it = facts.file.ancestry(target).any(|stage| {
                let mut own = facts.file.instructions_of(stage).flat_map(labels);
                own.any(|pair| pair.name.text() == name)
            });
            if !has_it {
                out.report(
                    "dockerfile/required-label",
                    target.image.span,
                    format!("the image has no label {name}"),
                )
                .help(format!("write LABEL {name}=..."));
            }
        }
    }
}
