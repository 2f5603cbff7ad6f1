//! dockerfile/misplaced-description

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

/// Reports the comment above an ARG or a named FROM that describes neither.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let name = match &instruction.body {
            Body::Arg(pairs) if instruction.stage.is_none() => pairs.first().map(|pair| &pair.name),
            Body::From { name, .. } => name.as_ref(),
            _ => None,
        };
        let comments = &facts.file.comments;
        let after = comments.partition_point(|comment| comment.span.start < instruction.span.start);
        let above = after.checked_sub(1).and_then(|at| comments.get(at));
        let (Some(name), Some(comment)) = (name, above) else {
            continue;
        };
        let between = crate::model::Span::new(comment.span.end, instruction.span.start);
        let is_right_above = facts.source.text(between).matches('\n').count() == 1;
        // Directives and the comments of linters are written with `=`.
        let is_setting = comment.text.contains('=') || comment.text.is_empty();
        let describes = comment.text.split_whitespace().next() == Some(name.text());
        if is_right_above && !is_setting && !describes {
            out.report(
                "dockerfile/misplaced-description",
                comment.span,
                format!("tools show this as the description of {}", name.text()),
            )
            .help(format!(
                "begin it with {}, or put an empty line after it",
                name.text()
            ));
        }
    }
}
