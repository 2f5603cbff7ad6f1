//! dockerfile/old-pair

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::{Body, Keyword, Pair};

/// Reports the ENV or LABEL whose value follows a blank.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Body::Env(pairs) | Body::Label(pairs)) = &instruction.body else {
            continue;
        };
        let [pair] = pairs.as_slice() else {
            continue;
        };
        let Some(value) = &pair.value else {
            continue;
        };
        let between = Span::new(pair.name.span.end, value.span.start);
        if facts.source.text(between).contains('=') || value.raw.is_empty() {
            continue;
        }
        let name = if instruction.keyword == Keyword::Env {
            "ENV"
        } else {
            "LABEL"
        };
        let finding = out
            .report(
                "dockerfile/old-pair",
                pair.span,
                format!("this is the old form of {name}, which takes one pair only"),
            )
            .help("write name=value");
        if let Some(with) = rewritten(pair) {
            finding.fix("Write name=value", Safety::Safe, pair.span, with);
        }
    }
}

/// The same pair in the new form, where its value is plain.
fn rewritten(pair: &Pair) -> Option<String> {
    let value = pair.value.as_ref()?;
    let in_one_piece = value.span.len() as usize == value.raw.len();
    if !in_one_piece || value.raw.contains(['"', '\'', '\\', '`']) {
        return None;
    }
    let name = &pair.name.raw;
    Some(if value.raw.contains(char::is_whitespace) {
        format!("{name}=\"{}\"", value.raw)
    } else {
        format!("{name}={}", value.raw)
    })
}
