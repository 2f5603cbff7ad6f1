//! exposed-build-secret: a mounted secret is copied to where it stays.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Output};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in &script.commands {
        let reads = command
            .args()
            .iter()
            .find(|w| w.text.starts_with("/run/secrets/"));
        let Some(word) = reads else {
            continue;
        };
        let what = match command.name.as_str() {
            "cp" | "mv" | "install" | "ln" if !last_is(command, word.span) => {
                "copied into the image"
            }
            "cat" | "tee" | "base64" | "head" | "tail" | "less" | "xxd" => {
                match script.output(command) {
                    Output::Inherited => "printed into the build's log",
                    Output::File { redirect } => {
                        let file = script
                            .redirects
                            .get(redirect)
                            .map_or("", |r| r.target.text.as_str());
                        if file.starts_with("/dev/") || is_removed(shell, command, file) {
                            continue;
                        }
                        "copied into the image"
                    }
                    _ => continue,
                }
            }
            _ => continue,
        };
        out.report(rule, word.span, format!("the mounted secret is {what}"))
            .text("leaves its mount here")
            .help("let the program read it from /run/secrets, or from a variable: RUN --mount=type=secret,id=...,env=NAME");
    }
}

fn last_is(command: &Command, span: crate::model::Span) -> bool {
    command.args().last().is_some_and(|w| w.span == span)
}

/// True where the same step removes the file again.
fn is_removed(shell: &Shell<'_>, command: &Command, file: &str) -> bool {
    shell.script.named(&["rm", "shred"]).any(|later| {
        later.unit == command.unit
            && later.id > command.id
            && later.args().iter().any(|w| w.text == file)
    })
}
