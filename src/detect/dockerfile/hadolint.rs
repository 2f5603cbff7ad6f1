//! Where hadolint does not look, its codes do not hold: a finding there keeps only the other ids.

use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Dockerfile, Instruction, Keyword};
use crate::parse::shell::{Command, Script};

/// Codes that hadolint does not report for what ONBUILD triggers.
const NOT_TRIGGERED: &[&str] = &[
    "DL3000", "DL3002", "DL3003", "DL3010", "DL3011", "DL3012", "DL3020", "DL3021", "DL3022",
    "DL3023", "DL3025", "DL3044", "DL3045", "DL3048", "DL3059", "DL3066", "DL3067", "DL4000",
    "DL4001", "DL4003", "DL4004", "DL4006",
];

/// Codes about CMD, ENTRYPOINT and HEALTHCHECK themselves; it reads the commands of RUN alone.
const OF_COMMANDS: &[&str] = &["DL3012", "DL3025", "DL3057", "DL4003", "DL4004"];

/// Programs whose argument is the command to it, too.
const SEEN_THROUGH: &[&str] = &["builtin", "busybox", "command", "exec", "time"];

/// Takes from the findings so far the codes that hadolint does not report at their places.
pub(in crate::detect) fn narrow(file: &Dockerfile, out: &mut Sink<'_>) {
    out.retain_aliases(|span, alias| {
        let after = file
            .instructions
            .partition_point(|i| i.span.start <= span.start);
        let before = after
            .checked_sub(1)
            .and_then(|at| file.instructions.get(at));
        !alias.starts_with("DL") || before.is_none_or(|instruction| is_judged(instruction, alias))
    });
}

/// Takes from the findings so far the codes of those in commands of a file's stages that it does
/// not read.
pub(in crate::detect) fn narrow_commands<'s>(
    scripts: impl Iterator<Item = &'s Script>,
    out: &mut Sink<'_>,
) {
    let mut commands: Vec<&Command> = scripts.flat_map(|script| &script.commands).collect();
    commands.sort_by_key(|command| command.span.start);
    out.retain_aliases(|span, alias| {
        let after = commands.partition_point(|command| command.span.start <= span.start);
        let before = after.checked_sub(1).and_then(|at| commands.get(at));
        // What is said of a whole instruction, or of a wrapper itself, is said of no such command.
        let is_inside = |command: &&&Command| command.span.contains(span);
        !alias.starts_with("DL")
            || OF_COMMANDS.contains(&alias)
            // It is about the pipe, which is seen whatever its ends are.
            || alias == "DL4006"
            || before
                .filter(is_inside)
                .is_none_or(|command| reads(command) || names_a_wrapper(command, span))
    });
}

/// True where hadolint takes a command for what it is: it goes by the first word alone, as it is
/// written, and not into strings that another program runs.
pub(in crate::detect) fn reads(command: &Command) -> bool {
    let is_seen_through = |name: &String| SEEN_THROUGH.contains(&name.as_str());
    let is_bare = command
        .program_word()
        .is_none_or(|word| !word.text.contains('/'));
    command.depth == 0 && is_bare && command.wrappers.iter().all(is_seen_through)
}

fn names_a_wrapper(command: &Command, span: Span) -> bool {
    command.depth == 0 && span.end <= command.program_span().start
}

fn is_judged(instruction: &Instruction, code: &str) -> bool {
    let starts_a_program = matches!(
        instruction.keyword,
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
    );
    let is_triggered = !instruction.is_direct() && instruction.keyword != Keyword::Onbuild;
    !(is_triggered && NOT_TRIGGERED.contains(&code))
        && (!starts_a_program || OF_COMMANDS.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::{is_judged, reads};
    use crate::parse::dockerfile::Dockerfile;
    use crate::parse::shell::Script;

    fn judged(line: &str, code: &str) -> bool {
        let file = Dockerfile::parse(format!("FROM a\n{line}\n").as_bytes());
        is_judged(&file.instructions[1], code)
    }

    #[test]
    fn triggers_are_judged_for_what_they_install_only() {
        assert!(judged("ONBUILD RUN apt-get install a", "DL3008"));
        assert!(!judged("ONBUILD RUN cd /a", "DL3003"));
        assert!(judged("RUN cd /a", "DL3003"));
        assert!(judged("ONBUILD FROM a", "DL3043"));
    }

    #[test]
    fn a_command_is_read_where_its_own_name_comes_first() {
        let first = |text: &str| {
            let script = Script::parse(text.as_bytes());
            let of_pip = script.commands.iter().find(|c| c.name == "pip");
            reads(of_pip.unwrap())
        };
        assert!(first("A=b pip install a"));
        assert!(first("exec pip install a"));
        assert!(!first("/usr/bin/pip install a"));
        assert!(!first("sudo pip install a"));
        assert!(!first("bash -c 'pip install a'"));
    }

    #[test]
    fn what_a_container_runs_is_judged_for_its_form_only() {
        assert!(!judged("CMD sudo a", "DL3004"));
        assert!(judged("CMD sudo a", "DL3025"));
    }
}
