//! signature-check-off: packages are installed whoever made them.

use std::collections::HashSet;

use super::setting::{Guard, is_local_archive, is_off, is_on, switched_off};
use super::{Shell, variable_of, without};
use crate::detect::Sink;
use crate::model::{Safety, Severity, Span};
use crate::parse::shell::{Command, Word};

const HELP: &str = "remove it, and add the key that signs the repository to the keyring instead";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    // What one variable holds is one mistake, however often it is used.
    let mut told: HashSet<(&str, &str)> = HashSet::new();
    for command in &shell.script.commands {
        // Options that accept the same in one command are one mistake.
        let switches = switches(command, shell);
        for same in switches.chunk_by(|(_, of, a), (_, with, b)| of == with && a == b) {
            let words = same.iter().map(|(word, ..)| *word);
            let mut words = words.filter(|word| {
                !shell.is_word_asked_for(word)
                    && variable_of(word).is_none_or(|name| told.insert((name, word.text.as_str())))
            });
            let (Some(word), [(_, what, aliases), ..]) = (words.next(), same) else {
                continue;
            };
            let message = format!("{} accepts {what}", command.name);
            let reported = out
                .report(rule, word.span, message)
                .text("switches the check off")
                .aliases(aliases)
                .help(HELP);
            if word.text == "--force-yes" && word.is_literal() {
                reported.fix(
                    "Answer yes, but keep the checks",
                    Safety::Safe,
                    word.span,
                    "-y",
                );
                continue;
            }
            let deleted = std::iter::once(word).chain(words).map(|word| {
                let span = without(command, word).filter(|_| word.text.starts_with("--"))?;
                Some((span, String::new()))
            });
            if let Some(edits) = deleted.collect::<Option<Vec<_>>>() {
                let title = match edits.len() {
                    1 => "Delete the option",
                    _ => "Delete the options",
                };
                reported.fix_all(title, Safety::Safe, edits);
            }
        }
    }
    let mut spans: Vec<Span> = trusted_lists(shell);
    for written in shell.written() {
        let found = switched_off(written, Guard::Signature).into_iter();
        // The settings of apt in one file are for the same archives; a section of yum's is not.
        let most = match written.path.contains("apt.conf") {
            true => 1,
            false => usize::MAX,
        };
        spans.extend(found.map(|found| found.span).take(most));
    }
    for written in shell.written() {
        for found in switched_off(written, Guard::Age) {
            if uses_snapshot(shell) {
                break;
            }
            out.report(rule, found.span, "with this setting apt takes package lists of any age, also those from before a flaw was mended")
                .text("switches the check off")
                .severity(Severity::Medium)
                .aliases(&[])
                .help("remove it; an archive that no longer changes can have it for itself alone: [check-valid-until=no]");
        }
    }
    spans.sort();
    spans.dedup();
    for span in spans {
        if shell.is_asked_for(span) {
            continue;
        }
        out.report(
            rule,
            span,
            "with this setting packages are trusted without a signature",
        )
        .text("switches the check off")
        .aliases(&[])
        .help("add the repository's key with signed-by (apt) or gpgkey and gpgcheck=1 (yum, dnf)");
    }
}

