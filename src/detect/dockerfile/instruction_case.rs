//! dockerfile/instruction-case

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::Keyword;

/// Reports the instructions that are not in the case of most others.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let written: Vec<_> = facts
        .file
        .instructions
        .iter()
        .filter(|i| i.keyword != Keyword::Unknown && !i.keyword_span.is_empty())
        .map(|i| (i.keyword_span, facts.source.text(i.keyword_span)))
        .collect();
    let are = |case: fn(&char) -> bool| {
        let has = |text: &str| text.chars().all(|c| case(&c));
        written.iter().filter(|(_, text)| has(text)).count()
    };
    let is_small = are(char::is_ascii_lowercase) > are(char::is_ascii_uppercase);
    for (span, text) in &written {
        let expected = if is_small {
            text.to_ascii_lowercase()
        } else {
            text.to_ascii_uppercase()
        };
        if *text != expected {
            out.report(
                "dockerfile/instruction-case",
                *span,
                format!("most instructions of this file are written like {expected}"),
            )
            .help(format!("write {expected}"))
            .fix(format!("Write {expected}"), Safety::Safe, *span, expected);
        }
    }
}
