//! dockerfile/unpinned-image-digest

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;

/// Reports the image that is not named by its content.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for image in facts.images().filter(|image| !image.may_be_context(facts)) {
        if image.parsed().is_some_and(|image| image.digest.is_none()) {
            let aliases: &[&str] = if image.is_base() {
                &["dockerfile-source-not-pinned"]
            } else {
                &[]
            };
            out.report(
                "dockerfile/unpinned-image-digest",
                image.span(),
                format!("{} is not pinned by a digest", image.reference),
            )
            .aliases(aliases)
            .evidence(Evidence::Image {
                reference: image.reference.clone(),
            })
            .help("append @sha256: and the digest that the registry gives for this tag");
        }
    }
}
