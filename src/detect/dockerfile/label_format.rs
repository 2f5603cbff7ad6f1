//! dockerfile/label-format

use super::Facts;
use super::label::{fits, labels};
use crate::detect::{LabelFormat, Sink};

/// Reports the label whose value is not what the project's table says.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(schema) = &facts.given.labels else {
        return;
    };
    for pair in facts.file.instructions.iter().flat_map(labels) {
        let name = pair.name.text();
        let (Some(format), Some(value)) = (schema.formats.get(name), &pair.value) else {
            continue;
        };
        let Some(known) = value.value.known().filter(|known| !known.is_empty()) else {
            continue;
        };
        if !fits(*format, known) {
            let (what, code) = described(*format);
            out.report(
                "dockerfile/label-format",
                value.span,
                format!("the label {name} is {what}, and this is none"),
            )
            .aliases(&[code]);
        }
    }
}

/// What a format is called, and the code of hadolint for it.
fn described(format: LabelFormat) -> (&'static str, &'static str) {
    match format {
        LabelFormat::Text => ("a text", ""),
        LabelFormat::Url => ("an address", "DL3052"),
        LabelFormat::Rfc3339 => ("a time as RFC 3339 writes it", "DL3053"),
        LabelFormat::Spdx => ("an SPDX licence expression", "DL3054"),
        LabelFormat::Hash => ("the hash of a commit", "DL3055"),
        LabelFormat::Semver => ("a semantic version", "DL3056"),
        LabelFormat::Email => ("an address of electronic mail", "DL3058"),
    }
}
