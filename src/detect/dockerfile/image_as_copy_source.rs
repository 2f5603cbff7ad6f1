//! dockerfile/image-as-copy-source

use std::collections::HashMap;

use super::Facts;
use super::used_image::UsedImage;
use crate::detect::Sink;
use crate::parse::dockerfile::{Keyword, Stage, Word};

/// Reports the `--from` of a COPY that names no earlier stage letter by letter.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let images: HashMap<u32, UsedImage<'_>> = facts
        .images()
        .map(|image| (image.span().start, image))
        .collect();
    for instruction in &facts.file.instructions {
        let from = instruction
            .flag("from")
            .and_then(|flag| flag.value.as_ref());
        let (Keyword::Copy, Some(from), Some(stage)) =
            (instruction.keyword, from, instruction.stage)
        else {
            continue;
        };
        // With a version, an image is a choice; without one, another rule reports it.
        let is_image = match images.get(&from.span.start) {
            Some(image) => image.parsed().is_some() && !image.may_be_context(facts),
            None => from.raw.contains(':'),
        };
        if is_image || names_a_stage(from, stage, &facts.file.stages) {
            continue;
        }
        out.report(
            "dockerfile/image-as-copy-source",
            from.span,
            format!("{} is not written like any earlier stage", from.raw),
        )
        .help("name an earlier stage");
    }
}

fn names_a_stage(from: &Word, stage: usize, stages: &[Stage]) -> bool {
    let is_index = from.raw.parse::<usize>().is_ok_and(|index| index <= stage);
    is_index
        || stages
            .iter()
            .take(stage + 1)
            .filter_map(|earlier| earlier.name.as_ref())
            .any(|name| name.raw == from.raw)
}
