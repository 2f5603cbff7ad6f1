//! remote-desktop: a screen of the container that the network can reach.

use super::{Shell, install};
use crate::detect::Sink;

const PACKAGES: &[&str] = &[
    "x11vnc",
    "tightvncserver",
    "tigervnc-standalone-server",
    "tigervnc-server",
    "vnc4server",
    "vnc-server",
    "tigervnc",
    "turbovnc",
    "novnc",
    "xrdp",
    "xrdp-minimal",
    "kasmvncserver",
    "krfb",
    "vino",
];

const PROGRAMS: &[&str] = &[
    "x11vnc",
    "Xvnc",
    "vncserver",
    "tigervncserver",
    "xrdp",
    "Xtigervnc",
    "krfb",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let installed = install::packages(command)
            .into_iter()
            .find(|word| PACKAGES.contains(&install::bare_name(&word.text)))
            .map(|word| (word.span, word.text.as_str(), "is installed"));
        let started = PROGRAMS
            .contains(&command.name.as_str())
            .then(|| (command.program_span(), command.name.as_str(), "is started"));
        if let Some((span, name, what)) = installed.or(started) {
            out.report(rule, span, format!("{name} {what}: the screen can be reached over the network"))
                .text("a second way in")
                .help("keep the desktop out of the image, or let it listen on localhost alone, behind a proxy that authorises");
        }
    }
}
