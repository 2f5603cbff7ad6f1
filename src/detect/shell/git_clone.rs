//! git-clone: a repository is cloned by a command where an instruction can take it.

use super::Shell;
use super::clone::clones;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for clone in clones(shell.script) {
        let command = clone.command;
        out.report(rule, command.program_span(), format!("{} is cloned by a command", clone.shown()))
            .text("ADD can take it")
            .help("write ADD <repository>#<commit> <folder>: no git in the image, and the builder knows when it changes");
    }
}
