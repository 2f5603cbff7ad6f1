//! dockerfile/unpinned-copy-source

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;

/// Reports the `from=` that names an image of no certain version.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for image in facts.images() {
        if image.is_base() || image.may_be_context(facts) {
            continue;
        }
        let Some(reference) = image.parsed() else {
            continue;
        };
        // A stage that names itself: another rule says so.
        if image.is_own_stage(facts.file) {
            continue;
        }
        if reference.digest.is_some() || !matches!(reference.tag, None | Some("latest")) {
            continue;
        }
        let name = &image.reference;
        let message = if !name.contains(['/', ':', '@']) {
            format!("{name} is no earlier stage, so the build takes the latest image of this name")
        } else {
            format!("files come from {name}, whichever version is latest")
        };
        // A tag, whichever it is, contents hadolint.
        let is_theirs = image.is_copied() && !image.word.raw.contains(':');
        let aliases: &[&str] = if is_theirs { &["DL3022"] } else { &[] };
        out.report("dockerfile/unpinned-copy-source", image.span(), message)
            .aliases(aliases)
            .evidence(Evidence::Image {
                reference: name.clone(),
            })
            .help("name an earlier stage, or an image with its version and digest");
    }
}
