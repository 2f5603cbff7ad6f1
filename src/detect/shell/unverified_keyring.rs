//! unverified-keyring: a key decides what is trusted, and nobody looked whose it is.

use super::{Download, Shell, UsageKind};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::Command;

/// Folders whose keys package managers trust.
const KEYRINGS: &[&str] = &[
    "/usr/share/keyrings/",
    "/etc/apt/keyrings/",
    "/etc/apt/trusted.gpg.d/",
    "/etc/apk/keys/",
    "/etc/pki/rpm-gpg/",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let flow = shell.flow();
    for (index, download) in flow.downloads.iter().enumerate() {
        // What goes to apt-key is another rule's, whoever looked at it.
        if download.verified || download.program_name == "ADD" {
            continue;
        }
        let kept = flow.files.iter().any(|(path, holders)| {
            holders.contains(&index) && KEYRINGS.iter().any(|folder| path.starts_with(folder))
        });
        let usage = download
            .uses
            .iter()
            .find(|usage| usage.kind == UsageKind::Trusted);
        if usage.is_some_and(|usage| usage.inherited || usage.program == "apt-key") {
            continue;
        }
        let Some(span) = usage
            .map(|usage| usage.span)
            .or(kept.then_some(download.program))
        else {
            continue;
        };
        if is_looked_at(download, shell) {
            continue;
        }
        let from = download.origin();
        out.report(rule, span, format!("the key from {from} is trusted whoever it belongs to"))
            .text("no fingerprint is compared")
            .step(download.url.as_ref().map_or(download.program, |url| url.span), "comes from here")
            .step(span, "trusted here")
            .help("keep the key in the repository and COPY it, or compare its fingerprint before it is trusted");
    }
}

/// True where the step looks at fingerprints after the download.
fn is_looked_at(download: &Download, shell: &Shell<'_>) -> bool {
    let commands = &shell.script.commands;
    let by = |span: Span| {
        commands
            .iter()
            .find(move |command| command.program_span() == span)
    };
    let Some(fetch) = by(download.program) else {
        return false;
    };
    let looks = |command: &Command| {
        let asks = [
            "--fingerprint",
            "--with-fingerprint",
            "--show-keys",
            "--with-colons",
            "--list-keys",
        ];
        command.name.starts_with("gpg") && asks.iter().any(|option| command.has_arg(option))
    };
    commands
        .iter()
        .skip(fetch.id + 1)
        .take_while(|command| command.unit == fetch.unit)
        .any(looks)
}
