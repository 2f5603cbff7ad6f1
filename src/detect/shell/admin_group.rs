//! admin-group: membership that is as good as being root.

use super::{Shell, account};
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::shell::Command;

/// Groups with the way by which a member becomes root.
const GROUPS: &[(&str, &str)] = &[
    ("sudo", "may run everything through sudo"),
    ("wheel", "may run everything through sudo or su"),
    ("admin", "may run everything through sudo"),
    ("docker", "may start a container with the whole host in it"),
    ("lxd", "may start a container with the whole host in it"),
    ("disk", "reads and writes the disks themselves"),
    ("shadow", "reads the hashes of all passwords"),
    (ROOT, "may change what belongs to root's group"),
];

/// The group that platforms without fixed users put every account into.
const ROOT: &str = "root";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let ships = shell.image.is_none_or(|image| image.stage.ships);
    let shares = shell.script.commands.iter().any(shares_with_root);
    for command in &shell.script.commands {
        let account = account::read(command).filter(|account| account.name.text != "root");
        for word in account.into_iter().flat_map(|a| a.groups) {
            let mut at = 0;
            for group in word.text.split(',') {
                let found = GROUPS
                    .iter()
                    .find(|(known, _)| *known == group && !(*known == ROOT && shares));
                if let Some((_, power)) = found {
                    let span = word.span_of(at, at + group.len());
                    let finding = out
                        .report(rule, span, format!("a member of the group {group} {power}"))
                        .text("makes the account an administrator")
                        .help("do what needs root before USER, and leave the account in its own group");
                    if !ships || group == ROOT {
                        finding.severity(Severity::Low);
                    }
                }
                at += group.len() + 1;
            }
        }
    }
}

/// True for a command that gives root's group its files on purpose, for accounts of any number.
fn shares_with_root(command: &Command) -> bool {
    let is_group = |text: &str| matches!(text, "0" | "root");
    let mut words = command.args().iter().map(|word| word.text.as_str());
    match command.name.as_str() {
        "chgrp" => words.any(is_group),
        "chown" => words.any(|text| {
            text.split_once(':')
                .is_some_and(|(user, group)| !is_group(user) && is_group(group))
        }),
        "chmod" => words.any(|text| {
            ["g=u", "g+w", "g+rw"]
                .iter()
                .any(|mode| text.contains(mode))
        }),
        _ => false,
    }
}
