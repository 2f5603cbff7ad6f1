//! literal-password: an account gets a password that everybody can read.

use super::Shell;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::{Command, Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let (word, aliases): (Span, &[&str]) = match command.name.as_str() {
            "chpasswd" => match piped_text(command, shell) {
                Some(span) => (span, &["CKV2_DOCKER_17"]),
                None => continue,
            },
            "passwd" if command.has_arg("--stdin") => match piped_text(command, shell) {
                Some(span) => (span, &[]),
                None => continue,
            },
            "passwd" => match command
                .args()
                .iter()
                .find(|w| matches!(w.text.as_str(), "-d" | "--delete"))
            {
                Some(word) if shell.in_image => {
                    out.report(
                        rule,
                        word.span,
                        "an account loses its password: anybody can log in as it",
                    )
                    .aliases(&[])
                    .text("removes the password")
                    .help("lock the account with `passwd -l`, or leave it as it is");
                    continue;
                }
                _ => continue,
            },
            "useradd" | "usermod" => match option(command) {
                Some(word) => (word.span, &[]),
                None => continue,
            },
            _ => continue,
        };
        out.mask(word);
        out.report(rule, word, format!("{} sets a password that stands in this file", command.name))
            .text("a literal password")
            .aliases(aliases)
            .help("leave the account without a password (nobody logs in to a container), or set it where the system runs, from a secret");
    }
}

/// `echo "user:password" | chpasswd`: the literal word that is piped in.
fn piped_text(command: &Command, shell: &Shell<'_>) -> Option<Span> {
    let literal = |word: &Word| word.is_literal() && word.text.len() > 2;
    if let Some((_, redirect)) = shell.script.inputs(command).next() {
        let word = &redirect.target;
        return (!word.text.contains(['$', '`'])
            && word.text.len() > 2
            && !word.text.starts_with('/'))
        .then_some(word.span);
    }
    let (pipeline, element) = shell.script.pipe(command)?;
    let (first, end) = *pipeline.elements.get(element.checked_sub(1)?)?;
    let source = shell.script.commands.get(first..end)?.first()?;
    if !matches!(source.name.as_str(), "echo" | "printf") {
        return None;
    }
    source
        .args()
        .iter()
        .filter(|word| !word.text.starts_with('-'))
        .find(|word| literal(word) && (command.name == "passwd" || word.text.contains(':')))
        .filter(|_| source.args().iter().all(|word| word.is_literal()))
        .map(|word| word.span)
}

fn option(command: &Command) -> Option<&Word> {
    let options = command.options(Syntax {
        short: "pbcdefGgKksuRP",
        long: &[
            "password", "home-dir", "comment", "shell", "gid", "groups", "uid", "base-dir",
            "login", "home",
        ],
    });
    let option = options.get(&["p", "password"])?;
    option.value_word.filter(|word| {
        word.is_literal()
            && option
                .value
                .is_some_and(|v| v.len() > 1 && !matches!(v, "*" | "!" | "!!" | "NP"))
    })
}
