//! ignored-verification: a check is made, and whatever comes out the build goes on.

use super::{Shell, verification};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in verification::ignored(shell) {
        let message = format!(
            "the build goes on where {} finds a difference",
            command.name
        );
        out.report(rule, command.program_span(), message)
            .text("its failure changes nothing")
            .help("join what follows with && or begin the step with `set -e`, and drop `|| true`");
    }
}
