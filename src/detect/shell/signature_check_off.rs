//! signature-check-off: packages are installed whoever made them.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::shell::{Command, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        for (word, what, aliases) in switches(command) {
            let reported = out
                .report(rule, word.span, what)
                .text("switches the check off")
                .aliases(aliases)
                .help(
                    "remove it, and add the key that signs the repository to the keyring instead",
                );
            if word.text == "--force-yes" {
                reported.fix(
                    "Answer yes, but keep the checks",
                    Safety::Safe,
                    word.span,
                    "-y",
                );
            }
        }
        trusted_list(rule, command, shell, out);
    }
}

type Found<'a> = (&'a Word, String, &'static [&'static str]);

fn switches(command: &Command) -> Vec<Found<'_>> {
    let name = command.name.as_str();
    let accepts = |word: &Word| -> Option<(&'static str, &'static [&'static str])> {
        let text = word.text.as_str();
        match name {
            "apt-get" | "apt" | "aptitude" => match text {
                "--allow-unauthenticated" => Some(("unsigned packages", &["CKV2_DOCKER_8"])),
                "--force-yes" => Some(("unsigned packages", &["CKV2_DOCKER_11"])),
                "--allow-insecure-repositories" => Some(("unsigned repositories", &[])),
                _ => apt_option(text).then_some(("unsigned packages", &[])),
            },
            "apk" => {
                (text == "--allow-untrusted").then_some(("untrusted packages", &["CKV2_DOCKER_7"]))
            }
            "yum" | "dnf" | "tdnf" | "microdnf" | "dnf5" => {
                let setting = text
                    .trim_start_matches("--setopt=")
                    .rsplit('.')
                    .next()
                    .unwrap_or("");
                (matches!(text, "--nogpgcheck" | "--no-gpgchecks")
                    || (text.starts_with("--setopt") || text.contains("gpgcheck"))
                        && matches!(setting, "gpgcheck=0" | "gpgcheck=false"))
                .then_some(("unsigned packages", &["CKV2_DOCKER_9"]))
            }
            "rpm" => matches!(
                text,
                "--nosignature" | "--nodigest" | "--noverify" | "--nogpg"
            )
            .then_some(("unverified packages", &["CKV2_DOCKER_10"])),
            "zypper" => matches!(text, "--no-gpg-checks" | "--allow-unsigned-rpm")
                .then_some(("unsigned packages", &[])),
            "debootstrap" => (text == "--no-check-gpg").then_some(("an unsigned archive", &[])),
            _ => None,
        }
    };
    command
        .args()
        .iter()
        .filter_map(|word| {
            let (what, aliases) = accepts(word)?;
            Some((word, format!("{name} accepts {what}"), aliases))
        })
        .collect()
}

fn apt_option(text: &str) -> bool {
    let text = text.trim_start_matches("-o").to_lowercase();
    let Some((key, value)) = text.split_once('=') else {
        return false;
    };
    let off = matches!(value, "false" | "0" | "no");
    let on = matches!(value, "true" | "1" | "yes");
    match key {
        "apt::get::allowunauthenticated"
        | "acquire::allowinsecurerepositories"
        | "acquire::allowdowngradetoinsecurerepositories" => on,
        "acquire::https::verify-peer" | "acquire::https::verify-host" => off,
        _ => false,
    }
}

/// `[trusted=yes]` and `gpgcheck=0` that are written into a repository's description.
fn trusted_list(rule: &str, command: &Command, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let mut places: Vec<(&Word, Span)> = Vec::new();
    let mark = |word: &'_ Word, needle: &str| {
        word.text
            .find(needle)
            .map(|at| word.span_of(at, at + needle.len()))
    };
    if matches!(
        command.name.as_str(),
        "echo" | "printf" | "add-apt-repository" | "sed" | "tee" | "cat"
    ) {
        for word in command.args() {
            let found = mark(word, "trusted=yes")
                .filter(|_| word.text.contains("deb") || word.text.contains('['));
            places.extend(found.map(|span| (word, span)));
            if shell.script.redirects_of(command).next().is_some()
                || command.name == "sed"
                || shell.in_image
            {
                places.extend(
                    mark(word, "gpgcheck=0")
                        .filter(|_| !word.text.contains("repo_gpgcheck=0"))
                        .map(|span| (word, span)),
                );
            }
        }
    }
    for (_, span) in places {
        out.report(
            rule,
            span,
            "this package repository is trusted without a signature",
        )
        .text("switches the check off")
        .aliases(&[])
        .help("add the repository's key with signed-by (apt) or gpgkey and gpgcheck=1 (yum, dnf)");
    }
}
