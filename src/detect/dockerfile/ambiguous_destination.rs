//! dockerfile/ambiguous-destination

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::Body;

/// Reports the destination of several sources that does not say that it is a folder.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let Some(path) = destination.value.known() else {
            continue;
        };
        let count = sources.len() + instruction.heredocs.len();
        if count > 1 && !path.ends_with(['/', '\\']) && path != "." && path != ".." {
            let end = Span::new(destination.span.end, destination.span.end);
            let mut finding = out
                .report(
                    "dockerfile/ambiguous-destination",
                    destination.span,
                    format!("{count} sources go to {path}, which does not end in a slash"),
                )
                .help("end the destination with a slash");
            if destination.raw == path && !instruction.line.as_str().trim_end().ends_with(']') {
                finding = finding.fix("Add a slash", Safety::Safe, end, "/");
            }
            finding.text("must be a folder");
        }
    }
}
