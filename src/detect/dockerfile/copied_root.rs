//! dockerfile/copied-root

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Base, Body, Dockerfile, Instruction, Keyword, Origin, Word};

/// Reports the COPY that brings another stage over as a whole.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let Some(from) = copied_stage(facts.file, instruction) else {
            continue;
        };
        for source in sources {
            if source.text().trim_end_matches(['.', '*']) == "/" {
                let is_theirs = is_whole(source) && is_whole(destination);
                let aliases: &[&str] = if is_theirs { &["DL3067"] } else { &[] };
                out.report(
                    "dockerfile/copied-root",
                    source.span,
                    format!("everything in stage {} goes into this one", from.text()),
                )
                .aliases(aliases)
                .help("copy the files that are needed, one folder at a time");
            }
        }
    }
}

/// The `--from` of a COPY where it names a stage that does something, and this one ships and begins
/// with files of its own.
fn copied_stage<'i>(file: &Dockerfile, instruction: &'i Instruction) -> Option<&'i Word> {
    let from = instruction.flag("from")?.value.as_ref()?;
    let stage = file.stage_of(instruction)?;
    // On scratch this is how an image is squashed on purpose.
    let squashes = file.root_of(stage).base == Base::Scratch;
    // A stage that only names an image (a set of helper scripts, say) holds nothing of this build.
    let is_made_here = match file.origin(stage.index, from) {
        Origin::Stage(index) => file
            .stages
            .get(index)
            .is_some_and(|stage| file.instructions_of(stage).next().is_some()),
        _ => false,
    };
    let is_copy = instruction.keyword == Keyword::Copy && stage.ships;
    (is_copy && is_made_here && !squashes).then_some(from)
}

/// True where the whole of some stage is copied.
pub(super) fn is_reported(file: &Dockerfile, instruction: &Instruction) -> bool {
    copied_stage(file, instruction).is_some()
}

/// True for `/` itself.
pub(super) fn is_whole(path: &Word) -> bool {
    path.raw.trim_matches(['"', '\'']) == "/"
}
