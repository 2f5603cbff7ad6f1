//! system-file-mode: the files that decide who is who, or the whole system, are given away.

use super::Shell;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::{Command, Word};

/// Files that decide who is who, with the bits that others than the owner must not have.
const FILES: &[(&str, u32)] = &[
    ("/etc/passwd", 0o022),
    ("/etc/group", 0o022),
    ("/etc/shadow", 0o027),
    ("/etc/gshadow", 0o027),
    ("/etc/sudoers", 0o022),
    ("/etc/sudoers.d", 0o022),
    ("/etc/ld.so.preload", 0o022),
    ("/etc/pam.d", 0o022),
    ("/etc/crontab", 0o022),
    ("/var/run/docker.sock", 0o007),
    ("/run/docker.sock", 0o007),
];

/// Folders of the system whose whole content nobody but root should own.
const FOLDERS: &[&str] = &[
    "/",
    "/*",
    "/etc",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/boot",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.script.named(&["chmod", "chown", "chgrp"]) {
        if let Some((span, message)) = judge(command) {
            out.report(rule, span, message)
                .text("gives a part of the system away")
                .help("leave these files to root with the modes of the distribution; give the application a folder of its own");
        }
    }
}

/// True where this rule has the last word on a `chmod`.
pub fn covers(command: &Command) -> bool {
    judge(command).is_some()
}

fn judge(command: &Command) -> Option<(Span, String)> {
    let is_chmod = command.name == "chmod";
    let mut words = command
        .args()
        .iter()
        .filter(|w| !is_option(&w.text, is_chmod));
    let grant = words.next()?;
    let recursive = command.args().iter().any(|word| {
        let text = word.text.as_str();
        text == "--recursive"
            || (is_option(text, is_chmod) && !text.starts_with("--") && text.contains('R'))
    });
    words.find_map(|word| {
        let path = path(word);
        if recursive && FOLDERS.contains(&path) {
            let gives = match is_chmod {
                true => grants(&grant.text, 0o022),
                false => is_other(&grant.text),
            };
            return gives.then(|| {
                let what = if is_chmod {
                    "opens to others"
                } else {
                    "takes from root"
                };
                (
                    word.span,
                    format!("{} {what} all that is below {path}", command.name),
                )
            });
        }
        let (file, forbidden) = FILES.iter().find(|(file, _)| {
            path == *file
                || (file.ends_with(".d")
                    && path
                        .strip_prefix(file)
                        .is_some_and(|rest| rest.starts_with('/')))
        })?;
        let gives = match command.name.as_str() {
            "chmod" => grants(&grant.text, *forbidden),
            "chown" => is_other(&grant.text) && !file.ends_with(".sock"),
            _ => false,
        };
        gives.then(|| {
            let who = if is_chmod {
                format!("mode {}", grant.text)
            } else {
                format!("owner {}", grant.text)
            };
            (
                word.span,
                format!("{who} lets others than root decide what is in {path}"),
            )
        })
    })
}

fn path(word: &Word) -> &str {
    let trimmed = word.text.trim_end_matches('/');
    if trimmed.is_empty() { "/" } else { trimmed }
}

/// Not `-w`, which is a mode.
fn is_option(text: &str, is_chmod: bool) -> bool {
    text.starts_with("--")
        || (text.starts_with('-')
            && !(is_chmod && text.bytes().skip(1).all(|b| b"rwxst".contains(&b))))
}

/// True where a mode grants one of these bits.
fn grants(mode: &str, forbidden: u32) -> bool {
    if let Ok(number) = u32::from_str_radix(mode, 8) {
        return number & forbidden != 0;
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else {
            return false;
        };
        let (who, what) = clause.split_at(at);
        let mut bits = 0;
        for (letter, bit) in [('r', 4), ('w', 2), ('x', 1)] {
            bits |= if what.contains(letter) { bit } else { 0 };
        }
        // `g=u` copies the owner's right to write.
        if what.contains('u') {
            bits |= 0o6;
        }
        let all = who.contains('a');
        let group = if all || who.contains('g') {
            bits << 3
        } else {
            0
        };
        let others = if all || who.contains('o') { bits } else { 0 };
        (group | others) & forbidden != 0
    })
}

/// True for an owner that is not root; what only the run knows is not judged.
fn is_other(owner: &str) -> bool {
    let user = owner.split([':', '.']).next().unwrap_or_default();
    !matches!(user, "" | "root" | "0") && !user.contains(['$', '`', '/', '='])
}
