//! tls-verification-off: a program is told not to check whom it talks to.

use std::collections::HashSet;

use super::setting::{Guard, is_off, is_on, switched_off};
use super::{Shell, apt_setting, fetch, program, switch, variable_of, without};
use crate::detect::Sink;
use crate::model::{Safety, Severity, Span};
use crate::parse::shell::{Command, Output, Word};

const HELP: &str = "remove it; where a private authority signs the certificate, add that authority to the trust store";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let mut told: HashSet<&str> = HashSet::new();
    for command in &shell.script.commands {
        let found = switch_of(command).or_else(|| presented(command, shell));
        let found = found.filter(|_| !asks_only_for_life(command, shell));
        let word = found.as_ref().and_then(|found| {
            let mut words = command.args().iter();
            words.find(|word| word.span == found.span)
        });
        let is_asked = |found: &Found<'_>| {
            shell.is_asked_for(found.span) || word.is_some_and(|word| shell.is_word_asked_for(word))
        };
        // What one variable holds is one mistake, however often it is used.
        let mut is_new = || {
            let name = word.and_then(variable_of);
            name.is_none_or(|name| told.insert(name))
        };
        if let Some(found) = found
            && !is_asked(&found)
            && is_new()
        {
            let message = format!("{} does not check the server's certificate", found.program);
            let span = word.and_then(|word| {
                shell.where_set(word, |value| {
                    let (start, end) = option_in(&value.text)?;
                    Some(value.span_of(start, end))
                })
            });
            let reported = out
                .report(rule, span.unwrap_or(found.span), message)
                .text("switches verification off")
                .aliases(found.aliases)
                .help(HELP);
            if let Some(span) = found.deletion {
                reported.fix("Delete the option", Safety::Safe, span, "");
            }
        }
        if let Some(word) = unrevoked(command) {
            out.report(
                rule,
                word.span,
                "cargo takes certificates that were revoked",
            )
            .text("switches the check off")
            .severity(Severity::Low)
            .aliases(&[])
            .help("remove it");
        }
        for (word, switch) in set_by(command) {
            out.report(rule, word.span, format!("with this, {}", switch.effect))
                .text("switches verification off")
                .aliases(switch.aliases)
                .help(HELP);
        }
    }
    for assignment in &shell.script.assignments {
        let value = &assignment.value;
        let found = value
            .is_known()
            .then(|| switch::find(&assignment.name, &value.text));
        let is_asked = || shell.is_asked_for(assignment.span);
        if let Some(switch) = found.flatten().filter(|_| !is_asked()) {
            out.report(
                rule,
                assignment.span,
                format!("with this, {}", switch.effect),
            )
            .text("switches verification off")
            .aliases(switch.aliases)
            .help(HELP);
        }
    }
    for written in shell.written() {
        for found in switched_off(written, Guard::Certificate) {
            let program = found.program;
            let message =
                format!("with this setting {program} does not check the server's certificate");
            out.report(rule, found.span, message)
                .text("switches verification off")
                .aliases(if program == "yum" {
                    &["CKV2_DOCKER_15"]
                } else {
                    &[]
                })
                .help(HELP);
        }
    }
}

/// `cargo --config http.check-revoke=false`.
fn unrevoked(command: &Command) -> Option<&Word> {
    let mut words = command.args().iter().filter(|_| command.name == "cargo");
    words.find(|word| {
        let setting = word.text.trim_start_matches("--config=");
        let (key, value) = setting.split_once('=').unwrap_or_default();
        key.trim() == "http.check-revoke" && is_off(value.trim())
    })
}

struct Found<'c> {
    span: Span,
    program: &'c str,
    aliases: &'static [&'static str],
    /// What a fix deletes.
    deletion: Option<Span>,
}

