//! sensitive-file: a file of credentials is part of the image.

use super::{Shell, brought, removed_secret};
use crate::detect::Sink;
use crate::model::Evidence;

/// Reports the source of a COPY or ADD that brings a file of credentials into the image.
pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    let stage = image.stage;
    for file in brought::of(&image) {
        let says_more = out.is_enabled(removed_secret::ID)
            && brought::deleted_later(&image, &file.paths, file.place).is_some();
        if says_more || brought::deleted_at_once(&image, &file) {
            continue;
        }
        let shown = stage
            .name
            .as_ref()
            .map_or_else(|| stage.index.to_string(), |name| name.raw.clone());
        out.report(
            rule,
            file.span,
            format!("{} goes into the image: {}", file.shown, file.sensitive.what),
        )
        .severity(file.sensitive.severity)
        .confidence(file.sensitive.confidence)
        .evidence(Evidence::Ships {
            stage: shown,
            path: file.shown.clone(),
        })
        .help("mount it for the one command that needs it (RUN --mount=type=secret), or give it to the container when it starts");
    }
}
