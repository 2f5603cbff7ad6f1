//! ssh-server: a second way into the container that nobody watches.

use super::{Shell, install};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::Body;
use crate::parse::shell::{Command, Output, Word};

const HELP: &str = "reach a running container with `docker exec` or `kubectl exec`, which the platform authorises and records";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let found = server(command)
            .or_else(|| setting(command, shell))
            .or_else(|| key(command, shell));
        if let Some((span, what)) = found {
            out.report(rule, span, what)
                .text("a second way in")
                .help(HELP);
        }
    }
    let Some(image) = shell.image else {
        return;
    };
    for (span, what) in image
        .own
        .written
        .iter()
        .filter_map(|file| opened(&file.text))
    {
        out.report(rule, span, what)
            .text("a second way in")
            .help(HELP);
    }
    for instruction in image.file.instructions_of(image.stage) {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let is_key = |text: &str| text.trim_end_matches('/').ends_with("authorized_keys");
        let mut words = sources.iter().chain([destination]);
        if let Some(word) = words.find(|word| is_key(word.text())) {
            out.report(
                rule,
                word.span,
                "an ssh key that opens every container of the image is copied into it",
            )
            .text("a second way in")
            .help(HELP);
        }
    }
}

fn server(command: &Command) -> Option<(Span, &'static str)> {
    match command.name.as_str() {
        "sshd" | "dropbear" => Some((command.program_span(), "an ssh server is started")),
        "service" | "systemctl" | "rc-service" | "rc-update" => command
            .args()
            .iter()
            .find(|w| {
                matches!(
                    w.text.as_str(),
                    "ssh" | "sshd" | "ssh.service" | "sshd.service"
                )
            })
            .map(|w| (w.span, "an ssh server is started")),
        _ => install::packages(command)
            .into_iter()
            .find(|w| {
                matches!(
                    install::bare_name(&w.text),
                    "openssh-server" | "dropbear" | "tinysshd"
                )
            })
            .map(|w| (w.span, "an ssh server is installed")),
    }
}

/// Settings of the server that open it, put into a file by `echo` or `sed`.
fn setting(command: &Command, shell: &Shell<'_>) -> Option<(Span, &'static str)> {
    if !matches!(
        command.name.as_str(),
        "echo" | "printf" | "sed" | "cat" | "tee"
    ) {
        return None;
    }
    let inputs = shell.script.inputs(command).map(|(_, r)| &r.target);
    command.args().iter().chain(inputs).find_map(opened)
}

/// A key that is written into `authorized_keys`.
fn key(command: &Command, shell: &Shell<'_>) -> Option<(Span, &'static str)> {
    const WHAT: &str = "an ssh key that opens every container of the image is written into it";
    let is_key = |word: &&Word| word.text.ends_with("/authorized_keys");
    let redirected = match shell.script.output(command) {
        Output::File { redirect } => shell.script.redirects.get(redirect).map(|r| &r.target),
        _ => None,
    };
    let redirected = redirected.filter(is_key);
    let written = match command.name.as_str() {
        "tee" | "cp" | "mv" | "install" | "curl" | "wget" => command.args().last().filter(is_key),
        _ => None,
    };
    let named = command
        .args()
        .iter()
        .find(is_key)
        .filter(|_| matches!(command.name.as_str(), "curl" | "wget"));
    redirected
        .or(written)
        .or(named)
        .map(|word| (word.span, WHAT))
}

/// A setting that opens the server, in a text; the last one is what `sed` puts in.
fn opened(word: &Word) -> Option<(Span, &'static str)> {
    const SETTINGS: &[(&str, &str)] = &[
        ("permitrootlogin yes", "the ssh server lets root log in"),
        (
            "permitemptypasswords yes",
            "the ssh server takes empty passwords",
        ),
    ];
    let text = word.text.to_ascii_lowercase();
    SETTINGS.iter().find_map(|(setting, what)| {
        let at = text.rfind(setting)?;
        let is_comment = text.get(..at)?.ends_with('#');
        // What `sed` looks for is not what it puts in.
        let key = setting.split(' ').next()?;
        let is_pattern = text.get(at + 1..)?.contains(key);
        (!is_comment && !is_pattern).then(|| (word.span_of(at, at + setting.len()), *what))
    })
}
