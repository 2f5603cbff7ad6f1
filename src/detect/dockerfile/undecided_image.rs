//! dockerfile/undecided-image

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Base;

/// Reports the FROM whose image only the caller of the build knows.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let raw = &stage.image.raw;
        if stage.base == Base::Unknown && !raw.is_empty() && !is_of_platform(raw) {
            out.report(
                "dockerfile/undecided-image",
                stage.image.span,
                format!(
                    "nothing in this file says which image {} is",
                    stage.image.raw
                ),
            )
            .help("give the ARG a default, with a version and a digest");
        }
    }
}

/// `base-${TARGETARCH}` is one of the file's own stages, or an image for each platform.
fn is_of_platform(image: &str) -> bool {
    ["TARGET", "BUILD"].iter().any(|side| {
        ["PLATFORM", "OS", "ARCH", "VARIANT"]
            .iter()
            .any(|what| image.contains(&format!("{side}{what}")))
    })
}
