//! unverified-key: a key that packages are trusted by comes from somewhere without a check.

use super::{Shell, UsageKind};
use crate::detect::Sink;
use crate::parse::shell::Command;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for download in &shell.flow().downloads {
        let usage = download
            .uses
            .iter()
            .find(|u| !u.verified && u.kind == UsageKind::Trusted);
        let Some(usage) = usage.filter(|u| u.program == "apt-key" && !u.inherited) else {
            continue;
        };
        // Whose way here nothing protects is said by the rule about that.
        let is_plain = download.url.as_ref().is_some_and(|url| url.is_plain());
        if is_plain && download.program_name != "ADD" {
            continue;
        }
        let from = download
            .url
            .as_ref()
            .map_or_else(|| "a computed address".to_owned(), |u| u.shown());
        out.report(rule, usage.span, format!("a key from {from} is trusted for every package repository"))
            .text("trusted for all of them")
            .step(download.url.as_ref().map_or(download.program, |u| u.span), "comes from here")
            .step(usage.span, "trusted here")
            .help("keep the key in the repository, copy it to /usr/share/keyrings, and name it with signed-by in the one source that it signs");
    }
    for command in shell.script.named(&["zypper"]) {
        let word = command
            .args()
            .iter()
            .find(|word| word.text == "--gpg-auto-import-keys");
        if let Some(word) = word {
            out.report(
                rule,
                word.span,
                "zypper trusts whatever key a repository presents",
            )
            .text("trusted without a check")
            .help("import the repository's key with `rpm --import` from a file of this repository");
        }
    }
    for command in &shell.script.commands {
        if let Some((span, id)) = short_id(command) {
            out.report(
                rule,
                span,
                format!("the key id {id} is too short: another key can have the same"),
            )
            .text("not a fingerprint")
            .help("name the key by its whole fingerprint of 40 hexadecimal digits");
        }
    }
}

/// A key that is fetched by fewer digits than a fingerprint has.
fn short_id(command: &Command) -> Option<(crate::model::Span, String)> {
    if !matches!(command.name.as_str(), "gpg" | "gpg2" | "apt-key") {
        return None;
    }
    let words = command.args();
    let at = words.iter().position(|w| {
        matches!(
            w.text.as_str(),
            "--recv-keys" | "--recv-key" | "--recv" | "--receive-keys"
        )
    })?;
    words
        .get(at + 1..)?
        .iter()
        .take_while(|w| !w.text.starts_with('-'))
        .find_map(|word| {
            let id = word.text.trim_start_matches("0x");
            let is_hex =
                word.is_literal() && id.len() >= 8 && id.bytes().all(|b| b.is_ascii_hexdigit());
            (is_hex && id.len() <= 16).then(|| (word.span, word.text.clone()))
        })
}
