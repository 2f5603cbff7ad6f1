use crate::model::{Edit, Label, Report, Role, Source};
use crate::text::Position;

/// Where a label stands, in the numbers that formats want.
pub(super) struct Place<'r> {
    pub source: &'r Source,
    pub start: Position,
    pub end: Position,
    pub start_utf16: Position,
    pub end_utf16: Position,
}

/// Resolves a label; `None` where its source is not in the report.
pub(super) fn place<'r>(report: &'r Report, label: &Label) -> Option<Place<'r>> {
    let source = report.sources.get(label.source)?;
    let span = label.span;
    Some(Place {
        source,
        start: source.position(span.start),
        end: source.position(span.end),
        start_utf16: source.position_utf16(span.start),
        end_utf16: source.position_utf16(span.end),
    })
}

/// What an edit replaces, as a label without words.
pub(super) fn edited(edit: &Edit) -> Label {
    Label {
        source: edit.source,
        span: edit.span,
        text: String::new(),
        role: Role::Secondary,
    }
}
