//! unverified-download: a program, package or archive is put to use although nothing was compared.

use super::{Download, Shell, Usage, UsageKind, Use};
use crate::detect::Sink;
use crate::model::{Confidence, Span};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let mut told: Vec<Span> = Vec::new();
    for download in &shell.flow().downloads {
        // One word for each download: a script that is run is another rule's, and so are the
        // ADD that names no checksum and what comes over plain HTTP.
        if download.url.as_ref().is_some_and(|url| url.is_immutable())
            || download.script_run().is_some()
            || download.program_name == "ADD"
            || download.url.as_ref().is_some_and(|url| url.is_plain())
        {
            continue;
        }
        let Some((usage, what)) = first_use(download).filter(|(usage, _)| !usage.inherited) else {
            continue;
        };
        // What is fetched by one program or by another, as they are there, is one download.
        if let Some(url) = &download.url {
            if told.contains(&url.span) {
                continue;
            }
            told.push(url.span);
        }
        let from = download.origin();
        let reported = out
            .report(rule, usage.span, format!("{what} from {from} is used without a checksum or signature"))
            .text("put to use here")
            .help("compare the file with a SHA-256 kept in the repository (`echo \"<sha256>  file\" | sha256sum -c -`) or verify its signature before this");
        let reported = match &download.url {
            Some(_) => reported,
            None => reported.confidence(Confidence::Low),
        };
        download.trace(reported, usage, "used here");
    }
}

fn first_use(download: &Download) -> Option<(&Usage, &'static str)> {
    download
        .uses
        .iter()
        .filter(|usage| !usage.verified)
        .find_map(|usage| {
            let what = match usage.kind {
                UsageKind::Run => "a program",
                UsageKind::Used(Use::MakeExecutable) => "an executable",
                UsageKind::Used(Use::Install) => "a package",
                UsageKind::Used(Use::Unpack) => "an archive",
                UsageKind::Interpreted { .. } | UsageKind::Trusted => return None,
            };
            Some((usage, what))
        })
}
