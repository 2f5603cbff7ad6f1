//! noisy-wget: wget draws a progress bar into the build's log.

use super::{Image, Shell};
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::Syntax;

const WGET: Syntax = Syntax {
    short: "aoeiBtOTwQPUlADIXR",
    long: &[
        "output-file",
        "append-output",
        "output-document",
        "progress",
    ],
};

/// Options after which there is no bar, or no download.
const QUIET: &[&str] = &[
    "q",
    "quiet",
    "nv",
    "no-verbose",
    "progress",
    "o",
    "output-file",
    "a",
    "append-output",
    "b",
    "background",
    "spider",
    "V",
    "version",
    "h",
    "help",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.built().filter(|command| command.name == "wget") {
        let options = command.options(WGET);
        // `-nv` is one option of two letters.
        let is_terse = |word: &str| word.starts_with("-nv");
        let quiet = options.has(QUIET) || command.args().iter().any(|w| is_terse(&w.text));
        if quiet || options.positional.is_empty() || shell.script.saves_errors(command) {
            continue;
        }
        let Some(program) = command.program_word() else {
            continue;
        };
        let found = out
            .report(
                rule,
                program.span,
                "wget draws its progress into the log of the build",
            )
            .text("thousands of lines for a large file")
            .help("add --progress=dot:giga or -nv");
        let edit = shell
            .image
            .filter(is_gnu)
            .and_then(|image| image.argument_after(command, program, "--progress=dot:giga"));
        if let Some(edit) = edit {
            found.fix_all("Print a dot for each 32 MB", Safety::Safe, vec![edit]);
        }
    }
}

/// BusyBox has a wget that does not know the option.
fn is_gnu(image: &Image<'_>) -> bool {
    image
        .base()
        .is_some_and(|base| !base.contains("alpine") && !base.contains("busybox"))
}
