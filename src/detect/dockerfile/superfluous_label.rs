//! dockerfile/superfluous-label

use super::Facts;
use super::label::labels;
use crate::detect::Sink;

/// Reports the label that the project's strict table does not name.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(schema) = facts.given.labels.as_ref().filter(|schema| schema.strict) else {
        return;
    };
    for pair in facts.file.instructions.iter().flat_map(labels) {
        if !schema.formats.contains_key(pair.name.text()) {
            out.report(
                "dockerfile/superfluous-label",
                pair.name.span,
                format!("the project has no label {}", pair.name.text()),
            )
            .help("delete it, or add it to [labels] in plimsoll.toml");
        }
    }
}
