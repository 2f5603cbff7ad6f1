//! large-user-id: useradd writes a log file with a place for every user up to this one.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Confidence, Safety};
use crate::parse::shell::Syntax;

const USERADD: Syntax = Syntax {
    short: "bcdefgGkKpRPsuZ",
    long: &[
        "base-dir", "comment", "home-dir", "gid", "groups", "shell", "uid", "password",
    ],
};

/// Ids up to here cost less than 30 MB.
const MOST: u64 = 99_999;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.built().filter(|command| command.name == "useradd") {
        let options = command.options(USERADD);
        let Some(option) = options.get(&["u", "uid"]) else {
            continue;
        };
        let (Some(value), Some(word)) = (option.value, option.value_word) else {
            continue;
        };
        // What a build argument says by default may be another id on the day.
        let is_open = !word.is_literal();
        let is_large = value.parse::<u64>().is_ok_and(|id| id > MOST);
        if !(is_open || is_large) || options.has(&["l", "no-log-init"]) {
            continue;
        }
        let message = match is_large {
            true => format!("useradd writes a log file with room for {value} users"),
            false => "useradd writes a huge log file if this id is a large one".to_owned(),
        };
        let found = out
            .report(rule, word.span, message)
            .text("bloats /var/log/lastlog and /var/log/faillog")
            .help("add --no-log-init");
        let found = match is_large {
            true => found,
            false => found.confidence(Confidence::Low),
        };
        let is_plain = option.word.text == "-u" && option.word.span != word.span;
        let found = match is_plain {
            true => found,
            false => found.aliases(&[]),
        };
        let edit = command.program_word().and_then(|program| {
            shell
                .image?
                .argument_after(command, program, "--no-log-init")
        });
        if let Some(edit) = edit {
            found.fix_all("Add --no-log-init", Safety::Safe, vec![edit]);
        }
    }
}
