//! missing-pipefail: a failure before the last `|` is not a failure of the build.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for pipeline in script.pipelines.iter().filter(|p| !p.pipefail) {
        let first = pipeline.elements.first().map_or(0, |(first, _)| *first);
        let Some(command) = script.commands.get(first) else {
            continue;
        };
        // What prints a text does not fail.
        if matches!(
            command.name.as_str(),
            "echo" | "printf" | "yes" | "cat" | "true"
        ) {
            continue;
        }
        out.report(rule, command.program_span(), format!("the build goes on where {} fails", shown(&command.name)))
            .text("its failure is lost in the pipe")
            .help("write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before it, or `set -o pipefail` in the step");
    }
}

fn shown(name: &str) -> &str {
    if name.is_empty() {
        "this command"
    } else {
        name
    }
}
