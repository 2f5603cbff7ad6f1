//! secret-from-stage: a file of credentials reaches the image by way of another stage.

use super::shipping::{Way, way};
use super::{Shell, brought};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| !image.stage.ships) else {
        return;
    };
    for file in brought::of(&image) {
        let deleted = brought::deleted_later(&image, &file.paths, file.place).is_some()
            || brought::deleted_at_once(&image, &file);
        let copy = file.paths.iter().find_map(|path| match way(&image, path) {
            Some(Way::Copied(span)) => Some(span),
            _ => None,
        });
        if let (false, Some(copy)) = (deleted, copy) {
            out.report(
                rule,
                copy,
                format!("{} comes along into the image: {}", file.shown, file.sensitive.what),
            )
            .severity(file.sensitive.severity)
            .confidence(file.sensitive.confidence)
            .step(file.span, "brought into the stage here")
            .step(copy, "taken into the image here")
            .help("copy only what the application needs from the stage, or mount the file there (RUN --mount=type=secret)");
        }
    }
}
