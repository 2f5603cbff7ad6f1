//! dockerfile/windows-protection-off

use super::Facts;
use super::windows::{Step, steps};
use crate::detect::Sink;
use crate::model::{Severity, Span};
use crate::parse::powershell::Command;

const RULE: &str = "dockerfile/windows-protection-off";

/// Reports the word that switches a protection of Windows, or of its tools, off.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for step in steps(facts.file) {
        for command in step.commands() {
            if let Some((span, what, severity)) = fault(command) {
                out.report(RULE, span, what)
                    .severity(severity)
                    .text("switches a protection off")
                    .help("leave it on; where a certificate or a checksum does not fit, correct that one");
            }
        }
        if let Some(span) = trusts_everybody(&step) {
            out.report(
                RULE,
                span,
                "PowerShell takes every certificate: the connection can be read and changed",
            )
            .severity(Severity::High)
            .text("switches a protection off")
            .help("put the missing certificate into the image's store with Import-Certificate");
        }
    }
}

fn fault(command: &Command) -> Option<(Span, &'static str, Severity)> {
    let text = command.text.as_str();
    let name = command.name();
    let found = |names: &[&str], what, severity| Some((command.word(names)?.span, what, severity));
    match name.as_str() {
        "set-executionpolicy" if !text.contains("process") => found(
            &["Bypass", "Unrestricted"],
            "PowerShell runs every script in the containers of this image, signed or not",
            Severity::Medium,
        ),
        "choco" | "chocolatey" | "cup" | "cinst" => found(
            &[
                "--ignore-checksums",
                "--ignorechecksums",
                "--ignore-checksum",
                "--allow-empty-checksums",
                "--allowemptychecksums",
                "--allow-empty-checksums-secure",
                "--ignore-package-codes-checksum",
            ],
            "Chocolatey installs downloads whose checksum does not fit, or is missing",
            Severity::High,
        )
        .or_else(|| {
            text.contains("feature").then_some(())?;
            text.contains(" enable").then_some(())?;
            found(
                &[
                    "allowEmptyChecksums",
                    "--name=allowEmptyChecksums",
                    "-n=allowEmptyChecksums",
                    "allowEmptyChecksumsSecure",
                    "-nallowEmptyChecksums",
                ],
                "Chocolatey installs downloads that have no checksum",
                Severity::High,
            )
        }),
        "set-mppreference" if text.contains("$true") || text.contains(" 1") => {
            let word = command.words.iter().find(|word| {
                let lower = word.text.to_ascii_lowercase();
                lower.starts_with("-disablerealtime")
                    || lower.starts_with("-disableioav")
                    || lower.starts_with("-disablebehavior")
                    || lower.starts_with("-disablescript")
            })?;
            Some((word.span, "Defender is switched off", Severity::Medium))
        }
        "uninstall-windowsfeature" | "remove-windowsfeature" => found(
            &[
                "Windows-Defender",
                "Windows-Defender-Features",
                "Windows-Defender-GUI",
            ],
            "Defender is removed",
            Severity::Medium,
        ),
        "sc" | "set-service" | "stop-service"
            if text.contains("disabled") || name == "stop-service" =>
        {
            found(&["WinDefend"], "Defender is switched off", Severity::Medium)
        }
        "netsh" if text.contains("advfirewall") && text.contains("state") => {
            found(&["off"], "the firewall is switched off", Severity::Medium)
        }
        "set-netfirewallprofile" => found(
            &["False", "$False"],
            "the firewall is switched off",
            Severity::Medium,
        ),
        _ => {
            let skips = [
                "iwr",
                "irm",
                "invoke-webrequest",
                "invoke-restmethod",
                "curl",
                "wget",
            ];
            skips.contains(&name.as_str()).then_some(())?;
            found(
                &[
                    "-SkipCertificateCheck",
                    "-k",
                    "--insecure",
                    "--no-check-certificate",
                ],
                "the download takes every certificate: it can be read and changed on its way",
                Severity::High,
            )
        }
    }
}

/// `[Net.ServicePointManager]::ServerCertificateValidationCallback = {$true}`.
fn trusts_everybody(step: &Step) -> Option<Span> {
    step.commands().find_map(|command| {
        let word = command.words.iter().find(|word| {
            word.text
                .to_ascii_lowercase()
                .contains("servercertificatevalidationcallback")
        })?;
        let at = command.text.find("servercertificatevalidationcallback")?;
        let value = command.text.get(at..)?.split_once('=')?.1;
        let value: String = value
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(40)
            .collect();
        (value.starts_with("{$true")
            || value.starts_with("{return$true")
            || value.contains("accept"))
        .then_some(word.span)
    })
}
