//! plaintext-server: a server whose passwords anybody on the way can read.

use super::{Shell, install};
use crate::detect::Sink;
use crate::parse::shell::Command;

const PACKAGES: &[&str] = &[
    "telnetd",
    "telnet-server",
    "inetutils-telnetd",
    "telnetd-ssl",
    "rsh-server",
    "rsh-redone-server",
    "inetutils-inetd",
    "vsftpd",
    "proftpd",
    "proftpd-basic",
    "pure-ftpd",
    "ftpd",
    "inetutils-ftpd",
    "tftpd",
    "tftpd-hpa",
    "atftpd",
    "tftp-server",
    "rwhod",
    "fingerd",
];

const PROGRAMS: &[&str] = &[
    "telnetd",
    "in.telnetd",
    "utelnetd",
    "in.rshd",
    "in.rlogind",
    "rexecd",
    "vsftpd",
    "proftpd",
    "pure-ftpd",
    "ftpd",
    "in.ftpd",
    "tftpd",
    "in.tftpd",
    "atftpd",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let installed = install::packages(command)
            .into_iter()
            .find(|word| PACKAGES.contains(&install::bare_name(&word.text)));
        let found = match installed {
            Some(word) => Some((word.span, word.text.as_str(), "is installed")),
            None if is_program(command) => {
                Some((command.program_span(), command.name.as_str(), "is started"))
            }
            None => None,
        };
        if let Some((span, name, what)) = found {
            out.report(rule, span, format!("{name} {what}: it sends passwords in the clear, or asks for none"))
                .text("readable on the way")
                .help("reach a running container with `docker exec` or `kubectl exec`, and move files with a protocol that encrypts");
        }
    }
}

fn is_program(command: &Command) -> bool {
    PROGRAMS.contains(&command.name.as_str())
        || (command.name == "busybox" && PROGRAMS.contains(&command.subcommand()))
}
