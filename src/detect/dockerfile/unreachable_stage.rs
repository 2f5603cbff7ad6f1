//! dockerfile/unreachable-stage

use super::Facts;
use crate::detect::Sink;
use crate::model::SkipReason;
use crate::parse::dockerfile::is_development_name;

/// Images with variables in them that each stage's name is compared with.
const MOST_OPEN: usize = 1000;

/// Reports stages that no known target needs, unless their name says that they are one.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let open = facts.file.stages.iter().map(|stage| &stage.image.raw);
    let open: Vec<&String> = open.filter(|image| image.contains('$')).collect();
    if open.len() > MOST_OPEN {
        out.skip(SkipReason::Other(
            "more stages stand on arguments of the build than are followed".into(),
        ));
        return;
    }
    for stage in facts.file.stages.iter().filter(|stage| !stage.is_reached) {
        let name = stage.name.as_ref();
        let is_chosen = name.is_some_and(|name| {
            is_development_name(&name.raw) || open.iter().any(|image| may_mean(image, &name.raw))
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
fn may_mean(image: &str, name: &str) -> bool {
    image.split_once('$').is_some_and(|(before, rest)| {
        let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
        name.starts_with(before) && name.ends_with(after)
    })
}
