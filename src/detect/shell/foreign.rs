//! What whoever calls a script decides: its arguments, its answers, the request that a web server
//! hands to it.

use std::collections::HashSet;

use super::Shell;
use crate::parse::shell::{Command, PartKind, Script, Word};

/// What a web server, or the SSH server, says of a request.
pub(super) const REQUEST: [&str; 8] = [
    "QUERY_STRING",
    "PATH_INFO",
    "REQUEST_URI",
    "HTTP_USER_AGENT",
    "HTTP_COOKIE",
    "HTTP_REFERER",
    "REMOTE_USER",
    "SSH_ORIGINAL_COMMAND",
];

/// The variables of a script that hold what its caller decided.
#[derive(Debug)]
pub(super) struct Foreign<'s> {
    script: &'s Script,
    /// The text of the script file.
    text: &'s [u8],
    names: HashSet<&'s str>,
}

impl<'s> Foreign<'s> {
    pub(super) fn of(shell: &Shell<'s>) -> Self {
        let script = shell.script;
        let mut names: HashSet<&str> = REQUEST.into();
        for command in script.named(&["read"]) {
            let prompts = command.args().iter().any(|word| {
                let letters = word.text.strip_prefix('-').unwrap_or_default();
                letters.len() < 4 && letters.ends_with('p')
            });
            if prompts && let Some(name) = command.args().last() {
                names.insert(&name.text);
            }
        }
        let mut foreign = Self {
            script,
            text: shell.text,
            names,
        };
        for assignment in &script.assignments {
            if foreign.in_function(assignment.before) {
                continue;
            }
            if foreign.of_caller(&assignment.value) {
                foreign.names.insert(&assignment.name);
            } else {
                foreign.names.remove(assignment.name.as_str());
            }
        }
        foreign
    }

    /// True for the number of a command that a function holds: its arguments are the script's own
    /// words.
    pub(super) fn in_function(&self, command: usize) -> bool {
        let mut functions = self.script.functions.iter();
        functions.any(|function| (function.first..function.end).contains(&command))
    }

    /// The variable of the caller's that stands in a word of a command.
    pub(super) fn variable<'w>(&self, command: &Command, word: &'w Word) -> Option<&'w str> {
        let in_function = self.in_function(command.id);
        word.parts.iter().find_map(|part| match &part.kind {
            PartKind::Variable {
                name, known: false, ..
            } => self.is_foreign(name, in_function).then_some(name.as_str()),
            _ => None,
        })
    }

    pub(super) fn is_foreign(&self, name: &str, in_function: bool) -> bool {
        let is_number = name != "0" && !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        (is_number || matches!(name, "@" | "*")) && !in_function || self.names.contains(name)
    }

    /// True for `$1` as it is, and for what a pipe cuts out of a request.
    fn of_caller(&self, value: &Word) -> bool {
        let [part] = value.parts.as_slice() else {
            return false;
        };
        match &part.kind {
            PartKind::Variable {
                name, known: false, ..
            } => self.is_foreign(name, false),
            PartKind::Substitution => {
                let range = part.span.start as usize..part.span.end as usize;
                let text = self.text.get(range).unwrap_or_default();
                String::from_utf8_lossy(text)
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .any(|word| REQUEST.contains(&word))
            }
            _ => false,
        }
    }
}
