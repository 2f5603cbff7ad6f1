//! missing-pipefail: a failure before the last `|` is not a failure of the build.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::Command;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in lossy(shell).filter(|command| !hardly_fails(command)) {
        out.report(rule, command.program_span(), format!("the build goes on where {} fails", shown(&command.name)))
            .text("its failure is lost in the pipe")
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

fn shown(name: &str) -> &str {
    if name.is_empty() {
        "this command"
    } else {
        name
    }
}
