//! dockerfile/tls-off-variable

use super::Facts;
use crate::detect::Sink;
use crate::detect::shell::switch;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::{Body, Instruction, Pair};

/// Reports the ENV or ARG pair that switches verification off.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else {
            continue;
        };
        for (at, pair) in pairs.iter().enumerate() {
            let Some(value) = pair.value.as_ref().and_then(|value| value.value.known()) else {
                continue;
            };
            let Some(switch) = switch::find(pair.name.text(), value) else {
                continue;
            };
            // An argument may be asked for elsewhere, and a list of options may hold others.
            let is_env = matches!(instruction.body, Body::Env(_));
            let safety = match is_env && switch.is_nothing_else() {
                true => Safety::Safe,
                false => Safety::Unsafe,
            };
            out.report(
                "dockerfile/tls-off-variable",
                pair.span,
                format!("with this, {}", switch.effect),
            )
            .aliases(switch.aliases)
            .help("delete it; where a private authority signs, add its certificate to the image")
            .fix(
                "Delete the variable",
                safety,
                around(instruction, pairs, at),
                "",
            );
        }
    }
}

/// What goes with a pair that is deleted: the blank beside it, or an instruction that has no other.
fn around(instruction: &Instruction, pairs: &[Pair], at: usize) -> Span {
    let Some(pair) = pairs.get(at) else {
        return instruction.span;
    };
    let before = at.checked_sub(1).and_then(|at| pairs.get(at));
    match (before, pairs.get(at + 1)) {
        (Some(before), _) => Span::new(before.span.end, pair.span.end),
        (None, Some(after)) => Span::new(pair.span.start, after.span.start),
        (None, None) => instruction.span,
    }
}