/// Programs, the options that switch their checks off by being there, and the peers' id.
const FLAGS: &[Row] = &[
    (
        &["helm", "kubectl", "oc", "etcdctl", "kustomize"],
        &[
            "--insecure-skip-tls-verify",
            "--kube-insecure-skip-tls-verify",
        ],
        &[],
    ),
    (
        &[
            "argocd", "oc", "crane", "oras", "mc", "snyk", "grpcurl", "trivy", "doggo",
        ],
        &["--insecure", "-insecure"],
        &[],
    ),
    (
        &["docker", "podman", "nerdctl", "dockerd"],
        &["--insecure-registry", "--insecure"],
        &[],
    ),
    (
        &["executor"],
        &["--skip-tls-verify", "--insecure-pull"],
        &[],
    ),
    (&["conda", "mamba", "micromamba"], &["--insecure"], &[]),
    (&["composer", "php"], &["--disable-tls"], &[]),
    (&["svn"], &["--trust-server-cert"], &[]),
    (&["hg"], &["--insecure"], &[]),
    (
        &["vault", "nomad", "consul"],
        &["-tls-skip-verify", "--tls-skip-verify"],
        &[],
    ),
    (&["aws"], &["--no-verify-ssl"], &[]),
    (&["jf", "jfrog"], &["--insecure-tls"], &[]),
    (&["ansible-galaxy"], &["--ignore-certs", "-c"], &[]),
    (&["apk"], &["--no-check-certificate"], &[]),
    (&["uv"], &["--allow-insecure-host", "--trusted-host"], &[]),
    (
        &["npm", "yarn", "pnpm"],
        &["--no-strict-ssl"],
        &["CKV2_DOCKER_12"],
    ),
    (&["go"], &["-insecure"], &[]),
];

/// Programs, the options or settings that say no, and the peers' id.
const OFF: &[Row] = &[
    (&["aria2c"], &["--check-certificate"], &[]),
    (&["http", "https", "xh", "xhs"], &["--verify"], &[]),
    (
        &["docker", "podman", "skopeo", "buildah"],
        &[
            "--tls-verify",
            "--tlsverify",
            "--src-tls-verify",
            "--dest-tls-verify",
        ],
        &[],
    ),
    (
        &["npm", "yarn", "pnpm"],
        &["--strict-ssl", "strict-ssl", "enableStrictSsl"],
        &["CKV2_DOCKER_12"],
    ),
    (&["composer"], &["secure-http"], &[]),
    (
        &["conda", "mamba", "micromamba"],
        &["ssl_verify", "--ssl-verify"],
        &[],
    ),
    (
        &["bundle", "bundler"],
        &["ssl_verify_mode", "BUNDLE_SSL_VERIFY_MODE"],
        &[],
    ),
    (&["cargo"], &["http.check-revoke"], &[]),
    (
        &["wget", "wget2"],
        &["check_certificate"],
        &["CKV2_DOCKER_3"],
    ),
    (
        &[
            "dnf",
            "dnf5",
            "yum",
            "microdnf",
            "tdnf",
            "yum-config-manager",
        ],
        &["sslverify"],
        &["CKV2_DOCKER_15"],
    ),
    (
        &["apt", "apt-get", "aptitude"],
        &["Acquire::https::Verify-Peer", "Acquire::https::Verify-Host"],
        &[],
    ),
];

/// The same for those that say yes.
const ON: &[Row] = &[
    (&["composer"], &["disable-tls"], &[]),
    (
        &["mvn", "mvnw", "mvnd", "java"],
        &[
            "-Dmaven.wagon.http.ssl.insecure",
            "-Dmaven.wagon.http.ssl.allowall",
        ],
        &[],
    ),
    (
        &["gcloud"],
        &["auth/disable_ssl_validation", "core/disable_ssl_validation"],
        &[],
    ),
];

fn switch_of(command: &Command) -> Option<Found<'_>> {
    let name = command.name.as_str();
    if fetch::fetch(command)
        .is_some_and(|fetch| !fetch.urls.is_empty() && fetch.urls.iter().all(fetch::Url::is_local))
    {
        return None;
    }
    match name {
        "curl" => curl(command),
        "wget" | "wget2" => flag(command, &["--no-check-certificate"], &["CKV2_DOCKER_3"])
            .or_else(|| valued(command)),
        "git" => git(command),
        "lftp" => lftp(command),
        _ if name.starts_with("pip") || command.has_arg("pip") => pip(command),
        _ => table(FLAGS, name)
            .find_map(|(flags, aliases)| flag(command, flags, aliases))
            .or_else(|| valued(command))
            .or_else(|| inline(command)),
    }
}

/// `lftp -e "set ssl:verify-certificate no"`.
fn lftp(command: &Command) -> Option<Found<'_>> {
    let word = command.args().iter().find(|word| {
        let value = word.text.split_once("ssl:verify-certificate ");
        let value = value.and_then(|(_, rest)| rest.split([' ', ';', ',']).next());
        value.is_some_and(is_off)
    })?;
    Some(Found {
        span: word.span,
        program: &command.name,
        aliases: &[],
        deletion: None,
    })
}

type Row = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

fn table(
    rows: &'static [Row],
    name: &str,
) -> impl Iterator<Item = (&'static [&'static str], &'static [&'static str])> {
    rows.iter()
        .filter(move |(programs, ..)| programs.contains(&name))
        .map(|(_, flags, aliases)| (*flags, *aliases))
}

