//! dockerfile/unpinned-copy-source

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::{Body, ImageReference, Instruction, Origin, Word};

/// Reports the `from=` that names an image of no certain version.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Some(stage) = instruction.stage else {
            continue;
        };
        for from in sources(instruction) {
            let Origin::Image(image) = facts.file.origin(stage, &from) else {
                continue;
            };
            let Some(reference) = ImageReference::parse(&image) else {
                continue;
            };
            if reference.digest.is_some() || !matches!(reference.tag, None | Some("latest")) {
                continue;
            }
            // A bare word is a stage that does not exist (yet), or a context given by name.
            let is_bare = !image.contains(['/', ':', '.']);
            let is_copy = matches!(instruction.body, Body::Transfer { .. });
            let message = if is_bare {
                format!(
                    "{image} is no earlier stage, so the build takes the latest image of this name"
                )
            } else {
                format!("files come from {image}, whichever version is latest")
            };
            let aliases: &[&str] = if is_copy { &["DL3022"] } else { &[] };
            out.report("dockerfile/unpinned-copy-source", from.span, message)
                .aliases(aliases)
                .evidence(Evidence::Image { reference: image })
                .help("name an earlier stage, or an image with its version and digest");
        }
    }
}

/// The values of `--from=` and of `from=` in mounts.
fn sources(instruction: &Instruction) -> impl Iterator<Item = Word> {
    instruction
        .flags
        .iter()
        .filter_map(|flag| match flag.name.as_str() {
            "from" => flag.value.clone(),
            "mount" => flag.option("from"),
            _ => None,
        })
}
