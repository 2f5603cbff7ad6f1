//! dockerfile/windows-account

use super::Facts;
use super::windows::steps;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::powershell::{Command, Word};

const RULE: &str = "dockerfile/windows-account";

/// Reports the literal password of an account, and accounts that become administrators.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for step in steps(facts.file) {
        for command in step.commands() {
            if let Some(word) = password(command) {
                out.mask(word.span);
                out.report(
                    RULE,
                    word.span,
                    "an account gets a password that stands in this file",
                )
                .text("a literal password")
                .help(
                    "use ContainerUser, or an account without a password that nobody can log in to",
                );
            }
            let name = command.name();
            let adds = (matches!(name.as_str(), "net" | "net1")
                && command.word(&["localgroup"]).is_some()
                && command.word(&["/add"]).is_some())
                || name == "add-localgroupmember";
            if let (true, Some(word)) = (adds, command.word(&["Administrators"])) {
                out.report(
                    RULE,
                    word.span,
                    "an account becomes an administrator of the container",
                )
                .severity(Severity::Medium)
                .text("all rights")
                .help("run as ContainerUser, and do what needs an administrator in earlier steps");
            }
        }
    }
}

fn password(command: &Command) -> Option<&Word> {
    let is_literal =
        |word: &&Word| word.text.len() > 1 && !word.text.contains(['$', '%', '*', '/']);
    match command.name().as_str() {
        "net" | "net1" if command.word(&["user"]).is_some() => {
            let words: Vec<&Word> = command
                .words
                .iter()
                .skip(1)
                .filter(|w| !w.text.starts_with('/'))
                .collect();
            // net user NAME PASSWORD
            words.get(2).copied().filter(is_literal)
        }
        "convertto-securestring" if command.text.contains("-asplaintext") => command
            .words
            .iter()
            .skip(1)
            .find(|word| !word.text.starts_with('-'))
            .filter(is_literal),
        _ => None,
    }
}
