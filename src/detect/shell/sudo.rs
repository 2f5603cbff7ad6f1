//! sudo: a build step asks for rights that it has, or leaves the means to get them in the image.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let called = command.wrappers.iter().any(|name| name == "sudo") || command.name == "sudo";
        let word = command
            .words
            .iter()
            .find(|w| w.text == "sudo" || w.text.ends_with("/sudo"));
        if let (true, Some(word)) = (called, word) {
            out.report(rule, word.span, "sudo is used to run a command of the build")
                .text("not needed as root, and harmful as anybody else")
                .help("switch with USER root before the step and back after it; for a command that must drop rights use `setpriv` or `gosu`");
        }
    }
}
