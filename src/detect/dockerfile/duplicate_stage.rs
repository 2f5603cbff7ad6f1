//! dockerfile/duplicate-stage

use std::collections::{HashMap, HashSet};

use super::Facts;
use crate::detect::Sink;

/// Reports the stage name that an earlier stage already bears.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let mut seen = HashMap::new();
    let mut exact = HashSet::new();
    for name in facts.file.stages.iter().filter_map(|s| s.name.as_ref()) {
        let is_theirs = !exact.insert(name.raw.as_str());
        if let Some(first) = seen.insert(name.raw.to_lowercase(), name.span) {
            // hadolint takes two spellings for two names.
            let aliases: &[&str] = if is_theirs {
                &[
                    "DL3024",
                    "DuplicateStageName",
                    "DS-0012",
                    "CKV_DOCKER_11",
                    "alias-must-be-unique",
                ]
            } else {
                &["DuplicateStageName", "DS-0012", "CKV_DOCKER_11"]
            };
            out.report(
                "dockerfile/duplicate-stage",
                name.span,
                format!("an earlier stage is already called {}", name.raw),
            )
            .aliases(aliases)
            .label(first, "the earlier stage")
            .help("give each stage a name of its own");
        }
    }
}
