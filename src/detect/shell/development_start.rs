//! development-start: a container starts under a debugger, or with a server for developers.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Severity, Span};
use crate::parse::dockerfile::{Keyword, is_development_name};
use crate::parse::shell::Command;

const DEBUGGER: &str = "under a debugger, which stops it and runs what it is told";
const SERVER: &str = "a server for developers, which shows its errors to visitors";
const WATCHER: &str = "again whenever a file changes, as only a developer needs it";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let mut targets = image.file.targets_on(image.stage);
    let is_deployed = targets.any(|t| {
        !t.name
            .as_ref()
            .is_some_and(|name| is_development_name(&name.raw))
    });
    if !is_deployed || image.source.path.as_str().is_some_and(is_development_name) {
        return;
    }
    for command in &shell.script.commands {
        let keyword = image.instruction(command).map(|i| i.keyword);
        if !matches!(keyword, Some(Keyword::Cmd | Keyword::Entrypoint)) {
            continue;
        }
        if let Some((span, what)) = judge(command) {
            let severity = match what {
                DEBUGGER => Severity::Medium,
                _ => Severity::Low,
            };
            out.report(rule, span, format!("the container starts {what}"))
                .severity(severity)
                .text("for development")
                .help("start the program itself, as it runs in production; let developers override CMD, or give them a stage of their own");
        }
    }
}

fn judge(command: &Command) -> Option<(Span, &'static str)> {
    let args = command.args();
    let program = command.program_span();
    let word = |texts: &[&str]| {
        let found = args.iter().find(|w| texts.contains(&w.text.as_str()));
        found.map(|w| w.span)
    };
    match command.name.as_str() {
        "dlv" => Some((program, DEBUGGER)),
        name if name.starts_with("python") => {
            let debugger = word(&["pdb", "ipdb", "debugpy"]).filter(|_| command.has_arg("-m"));
            let server =
                word(&["runserver"]).filter(|_| args.iter().any(|w| w.text.ends_with("manage.py")));
            let flask = word(&["--debug"]).filter(|_| command.has_arg("flask"));
            debugger
                .map(|span| (span, DEBUGGER))
                .or(server.or(flask).map(|span| (span, SERVER)))
        }
        "flask" => Some((word(&["--debug", "--debugger"])?, SERVER)),
        "fastapi" => Some((word(&["dev"])?, SERVER)),
        "uvicorn" | "gunicorn" | "hypercorn" => Some((word(&["--reload"])?, WATCHER)),
        "nodemon" | "ts-node-dev" | "tsnd" | "air" => Some((program, WATCHER)),
        "webpack-dev-server" => Some((program, SERVER)),
        "next" | "nuxt" | "nuxi" | "astro" => Some((word(&["dev"])?, SERVER)),
        "ng" => Some((word(&["serve"])?, SERVER)),
        "npm" | "yarn" | "pnpm" | "bun" => {
            let script = args.iter().find(|w| {
                !w.text.starts_with('-') && !matches!(w.text.as_str(), "run" | "run-script")
            })?;
            let words = ["dev", "develop", "watch", "start:dev"];
            let is_dev = words.contains(&script.text.as_str()) || script.text.starts_with("dev:");
            is_dev.then_some((script.span, SERVER))
        }
        _ => None,
    }
}
