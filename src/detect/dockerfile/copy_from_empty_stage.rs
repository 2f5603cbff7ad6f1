//! dockerfile/copy-from-empty-stage

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Base, Dockerfile, Keyword, Origin, Stage};

/// Reports the `--from` of a stage without a file.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let file = facts.file;
    for instruction in &file.instructions {
        let from = instruction
            .flag("from")
            .and_then(|flag| flag.value.as_ref());
        let (Some(from), Some(stage)) = (from, instruction.stage) else {
            continue;
        };
        let Origin::Stage(origin) = file.origin(stage, from) else {
            continue;
        };
        if file
            .stages
            .get(origin)
            .is_some_and(|stage| is_empty(file, stage))
        {
            out.report(
                "dockerfile/copy-from-empty-stage",
                from.span,
                format!("the stage {} holds no file", from.text()),
            )
            .help("copy something into that stage first");
        }
    }
}

fn is_empty(file: &Dockerfile, stage: &Stage) -> bool {
    let fills = |keyword| {
        matches!(
            keyword,
            Keyword::Add | Keyword::Copy | Keyword::Run | Keyword::Workdir
        )
    };
    file.root_of(stage).base == Base::Scratch
        && file
            .ancestry(stage)
            .all(|stage| !file.instructions_of(stage).any(|i| fills(i.keyword)))
}
