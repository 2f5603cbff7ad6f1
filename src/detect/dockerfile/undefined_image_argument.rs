//! dockerfile/undefined-image-argument

use std::collections::HashSet;

use super::Facts;
use super::variable::{PREDEFINED, nearest, references};
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

/// Reports the variable of a FROM that no ARG before the first FROM declares.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let mut declared: HashSet<&str> = PREDEFINED.iter().copied().collect();
    for instruction in facts.file.instructions.iter().filter(|i| i.stage.is_none()) {
        if let Body::Arg(pairs) = &instruction.body {
            declared.extend(pairs.iter().map(|pair| pair.name.text()));
        }
    }
    for stage in &facts.file.stages {
        let platform = facts
            .file
            .from_of(stage)
            .and_then(|from| from.flag("platform"))
            .and_then(|flag| flag.value.as_ref());
        for word in platform.into_iter().chain([&stage.image]) {
            for used in references(word, facts.file.escape) {
                if used.has_default || declared.contains(used.name) {
                    continue;
                }
                let help = match nearest(used.name, declared.iter().copied()) {
                    Some(near) => format!(
                        "write {near}, or declare {} with ARG before the first FROM",
                        used.name
                    ),
                    None => format!("declare it before the first FROM: ARG {}", used.name),
                };
                out.report(
                    "dockerfile/undefined-image-argument",
                    used.span,
                    format!("no ARG before the first FROM declares {}", used.name),
                )
                .help(help);
            }
        }
    }
}