/// An option that switches the check off by being there; `--option=false` does not.
fn flag<'c>(
    command: &'c Command,
    flags: &[&str],
    aliases: &'static [&'static str],
) -> Option<Found<'c>> {
    let word = command.args().iter().find(|word| {
        let (flag, value) = match word.text.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (word.text.as_str(), None),
        };
        flags.contains(&flag) && !value.is_some_and(is_off)
    })?;
    let takes_value = [
        "--insecure-registry",
        "--allow-insecure-host",
        "--trusted-host",
    ];
    let is_alone = !takes_value.iter().any(|flag| word.text.starts_with(flag));
    Some(Found {
        span: word.span,
        program: &command.name,
        aliases,
        deletion: without(command, word).filter(|_| is_alone),
    })
}

/// `key=value` or `key value` with a value that switches the check off.
fn valued(command: &Command) -> Option<Found<'_>> {
    let name = command.name.as_str();
    let harmful = |text: &str, value: &str| {
        let is = |keys: &[&str]| {
            keys.iter().any(|key| {
                let text = apt_setting::without_option(text.trim_start_matches("--setopt="));
                let last = text.rsplit('.').next().unwrap_or(text);
                text.eq_ignore_ascii_case(key)
                    || last.eq_ignore_ascii_case(key)
                    || is_for_one_host(text, key)
            })
        };
        table(OFF, name)
            .find(|(keys, _)| is(keys) && is_off(value))
            .or_else(|| table(ON, name).find(|(keys, _)| is(keys) && is_on(value)))
            .map(|(_, aliases)| aliases)
    };
    let words = command.args();
    words.iter().enumerate().find_map(|(at, word)| {
        let (text, value) = match word.text.rsplit_once('=') {
            Some((text, value)) => (text, value),
            None => (word.text.as_str(), words.get(at + 1)?.text.as_str()),
        };
        // A Java property that is only named is true.
        let value = match word.text.starts_with("-D") && !word.text.contains('=') {
            true => "true",
            false => value,
        };
        Some(Found {
            span: word.span,
            program: name,
            aliases: harmful(text, value)?,
            deletion: without(command, word)
                .filter(|_| word.text.starts_with("--") && word.text.contains('=')),
        })
    })
}

/// `Acquire::https::HOST::Verify-Peer`, where the key has no host.
fn is_for_one_host(text: &str, key: &str) -> bool {
    let (text, key) = (text.to_ascii_lowercase(), key.to_ascii_lowercase());
    key.rsplit_once("::").is_some_and(|(folder, name)| {
        let rest = text
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_suffix(name));
        rest.is_some_and(|host| host.starts_with("::") && host.ends_with("::"))
    })
}

fn curl(command: &Command) -> Option<Found<'_>> {
    let options = command.options(fetch::syntax("curl")?);
    let option = options.get(&["k", "insecure", "proxy-insecure", "doh-insecure"])?;
    let word = option.word;
    let deletion = match word.text.len() {
        2 => without(command, word),
        _ if word.text.starts_with("--") => without(command, word),
        // One letter of several.
        _ => {
            let at = word.text.find('k')?;
            word.is_literal().then(|| word.span_of(at, at + 1))
        }
    };
    Some(Found {
        span: word.span,
        program: "curl",
        aliases: &["CKV2_DOCKER_2"],
        deletion,
    })
}

/// Where a text of several options switches the check off.
fn option_in(text: &str) -> Option<(usize, usize)> {
    const NAMED: [&str; 5] = ["insecure", "check", "verify", "trust", "cert"];
    let mut at = 0;
    text.split_inclusive([' ', '(', ')', '\n'])
        .find_map(|part| {
            let start = at;
            at += part.len();
            let option = part.trim_end_matches([' ', '(', ')', '\n']);
            let is_it = match option.strip_prefix("--") {
                Some(name) => NAMED.iter().any(|word| name.contains(word)),
                None => option.starts_with('-') && option.contains('k'),
            };
            is_it.then_some((start, start + option.len()))
        })
}

