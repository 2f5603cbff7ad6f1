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
        if !registers_emulators(command)
            && let Some((word, what)) = danger(command)
        {
            out.report(rule, word.span, what)
                .text("gives the host away")
                .help("grant the one capability or device that is needed, and keep the daemon's socket out");
        }
    }
}

/// True for an image that tells the kernel of emulators, which it cannot without its rights, and
/// ends.
fn registers_emulators(command: &Command) -> bool {
    command.args().iter().any(|word| {
        let name = word.text.split([':', '@']).next().unwrap_or_default();
        ["multiarch/qemu-user-static", "tonistiigi/binfmt"]
            .iter()
            .any(|image| name.ends_with(image))
    })
}

fn danger(command: &Command) -> Option<(&Word, &'static str)> {
    let words = command.args();
    words.iter().enumerate().find_map(|(at, word)| {
        let text = word.text.as_str();
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let before = before.map_or("", |word| word.text.as_str());
        if matches!(text, "--privileged" | "--privileged=true") {
            Some((word, "the container runs with all rights of the host"))
        } else if text.contains("/var/run/docker.sock:") || text.contains("/run/docker.sock:") {
            Some((
                word,
                "the container gets the daemon's socket: it can start anything as root",
            ))
        } else if matches!(
            text,
            "--cap-add=ALL"
                | "--cap-add=all"
                | "--cap-add=SYS_ADMIN"
                | "--pid=host"
                | "--userns=host"
        ) || (before == "--cap-add" && matches!(text, "ALL" | "all" | "SYS_ADMIN"))
            || (matches!(before, "--pid" | "--userns") && text == "host")
        {
            Some((word, "the container runs with rights over the host"))
        } else if matches!(before, "-v" | "--volume")
            && text.starts_with("/:/")
            && !text.ends_with(":ro")
        {
            Some((word, "the container gets the host's whole file system"))
        } else if is_unconfined(text)
            || (before == "--security-opt" && is_unconfined(&format!("--security-opt={text}")))
        {
            Some((
                word,
                "the container runs without the limits that the daemon sets",
            ))
        } else {
            None
        }
    })
}

fn is_unconfined(text: &str) -> bool {
    let option = text.strip_prefix("--security-opt=");
    option.is_some_and(|option| {
        matches!(
            option,
            "seccomp=unconfined"
                | "seccomp:unconfined"
                | "apparmor=unconfined"
                | "apparmor:unconfined"
        )
    })
}
