//! dockerfile/reserved-stage-name

use super::Facts;
use crate::detect::Sink;

/// Reports the stage that bears a name which means something else.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for name in facts.file.stages.iter().filter_map(|s| s.name.as_ref()) {
        if ["scratch", "context"]
            .iter()
            .any(|known| name.raw.eq_ignore_ascii_case(known))
        {
            let is_theirs = name.raw.chars().all(|c| c.is_ascii_lowercase());
            let aliases: &[&str] = if is_theirs {
                &["DL3063", "ReservedStageName"]
            } else {
                &["ReservedStageName"]
            };
            out.report(
                "dockerfile/reserved-stage-name",
                name.span,
                format!("{} already means something to the build", name.raw),
            )
            .aliases(aliases)
            .help("give the stage another name");
        }
    }
}
