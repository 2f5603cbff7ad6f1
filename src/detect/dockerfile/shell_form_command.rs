//! dockerfile/shell-form-command

use super::Facts;
use super::invalid_exec_form::is_meant_as_json;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Command, Dialect, Keyword, Script};

/// Words that only a shell understands.
const BUILTINS: &[&str] = &[
    ".", ":", "alias", "cd", "command", "declare", "eval", "exec", "exit", "export", "if", "local",
    "read", "readonly", "set", "shift", "source", "then", "trap", "type", "ulimit", "umask",
    "unset", "until", "wait", "while", "for", "case", "[", "{",
];

/// Reports the CMD, ENTRYPOINT or health check that a shell starts.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let keyword = instruction.keyword;
        let is_main = matches!(keyword, Keyword::Cmd | Keyword::Entrypoint);
        let Some(Command::Shell(script)) = instruction.command() else {
            continue;
        };
        let text = script.text.as_str().trim();
        if !(is_main || keyword == Keyword::Healthcheck)
            || text.is_empty()
            || is_meant_as_json(text, keyword)
        {
            continue;
        }
        // Whoever chose a shell with SHELL wants it.
        let chosen = facts.file.state_before(place).shell.is_some();
        let message = if !is_main {
            "a shell starts this check"
        } else if chosen || text.starts_with("exec ") {
            "a shell reads this before it runs"
        } else {
            "a shell starts this and keeps the container's signals to itself"
        };
        let aliases: &[&str] = if is_main && !chosen {
            &["DL3025", "JSONArgsRecommended", "prefer-json-notation"]
        } else {
            &["DL3025"]
        };
        let span = script.text.source_span();
        let mut finding = out
            .report("dockerfile/shell-form-command", span, message)
            .aliases(aliases);
        if is_main
            && !chosen
            && let Some(array) = as_array(script)
        {
            // With an entry point, the shell is among its arguments today.
            let has_entrypoint = keyword == Keyword::Cmd
                && facts
                    .file
                    .instructions
                    .iter()
                    .any(|i| i.keyword == Keyword::Entrypoint);
            let safety = if has_entrypoint {
                Safety::Unsafe
            } else {
                Safety::Safe
            };
            finding = finding.fix("Write a JSON array", safety, span, array);
        }
        finding.help("write a JSON array");
    }
}

/// The JSON array of a script that is nothing but plain words.
fn as_array(script: &Script) -> Option<String> {
    let text = script.text.as_str();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+,-= \t".contains(c);
    let in_one_piece = script.text.source_span().len() as usize == text.len();
    if script.dialect != Dialect::Posix || !in_one_piece || !text.chars().all(is_plain) {
        return None;
    }
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.first() == Some(&"exec") {
        words.remove(0);
    }
    let program = words.first()?;
    if program.contains('=') || program.starts_with('-') || BUILTINS.contains(program) {
        return None;
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    Some(format!("[{}]", quoted.join(", ")))
}
