//! dockerfile/unpinned-image-tag

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::{Base, ImageReference};

/// Reports the FROM whose image, variables replaced, has no tag or the tag `latest`.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let Base::Image(image) = &stage.base else {
            continue;
        };
        let Some(reference) = ImageReference::parse(image) else {
            continue;
        };
        let (alias, peer, wrong) = match reference.tag {
            _ if reference.digest.is_some() => continue,
            None => (
                "DL3006",
                "missing-image-version",
                "names no tag, so it means whatever is latest",
            ),
            Some("latest") => (
                "DL3007",
                "avoid-latest-version",
                "is whatever is latest on the day of the build",
            ),
            Some(_) => continue,
        };
        let message = if stage.image.raw == *image {
            format!("{image} {wrong}")
        } else {
            format!("{} becomes {image}, which {wrong}", stage.image.raw)
        };
        let finding = out
            .report("dockerfile/unpinned-image-tag", stage.image.span, message)
            .aliases(&[alias, "DS-0001", "CKV_DOCKER_7", peer])
            .evidence(Evidence::Image {
                reference: image.clone(),
            })
            .help("name the version that you tested, for example debian:13.1");
        if let Some(origin) = stage.image.value.origin {
            finding.label(origin, "the default is set here");
        }
    }
}
