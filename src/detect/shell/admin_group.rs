//! admin-group: membership that is as good as being root.

use super::{Shell, account};
use crate::detect::Sink;
use crate::model::Severity;

/// Groups with the way by which a member becomes root.
const GROUPS: &[(&str, &str)] = &[
    ("sudo", "may run everything through sudo"),
    ("wheel", "may run everything through sudo or su"),
    ("admin", "may run everything through sudo"),
    ("docker", "may start a container with the whole host in it"),
    ("lxd", "may start a container with the whole host in it"),
    ("disk", "reads and writes the disks themselves"),
    ("shadow", "reads the hashes of all passwords"),
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let ships = shell.image.is_none_or(|image| image.stage.ships);
    for command in &shell.script.commands {
        for word in account::read(command).into_iter().flat_map(|a| a.groups) {
            let mut at = 0;
            for group in word.text.split(',') {
                let found = GROUPS.iter().find(|(known, _)| *known == group);
                if let Some((_, power)) = found {
                    let span = word.span_of(at, at + group.len());
                    let finding = out
                        .report(rule, span, format!("a member of the group {group} {power}"))
                        .text("makes the account an administrator")
                        .help("do what needs root before USER, and leave the account in its own group");
                    if !ships {
                        finding.severity(Severity::Low);
                    }
                }
                at += group.len() + 1;
            }
        }
    }
}
