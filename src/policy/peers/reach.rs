//! Which lines a peer's comment speaks about.

use super::Scope;
use crate::model::{Source, Span};
use crate::parse::dockerfile::{Dockerfile, Instruction, Keyword};
use crate::policy::comment::statement_end;
use crate::policy::ignore::Reach;

/// What a comment on a line reaches; `stands_alone`: nothing but the comment is on the line.
pub(super) fn of(
    source: &Source,
    file: Option<&Dockerfile>,
    scope: Scope,
    line: u32,
    stands_alone: bool,
) -> Option<Reach> {
    if let (Scope::Line, _) | (Scope::LineAndNext | Scope::Trivy, false) = (scope, stands_alone) {
        return Some(Reach::lines(line, line));
    }
    match (scope, file) {
        (Scope::File, _) => Some(Reach::FILE),
        (_, Some(file)) => in_dockerfile(source, file, scope, line),
        // Both are known in Dockerfiles only.
        (Scope::Directive | Scope::Stage, None) => None,
        (_, None) => {
            let next = next_line(source, line);
            Some(Reach::lines(line, statement_end(source, next)))
        }
    }
}

/// Comments in a row that are passed over.
const COMMENTS: u32 = 100;

/// The next line that is not a comment.
fn next_line(source: &Source, line: u32) -> u32 {
    let text = |n: u32| source.text(source.lines().line_range(n, &source.bytes).into());
    let last = source.lines().count().min(line.saturating_add(COMMENTS));
    let mut next = line + 1;
    while next < last && text(next).trim_start().starts_with(['#', '/']) {
        next += 1;
    }
    next
}

fn in_dockerfile(source: &Source, file: &Dockerfile, scope: Scope, line: u32) -> Option<Reach> {
    let lines = |span: Span| source.line_span(span);
    let is_directive = || {
        let directives = &file.directives;
        let after = directives.partition_point(|directive| lines(directive.span).0 < line);
        let directive = directives.get(after);
        directive.is_some_and(|directive| lines(directive.span).0 == line)
    };
    if scope == Scope::Directive && is_directive() {
        return Some(Reach::FILE);
    }
    let next = next_line(source, line);
    // Instructions are in the order of the file, so the first that ends behind the comment is it.
    let after = file
        .instructions
        .partition_point(|i| lines(i.span).1 < line);
    let instruction = file.instructions.get(after)?;
    let (first, last) = lines(instruction.span);
    if first < line {
        return Some(Reach {
            start: Some(instruction.span.start),
            ..Reach::lines(line, next)
        });
    }
    let is_first = after == 0;
    let is_above = first == next;
    let is_from = instruction.keyword == Keyword::From;
    match scope {
        Scope::Stage => {
            let end = end_of_stage(file, instruction).map_or(u32::MAX, |i| lines(i.span).0 - 1);
            (is_from && is_above).then(|| Reach {
                missing: true,
                ..Reach::lines(line, end)
            })
        }
        Scope::Trivy => Some(Reach {
            missing: is_first || (is_above && is_from),
            ..Reach::lines(line, if is_above { last } else { line })
        }),
        _ => is_above.then(|| Reach::lines(line, last)),
    }
}

/// The FROM that ends the stage of another one.
fn end_of_stage<'f>(file: &'f Dockerfile, from: &Instruction) -> Option<&'f Instruction> {
    file.from_of(file.stages.get(from.stage? + 1)?)
}
