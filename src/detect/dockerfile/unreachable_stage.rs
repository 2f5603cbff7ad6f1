//! dockerfile/unreachable-stage

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Stage, is_development_name};

/// Reports stages that no known target needs, unless their name says that they are one.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in facts.file.stages.iter().filter(|stage| !stage.is_reached) {
        let name = stage.name.as_ref();
        let is_chosen = name.is_some_and(|name| {
            is_development_name(&name.raw)
                || facts.file.stages.iter().any(|s| may_mean(s, &name.raw))
        });
        if is_chosen {
            continue;
        }
        let shown = name.map_or_else(|| stage.index.to_string(), |name| name.raw.clone());
        out.report(
            "dockerfile/unreachable-stage",
            name.map_or(stage.image.span, |name| name.span),
            format!("no known build needs stage {shown}"),
        )
        .help("remove it, or build it as a target of a compose or bake file");
    }
}

/// True where an argument of the build may make a FROM stand for this name.
fn may_mean(stage: &Stage, name: &str) -> bool {
    let image = &stage.image.raw;
    image.split_once('$').is_some_and(|(before, rest)| {
        let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
        name.starts_with(before) && name.ends_with(after)
    })
}
