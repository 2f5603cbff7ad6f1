//! unsafe-start: a program is started in the one way that leaves it open.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Severity, Span};
use crate::parse::dockerfile::{Body, Keyword};
use crate::parse::shell::{Command, Word};

/// What is wrong with a start, and how much.
struct Fault {
    span: Span,
    what: String,
    severity: Severity,
}

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        for command in &shell.script.commands {
            if !is_first_step(command)
                && let Some(fault) = open_service(command)
            {
                report(rule, out, fault);
            }
        }
        return;
    };
    for command in &shell.script.commands {
        let Some(instruction) = image.instruction(command) else {
            continue;
        };
        let starts = matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint);
        let found = starts
            .then(|| open_service(command).or_else(|| tool(command)))
            .flatten();
        if let Some(fault) = found {
            report(rule, out, fault);
        }
    }
    let range = image.stage.instructions.clone();
    for instruction in image.file.instructions.get(range).unwrap_or_default() {
        if let Body::Env(pairs) = &instruction.body {
            for pair in pairs {
                let value = pair.value.as_ref().map_or("", |value| value.text());
                let fault = SETTINGS.iter().find(|(name, open, _)| {
                    name.eq_ignore_ascii_case(pair.name.text()) && open.eq_ignore_ascii_case(value)
                });
                if let Some((_, _, what)) = fault {
                    let span = pair.value.as_ref().map_or(pair.span, |value| value.span);
                    report(
                        rule,
                        out,
                        Fault {
                            span,
                            what: (*what).to_owned(),
                            severity: Severity::Medium,
                        },
                    );
                }
            }
        }
    }
}

/// Starts of a script that set a service up before others reach it, or test a page.
fn is_first_step(command: &Command) -> bool {
    let name = command.name.as_str();
    name.starts_with("mysqld")
        || name.starts_with("mariadbd")
        || name.starts_with("mongod")
        || name.starts_with("python")
        || is_browser(name)
}

fn report(rule: &str, out: &mut Sink<'_>, fault: Fault) {
    out.report(rule, fault.span, fault.what)
        .severity(fault.severity)
        .text("left open")
        .help("start it with its protection on, and bind it to localhost or behind a proxy that authorises");
}

/// Variables by which images are told to ask for no password.
const SETTINGS: &[(&str, &str, &str)] = &[
    (
        "POSTGRES_HOST_AUTH_METHOD",
        "trust",
        "the database lets everybody in without a password",
    ),
    (
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "yes",
        "the database's root needs no password",
    ),
    (
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "true",
        "the database's root needs no password",
    ),
    (
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "1",
        "the database's root needs no password",
    ),
    (
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "yes",
        "the database's root needs no password",
    ),
    (
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "1",
        "the database's root needs no password",
    ),
    (
        "ALLOW_EMPTY_PASSWORD",
        "yes",
        "the service needs no password",
    ),
    (
        "xpack.security.enabled",
        "false",
        "the search engine lets everybody in without a password",
    ),
    (
        "DISABLE_SECURITY_PLUGIN",
        "true",
        "the search engine lets everybody in without a password",
    ),
    (
        "NEO4J_AUTH",
        "none",
        "the database lets everybody in without a password",
    ),
    ("ACCEPT_ANONYMOUS", "true", "everybody is let in"),
];

fn fault(word: &Word, what: &str, severity: Severity) -> Option<Fault> {
    Some(Fault {
        span: word.span,
        what: what.to_owned(),
        severity,
    })
}

