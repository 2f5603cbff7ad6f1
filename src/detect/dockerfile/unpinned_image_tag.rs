//! dockerfile/unpinned-image-tag

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::{Base, ImageReference};

const UNTAGGED: &str = "names no tag, so it means whatever is latest";
const LATEST: &str = "is whatever is latest on the day of the build";

/// Reports the FROM whose image, variables replaced, has no tag or the tag `latest`.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let raw = stage.image.raw.as_str();
        let (reference, known) = match &stage.base {
            Base::Image(image) => (image.as_str(), ImageReference::parse(image)),
            // Only the place before the name is open, for example the registry.
            Base::Unknown => (raw, last_segment(raw).and_then(ImageReference::parse)),
            _ => continue,
        };
        let Some(known) = known.filter(|known| known.digest.is_none()) else {
            continue;
        };
        let is_open = stage.base == Base::Unknown;
        let (aliases, wrong): (&[&str], _) = match known.tag {
            None if is_open => (&["DS-0001", "CKV_DOCKER_7"], UNTAGGED),
            None => (
                &["DL3006", "DS-0001", "CKV_DOCKER_7", "missing-image-version"],
                UNTAGGED,
            ),
            Some("latest") => (
                &["DL3007", "DS-0001", "CKV_DOCKER_7", "avoid-latest-version"],
                LATEST,
            ),
            Some(_) => continue,
        };
        let message = if raw == reference {
            format!("{raw} {wrong}")
        } else {
            format!("{raw} becomes {reference}, which {wrong}")
        };
        let finding = out
            .report("dockerfile/unpinned-image-tag", stage.image.span, message)
            .aliases(aliases)
            .evidence(Evidence::Image {
                reference: reference.to_owned(),
            })
            .help("name the version that you tested, for example debian:13.1");
        if let Some(origin) = stage.image.value.origin {
            finding.label(origin, "the default is set here");
        }
    }
}

/// What stands after the last `/`, which ends every variable before it.
fn last_segment(raw: &str) -> Option<&str> {
    let (_, name) = raw.rsplit_once('/')?;
    (!name.contains(['$', '{', '}', '"', '\''])).then_some(name)
}
