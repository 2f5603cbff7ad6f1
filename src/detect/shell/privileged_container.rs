//! privileged-container: a container that is as good as root on the host.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.script.named(&["docker", "podman", "nerdctl"]) {
        if !matches!(
            command.subcommand(),
            "run" | "create" | "exec" | "container"
        ) {
            continue;
        }
        if let Some((word, what)) = danger(command) {
            out.report(rule, word.span, what)
                .text("gives the host away")
                .help("grant the one capability or device that is needed, and keep the daemon's socket out");
        }
    }
}

fn danger(command: &Command) -> Option<(&Word, &'static str)> {
    command.args().iter().find_map(|word| {
        let text = word.text.as_str();
        if matches!(text, "--privileged" | "--privileged=true") {
            Some((word, "the container runs with all rights of the host"))
        } else if text.contains("/var/run/docker.sock:") || text.contains("/run/docker.sock:") {
            Some((
                word,
                "the container gets the daemon's socket: it can start anything as root",
            ))
        } else if matches!(text, "--cap-add=ALL" | "--cap-add=SYS_ADMIN" | "--pid=host") {
            Some((word, "the container runs with rights over the host"))
        } else {
            None
        }
    })
}
