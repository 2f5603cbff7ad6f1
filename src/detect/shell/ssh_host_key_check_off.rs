//! ssh-host-key-check-off: ssh talks to whoever answers.

use std::collections::HashSet;

use super::{Shell, variable_of};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::Word;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let mut spans: Vec<Span> = Vec::new();
    // A variable that is set here is shown where it is set.
    let set = script.assignments.iter().filter(|a| is_for_ssh(&a.name));
    let mut told: HashSet<&str> = set.map(|a| a.name.as_str()).collect();
    for command in &script.commands {
        if matches!(
            command.name.as_str(),
            "ssh"
                | "scp"
                | "sftp"
                | "rsync"
                | "echo"
                | "printf"
                | "autossh"
                | "sshpass"
                | "ssh-copy-id"
                | "sshfs"
                | "git"
                | "export"
                | "ansible"
        ) {
            if command.args().iter().any(is_own_machine) {
                continue;
            }
            // What one variable holds is one mistake, however often it is used.
            let words = command
                .args()
                .iter()
                .filter(|word| variable_of(word).is_none_or(|name| told.insert(name)));
            let before = spans.len();
            let words: Vec<&Word> = words.collect();
            let marked = |word: &Word| shell.where_set(word, marked).or_else(|| marked(word));
            spans.extend(words.iter().copied().filter_map(marked));
            if spans.len() == before && command.name != "git" {
                spans.extend(words.iter().copied().filter_map(forgetful));
            }
        }
    }
    let variables = script.assignments.iter().filter(|a| is_for_ssh(&a.name));
    // `ssh="ssh $user@localhost -o ..."`
    let variables = variables.filter(|a| {
        let mut words = a.value.text.split_whitespace();
        !words.any(|word| matches!(word.rsplit_once('@'), Some((_, "localhost" | "127.0.0.1"))))
    });
    spans.extend(variables.filter_map(|a| marked(&a.value)));
    spans.sort();
    spans.dedup();
    for span in spans {
        out.report(rule, span, "ssh does not check which machine it talks to")
            .text("accepts any host key")
            .help("keep the host's key in a known_hosts file of the repository and name it with -o UserKnownHostsFile");
    }
}

/// `root@$VM`, `localhost`: a machine that the script made, with a key as new as itself.
fn is_own_machine(word: &Word) -> bool {
    let host = word.text.rsplit('@').next().unwrap_or(&word.text);
    let host = host.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    matches!(
        host.to_ascii_lowercase().as_str(),
        "vm" | "vm_ip" | "vmip" | "guest" | "localhost" | "127.0.0.1" | "vagrant"
    )
}

/// Variables that hold a command for ssh, or its options.
fn is_for_ssh(name: &str) -> bool {
    let name = name.to_uppercase();
    matches!(
        name.as_str(),
        "RSYNC_RSH" | "ANSIBLE_SSH_ARGS" | "SCP" | "SCPCMD" | "REMOTECPCMD"
    ) || name.contains("SSH")
}

/// `UserKnownHostsFile=/dev/null`: what nobody remembers is never found changed.
fn forgetful(word: &Word) -> Option<Span> {
    let lower = word.text.to_ascii_lowercase();
    let at = lower.find("userknownhostsfile")?;
    let rest = lower.get(at + 18..)?.trim_start_matches(['=', ' ']);
    let end = lower.len() - rest.len() + "/dev/null".len();
    rest.starts_with("/dev/null").then(|| word.span_of(at, end))
}

fn marked(word: &Word) -> Option<Span> {
    let lower = word.text.to_lowercase();
    let at = lower.find("stricthostkeychecking")?;
    let rest = lower.get(at + 21..)?;
    let value = rest.trim_start_matches(['=', ' ']);
    let off = value.starts_with("no") || value.starts_with("off");
    let end = at
        + 21
        + (rest.len() - value.len())
        + value.bytes().take_while(u8::is_ascii_alphabetic).count();
    off.then(|| word.span_of(at, end))
}
