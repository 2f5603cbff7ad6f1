//! ssh-mount-with-remote-code: somebody else's script may use the keys of whoever builds.

use super::secret_flow::is_mount;
use super::{Shell, UsageKind};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    for download in shell
        .flow()
        .downloads
        .iter()
        .filter(|download| !download.verified)
    {
        let run = download.uses.iter().find_map(|usage| {
            let runs = matches!(usage.kind, UsageKind::Run | UsageKind::Interpreted { .. });
            let command = shell.script.commands.get(usage.command)?;
            let instruction = image
                .instruction(command)
                .filter(|_| runs && !usage.verified)?;
            let mount = instruction
                .flags
                .iter()
                .find(|flag| is_mount(flag, "ssh"))?;
            Some((usage, mount))
        });
        if let Some((usage, mount)) = run {
            out.report(rule, mount.span, "a downloaded script runs with the ssh agent of whoever builds")
                .text("lends the keys")
                .step(download.program, "downloaded here")
                .step(usage.span, "run here, and nobody checked it")
                .help("fetch and run the script in a RUN without --mount=type=ssh, and compare its checksum first");
        }
    }
}
