//! dockerfile/copied-root

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword, Origin};

/// Reports the COPY that brings another stage over as a whole.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        let from = instruction
            .flag("from")
            .and_then(|flag| flag.value.as_ref());
        let (Keyword::Copy, Some(from), Some(stage)) =
            (instruction.keyword, from, facts.file.stage_of(instruction))
        else {
            continue;
        };
        // On scratch this is how an image is squashed on purpose.
        let squashes = facts.file.root_of(stage).base == crate::parse::dockerfile::Base::Scratch;
        let is_stage = matches!(facts.file.origin(stage.index, from), Origin::Stage(_));
        for source in sources {
            let path = source.text().trim_end_matches(['.', '*']);
            if path == "/" && is_stage && !squashes {
                out.report(
                    "dockerfile/copied-root",
                    source.span,
                    format!("everything in stage {} goes into this one", from.text()),
                )
                .help("copy the files that are needed, one folder at a time");
            }
        }
    }
}