/// A service whose protection the command line switches off.
fn open_service(command: &Command) -> Option<Fault> {
    let args = command.args();
    let name = command.name.as_str();
    let flag = |names: &[&str]| args.iter().find(|w| names.contains(&w.text.as_str()));
    // `--name value`, `--name=value`: the word that holds the value.
    let valued = |names: &[&str], values: &[&str]| {
        args.iter().enumerate().find_map(|(at, word)| {
            let name = names.iter().find(|name| word.text.starts_with(**name))?;
            let rest = word.text.strip_prefix(name)?;
            match rest.strip_prefix('=') {
                Some(value) => values
                    .contains(&value.trim_matches(['\'', '"']))
                    .then_some(word),
                None if rest.is_empty() => args
                    .get(at + 1)
                    .filter(|next| values.contains(&next.text.as_str())),
                None => None,
            }
        })
    };
    match name {
        "redis-server" | "valkey-server" => fault(
            valued(&["--protected-mode"], &["no"])?,
            "the database takes commands from everybody, without a password",
            Severity::High,
        )
        .filter(|_| flag(&["--requirepass"]).is_none()),
        "mongod" => fault(
            flag(&["--noauth"])?,
            "the database asks nobody for a password",
            Severity::High,
        ),
        "mysqld" | "mysqld_safe" | "mariadbd" | "mariadbd-safe" => fault(
            args.iter()
                .find(|w| w.text.starts_with("--skip-grant-tables"))?,
            "the database asks nobody for a password",
            Severity::High,
        ),
        "elasticsearch" | "opensearch" | "kibana" => fault(
            args.iter().find(|w| {
                let text = w.text.as_str();
                text.ends_with("xpack.security.enabled=false")
                    || text.ends_with("plugins.security.disabled=true")
            })?,
            "the search engine lets everybody in without a password",
            Severity::High,
        ),
        "jupyter" | "jupyter-lab" | "jupyter-notebook" | "jupyterlab" => {
            const TOKENS: &[&str] = &[
                "--NotebookApp.token",
                "--ServerApp.token",
                "--IdentityProvider.token",
            ];
            let word = valued(TOKENS, &["", "''", "\"\""])?;
            fault(
                word,
                "everybody who reaches the notebook runs code: its token is empty",
                Severity::High,
            )
        }
        "code-server" => fault(
            valued(&["--auth"], &["none"])?,
            "everybody who reaches the editor runs code: it asks for no password",
            Severity::High,
        ),
        "ttyd" | "gotty" => {
            let guarded = flag(&["-c", "--credential"]).is_some()
                || args.iter().any(|w| w.text.starts_with("--credential="));
            fault(
                command.program_word()?,
                "whoever connects gets a terminal, without a password",
                Severity::High,
            )
            .filter(|_| !guarded)
        }
        "x11vnc" => fault(
            flag(&["-nopw"])?,
            "the screen asks for no password",
            Severity::High,
        ),
        "Xvnc" | "vncserver" | "tigervncserver" | "Xtigervnc" => fault(
            valued(&["-SecurityTypes", "--SecurityTypes"], &["None", "none"])?,
            "the screen asks for no password",
            Severity::High,
        ),
        "php" => {
            let at = args
                .iter()
                .position(|w| matches!(w.text.as_str(), "-S" | "--server"))?;
            let word = args
                .get(at + 1)
                .filter(|w| w.text.starts_with("0.0.0.0") || w.text.starts_with("[::]"))?;
            fault(
                word,
                "PHP's own server is for development: it has no protection against anybody",
                Severity::Medium,
            )
        }
        _ if name.starts_with("python") => {
            let word = args
                .iter()
                .find(|w| matches!(w.text.as_str(), "http.server" | "SimpleHTTPServer"))?;
            let root = valued(&["--directory", "-d"], &["/"]);
            let in_root = command.cwd == "/"
                && !args
                    .iter()
                    .any(|w| matches!(w.text.as_str(), "-d" | "--directory"));
            fault(
                root.or(Some(word).filter(|_| in_root))?,
                "every file of the container is served to everybody",
                Severity::High,
            )
        }
        _ if is_browser(name) => fault(
            flag(&["--no-sandbox"])?,
            "the browser runs what it loads without its sandbox",
            Severity::Medium,
        ),
        _ => None,
    }
}

fn is_browser(name: &str) -> bool {
    [
        "chrome",
        "chromium",
        "google-chrome",
        "headless-shell",
        "electron",
    ]
    .iter()
    .any(|known| name.starts_with(known))
}

/// A program for people, or a shell that prints what it runs.
fn tool(command: &Command) -> Option<Fault> {
    if command.is_shell() {
        let word = command.args().first().filter(|w| {
            w.text.strip_prefix('-').is_some_and(|letters| {
                letters.contains('x') && letters.bytes().all(|b| b.is_ascii_lowercase())
            })
        })?;
        return fault(
            word,
            "the shell prints every command it runs, with the secrets in its variables",
            Severity::Low,
        );
    }
    let is_editor = matches!(
        command.name.as_str(),
        "vi" | "vim" | "nvim" | "nano" | "emacs" | "pico"
    );
    is_editor.then_some(())?;
    fault(
        command.program_word()?,
        "the container starts an editor, which can run any command",
        Severity::Low,
    )
}
