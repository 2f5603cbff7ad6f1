//! useless-command: a command that needs a running system, a terminal or a person.

use super::Shell;
use crate::detect::Sink;

/// Programs, the peers that know them, and why they do nothing useful in a build.
const USELESS: &[(&str, bool, &str)] = &[
    (
        "ssh",
        true,
        "nobody can log in, and a command that runs elsewhere is no part of the image",
    ),
    ("vim", true, "there is no terminal"),
    ("vi", false, "there is no terminal"),
    ("nano", false, "there is no terminal"),
    ("top", true, "there is no terminal"),
    ("htop", false, "there is no terminal"),
    (
        "free",
        true,
        "it shows the machine that builds, not the one that runs the image",
    ),
    ("ps", true, "only the processes of this step exist"),
    ("ifconfig", false, "it shows the network of this step"),
    (
        "kill",
        true,
        "processes end with the step that started them",
    ),
    ("service", true, "what it starts ends with the step"),
    ("mount", true, "what is mounted is gone after the step"),
    ("shutdown", true, "there is no system to stop"),
    ("reboot", false, "there is no system to stop"),
    ("poweroff", false, "there is no system to stop"),
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.built() {
        let Some((name, is_known, why)) = USELESS.iter().find(|(name, ..)| *name == command.name)
        else {
            continue;
        };
        let found = out
            .report(
                rule,
                command.program_span(),
                format!("{name} has no lasting use in a build"),
            )
            .text(*why)
            .help("leave it out, or do it where the container runs");
        if !is_known {
            found.aliases(&["nonsensical-command"]);
        }
    }
}
