//! dockerfile/shell-form-command

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Command, Keyword};

/// Reports the CMD or ENTRYPOINT that a shell starts.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        if !matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint) {
            continue;
        }
        // Whoever chose a shell with SHELL wants it.
        let chosen = facts.file.state_before(place).shell.is_some();
        let Some(Command::Shell(script)) = instruction.command() else {
            continue;
        };
        let text = script.text.as_str().trim();
        if !chosen && !text.is_empty() && !text.starts_with('[') && !text.starts_with("exec ") {
            out.report(
                "dockerfile/shell-form-command",
                script.text.source_span(),
                "a shell starts this and keeps the container's signals to itself",
            )
            .help("write a JSON array, or begin with exec");
        }
    }
}
