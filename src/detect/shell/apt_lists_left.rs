//! apt-lists-left: the index of packages stays in the layer.

use std::collections::HashMap;

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    // The last removal of each step.
    let removals: HashMap<usize, usize> = script
        .named(&["rm", "find"])
        .filter(|command| {
            command
                .args()
                .iter()
                .any(|w| w.text.contains("/var/lib/apt"))
        })
        .map(|command| (command.unit, command.id))
        .collect();
    for command in script.named(&["apt-get", "apt"]) {
        let Some(verb) = command.args().iter().find(|w| w.text == "update") else {
            continue;
        };
        let removed = removals
            .get(&command.unit)
            .is_some_and(|id| *id > command.id);
        if !removed {
            out.report(rule, verb.span, "the package lists stay in this layer")
                .text("downloads the lists")
                .help(
                    "end the same step with `rm -rf /var/lib/apt/lists/*`, or mount a cache there",
                );
        }
    }
}
