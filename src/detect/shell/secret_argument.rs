//! secret-argument: a literal credential on a command line.

use super::{Shell, fetch};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::{Command, Options, PartKind, Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        for (span, what) in secrets(command) {
            out.mask(span);
            out.report(rule, span, format!("{what} stands in the text of a command"))
                .text("a literal credential")
                .help(if shell.in_image {
                    "mount it for this one step: RUN --mount=type=secret,id=..., and read it from /run/secrets"
                } else {
                    "read it from a file or an environment variable that the caller sets, and replace this one: it is in the history"
                });
        }
    }
}

fn secrets(command: &Command) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    let name = command.name.as_str();
    match name {
        "curl" | "wget" | "wget2" => {
            if let Some(syntax) = fetch::syntax(name) {
                let options = command.options(syntax);
                let user: &[&str] = if name == "curl" {
                    &["u", "user", "U", "proxy-user"]
                } else {
                    &[]
                };
                found.extend(
                    options
                        .all(user)
                        .filter_map(|o| after_colon(o.value_word?))
                        .map(|s| (s, "a password")),
                );
                let plain = ["password", "http-password", "ftp-password", "oauth2-bearer"];
                found.extend(
                    options
                        .all(&plain)
                        .filter_map(|o| value(o.value_word?, o.value?))
                        .map(|s| (s, "a password")),
                );
                let headers = ["H", "header"];
                found.extend(
                    options
                        .all(&headers)
                        .filter_map(|o| header(o.value_word?))
                        .map(|s| (s, "an authorization header")),
                );
            }
        }
        "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "mysqlimport" => {
            let attached = command.args().iter().find(|w| {
                w.text.starts_with("-p") && w.text.len() > 2 || w.text.starts_with("--password=")
            });
            let start = |w: &Word| w.text.find('=').map_or(2, |at| at + 1);
            found.extend(
                attached
                    .and_then(|w| piece(w, start(w), w.text.len()))
                    .map(|s| (s, "a database password")),
            );
        }
        "sshpass" => {
            found.extend(option(command, "p", &["p"], &[]).map(|s| (s, "an ssh password")))
        }
        "docker" | "podman" | "buildah" | "skopeo" | "helm" | "crane"
            if command.has_arg("login") =>
        {
            found.extend(
                option(command, "pu", &["p", "password"], &["username", "password"])
                    .map(|s| (s, "a registry password")),
            );
        }
        "az" if command.has_arg("login") => {
            found.extend(
                option(
                    command,
                    "pu",
                    &["p", "password"],
                    &["username", "password", "tenant"],
                )
                .map(|s| (s, "a password")),
            );
        }
        "aws" if command.has_arg("configure") => {
            let words = command.args();
            let at = words.iter().position(|w| {
                matches!(
                    w.text.as_str(),
                    "aws_secret_access_key" | "aws_session_token"
                )
            });
            found.extend(
                at.and_then(|at| words.get(at + 1))
                    .and_then(|w| piece(w, 0, w.text.len()))
                    .map(|s| (s, "an AWS secret key")),
            );
        }
        "openssl" => {
            let words = command
                .args()
                .iter()
                .filter(|w| w.text.starts_with("pass:"));
            found.extend(
                words
                    .filter_map(|w| piece(w, 5, w.text.len()))
                    .map(|s| (s, "a key's passphrase")),
            );
        }
        "htpasswd" => {
            let options = command.options(Syntax {
                short: "C",
                long: &[],
            });
            if options.has(&["b"]) {
                let last = options.positional.last().copied();
                found.extend(
                    last.filter(|_| options.positional.len() >= 2)
                        .and_then(|w| piece(w, 0, w.text.len()))
                        .map(|s| (s, "a password")),
                );
            }
        }
        _ => {}
    }
    if matches!(
        name,
        "git" | "curl" | "wget" | "pip" | "pip3" | "npm" | "svn"
    ) {
        found.extend(
            command
                .args()
                .iter()
                .filter_map(in_url)
                .map(|s| (s, "a credential in a URL")),
        );
    }
    found
}

fn option(
    command: &Command,
    short: &'static str,
    names: &[&str],
    long: &'static [&'static str],
) -> Option<Span> {
    let options = Options::read(command.args(), Syntax { short, long });
    let option = options.get(names)?;
    value(option.value_word?, option.value?)
}

/// The end of a word that is an option's value.
fn value(word: &Word, value: &str) -> Option<Span> {
    piece(
        word,
        word.text.len() - value.len().min(word.text.len()),
        word.text.len(),
    )
}

/// `user:password`.
fn after_colon(word: &Word) -> Option<Span> {
    let at = word.text.find(':')?;
    piece(word, at + 1, word.text.len())
}

fn header(word: &Word) -> Option<Span> {
    let (name, text) = word.text.split_once(':')?;
    let name = name.to_lowercase();
    if !matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "private-token" | "x-api-key" | "x-auth-token"
    ) {
        return None;
    }
    let secret = text.split_whitespace().last()?;
    if secret.len() < 8 {
        return None;
    }
    let start = word.text.rfind(secret)?;
    piece(word, start, start + secret.len())
}

/// `https://user:password@host` and `https://token@host`.
fn in_url(word: &Word) -> Option<Span> {
    let (scheme, rest) = word.text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let start = scheme.len() + 3;
    match user.split_once(':') {
        Some((_, password)) => {
            let at = start + user.len() - password.len();
            piece(word, at, start + user.len())
        }
        // A name alone is a credential only where it looks like nobody's name.
        None if user.len() >= 20
            && user.bytes().any(|b| b.is_ascii_digit())
            && scheme.starts_with("http") =>
        {
            piece(word, start, start + user.len())
        }
        None => None,
    }
}

/// The span of a part of a word's text, where that part is literal and no placeholder.
fn piece(word: &Word, start: usize, end: usize) -> Option<Span> {
    let text = word.text.get(start..end)?;
    let mut at = 0;
    for part in &word.parts {
        let next = at + part.text.len();
        if at < end && start < next && part.kind != PartKind::Literal {
            return None;
        }
        at = next;
    }
    (!is_placeholder(text)).then(|| word.span_of(start, end))
}

/// Empty, a template, or a word that stands for a password in examples.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let trimmed = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    trimmed.len() < 3
        || text.contains(['$', '<', '{', '`', '%'])
        || lower.starts_with("your")
        || lower.contains("example")
        || lower.contains("changeme")
        || matches!(
            trimmed,
            "password"
                | "passwd"
                | "pass"
                | "secret"
                | "token"
                | "xxx"
                | "xxxx"
                | "xxxxx"
                | "x-oauth-basic"
                | "test"
                | "none"
                | "null"
                | "true"
                | "false"
        )
        // `xxxx`, `rrrr`: one letter over and over protects nothing, and is not meant to.
        || trimmed.bytes().all(|b| trimmed.as_bytes().first() == Some(&b))
}
