//! dockerfile/image-as-copy-source

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{ImageReference, Keyword, Origin, Stage, Word};

/// Reports the `--from` of a COPY that names no earlier stage letter by letter.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
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
        let is_image = match facts.file.origin(stage, from) {
            Origin::Image(name) => ImageReference::parse(&name).is_some(),
            _ => from.raw.contains(':'),
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
