//! working-directory: `cd` moves one step of a build, and WORKDIR all that follow.

use super::Shell;
use crate::detect::Sink;
use crate::parse::dockerfile::Keyword;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in script.named(&["cd"]) {
        let instruction = shell.image.and_then(|image| image.instruction(command));
        if instruction.is_none_or(|instruction| instruction.keyword != Keyword::Run) {
            continue;
        }
        let beside = [command.id.wrapping_sub(1), command.id + 1];
        let alone = beside
            .iter()
            .filter_map(|id| script.commands.get(*id))
            .all(|other| other.unit != command.unit);
        let target = command
            .args()
            .first()
            .map_or("~", |word| word.text.as_str());
        let (message, text) = if alone {
            (
                format!("cd {target} ends with this step"),
                "the next step starts where this one did",
            )
        } else {
            (
                format!("cd {target} holds for this step only"),
                "until the end of this RUN",
            )
        };
        out.report(rule, command.program_span(), message)
            .text(text)
            .help(format!("write WORKDIR {target}"));
    }
}
