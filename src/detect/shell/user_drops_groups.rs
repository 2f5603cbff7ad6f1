//! user-drops-groups: `USER name:group` leaves the other groups of the account behind.

use super::{Shell, account};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let joined: Vec<_> = shell
        .script
        .commands
        .iter()
        .filter_map(|command| Some((account::read(command)?, image.place(command)?)))
        .filter(|(account, _)| !account.groups.is_empty())
        .collect();
    let range = image.stage.instructions.clone();
    let instructions = image
        .file
        .instructions
        .get(range.clone())
        .unwrap_or_default();
    for (instruction, place) in instructions.iter().zip(range) {
        let (Keyword::User, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let Some((name, group)) = word.text().split_once(':') else {
            continue;
        };
        let found = joined
            .iter()
            .take(200)
            .find(|(account, at)| *at < place && account.name.text == name);
        if let Some(word_of_groups) = found.and_then(|(account, _)| account.groups.first()) {
            out.report(
                rule,
                word.span,
                format!("with the group {group} named, {name} is in no other group"),
            )
            .label(word_of_groups.span, "this group is left behind")
            .help(format!(
                "write USER {name}, which keeps all groups of the account"
            ));
        }
    }
}
