//! setuid-bit: whoever runs the file runs it as its owner, or with its group.

use super::Shell;
use crate::detect::Sink;
use crate::model::Confidence;
use crate::parse::shell::{Command, Syntax, Word};

const HELP: &str =
    "grant the one capability that it needs with setcap, or run it as a service of its own user";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let Some(mode) = mode(command) else {
            continue;
        };
        let target = command.args().last().filter(|w| w.span != mode.span);
        let what = target.map_or("a file", |w| w.text.as_str());
        if is_by_design(shell, what) {
            continue;
        }
        let is_folder = || target.is_some_and(|word| is_folder(shell, command, word));
        if sets(&mode.text, 4) && !is_folder() {
            let message = format!("{what} runs with its owner's rights, whoever starts it");
            out.report(rule, mode.span, message)
                .text("sets the setuid bit")
                .help(HELP);
        } else if sets(&mode.text, 2) && !is_folder() {
            // On a folder the bit only says whose group new files are in.
            let confidence = match target {
                Some(word) if is_program(&command.path(&word.text)) => Confidence::Medium,
                Some(word) if shell.in_image && is_for_files(&mode.text, &word.text) => {
                    Confidence::Low
                }
                _ => continue,
            };
            let message = format!("{what} runs with its group's rights, whoever starts it");
            out.report(rule, mode.span, message)
                .text("sets the setgid bit")
                .confidence(confidence)
                .help(HELP);
        }
    }
}

/// True for programs that drop what they are given at once and cannot do without it, and where the
/// administrator of a Debian system is asked.
fn is_by_design(shell: &Shell<'_>, path: &str) -> bool {
    let name = path
        .trim_matches(['"', '\''])
        .rsplit('/')
        .next()
        .unwrap_or(path);
    let known = [
        "chrome-sandbox",
        "sudo",
        "su",
        "fusermount",
        "fusermount3",
        "newuidmap",
        "newgidmap",
    ];
    known.contains(&name) || shell.script.named(&["dpkg-statoverride"]).next().is_some()
}

fn mode(command: &Command) -> Option<&Word> {
    match command.name.as_str() {
        "chmod" => command.args().iter().find(|w| !w.text.starts_with('-')),
        "install" => {
            let options = command.options(Syntax {
                short: "mogtS",
                long: &["mode", "owner", "group", "target-directory"],
            });
            let mode = options.get(&["m", "mode"])?;
            mode.value_word
                .filter(|_| !options.has(&["d", "directory"]))
        }
        _ => None,
    }
}

/// True where a mode sets the owner's bit (4) or the group's (2).
fn sets(mode: &str, bit: u8) -> bool {
    if mode.bytes().all(|b| b.is_ascii_digit()) {
        let mode = mode.trim_start_matches('0');
        return mode.len() == 4 && mode.bytes().next().is_some_and(|b| b & bit != 0);
    }
    let letter = if bit == 4 { 'u' } else { 'g' };
    mode.split(',').any(|clause| {
        clause.split_once(['+', '=']).is_some_and(|(who, what)| {
            what.contains('s')
                && (who.is_empty() || who.contains([letter, 'a']))
                && who.bytes().all(|b| b"ugoa".contains(&b))
                && what.bytes().all(|b| b"rwxXst".contains(&b))
        })
    })
}

/// True for a path in a folder of programs.
fn is_program(path: &str) -> bool {
    let mut parts = path.rsplit('/').skip(1);
    let folder = parts.next().unwrap_or_default();
    ["bin", "sbin", "libexec", "games"].contains(&folder)
}

/// True for a mode that keeps the group from writing, and so is not a shared folder's, on a path
/// outside of those that hold data.
fn is_for_files(mode: &str, path: &str) -> bool {
    let data = ["/var/", "/srv", "/home", "/mnt", "/data", "/run", "/etc"];
    let group = mode.bytes().rev().nth(1).unwrap_or(b'7');
    group.is_ascii_digit() && group & 2 == 0 && !data.iter().any(|folder| path.starts_with(folder))
}

/// True for what the command line, or a step before, shows to be a folder.
fn is_folder(shell: &Shell<'_>, command: &Command, word: &Word) -> bool {
    let path = command.path(&word.text);
    let finds = |find: &Command| {
        let words = find.args().windows(2);
        let mut kinds = words.filter(|pair| matches!(pair, [w, _] if w.text == "-type"));
        find.span.start <= command.span.start
            && command.span.end <= find.span.end
            && kinds.any(|pair| matches!(pair, [_, kind] if kind.text == "d"))
    };
    word.text.ends_with('/')
        || path == command.cwd
        || shell.script.named(&["find"]).any(finds)
        || shell.makes_folder(&path)
}
