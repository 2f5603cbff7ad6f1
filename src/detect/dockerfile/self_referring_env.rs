//! dockerfile/self-referring-env

use super::Facts;
use super::variable::references;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Dockerfile, Instruction};

/// Reports the reference in an ENV to what only this ENV sets.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let Body::Env(pairs) = &instruction.body else {
            continue;
        };
        for (at, pair) in pairs.iter().enumerate() {
            let Some(value) = &pair.value else {
                continue;
            };
            let found = references(value, facts.file.escape)
                .into_iter()
                .find(|used| {
                    !used.has_default
                        && pairs
                            .iter()
                            .enumerate()
                            .any(|(other, set)| other != at && set.name.text() == used.name)
                        && !is_set_before(facts.file, place, instruction, used.name)
                });
            if let Some(used) = found {
                out.report(
                    "dockerfile/self-referring-env",
                    used.span,
                    format!("{} has no value yet: this very ENV sets it", used.name),
                )
                .help("set it in an ENV of its own before this one");
                break;
            }
        }
    }
}

/// True where an ARG or ENV of the stages that an instruction stands on names the variable.
fn is_set_before(file: &Dockerfile, place: usize, instruction: &Instruction, name: &str) -> bool {
    let Some(stage) = file.stage_of(instruction) else {
        return false;
    };
    file.ancestry(stage).any(|stage| {
        let earlier = file
            .instructions
            .get(stage.instructions.start..stage.instructions.end.min(place));
        earlier
            .unwrap_or_default()
            .iter()
            .filter(|i| i.is_direct())
            .any(|i| match &i.body {
                Body::Env(pairs) | Body::Arg(pairs) => pairs.iter().any(|p| p.name.text() == name),
                _ => false,
            })
    })
}
