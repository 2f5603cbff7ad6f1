//! dockerfile/misspelt-directive

use super::Facts;
use super::variable::nearest;
use crate::detect::Sink;
use crate::model::{Safety, Span};

/// Reports the comment that ends the directives and was to be one.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let file = facts.file;
    // Each directive is a comment, and the first other one ends them.
    let Some(comment) = file.comments.get(file.directives.len()) else {
        return;
    };
    let first = file.instructions.first().map_or(u32::MAX, |i| i.span.start);
    let Some((name, _)) = comment.text.split_once('=') else {
        return;
    };
    let name = name.trim();
    let meant = nearest(&name.to_ascii_lowercase(), ["syntax", "escape", "check"]);
    let (Some(meant), true) = (meant, comment.span.start < first && name.len() > 3) else {
        return;
    };
    let text = facts.source.text(comment.span);
    let Some(at) = text.find(name).and_then(|at| u32::try_from(at).ok()) else {
        return;
    };
    let start = comment.span.start + at;
    let length = u32::try_from(name.len()).unwrap_or_default();
    let span = Span::new(start, start + length);
    out.report(
        "dockerfile/misspelt-directive",
        span,
        format!("{name} is no directive, so this line is a comment"),
    )
    .help(format!("write {meant}"))
    .fix(format!("Write {meant}"), Safety::Safe, span, meant);
}
