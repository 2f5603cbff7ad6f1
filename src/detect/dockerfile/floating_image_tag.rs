//! dockerfile/floating-image-tag

use super::Facts;
use super::end_of_life::is_codename;
use crate::detect::Sink;
use crate::model::Evidence;

/// Reports the tag that says no version.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for image in facts.images() {
        let Some(reference) = image.parsed().filter(|image| image.digest.is_none()) else {
            continue;
        };
        let Some(tag) = reference.tag.filter(|tag| *tag != "latest") else {
            continue;
        };
        let says_version =
            tag.contains(|c: char| c.is_ascii_digit()) || tag.split('-').any(is_codename);
        if !says_version {
            out.report(
                "dockerfile/floating-image-tag",
                image.span(),
                format!(
                    "the tag {tag} of {} means another version every few weeks",
                    reference.familiar()
                ),
            )
            .evidence(Evidence::Image {
                reference: image.reference.clone(),
            })
            .help("name the version that you tested, or pin the digest");
        }
    }
}