type Switch = (&'static str, &'static [&'static str]);

/// Programs, the options, what is then accepted, and the peers' ids.
const FLAGS: &[(&[&str], &[&str], Switch)] = &[
    (
        &["apt-get", "apt", "aptitude"],
        &["--allow-unauthenticated"],
        ("unsigned packages", &["CKV2_DOCKER_8"]),
    ),
    (
        &["apt-get", "apt", "aptitude"],
        &["--force-yes"],
        ("unsigned packages", &["CKV2_DOCKER_11"]),
    ),
    (
        &["apt-get", "apt"],
        &["--allow-insecure-repositories"],
        ("unsigned repositories", &[]),
    ),
    (
        &["apk"],
        &["--allow-untrusted"],
        ("untrusted packages", &["CKV2_DOCKER_7"]),
    ),
    (
        &["yum", "dnf", "dnf5", "tdnf", "microdnf"],
        &["--nogpgcheck", "--no-gpgchecks", "--no-gpg-checks"],
        ("unsigned packages", &["CKV2_DOCKER_9"]),
    ),
    (
        &["rpm"],
        &["--nosignature", "--nodigest", "--noverify", "--nogpg"],
        ("unverified packages", &["CKV2_DOCKER_10"]),
    ),
    (
        &["zypper"],
        &["--no-gpg-checks", "--allow-unsigned-rpm", "--no-gpgcheck"],
        ("unsigned packages", &[]),
    ),
    (
        &["debootstrap", "cdebootstrap"],
        &["--no-check-gpg", "--allow-unauthenticated"],
        ("an unsigned archive", &[]),
    ),
    (
        &["opkg"],
        &["--no-check-signature"],
        ("unsigned packages", &[]),
    ),
    (
        &["flatpak"],
        &["--no-gpg-verify"],
        ("unsigned packages", &[]),
    ),
    (&["snap"], &["--dangerous"], ("unsigned packages", &[])),
    (
        &["nix", "nix-env", "nix-copy-closure"],
        &["--no-check-sigs"],
        ("unsigned paths", &[]),
    ),
    (
        &["docker"],
        &["--disable-content-trust"],
        ("unsigned images", &[]),
    ),
    (
        &["cosign"],
        &["--insecure-ignore-tlog", "--insecure-ignore-sct"],
        ("signatures that no log knows", &[]),
    ),
];

fn switches<'c>(
    command: &'c Command,
    shell: &Shell<'_>,
) -> Vec<(&'c Word, &'static str, &'static [&'static str])> {
    let name = command.name.as_str();
    let accepts = |word: &Word| -> Option<Switch> {
        let text = word.text.as_str();
        let (flag, value) = text.split_once('=').unwrap_or((text, ""));
        let row = FLAGS.iter().find(|(programs, flags, _)| {
            programs.contains(&name) && flags.contains(&flag) && !is_off(value)
        });
        if let Some((.., switch)) = row {
            return Some(*switch);
        }
        match name {
            "apt-get" | "apt" | "aptitude" => apt_option(text, shell),
            "yum" | "dnf" | "tdnf" | "microdnf" | "dnf5" | "yum-config-manager" => {
                let key = flag.trim_start_matches("--setopt");
                let (key, value) = match key {
                    "" => value.split_once('=')?,
                    key => (key, value),
                };
                let is_check = key.rsplit('.').next() == Some("gpgcheck");
                (is_check && is_off(value)).then_some(("unsigned packages", &["CKV2_DOCKER_9"]))
            }
            _ => None,
        }
    };
    command
        .args()
        .iter()
        .filter_map(|word| {
            let (what, aliases) = accepts(word)?;
            Some((word, what, aliases))
        })
        .collect()
}

fn apt_option(text: &str, shell: &Shell<'_>) -> Option<Switch> {
    let lower = super::apt_setting::without_option(text).to_lowercase();
    let (key, value) = lower.split_once('=')?;
    let value = value.trim_matches(['"', '\'']);
    match key {
        "apt::get::allowunauthenticated"
        | "acquire::allowinsecurerepositories"
        | "acquire::allowweakrepositories"
        | "acquire::allowdowngradetoinsecurerepositories"
            if is_on(value) =>
        {
            Some(("unsigned packages", &[]))
        }
        "acquire::check-valid-until" if is_off(value) && !uses_snapshot(shell) => {
            Some(("package lists of any age", &[]))
        }
        _ => None,
    }
}

/// True where packages come from an archive that no longer changes: its lists are old by design.
fn uses_snapshot(shell: &Shell<'_>) -> bool {
    let frozen = ["snapshot", "archive.debian.org", "old-releases"];
    let is_frozen = |word: &Word| frozen.iter().any(|part| word.text.contains(part));
    let mut words = shell
        .script
        .commands
        .iter()
        .flat_map(|command| &command.words);
    words.any(is_frozen)
        || shell
            .script
            .assignments
            .iter()
            .any(|assignment| is_frozen(&assignment.value))
        || shell
            .written()
            .iter()
            .any(|written| is_frozen(&written.text))
}

/// `[trusted=yes]` in what a command adds to the package sources.
fn trusted_lists(shell: &Shell<'_>) -> Vec<Span> {
    let commands =
        shell
            .script
            .named(&["echo", "printf", "add-apt-repository", "sed", "tee", "cat"]);
    let words = commands.flat_map(|command| command.args());
    words
        .filter(|word| word.text.contains("deb") || word.text.contains('['))
        .filter_map(|word| {
            let at = word.text.find("trusted=yes")?;
            if is_local_archive(word.text.get(at..)?) {
                return None;
            }
            Some(word.span_of(at, at + "trusted=yes".len()))
        })
        .collect()
}
