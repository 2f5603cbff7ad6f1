//! Where hadolint does not look, its codes do not hold: a finding there keeps only the other ids.

use crate::detect::Sink;
use crate::parse::dockerfile::{Dockerfile, Instruction, Keyword};

/// Codes that hadolint does not report for what ONBUILD triggers.
const NOT_TRIGGERED: &[&str] = &[
    "DL3000", "DL3002", "DL3003", "DL3010", "DL3011", "DL3012", "DL3020", "DL3021", "DL3022",
    "DL3023", "DL3025", "DL3044", "DL3045", "DL3048", "DL3059", "DL3066", "DL3067", "DL4000",
    "DL4001", "DL4003", "DL4004", "DL4006",
];

/// Codes about CMD, ENTRYPOINT and HEALTHCHECK themselves; it reads the commands of RUN alone.
const OF_COMMANDS: &[&str] = &["DL3012", "DL3025", "DL3057", "DL4003", "DL4004"];

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
    use super::is_judged;
    use crate::parse::dockerfile::Dockerfile;

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
    fn what_a_container_runs_is_judged_for_its_form_only() {
        assert!(!judged("CMD sudo a", "DL3004"));
        assert!(judged("CMD sudo a", "DL3025"));
    }
}
