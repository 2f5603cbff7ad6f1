//! second-root: an account with root's number under another name.

use super::{Shell, account};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Keyword};
use crate::parse::shell::{Command, Output, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let Some((span, name)) = made(command).or_else(|| written(command, shell)) else {
            continue;
        };
        let finding = out
            .report(
                rule,
                span,
                format!("{name} is root under another name: its user ID is 0"),
            )
            .text("root's number")
            .help("give the account a number of its own, for example 10001");
        if let Some(user) = switched(shell, &name) {
            finding.step(user, "the image runs as this account");
        }
    }
}

/// `useradd -o -u 0 NAME`, `usermod -u 0 NAME`.
fn made(command: &Command) -> Option<(Span, String)> {
    let account = account::read(command)?;
    let uid = account.uid.filter(|word| is_zero(&word.text))?;
    let at = uid.text.rfind(|c: char| c != '0').map_or(0, |at| at + 1);
    let span = uid.span_of(at, uid.text.len());
    (account.name.text != "root").then(|| (span, account.name.text.clone()))
}

/// `0`, also at the end of `--uid=0` and `-u0`.
fn is_zero(text: &str) -> bool {
    let number = text
        .rsplit_once('=')
        .map_or(text.trim_start_matches("-ou"), |(_, number)| number);
    let number = number.trim_start_matches("-u");
    !number.is_empty() && number.bytes().all(|b| b == b'0')
}

/// A line of /etc/passwd with the number 0, written by `echo` or put in by `sed`.
fn written(command: &Command, shell: &Shell<'_>) -> Option<(Span, String)> {
    let reaches = match command.name.as_str() {
        "echo" | "printf" | "cat" | "tee" => reaches_passwd(command, shell),
        "sed" => command.has_arg("/etc/passwd"),
        _ => false,
    };
    if !reaches {
        return None;
    }
    let bodies = shell.script.inputs(command).map(|(_, r)| &r.target);
    command.args().iter().chain(bodies).find_map(entry)
}

fn reaches_passwd(command: &Command, shell: &Shell<'_>) -> bool {
    let script = shell.script;
    match script.output(command) {
        Output::File { redirect } => script
            .redirects
            .get(redirect)
            .is_some_and(|r| r.target.text == "/etc/passwd"),
        Output::Pipe { pipeline, index } => script
            .element(pipeline, index)
            .iter()
            .any(|next| next.name == "tee" && next.has_arg("/etc/passwd")),
        _ => command.name == "tee" && command.has_arg("/etc/passwd"),
    }
}

/// `toor:x:0:0:...` in a word; the last such line of a `sed` program is what it puts in.
fn entry(word: &Word) -> Option<(Span, String)> {
    let text = word.text.as_str();
    let mut found = None;
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find(":0:").map(|at| at + from) {
        from = at + 1;
        // Name and password stand before the number, another number after it.
        let before = text.get(..at)?;
        let (head, password) = before.rsplit_once(':')?;
        let start = head
            .rfind(|c: char| {
                !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$' | '{' | '}'))
            })
            .map_or(0, |at| at + 1);
        let name = head.get(start..)?;
        let is_entry = password.len() <= 1 && !name.is_empty() && name != "root";
        if is_entry
            && text
                .get(at + 3..)?
                .starts_with(|c: char| c.is_ascii_digit() || c == '$' || c == '\\')
        {
            found = Some((at + 1, name.to_owned()));
        }
    }
    let (at, name) = found?;
    Some((word.span_of(at, at + 1), name))
}

/// The USER of the same stage that names the account.
fn switched(shell: &Shell<'_>, name: &str) -> Option<Span> {
    let image = shell.image?;
    image
        .file
        .instructions_of(image.stage)
        .filter(|i| i.keyword == Keyword::User)
        .find_map(|i| match &i.body {
            Body::Text(word) if word.text().split(':').next() == Some(name) => Some(word.span),
            _ => None,
        })
}
