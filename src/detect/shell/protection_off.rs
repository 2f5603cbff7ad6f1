//! protection-off: a script switches off what protects the machine.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for written in shell
        .written()
        .iter()
        .filter(|w| w.path.contains("sshd_config"))
    {
        for (at, line) in written.lines() {
            let lower = line.to_ascii_lowercase();
            let open = ["permitrootlogin yes", "permitemptypasswords yes"];
            let place = |open: &str| Some((at + lower.find(open)?, open.len()));
            if let Some((start, length)) = open.iter().find_map(|open| place(open))
                && !lower.trim_start().starts_with('#')
            {
                out.report(
                    rule,
                    written.span_of(start, start + length),
                    "root or anybody may log in to this machine with a password, or none",
                )
                .text("protection ends here")
                .help("leave the setting as the system ships it, and log in as a user with a key");
            }
        }
    }
    for command in &shell.script.commands {
        if let Some((word, what)) = protection(command)
            && !shell.is_asked_for(word.span)
            && !is_the_switch(shell, command)
        {
            out.report(rule, word.span, format!("{} {what}", command.name))
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
        "setenforce" => {
            find(&["0", "Permissive", "permissive"]).map(|w| (w, "switches SELinux off"))
        }
        "ufw" => find(&["disable"]).map(|w| (w, "switches the firewall off")),
        "iptables" | "ip6tables" => {
            let at = args
                .iter()
                .position(|w| matches!(w.text.as_str(), "-P" | "--policy"))?;
            let chain = args.get(at + 1)?;
            let target = args.get(at + 2)?;
            (chain.text == "INPUT" && target.text == "ACCEPT")
                .then_some((target, "switches the firewall off"))
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
            .map(|_| (stops, "switches a protecting service off"))
        }
        "auditctl" => {
            let value = command.arg_after("-e").filter(|word| word.text == "0")?;
            Some((value, "switches the record of what happens off"))
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
            .map(|w| (w, "switches a protection of the kernel off")),
        "sed" if args.iter().any(is_of_container) => None,
        "sed" => args
            .iter()
            .find(|w| w.text.contains("SELINUX=disabled") || w.text.contains("SELINUX=permissive"))
            .map(|w| (w, "switches SELinux off")),
        "spctl" => {
            find(&["--master-disable", "--global-disable"]).map(|w| (w, "switches Gatekeeper off"))
        }
        "csrutil" => {
            find(&["disable"]).map(|w| (w, "switches the protection of the system's files off"))
        }
        "xhost" => find(&["+"]).map(|w| (w, "switches the access control of the display off")),
        "aa-teardown" => command
            .words
            .get(command.program)
            .map(|w| (w, "switches AppArmor off")),
        // From everywhere, where people log in.
        "aws" if command.has_arg("authorize-security-group-ingress") => {
            let everywhere = find(&["0.0.0.0/0", "::/0"])?;
            find(&["22", "3389", "-1", "0-65535"])
                .map(|_| (everywhere, "lets every address of the world in"))
        }
        "gcloud" if command.has_arg("firewall-rules") => {
            let opens = args.iter().any(|w| {
                let allowed = w.text.trim_start_matches("--allow=");
                allowed == "all" || allowed.split(',').any(is_for_insiders)
            });
            let everywhere = find(&["0.0.0.0/0", "--source-ranges=0.0.0.0/0"])?;
            opens.then_some((everywhere, "lets every address of the world in"))
        }
        "aws" if command.has_arg("put-bucket-acl") => {
            find(&["public-read", "public-read-write"]).map(|w| (w, "makes a bucket public"))
        }
        "aws" if command.has_arg("rds") => {
            find(&["--publicly-accessible"]).map(|w| (w, "puts a database on the open network"))
        }
        "aws" if command.has_arg("s3") || command.has_arg("s3api") => {
            find(&["public-read-write", "--acl=public-read-write"])
                .map(|w| (w, "lets everybody write what it stores"))
        }
        "gsutil" if command.has_arg("iam") => args
            .iter()
            .find(|w| w.text.starts_with("allUsers:"))
            .map(|w| (w, "makes a bucket public")),
        "az" if command.has_arg("storage") => {
            let value = command.arg_after("--public-access")?;
            matches!(value.text.as_str(), "blob" | "container")
                .then_some((value, "lets everybody read what it stores"))
        }
        "kubectl" | "oc" if command.has_arg("clusterrolebinding") => {
            let all = |text: &str| matches!(text, "--clusterrole=cluster-admin" | "cluster-admin");
            args.iter().find(|w| all(&w.text))?;
            args.iter()
                .find(|w| gives_to_everybody(&w.text))
                .map(|w| (w, "switches the access control of the cluster off"))
        }
        _ => None,
    }
}

/// Ports where people log in, and those of databases and control planes.
fn is_for_insiders(allowed: &str) -> bool {
    const PORTS: [&str; 14] = [
        "22", "23", "445", "1433", "1521", "2375", "2379", "3306", "3389", "5432", "5900", "6379",
        "9200", "27017",
    ];
    allowed
        .strip_prefix("tcp:")
        .is_some_and(|port| PORTS.contains(&port))
}

/// What every pod of a namespace is, and what everybody is.
fn gives_to_everybody(text: &str) -> bool {
    let account = text.strip_prefix("--serviceaccount=");
    account.is_some_and(|account| account.ends_with(":default"))
        || matches!(
            text,
            "--group=system:unauthenticated"
                | "--group=system:authenticated"
                | "--group=system:serviceaccounts"
                | "--user=system:anonymous"
        )
}
