//! ssh-host-key-check-off: ssh talks to whoever answers.

use super::Shell;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::Word;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let mut spans: Vec<Span> = Vec::new();
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
            spans.extend(command.args().iter().filter_map(marked));
        }
    }
    let variables = script.assignments.iter().filter(|a| {
        matches!(
            a.name.as_str(),
            "GIT_SSH_COMMAND" | "GIT_SSH" | "RSYNC_RSH" | "ANSIBLE_SSH_ARGS"
        ) || a.name.to_uppercase().contains("SSH")
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
