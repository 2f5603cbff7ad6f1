//! working-directory: `cd` as a whole step changes nothing for the next one.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in script.named(&["cd"]) {
        let beside = [command.id.wrapping_sub(1), command.id + 1];
        let alone = beside
            .iter()
            .filter_map(|id| script.commands.get(*id))
            .all(|other| other.unit != command.unit);
        let target = command.args().first();
        if let (true, Some(target)) = (alone, target) {
            out.report(
                rule,
                command.program_span(),
                format!("cd {} ends with this step", target.text),
            )
            .text("the next step starts where this one did")
            .help(format!("write WORKDIR {}", target.text));
        }
    }
}
