//! interactive-apt: a program made for people runs in a script.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Safety, Span};

/// Subcommands that apt-get has as well, with the same meaning.
const SHARED: &[&str] = &[
    "install",
    "update",
    "upgrade",
    "dist-upgrade",
    "remove",
    "purge",
    "autoremove",
    "clean",
    "autoclean",
    "build-dep",
    "download",
    "source",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.built().filter(|command| command.name == "apt") {
        let Some(program) = command.program_word() else {
            continue;
        };
        let found = out
            .report(
                rule,
                program.span,
                "apt is made for people; its options and output may change",
            )
            .text("not meant for scripts")
            .help("use apt-get, or apt-cache to look something up");
        // Written plainly, as `apt` or with its folder.
        let length = u32::try_from(program.text.len()).unwrap_or(0);
        if SHARED.contains(&command.subcommand()) && program.span.len() == length {
            let end = program.span.end;
            found.fix(
                "Call apt-get",
                Safety::Safe,
                Span::new(end - 3, end),
                "apt-get",
            );
        }
    }
}
