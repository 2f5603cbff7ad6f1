//! dockerfile/empty-label

use super::Facts;
use super::label::labels;
use crate::detect::Sink;

/// Reports the label of the project's table that says nothing.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(schema) = &facts.given.labels else {
        return;
    };
    for pair in facts.file.instructions.iter().flat_map(labels) {
        let name = pair.name.text();
        let value = pair
            .value
            .as_ref()
            .map_or(Some(""), |value| value.value.known());
        if schema.formats.contains_key(name) && value == Some("") {
            out.report(
                "dockerfile/empty-label",
                pair.name.span,
                format!("the label {name} is empty"),
            );
        }
    }
}
