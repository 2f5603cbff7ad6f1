//! dockerfile/shell-in-scratch

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Base, Command, Dockerfile, Instruction, Keyword, Stage};

/// Reports the first RUN of a stage that needs a shell where no file can be.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let file = facts.file;
    for stage in file
        .stages
        .iter()
        .filter(|stage| file.root_of(stage).base == Base::Scratch)
    {
        let inherits = file
            .ancestry(stage)
            .skip(1)
            .any(|stage| fills(file, stage).is_some());
        if inherits {
            continue;
        }
        let Some(first) = fills(file, stage) else {
            continue;
        };
        let needs_shell = matches!(first.command(), Some(Command::Shell(_)));
        if first.keyword == Keyword::Run && needs_shell && !first.has_flag("mount") {
            out.report(
                "dockerfile/shell-in-scratch",
                first.keyword_span,
                "there is no shell in this stage, nor any other file",
            )
            .help("run this in another stage and copy the result");
        }
    }
}

/// The first instruction of a stage that puts files into it.
fn fills<'f>(file: &'f Dockerfile, stage: &'f Stage) -> Option<&'f Instruction> {
    file.instructions_of(stage)
        .find(|i| matches!(i.keyword, Keyword::Add | Keyword::Copy | Keyword::Run))
}
