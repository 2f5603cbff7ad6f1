//! tls-verification-off: a program is told not to check whom it talks to.

use super::{Shell, fetch};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::{Assignment, Command, Options, PLAIN, Syntax};

const HELP: &str = "remove it; where a private authority signs the certificate, add that authority to the trust store";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        if let Some((span, what, aliases)) = switch(command) {
            out.report(
                rule,
                span,
                format!("{what} does not check the server's certificate"),
            )
            .text("switches verification off")
            .aliases(aliases)
            .help(HELP);
        }
    }
    for assignment in &shell.script.assignments {
        if let Some(aliases) = variable(assignment) {
            out.report(
                rule,
                assignment.span,
                format!("{} switches certificate checks off", assignment.name),
            )
            .text("switches verification off")
            .aliases(aliases)
            .help(HELP);
        }
    }
}

type Found<'a> = (Span, &'a str, &'static [&'static str]);

fn switch(command: &Command) -> Option<Found<'_>> {
    let name = command.name.as_str();
    let found = |span, aliases: &'static [&'static str]| Some((span, name, aliases));
    match name {
        "curl" | "wget" | "wget2" | "aria2c" => {
            let options = command.options(fetch::syntax(name)?);
            let urls = fetch::fetch(command)?.urls;
            if !urls.is_empty() && urls.iter().all(fetch::Url::is_local) {
                return None;
            }
            match name {
                "curl" => {
                    let option = options.get(&["k", "insecure", "proxy-insecure"])?;
                    found(option.word.span, &["CKV2_DOCKER_2"])
                }
                "aria2c" => {
                    let option = options.get(&["check-certificate"])?;
                    (option.value == Some("false")).then_some((option.word.span, name, &[]))
                }
                _ => {
                    let option = options.get(&["no-check-certificate"])?;
                    found(option.word.span, &["CKV2_DOCKER_3"])
                }
            }
        }
        "git" => git(command).map(|span| (span, name, &["CKV2_DOCKER_14"][..0])),
        "npm" | "yarn" | "pnpm" => {
            strict_ssl(command).map(|span| (span, name, &["CKV2_DOCKER_12"] as &[_]))
        }
        "dnf" | "yum" | "microdnf" | "tdnf" | "yum-config-manager" => command
            .args()
            .iter()
            .find(|w| {
                let text = w.text.trim_start_matches("--setopt=").to_lowercase();
                matches!(
                    text.rsplit('.').next(),
                    Some("sslverify=false" | "sslverify=0")
                )
            })
            .and_then(|w| found(w.span, &["CKV2_DOCKER_15"])),
        "composer" => setting(command, &["disable-tls", "secure-http"]),
        "conda" | "mamba" => setting(command, &["ssl_verify"]),
        "helm" | "kubectl" | "oc" | "argocd" => flag(
            command,
            &[
                "insecure-skip-tls-verify",
                "kube-insecure-skip-tls-verify",
                "insecure",
            ],
        ),
        "docker" | "podman" | "skopeo" | "buildah" => {
            let options = command.options(PLAIN);
            let option = options.get(&["tls-verify", "src-tls-verify", "dest-tls-verify"])?;
            (option.value == Some("false")).then_some((option.word.span, name, &[]))
        }
        "http" | "https" => {
            let options = command.options(PLAIN);
            let option = options.get(&["verify"])?;
            matches!(option.value, Some("no" | "false")).then_some((option.word.span, name, &[]))
        }
        _ if name.starts_with("pip") || command.has_arg("pip") => pip(command),
        _ => None,
    }
}

fn pip(command: &Command) -> Option<Found<'_>> {
    let words = command.args();
    let at = words
        .iter()
        .position(|w| w.text == "--trusted-host" || w.text.starts_with("--trusted-host="))
        .or_else(|| {
            words
                .iter()
                .position(|w| w.text.ends_with("trusted-host") && command.has_arg("config"))
        })?;
    let host = match words[at].text.split_once('=') {
        Some((_, host)) => host,
        None => words.get(at + 1).map_or("", |w| w.text.as_str()),
    };
    if matches!(host, "localhost" | "127.0.0.1") {
        return None;
    }
    Some((words[at].span, "pip", &["CKV2_DOCKER_4"]))
}

/// `-c http.sslVerify=false` and `config http.sslVerify false`.
fn git(command: &Command) -> Option<Span> {
    let words = command.args();
    for (at, word) in words.iter().enumerate() {
        let text = word.text.to_lowercase();
        let Some(rest) = text.strip_prefix("http.") else {
            continue;
        };
        let is_setting = |key: &str| key == "sslverify" || key.ends_with(".sslverify");
        match rest.split_once('=') {
            Some((key, value)) if is_setting(key) && off(value) => return Some(word.span),
            None if is_setting(rest) && words.get(at + 1).is_some_and(|next| off(&next.text)) => {
                return Some(word.span);
            }
            _ => {}
        }
    }
    None
}

fn strict_ssl(command: &Command) -> Option<Span> {
    let words = command.args();
    words.iter().enumerate().find_map(|(at, word)| {
        let text = word.text.trim_start_matches('-');
        let hit = match text.split_once('=') {
            Some((key, value)) => key == "strict-ssl" && off(value),
            None => {
                text == "no-strict-ssl"
                    || (text == "strict-ssl"
                        && words.get(at + 1).is_some_and(|next| off(&next.text)))
            }
        };
        hit.then_some(word.span)
    })
}

/// `config set KEY false`; for `disable-tls` it is `true` that does harm.
fn setting<'a>(command: &'a Command, keys: &[&str]) -> Option<Found<'a>> {
    let words = command.args();
    words
        .iter()
        .zip(words.iter().skip(1))
        .find_map(|(key, value)| {
            let harmful = if key.text == "disable-tls" {
                !off(&value.text)
            } else {
                off(&value.text)
            };
            (keys.contains(&key.text.as_str()) && harmful).then_some((
                key.span,
                command.name.as_str(),
                &[] as &[_],
            ))
        })
}

fn flag<'a>(command: &'a Command, names: &[&str]) -> Option<Found<'a>> {
    let options = Options::read(
        command.args(),
        Syntax {
            short: "",
            long: &[],
        },
    );
    let option = options.get(names)?;
    (option.value != Some("false")).then_some((option.word.span, command.name.as_str(), &[]))
}

fn off(value: &str) -> bool {
    matches!(
        value.to_lowercase().as_str(),
        "false" | "0" | "no" | "off" | "null"
    )
}

/// Variables that programs read.
fn variable(assignment: &Assignment) -> Option<&'static [&'static str]> {
    let value = assignment.value.text.as_str();
    let aliases: &[&str] = match assignment.name.as_str() {
        "NODE_TLS_REJECT_UNAUTHORIZED" if value == "0" => &["CKV2_DOCKER_6"],
        "PYTHONHTTPSVERIFY" if value == "0" => &["CKV2_DOCKER_5"],
        "GIT_SSL_NO_VERIFY" if !value.is_empty() && !off(value) => &["CKV2_DOCKER_14"],
        "NPM_CONFIG_STRICT_SSL" | "npm_config_strict_ssl" if off(value) => &["CKV2_DOCKER_13"],
        "PIP_TRUSTED_HOST" if !value.is_empty() => &["CKV2_DOCKER_16"],
        _ => return None,
    };
    assignment.value.is_literal().then_some(aliases)
}
