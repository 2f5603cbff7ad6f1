//! Whether a check that fails ends anything.

use super::Shell;
use crate::parse::shell::{Command, Output, Script};

/// True for a command whose exit status says whether a file is what it should be.
pub fn decides(command: &Command) -> bool {
    let has = |names: &[&str]| {
        command
            .args()
            .iter()
            .any(|w| names.contains(&w.text.as_str()))
    };
    let name = command.name.as_str();
    match name {
        "gpg" | "gpg2" | "sq" => has(&["--verify", "--verify-files", "verify"]),
        "gpgv" | "gpgv2" | "slsa-verifier" | "rpmkeys" => true,
        "cosign" => has(&[
            "verify",
            "verify-blob",
            "verify-attestation",
            "verify-blob-attestation",
        ]),
        "minisign" | "signify" => command
            .args()
            .iter()
            .any(|w| w.text.starts_with('-') && !w.text.starts_with("--") && w.text.contains('V')),
        "gh" => has(&["attestation"]),
        "rpm" => has(&["-K", "--checksig"]),
        _ => is_hasher(name) && compares(command),
    }
}

pub fn is_hasher(name: &str) -> bool {
    (name.starts_with("sha") && name.ends_with("sum"))
        || matches!(name, "md5sum" | "b2sum" | "b3sum")
}

/// `-c`, also in a cluster such as `-sc`.
pub fn compares(command: &Command) -> bool {
    command.args().iter().any(|word| {
        let text = word.text.as_str();
        text == "--check"
            || (text.starts_with('-') && !text.starts_with("--") && text.contains('c'))
    })
}

/// True where the failure of a command that decides is thrown away: by `|| true`, or by a program
/// after it in the pipe that does not look at what it says.
pub fn is_swallowed(script: &Script, command: &Command) -> bool {
    let Output::Pipe { pipeline, index } = script.output(command) else {
        return script.is_forgiven_by_list(command);
    };
    let passes_on = ["tee", "cat", "tail", "head", "logger"];
    let fails = script
        .pipelines
        .get(pipeline)
        .is_some_and(|pipe| pipe.pipefail);
    let mut after = script.element(pipeline, index).iter();
    !fails && after.any(|next| passes_on.contains(&next.name.as_str()))
}

/// True where a `;` or the end of a line follows, and no `set -e` is in force.
fn is_passed_over(script: &Script, command: &Command) -> bool {
    let is_piped = matches!(script.output(command), Output::Pipe { .. });
    !is_piped
        && !command.settings.errexit
        && !script.is_handled(command)
        && goes_on(script, command)
}

/// True where a command is the last one of a statement that others follow.
fn goes_on(script: &Script, command: &Command) -> bool {
    let holds = |first: usize, end: usize| first <= command.id && command.id < end;
    // The innermost text that holds it: texts within texts come first.
    let text = script.texts.iter().find(|text| {
        text.statements
            .first()
            .is_some_and(|first| holds(*first, text.end))
    });
    text.is_some_and(|text| {
        let next = text.statements.iter().find(|start| **start > command.id);
        next.is_some_and(|next| *next == command.id + 1)
    })
}

/// The checks of a script whose failure changes nothing.
pub fn ignored<'s>(shell: &Shell<'s>) -> impl Iterator<Item = &'s Command> {
    let script = shell.script;
    script
        .commands
        .iter()
        .filter(|command| decides(command))
        .filter(|command| is_swallowed(script, command) || is_passed_over(script, command))
}
