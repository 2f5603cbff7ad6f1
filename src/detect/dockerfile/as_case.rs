//! dockerfile/as-case

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};

/// Reports the AS that is not in the case of its FROM.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let (Some(name), Some(from)) = (&stage.name, facts.file.from_of(stage)) else {
            continue;
        };
        let text = |span: Span| facts.source.text(span);
        // Between the image and the name stands nothing but AS, blanks and continuations.
        let between = Span::new(stage.image.span.end, name.span.start);
        let words = text(between);
        let mut at = 0;
        let mut word = words.split(char::is_whitespace).map(|word| {
            let start = at;
            at += word.len() + 1;
            (start, word)
        });
        let Some((at, _)) = word.find(|(_, word)| word.eq_ignore_ascii_case("as")) else {
            continue;
        };
        let start = between.start + u32::try_from(at).unwrap_or_default();
        let span = Span::new(start, start + 2);
        let is_capital = |text: &str| text.chars().all(|c| c.is_ascii_uppercase());
        let keyword = text(from.keyword_span);
        if is_capital(&keyword) != is_capital(&text(span)) {
            let with = if is_capital(&keyword) { "AS" } else { "as" };
            out.report(
                "dockerfile/as-case",
                span,
                format!("{} stands in the same instruction as {keyword}", text(span)),
            )
            .help(format!("write {with}"))
            .fix(format!("Write {with}"), Safety::Safe, span, with);
        }
    }
}
