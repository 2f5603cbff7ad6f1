//! unchecked-heredoc: a script of several lines goes on after one of them fails.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::shell::{Command, Text};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for text in shell.script.texts.iter().filter(|text| text.is_heredoc) {
        let Some(command) = first_ignored(text, shell) else {
            continue;
        };
        let name = match command.name.as_str() {
            "" => "this command",
            name => name,
        };
        let start = Span::new(text.start, text.start);
        out.report(
            rule,
            command.program_span(),
            format!("the step goes on where {name} fails"),
        )
        .text("its failure is lost")
        .help("begin the here-document with `set -e`")
        .fix("Begin with set -e", Safety::Safe, start, "set -e\n");
    }
}

/// The first command whose failure ends nothing: it stands in a statement before the last one.
fn first_ignored<'s>(text: &Text, shell: &Shell<'s>) -> Option<&'s Command> {
    let script = shell.script;
    let first = *text.statements.first()?;
    let last = *text.statements.last()?;
    script.commands.get(first..last)?.iter().find(|command| {
        let is_definition = script
            .functions
            .iter()
            .any(|function| (function.first..function.end).contains(&command.id));
        !command.settings.errexit
            && can_fail(command)
            && !is_definition
            && !script.is_handled(command)
    })
}

/// False for what prints, sets, or asks a question.
fn can_fail(command: &Command) -> bool {
    let harmless = [
        "echo", "printf", "true", ":", "set", "shopt", "export", "local", "declare", "readonly",
        "unset", "exit", "return", "command", "type", "which", "test", "trap", "umask", "sleep",
        "id", "getent", "shift", "read", "alias",
    ];
    !harmless.contains(&command.name.as_str())
}
