//! protection-off: a script switches off what protects the machine.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        if let Some((word, what)) = protection(command)
            && !shell.is_asked_for(word.span)
            && !is_the_switch(shell, command)
        {
            out.report(
                rule,
                word.span,
                format!("{} switches {what} off", command.name),
            )
            .text("protection ends here")
            .help("allow the one thing that is needed instead: a port, a label, a profile");
        }
    }
}

/// True in a function that is called what it does: `stop_firewall`, of the script that starts it.
fn is_the_switch(shell: &Shell<'_>, command: &Command) -> bool {
    let functions = shell.script.functions.iter();
    functions
        .filter(|function| (function.first..function.end).contains(&command.id))
        .any(|function| {
            let name = function.name.to_ascii_lowercase();
            ["stop", "flush", "clear", "disable", "reset"]
                .iter()
                .any(|word| name.contains(word))
        })
}

/// `$rootfs/etc/selinux/config`: a container has no say in it, the kernel is its host's.
fn is_of_container(word: &Word) -> bool {
    let name = word.variables().next().unwrap_or_default();
    name.to_ascii_lowercase().contains("rootfs")
}

fn protection(command: &Command) -> Option<(&Word, &'static str)> {
    let args = command.args();
    let find = |texts: &[&str]| args.iter().find(|w| texts.contains(&w.text.as_str()));
    match command.name.as_str() {
        "setenforce" => find(&["0", "Permissive", "permissive"]).map(|w| (w, "SELinux")),
        "ufw" => find(&["disable"]).map(|w| (w, "the firewall")),
        "iptables" | "ip6tables" => {
            let at = args
                .iter()
                .position(|w| matches!(w.text.as_str(), "-P" | "--policy"))?;
            let chain = args.get(at + 1)?;
            let target = args.get(at + 2)?;
            (chain.text == "INPUT" && target.text == "ACCEPT").then_some((target, "the firewall"))
        }
        "systemctl" | "service" => {
            let stops = find(&["stop", "disable", "mask"])?;
            find(&[
                "firewalld",
                "firewalld.service",
                "ufw",
                "ufw.service",
                "apparmor",
                "apparmor.service",
                "auditd",
                "auditd.service",
            ])
            .map(|_| (stops, "a protecting service"))
        }
        "sysctl" => args
            .iter()
            .find(|w| {
                matches!(
                    w.text.as_str(),
                    "kernel.randomize_va_space=0"
                        | "kernel.yama.ptrace_scope=0"
                        | "kernel.kptr_restrict=0"
                )
            })
            .map(|w| (w, "a protection of the kernel")),
        "sed" if args.iter().any(is_of_container) => None,
        "sed" => args
            .iter()
            .find(|w| w.text.contains("SELINUX=disabled") || w.text.contains("SELINUX=permissive"))
            .map(|w| (w, "SELinux")),
        _ => None,
    }
}
