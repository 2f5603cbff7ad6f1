//! ssh-server: a second way into the container that nobody watches.

use super::{Shell, install};
use crate::detect::Sink;
use crate::model::Span;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let found: Option<(Span, &str)> = match command.name.as_str() {
            "sshd" | "dropbear" => Some((command.program_span(), "an ssh server is started")),
            "service" | "systemctl" | "rc-service" | "rc-update" => command
                .args()
                .iter()
                .find(|w| {
                    matches!(
                        w.text.as_str(),
                        "ssh" | "sshd" | "ssh.service" | "sshd.service"
                    )
                })
                .map(|w| (w.span, "an ssh server is started")),
            _ => install::packages(command)
                .into_iter()
                .find(|w| {
                    matches!(
                        install::bare_name(&w.text),
                        "openssh-server" | "dropbear" | "tinysshd"
                    )
                })
                .map(|w| (w.span, "an ssh server is installed")),
        };
        if let Some((span, what)) = found {
            out.report(rule, span, what)
                .text("a second way in")
                .help("reach a running container with `docker exec` or `kubectl exec`, which the platform authorises and records");
        }
    }
}
