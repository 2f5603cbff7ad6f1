//! world-writable: every user may change what the command touches.

use super::{Shell, system_file_mode};
use crate::detect::Sink;
use crate::parse::shell::{Command, Syntax, Word};

/// The rule that says more about files of the system.
const SYSTEM_FILES: &str = "dockerfile/system-file-mode";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        if let Some(word) = open_mask(command) {
            out.report(
                rule,
                word.span,
                "every user may write to the files that are made from here on",
            )
            .text("takes no right from others")
            .help("use umask 022, or 027 to keep others out altogether");
            continue;
        }
        let Some(mode) = mode(command).filter(|mode| lets_all_write(&mode.text)) else {
            continue;
        };
        let targets: Vec<&str> = command
            .args()
            .iter()
            .filter(|w| w.span.start > mode.span.end)
            .map(|w| w.text.as_str())
            .filter(|text| !text.starts_with('-'))
            .collect();
        // The folders for temporary files and devices are meant to be open.
        if !targets.is_empty() && targets.iter().all(|t| is_open_by_design(t)) {
            continue;
        }
        if shell.in_image && system_file_mode::covers(command) && out.is_enabled(SYSTEM_FILES) {
            continue;
        }
        if gives_back(shell, command, &mode.text, &targets) || is_removed(shell, command, &targets)
        {
            continue;
        }
        let what = targets.first().copied().unwrap_or("what it makes");
        out.report(
            rule,
            mode.span,
            format!("every user may write to {what} ({})", mode.text),
        )
        .text("grants write to others")
        .help("give the one user or group that writes there ownership, and use 755, 775 or 750");
    }
}

/// `umask 000`, which leaves others the right to write.
fn open_mask(command: &Command) -> Option<&Word> {
    let word = command.args().first().filter(|_| command.name == "umask")?;
    let is_number = !word.text.is_empty() && word.text.bytes().all(|b| b.is_ascii_digit());
    let digits = word.text.trim_start_matches('0');
    let others = digits.bytes().last().unwrap_or(b'0');
    (is_number && others & 2 == 0).then_some(word)
}

/// `chmod a-w FILE`, and `chmod a+w FILE` after it: a test takes the right away for a moment.
fn gives_back(shell: &Shell<'_>, command: &Command, mode: &str, targets: &[&str]) -> bool {
    let taken = mode.replace('+', "-");
    taken != mode
        && shell.script.named(&["chmod"]).any(|other| {
            let words = other.args();
            other.id < command.id
                && words.iter().any(|word| word.text == taken)
                && targets
                    .iter()
                    .all(|target| words.iter().any(|word| word.text == *target))
        })
}

/// `chmod -R a+w DIR`, and `rm -rf DIR` at once: what was locked goes.
fn is_removed(shell: &Shell<'_>, command: &Command, targets: &[&str]) -> bool {
    let next = shell.script.commands.get(command.id + 1);
    next.filter(|next| next.name == "rm").is_some_and(|next| {
        let words = next.args();
        !targets.is_empty()
            && targets
                .iter()
                .all(|target| words.iter().any(|word| word.text == *target))
    })
}

/// The word that holds a mode.
pub(super) fn mode(command: &Command) -> Option<&Word> {
    match command.name.as_str() {
        "chmod" => command.args().iter().find(|w| !is_option(&w.text)),
        "install" | "mkdir" => {
            let options = command.options(Syntax {
                short: "mogtS",
                long: &["mode", "owner", "group", "target-directory"],
            });
            options
                .get(&["m", "mode"])
                .and_then(|option| option.value_word)
        }
        _ => None,
    }
}

/// `-R`, `--recursive`; not `-w`, which is a mode.
fn is_option(text: &str) -> bool {
    text.starts_with("--")
        || matches!(
            text,
            "-R" | "-v"
                | "-f"
                | "-c"
                | "-Rf"
                | "-fR"
                | "-vR"
                | "-Rv"
                | "-cR"
                | "-Rc"
                | "-h"
                | "-H"
                | "-L"
                | "-P"
        )
}

fn lets_all_write(mode: &str) -> bool {
    let mode = mode.strip_prefix("--mode=").unwrap_or(mode);
    if !mode.is_empty() && mode.bytes().all(|b| b.is_ascii_digit()) {
        let digits = mode.trim_start_matches('0').as_bytes();
        // A sticky bit keeps others from replacing what is in the folder.
        let sticky = matches!(digits, [first, _, _, _] if first & 1 == 1);
        return mode.len() >= 3 && !sticky && digits.last().is_some_and(|b| b & 2 != 0);
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else {
            return false;
        };
        let (who, what) = clause.split_at(at);
        what.contains('w')
            && !what.contains('t')
            && who.contains(['o', 'a'])
            && who.bytes().all(|b| b"ugoa".contains(&b))
    })
}

fn is_open_by_design(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    path.contains("/dev/") || matches!(path, "/tmp" | "/var/tmp" | "/dev/shm")
}
