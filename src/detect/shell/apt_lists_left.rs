//! apt-lists-left: the index of packages stays in the layer.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in script.named(&["apt-get", "apt"]) {
        let Some(verb) = command.args().iter().find(|w| w.text == "update") else {
            continue;
        };
        let removed = script.commands.iter().any(|later| {
            later.unit == command.unit
                && later.id > command.id
                && (later.name == "rm" || later.name == "find")
                && later.args().iter().any(|w| w.text.contains("/var/lib/apt"))
        });
        if !removed {
            out.report(rule, verb.span, "the package lists stay in this layer")
                .text("downloads the lists")
                .help(
                    "end the same step with `rm -rf /var/lib/apt/lists/*`, or mount a cache there",
                );
        }
    }
}
