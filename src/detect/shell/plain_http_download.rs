//! plain-http-download: what is put to use travelled over a connection that anyone can change.

use super::{Shell, UsageKind};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for download in &shell.flow().downloads {
        let Some(url) = download.url.as_ref().filter(|url| url.is_plain()) else {
            continue;
        };
        // The rule about ADD says the same of its addresses.
        if download.program_name == "ADD" {
            continue;
        }
        let first = download.uses.iter().find(|usage| !usage.verified);
        let Some(usage) = first.filter(|usage| !usage.inherited) else {
            continue;
        };
        let what = match usage.kind {
            UsageKind::Interpreted { .. } | UsageKind::Run => "run",
            UsageKind::Trusted => "trusted as a key",
            UsageKind::Used(_) => "installed or unpacked",
        };
        out.report(
            rule,
            url.span,
            format!(
                "what comes from {} over an unprotected connection is {what}",
                url.shown()
            ),
        )
        .text("nothing protects this on the way")
        .label(usage.span, "put to use here")
        .help("use https:// and verify a checksum");
    }
}
