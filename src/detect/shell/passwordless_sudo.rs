//! passwordless-sudo: a rule that lets somebody become root without a word.

use super::Shell;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::{Output, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in script.named(&["echo", "printf", "tee", "sed", "cat"]) {
        let words = command
            .args()
            .iter()
            .chain(script.inputs(command).map(|(_, r)| &r.target));
        // What is only shown grants nothing.
        let is_shown = matches!(command.name.as_str(), "echo" | "printf")
            && script.output(command) == Output::Inherited;
        let found: Vec<Span> = words.filter_map(marked).filter(|_| !is_shown).collect();
        for span in found {
            let reaches_sudoers = script
                .commands
                .iter()
                .filter(|other| other.unit == command.unit)
                .any(|other| other.args().iter().any(|w| w.text.contains("sudoers")))
                || script
                    .redirects
                    .iter()
                    .any(|r| r.target.text.contains("sudoers"));
            if reaches_sudoers {
                out.report(rule, span, "sudo asks for no password: whoever runs as this user is root")
                    .text("no password is asked for")
                    .help("name the few commands that need it, or do these steps as root before the user is switched");
            }
        }
    }
    for written in shell.written().iter().filter(|w| w.path.contains("doas")) {
        for (at, line) in written.lines() {
            if let Some((start, end)) = permitted(line) {
                let span = written.span_of(at + start, at + end);
                out.report(rule, span, "doas asks for no password: whoever runs as this user is root")
                    .text("no password is asked for")
                    .help("name the few commands that need it (cmd), or do these steps as root before the user is switched");
            }
        }
    }
}

/// `nopass` in a line of doas.conf that lets another than root run everything.
fn permitted(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_whitespace();
    let is_permit = words.next() == Some("permit");
    let limits = ["cmd", "root"];
    // Whom it becomes stands after `as`.
    let is_limited = words
        .take_while(|word| *word != "as")
        .any(|word| limits.contains(&word))
        || line.split_whitespace().any(|word| word == "cmd");
    let start = line.find("nopass")?;
    (is_permit && !is_limited).then_some((start, start + "nopass".len()))
}

/// `NOPASSWD:ALL`, where it is granted for everything.
fn marked(word: &Word) -> Option<Span> {
    let at = word.text.find("NOPASSWD:")?;
    let rest = word.text.get(at + 9..)?;
    let granted = rest.trim_start();
    if !granted.starts_with("ALL") {
        return None;
    }
    let end = at + 9 + (rest.len() - granted.len()) + 3;
    Some(word.span_of(at, end))
}
