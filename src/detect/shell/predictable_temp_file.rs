//! predictable-temp-file: a name under /tmp that another user can take first.

use super::{Shell, fetch};
use crate::detect::Sink;
use crate::parse::shell::Word;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let written = script
        .redirects
        .iter()
        .filter(|r| r.is_stdout())
        .map(|r| &r.target);
    let mut words: Vec<&Word> = written.collect();
    for command in &script.commands {
        if let Some(syntax) = fetch::syntax(&command.name) {
            let options = command.options(syntax);
            words.extend(
                options
                    .all(&["o", "O", "output", "output-document"])
                    .filter_map(|o| o.value_word),
            );
        }
        match command.name.as_str() {
            "tee" | "touch" | "mkdir" => words.extend(command.args()),
            "cp" | "mv" | "install" => words.extend(command.args().last()),
            "mktemp" if command.has_arg("-u") || command.has_arg("--dry-run") => {
                out.report(
                    rule,
                    command.program_span(),
                    "another user can create the file before it is used",
                )
                .text("only says a name")
                .help("let mktemp create the file, and use that one");
            }
            _ => {}
        }
    }
    words.sort_by_key(|w| w.span);
    for word in words {
        if is_predictable(word) {
            out.report(
                rule,
                word.span,
                format!("another user can create {} first", word.text),
            )
            .text("a name that can be guessed")
            .help("make the file with mktemp, and remove it with a trap");
        }
    }
}

/// Directly under a folder that everybody may write to, with nothing random in the name.
fn is_predictable(word: &Word) -> bool {
    let name = word
        .text
        .strip_prefix("/tmp/")
        .or_else(|| word.text.strip_prefix("/var/tmp/"));
    // A variable may hold what mktemp printed on another path.
    let guessable = word.variables().all(|v| v == "$" || v == "RANDOM");
    name.is_some_and(|name| !name.is_empty()) && guessable && !word.has_substitution()
}
