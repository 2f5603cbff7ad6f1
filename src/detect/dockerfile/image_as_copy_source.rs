//! dockerfile/image-as-copy-source

use std::collections::HashMap;

use super::Facts;
use super::used_image::UsedImage;
use crate::detect::Sink;
use crate::parse::dockerfile::{Keyword, Word};

/// Reports the `--from` of a COPY that names no earlier stage letter by letter.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let images: HashMap<u32, UsedImage<'_>> = facts
        .images()
        .map(|image| (image.span().start, image))
        .collect();
    // The first stage of each name.
    let mut first: HashMap<&str, usize> = HashMap::new();
    for stage in &facts.file.stages {
        if let Some(name) = &stage.name {
            first.entry(&name.raw).or_insert(stage.index);
        }
    }
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
        if is_image || names_a_stage(from, stage, &first) {
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

/// True for a number or a name of a stage that is not below.
fn names_a_stage(from: &Word, stage: usize, first: &HashMap<&str, usize>) -> bool {
    let index = from.raw.parse::<usize>().ok();
    let is_above = |index: Option<usize>| index.is_some_and(|index| index <= stage);
    is_above(index) || is_above(first.get(from.raw.as_str()).copied())
}
