//! missing-pipefail: a failure before the last `|` is not a failure of the build.

use super::Shell;
use crate::detect::Sink;
use crate::parse::dockerfile::Command::Exec;
use crate::parse::dockerfile::{Body, Keyword};
use crate::parse::shell::Command;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in lossy(shell).filter(|command| !hardly_fails(command)) {
        out.report(rule, command.program_span(), format!("the build goes on where {} fails", shown(&command.name)))
            .text("its failure is lost in the pipe")
            .aliases(if is_asked(shell, command) { &["DL4006"] } else { &[] })
            .help("write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before it, or `set -o pipefail` in the step");
    }
}

/// The first command of each pipeline that nothing watches.
pub(super) fn lossy<'s>(shell: &Shell<'s>) -> impl Iterator<Item = &'s Command> {
    let script = shell.script;
    script
        .pipelines
        .iter()
        .filter(|pipeline| !pipeline.pipefail)
        .filter_map(|pipeline| {
            let first = pipeline.elements.first().map_or(0, |(first, _)| *first);
            script.commands.get(first)
        })
}

/// What prints a text does not fail.
pub(super) fn hardly_fails(command: &Command) -> bool {
    matches!(
        command.name.as_str(),
        "echo" | "printf" | "yes" | "cat" | "true"
    )
}

/// hadolint asks about the steps of this build, and not about texts that they give to another shell.
fn is_asked(shell: &Shell<'_>, command: &Command) -> bool {
    let instruction = shell
        .image
        .as_ref()
        .and_then(|image| image.instruction(command));
    instruction.is_some_and(|instruction| {
        let is_exec = matches!(instruction.body, Body::Command(Exec(_)));
        let is_own = is_exec || !shell.script.is_nested(command);
        instruction.keyword == Keyword::Run && instruction.is_direct() && is_own
    })
}

fn shown(name: &str) -> &str {
    if name.is_empty() {
        "this command"
    } else {
        name
    }
}
