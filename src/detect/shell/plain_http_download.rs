//! plain-http-download: what is put to use travelled over a connection that anyone can change.

use super::clone::clones;
use super::fetch::fetch;
use super::{Download, Shell, UsageKind};
use crate::detect::Sink;
use crate::model::{Confidence, Span};
use crate::parse::dockerfile::Keyword;
use crate::parse::shell::Command;

const HELP: &str = "use https:// and verify a checksum";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for download in &shell.flow().downloads {
        // The rule about ADD says the same of its addresses.
        if download.program_name == "ADD" {
            continue;
        }
        let Some(url) = download.url.as_ref().filter(|url| url.is_plain()) else {
            continue;
        };
        let first = download.uses.iter().find(|usage| !usage.verified);
        let Some(usage) = first else {
            if is_kept(download, shell) {
                let message = format!(
                    "what comes from {} over an unprotected connection is kept in the image",
                    url.shown()
                );
                out.report(rule, url.span, message)
                    .text("nothing protects this on the way")
                    .confidence(Confidence::Medium)
                    .help(HELP);
            }
            continue;
        };
        if usage.inherited {
            continue;
        }
        let what = match usage.kind {
            UsageKind::Interpreted { .. } | UsageKind::Run => "run",
            UsageKind::Trusted => "trusted as a key",
            UsageKind::Used(_) => "installed or unpacked",
        };
        let message = format!(
            "what comes from {} over an unprotected connection is {what}",
            url.shown()
        );
        out.report(rule, url.span, message)
            .text("nothing protects this on the way")
            .label(usage.span, "put to use here")
            .help(HELP);
    }
    for clone in clones(shell.script).iter().filter(|clone| clone.is_plain()) {
        let message = format!("{} is cloned over an unprotected connection", clone.shown());
        out.report(rule, clone.url.span, message)
            .text("nothing protects this on the way")
            .help("use https:// or ssh");
    }
    for command in &shell.script.commands {
        if let Some(span) = installed(command) {
            out.report(
                rule,
                span,
                format!(
                    "{} installs what comes over an unprotected connection",
                    command.name
                ),
            )
            .text("nothing protects this on the way")
            .help(HELP);
        }
    }
}

/// True for a file that a step of an image's build saves, and nobody compares.
fn is_kept(download: &Download, shell: &Shell<'_>) -> bool {
    let is_used = download.verified || !download.uses.is_empty();
    let Some(image) = &shell.image else {
        return false;
    };
    let by = shell
        .script
        .commands
        .iter()
        .find(|command| command.program_span() == download.program);
    let instruction = by.and_then(|command| image.instruction(command));
    let is_run = instruction.is_some_and(|i| i.keyword == Keyword::Run);
    let keeps = |command: &Command| {
        let files = fetch(command).map(|fetch| fetch.files).unwrap_or_default();
        files.iter().any(|file| {
            let path = command.path(file);
            !path.starts_with("/dev/") && !shell.is_removed(command, &path)
        })
    };
    !is_used && is_run && by.is_some_and(keeps)
}

/// A package, a key or an index that a package manager fetches itself.
fn installed(command: &Command) -> Option<Span> {
    let has = |words: &[&str]| words.iter().any(|word| command.has_arg(word));
    let takes_key = has(&["--import", "--fetch-keys"]);
    let (takes_any, takes_packages) = match command.name.as_str() {
        "rpm" => (takes_key, has(&["-i", "-ivh", "-Uvh", "-U", "--install"])),
        "yum" | "dnf" | "tdnf" | "microdnf" | "zypper" => {
            (false, has(&["install", "localinstall", "in"]))
        }
        "apt-key" | "gpg" => (takes_key, false),
        "pip" | "pip3" | "uv" => (
            has(&["install", "--index-url", "-i", "--extra-index-url"]),
            false,
        ),
        "npm" | "yarn" | "pnpm" => (has(&["registry", "--registry"]), false),
        "gem" | "bundle" => (has(&["sources", "--source", "-s", "config"]), false),
        _ => return None,
    };
    let word = command.args().iter().find(|word| {
        let path = word.text.split('?').next().unwrap_or_default();
        let is_local = path.contains("//localhost") || path.contains("//127.");
        let is_taken = takes_any || (takes_packages && path.ends_with(".rpm"));
        path.starts_with("http://") && !is_local && is_taken
    })?;
    Some(word.span)
}
