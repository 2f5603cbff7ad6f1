//! eval-of-input: text from the caller is run as code.

use std::collections::HashSet;

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{PartKind, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let mut read: HashSet<&str> = HashSet::new();
    for command in &script.commands {
        if command.name == "read" {
            read.extend(
                command
                    .args()
                    .iter()
                    .map(|w| w.text.as_str())
                    .filter(|t| !t.starts_with('-')),
            );
        }
        let words: &[Word] = if command.name == "eval" {
            command.args()
        } else {
            let index = command.shell_string();
            index
                .and_then(|at| command.words.get(at..=at))
                .unwrap_or_default()
        };
        for word in words {
            let Some(name) = input(word, &read) else {
                continue;
            };
            out.report(rule, word.span, format!("{} runs ${name}, which the caller chooses, as code", command.name))
                .text("run as code")
                .help("call the program with its arguments as separate words (\"$@\"), or pass the value as an argument: sh -c 'cmd \"$1\"' sh \"$value\"");
            break;
        }
    }
}

/// A positional parameter or a variable that was read, beside other text.
fn input<'w>(word: &'w Word, read: &HashSet<&str>) -> Option<&'w str> {
    let literal = word
        .parts
        .iter()
        .any(|p| p.kind == PartKind::Literal && p.text.len() > 1);
    let whole = word.parts.len() == 1;
    word.parts.iter().enumerate().find_map(|(at, part)| {
        let PartKind::Variable {
            name, known: false, ..
        } = &part.kind
        else {
            return None;
        };
        if names_a_variable(word, at) {
            return None;
        }
        let positional =
            name.bytes().all(|b| b.is_ascii_digit()) && name != "0" && !name.is_empty()
                || matches!(name.as_str(), "@" | "*");
        let request = matches!(
            name.as_str(),
            "QUERY_STRING" | "PATH_INFO" | "HTTP_USER_AGENT" | "SSH_ORIGINAL_COMMAND"
        );
        ((positional && (literal || whole)) || request || read.contains(name.as_str()))
            .then_some(name.as_str())
    })
}

/// `eval "$1=..."` and `eval "x=\$$1"`: the idioms that set or read a variable by its name.
fn names_a_variable(word: &Word, at: usize) -> bool {
    let text = |index: Option<usize>| {
        index
            .and_then(|index| word.parts.get(index))
            .map_or("", |part| part.text.as_str())
    };
    text(at.checked_sub(1)).ends_with(['$', '{', '_'])
        || text(Some(at + 1)).starts_with(['=', '_', '}', ':', '+', '('])
}
