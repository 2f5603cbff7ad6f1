//! removed-secret: a credential is deleted from the container, and stays in the layer before.

use super::secret_flow::Fate;
use super::shipping::{Way, way};
use super::{Shell, brought};
use crate::detect::dockerfile::sensitive_path::may_be_key;
use crate::detect::{Reported, Sink};
use crate::model::{Confidence, Severity, Span};

/// The rule's id, for rules that leave these files to it.
pub const ID: &str = "dockerfile/removed-secret";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let sure = brought::of(&image)
        .into_iter()
        .map(|file| (file, Confidence::High));
    let unsure = brought::copied(&image, may_be_key);
    let unsure = unsure.into_iter().map(|file| (file, Confidence::Medium));
    for (file, confidence) in sure.chain(unsure) {
        if brought::deleted_at_once(&image, &file) {
            continue;
        }
        let Some(deleted) = brought::deleted_later(&image, &file.paths, file.place) else {
            continue;
        };
        let is_copied = file
            .paths
            .iter()
            .any(|path| matches!(way(&image, path), Some(Way::Copied(_))));
        let what = match file.is_copied {
            true => format!("{} is copied", file.shown),
            false => format!("{} is downloaded", file.shown),
        };
        if image.stage.ships {
            report(
                rule,
                out,
                file.span,
                deleted,
                &what,
                file.sensitive.severity,
            )
            .confidence(confidence);
        } else if !is_copied {
            report(rule, out, file.span, deleted, &what, Severity::Low).confidence(confidence);
        }
    }
    for leak in shell.leaks() {
        let Fate::Written(path) = &leak.fate else {
            continue;
        };
        let paths = std::slice::from_ref(path);
        if let Some(deleted) = brought::deleted_later(&image, paths, leak.place)
            && image.stage.ships
        {
            let what = format!("{} is written to {path}", leak.given.name);
            report(rule, out, leak.span, deleted, &what, Severity::High);
        }
    }
}

fn report<'s>(
    rule: &str,
    out: &'s mut Sink<'_>,
    span: Span,
    deleted: Span,
    what: &str,
    severity: Severity,
) -> Reported<'s> {
    let where_ = match severity {
        Severity::Low => "a layer of the build's cache",
        _ => "a layer of the image",
    };
    out.report(rule, span, format!("{what} and deleted in a later step: it stays in {where_}"))
        .severity(severity)
        .text("goes into a layer here")
        .step(deleted, "hidden here, and not deleted from the layer before")
        .help("mount it for the one command that needs it (RUN --mount=type=secret or type=ssh); a file that a RUN makes has to be deleted by the same RUN")
}
