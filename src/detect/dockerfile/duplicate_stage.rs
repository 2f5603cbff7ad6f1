//! dockerfile/duplicate-stage

use std::collections::HashMap;

use super::Facts;
use crate::detect::Sink;

/// Reports the stage name that an earlier stage already bears.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let mut seen = HashMap::new();
    for name in facts.file.stages.iter().filter_map(|s| s.name.as_ref()) {
        if let Some(first) = seen.insert(name.raw.to_lowercase(), name.span) {
            out.report(
                "dockerfile/duplicate-stage",
                name.span,
                format!("an earlier stage is already called {}", name.raw),
            )
            .label(first, "the earlier stage")
            .help("give each stage a name of its own");
        }
    }
}
