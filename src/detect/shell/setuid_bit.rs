//! setuid-bit: whoever runs the file runs it as its owner.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let Some(mode) = mode(command).filter(|mode| sets_user(&mode.text)) else {
            continue;
        };
        let target = command.args().last().filter(|w| w.span != mode.span);
        let what = target.map_or("a file", |w| w.text.as_str());
        out.report(rule, mode.span, format!("{what} runs with its owner's rights, whoever starts it"))
            .text("sets the setuid bit")
            .help("grant the one capability that it needs with setcap, or run it as a service of its own user");
    }
}

fn mode(command: &Command) -> Option<&Word> {
    match command.name.as_str() {
        "chmod" => command.args().iter().find(|w| !w.text.starts_with('-')),
        "install" => command
            .options(Syntax {
                short: "mogtS",
                long: &["mode", "owner", "group", "target-directory"],
            })
            .get(&["m", "mode"])
            .and_then(|option| option.value_word),
        _ => None,
    }
}

fn sets_user(mode: &str) -> bool {
    if mode.bytes().all(|b| b.is_ascii_digit()) {
        // 4 is the user's bit; a group's bit on folders (2) is ordinary.
        let mode = mode.trim_start_matches('0');
        return mode.len() == 4 && mode.bytes().next().is_some_and(|b| b & 4 != 0);
    }
    mode.split(',').any(|clause| {
        clause.split_once(['+', '=']).is_some_and(|(who, what)| {
            what.contains('s')
                && (who.contains(['u', 'a']))
                && what.bytes().all(|b| b"rwxXst".contains(&b))
        })
    })
}
