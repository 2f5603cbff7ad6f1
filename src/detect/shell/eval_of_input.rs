//! eval-of-input: text from the caller is run as code.

use std::collections::HashSet;

use super::Shell;
use super::foreign::{Foreign, REQUEST};
use crate::detect::Sink;
use crate::parse::shell::{Command, PartKind, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let unclear = out.wants_unclear(rule);
    let mut foreign: Option<Foreign<'_>> = None;
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
        } else if command.name == "ssh" {
            // What the other machine's shell runs.
            let last = command.args().last().filter(|word| word.text.contains(' '));
            last.map_or(&[], std::slice::from_ref)
        } else {
            let index = command.shell_string();
            index
                .and_then(|at| command.words.get(at..=at))
                .unwrap_or_default()
        };
        if words.iter().all(|word| word.is_literal()) {
            continue;
        }
        let foreign = foreign.get_or_insert_with(|| Foreign::of(shell));
        for word in words {
            let name =
                clear(command, word, foreign).or_else(|| input(word, &read).filter(|_| unclear));
            let Some(name) = name else {
                continue;
            };
            out.report(rule, word.span, format!("{} runs ${name}, which the caller chooses, as code", command.name))
                .text("run as code")
                .help("call the program with its arguments as separate words (\"$@\"), or pass the value as an argument: sh -c 'cmd \"$1\"' sh \"$value\"");
            break;
        }
    }
}

/// What the script's own caller says, put into other text: a quote or a `;` in it does what nobody
/// asked for. A whole command that is handed over is meant to be run.
fn clear<'w>(command: &Command, word: &'w Word, foreign: &Foreign<'_>) -> Option<&'w str> {
    let has_text = word
        .parts
        .iter()
        .any(|part| part.kind == PartKind::Literal && part.text.contains(' '));
    let name = foreign.variable(command, word)?;
    let at = word.parts.iter().position(
        |part| matches!(&part.kind, PartKind::Variable { name: this, .. } if this == name),
    )?;
    let is_request = REQUEST.contains(&name);
    let is_list = matches!(name, "@" | "*") && command.name == "eval";
    ((has_text && !is_list && at > 0 && !names_a_variable(word, at)) || is_request).then_some(name)
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
        ((positional && (literal || whole)) || read.contains(name.as_str()))
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
