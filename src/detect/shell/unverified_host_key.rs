//! unverified-host-key: the key of whoever answers becomes the key that is trusted.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::Output;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in script.named(&["ssh-keyscan"]) {
        // Compared with what somebody wrote down: that is how it should be.
        let compares = ["ssh-keygen", "sha256sum", "diff", "cmp", "grep"];
        let is_compared = script
            .commands
            .iter()
            .skip(command.id)
            .take_while(|later| later.unit == command.unit)
            .any(|later| compares.contains(&later.name.as_str()));
        let is_kept = !matches!(script.output(command), Output::Inherited);
        if is_kept && !is_compared {
            out.report(
                rule,
                command.program_span(),
                "ssh-keyscan takes the key of whoever answers during the build",
            )
            .text("trusted without a check")
            .help("keep the host's key in a known_hosts file of the repository and COPY it");
        }
    }
}
