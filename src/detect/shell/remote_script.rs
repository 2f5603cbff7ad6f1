//! remote-script: what an interpreter runs was downloaded, and nobody verified it in between.

use super::{Shell, UsageKind};
use crate::detect::Sink;
use crate::model::Confidence;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for download in &shell.flow().downloads {
        let url = download.url.as_ref();
        if url.is_some_and(|url| url.is_immutable()) {
            continue;
        }
        let usage = download.script_run();
        // What an earlier stage did, it has reported.
        let Some(usage) = usage.filter(|usage| !usage.inherited) else {
            continue;
        };
        let from = download.origin();
        let message = match usage.kind {
            UsageKind::Run => format!("a script from {from} runs without verification"),
            _ => format!(
                "{} runs a script from {from} without verification",
                usage.runner()
            ),
        };
        let reported = out
            .report(rule, usage.span, message)
            .text("runs what was downloaded")
            .help("download to a file, compare its SHA-256 with a value kept in the repository, then run it; or install a pinned package");
        let reported = match url {
            Some(_) => reported,
            None => reported.confidence(Confidence::Medium),
        };
        download.trace(reported, usage, "runs here");
    }
}
