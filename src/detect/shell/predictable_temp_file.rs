//! predictable-temp-file: a name under /tmp that another user can take first.

use super::{Shell, fetch, variable_of};
use crate::detect::Sink;
use crate::parse::shell::Word;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let mut words = written(shell, rule, out);
    let assigned = script.assignments.iter().filter(|assignment| {
        let name = Some(assignment.name.as_str());
        words.iter().any(|word| variable_of(word) == name)
    });
    let assigned: Vec<&Word> = assigned.map(|assignment| &assignment.value).collect();
    words.extend(assigned);
    words.sort_by_key(|w| w.span);
    let own: Vec<&str> = own_folders(shell).collect();
    words.retain(|word| {
        let folder = |own: &&str| word.text.strip_prefix(*own);
        let mut rests = own.iter().filter_map(folder);
        !rests.any(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let unclear = out.wants_unclear(rule);
    for word in words {
        let Some(name) = predictable(word) else {
            continue;
        };
        // A fixed name is often agreed upon; the number of a process is a try to be alone.
        if unclear || is_meant_to_be_unique(name) || holds_a_secret(name) {
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

/// Folders that the script makes itself or goes no further: `mkdir /tmp/x.$$ || exit`.
fn own_folders<'s>(shell: &Shell<'s>) -> impl Iterator<Item = &'s str> {
    let script = shell.script;
    let made = script.named(&["mkdir"]).filter(|command| {
        let asks = command.settings.errexit || script.is_handled(command);
        let asks = asks && !script.is_forgiven_by_list(command);
        asks && !command.has_arg("-p") && !command.has_arg("--parents")
    });
    let words = made.flat_map(|command| command.args());
    let texts = words.map(|word| word.text.as_str());
    texts.filter(|text| text.starts_with('/'))
}

/// The files that a script writes. What `mktemp` only names is reported at once.
fn written<'s>(shell: &Shell<'s>, rule: &str, out: &mut Sink<'_>) -> Vec<&'s Word> {
    let script = shell.script;
    let redirects = script.redirects.iter().filter(|r| r.is_stdout());
    let mut words: Vec<&Word> = redirects.map(|r| &r.target).collect();
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
            "mktemp"
                if (command.has_arg("-u") || command.has_arg("--dry-run"))
                    && out.wants_unclear(rule) =>
            {
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
    words
}

/// The name of what lies directly under a folder that everybody may write to, with nothing random
/// in it.
fn predictable(word: &Word) -> Option<&str> {
    let name = word
        .text
        .strip_prefix("/tmp/")
        .or_else(|| word.text.strip_prefix("/var/tmp/"))?;
    // A variable may hold what mktemp printed on another path.
    let guessable = word.variables().all(|v| v == "$" || v == "RANDOM");
    (!name.is_empty() && guessable && !word.has_substitution()).then_some(name)
}

fn is_meant_to_be_unique(name: &str) -> bool {
    ["$$", "${$}", "$RANDOM", "${RANDOM}"]
        .iter()
        .any(|number| name.contains(number))
}

fn holds_a_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["secret", "passw", "credential", "private", "id_rsa"]
        .iter()
        .any(|word| lower.contains(word))
}
