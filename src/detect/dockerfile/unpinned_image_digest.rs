//! dockerfile/unpinned-image-digest

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::{Base, ImageReference};

/// Reports the FROM whose image is not named by its content.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let Base::Image(image) = &stage.base else {
            continue;
        };
        if ImageReference::parse(image).is_some_and(|reference| reference.digest.is_none()) {
            out.report(
                "dockerfile/unpinned-image-digest",
                stage.image.span,
                format!("{image} is not pinned by a digest"),
            )
            .evidence(Evidence::Image {
                reference: image.clone(),
            })
            .help("append @sha256: and the digest that the registry gives for this tag");
        }
    }
}