/// `curl -k https://host/healthz >/dev/null`: whether anybody answers is all it asks; nothing goes
/// there, and nothing that comes back is read.
fn asks_only_for_life(command: &Command, shell: &Shell<'_>) -> bool {
    const SENT: &[&str] = &[
        "u",
        "user",
        "H",
        "header",
        "d",
        "data",
        "data-raw",
        "data-binary",
        "data-urlencode",
        "json",
        "F",
        "form",
        "X",
        "request",
        "b",
        "cookie",
        "T",
        "upload-file",
        "n",
        "netrc",
        "oauth2-bearer",
        "K",
        "config",
    ];
    if command.name != "curl" {
        return false;
    }
    let Some(syntax) = fetch::syntax("curl") else {
        return false;
    };
    let options = command.options(syntax);
    let is_dropped = match options.get(&["o", "output"]) {
        Some(output) => output.value == Some("/dev/null"),
        None => match shell.script.output(command) {
            Output::File { redirect } => {
                let redirect = shell.script.redirects.get(redirect);
                redirect.is_some_and(|redirect| redirect.target.text == "/dev/null")
            }
            _ => false,
        },
    };
    // `"${options[@]}"` may hold any of these.
    let is_list = |word: &Word| {
        let written = shell.text.get(word.span.range()).unwrap_or_default();
        written.ends_with(b"@]}\"") || written.ends_with(b"@]}") || written.ends_with(b"$@\"")
    };
    is_dropped && !options.has(SENT) && !command.args().iter().any(is_list)
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
    let word = words.get(at)?;
    let host = match word.text.split_once('=') {
        Some((_, host)) => host,
        None => words.get(at + 1).map_or("", |w| w.text.as_str()),
    };
    let is_local = matches!(host, "localhost" | "127.0.0.1");
    (!is_local).then_some(Found {
        span: word.span,
        program: "pip",
        aliases: &["CKV2_DOCKER_4"],
        deletion: None,
    })
}

/// `-c http.sslVerify=false` and `config http.sslVerify false`.
fn git(command: &Command) -> Option<Found<'_>> {
    let words = command.args();
    words.iter().enumerate().find_map(|(at, word)| {
        let text = word.text.to_lowercase();
        let rest = text.strip_prefix("http.")?;
        let (key, value) = match rest.rsplit_once('=') {
            Some((key, value)) => (key, value.to_owned()),
            None => (rest, words.get(at + 1)?.text.clone()),
        };
        let is_setting = key == "sslverify" || key.ends_with(".sslverify");
        (is_setting && is_off(&value)).then_some(Found {
            span: word.span,
            program: "git",
            aliases: &[],
            deletion: None,
        })
    })
}

/// What makes a library accept any certificate, in a program given on the command line.
const IN_PROGRAMS: &[&str] = &[
    "verify=False",
    "_create_unverified_context",
    "CERT_NONE",
    "rejectUnauthorized: false",
    "rejectUnauthorized:false",
    "VERIFY_NONE",
    "SSL_VERIFY_NONE",
];

fn inline(command: &Command) -> Option<Found<'_>> {
    if !program::is_interpreter(command) || command.is_shell() {
        return None;
    }
    command.args().iter().find_map(|word| {
        let at = |needle: &&&str| word.text.contains(**needle);
        let needle = IN_PROGRAMS.iter().find(at)?;
        let start = word.text.find(needle)?;
        Some(Found {
            span: word.span_of(start, start + needle.len()),
            program: &command.name,
            aliases: &[],
            deletion: None,
        })
    })
}

/// A certificate that is taken from whoever answers, to be trusted: `openssl s_client`.
fn presented<'c>(command: &'c Command, shell: &Shell<'_>) -> Option<Found<'c>> {
    let first = command
        .args()
        .first()
        .filter(|word| word.text == "s_client")?;
    let checks = ["-verify_return_error", "-CAfile", "-CApath"];
    if command.name != "openssl"
        || command
            .args()
            .iter()
            .any(|w| checks.contains(&w.text.as_str()))
    {
        return None;
    }
    let Output::Pipe { pipeline, index } = shell.script.output(command) else {
        return None;
    };
    let mut after = shell.script.element(pipeline, index).iter();
    let extracts = |command: &Command| {
        command.has_arg("x509") || command.args().iter().any(|w| w.text.contains("BEGIN CERT"))
    };
    let is_kept =
        after.any(|command| extracts(command) && shell.script.output(command) != Output::Inherited);
    is_kept.then_some(Found {
        span: first.span,
        program: "openssl",
        aliases: &[],
        deletion: None,
    })
}

/// Variables that a command sets for another: `env NAME=value`, `go env -w NAME=value`.
fn set_by(command: &Command) -> Vec<(&Word, &'static switch::Switch)> {
    let own = match command.name.as_str() {
        "go" if command.has_arg("-w") => command.args(),
        _ => &[],
    };
    let wrapped = command.words.get(..command.program).unwrap_or_default();
    wrapped
        .iter()
        .chain(own)
        .filter_map(|word| {
            let (name, value) = word.text.split_once('=')?;
            Some((word, switch::find(name, value)?))
        })
        .collect()
}
