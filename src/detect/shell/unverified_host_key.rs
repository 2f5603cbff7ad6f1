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
        let is_this_machine = command
            .args()
            .iter()
            .any(|word| matches!(word.text.as_str(), "localhost" | "127.0.0.1" | "::1"));
        if is_kept && !is_compared && !is_this_machine {
            out.report(
                rule,
                command.program_span(),
                match shell.in_image {
                    true => "ssh-keyscan takes the key of whoever answers during the build",
                    false => "ssh-keyscan takes the key of whoever answers",
                },
            )
            .text("trusted without a check")
            .help(match shell.in_image {
                true => "keep the host's key in a known_hosts file of the repository and COPY it",
                false => "keep the host's key in a known_hosts file of the repository, or compare its fingerprint with the one that the host's owner publishes",
            });
        }
    }
}
