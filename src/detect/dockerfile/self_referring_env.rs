//! dockerfile/self-referring-env

use std::collections::HashMap;

use super::Facts;
use super::variable::references;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Dockerfile};

/// Reports the reference in an ENV to what only this ENV sets.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let settings = settings(facts.file);
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let Body::Env(pairs) = &instruction.body else {
            continue;
        };
        // The first and the last pair that set each name.
        let mut set: HashMap<&str, (usize, usize)> = HashMap::new();
        for (at, pair) in pairs.iter().enumerate() {
            set.entry(pair.name.text()).or_insert((at, at)).1 = at;
        }
        let sets_elsewhere =
            |name: &str, at: usize| set.get(name).is_some_and(|places| *places != (at, at));
        for (at, pair) in pairs.iter().enumerate() {
            let Some(value) = &pair.value else {
                continue;
            };
            let found = references(value, facts.file.escape)
                .into_iter()
                .find(|used| {
                    !used.has_default
                        && sets_elsewhere(used.name, at)
                        && !settings
                            .get(used.name)
                            .is_some_and(|places| is_before(places, facts.file, place))
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

/// Where each variable is set or declared, by the places of the instructions.
fn settings(file: &Dockerfile) -> HashMap<&str, Vec<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, instruction) in file.instructions.iter().enumerate() {
        let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else {
            continue;
        };
        for pair in pairs.iter().filter(|_| instruction.is_direct()) {
            places.entry(pair.name.text()).or_default().push(place);
        }
    }
    places
}

/// True where one of these places is in the stages that the instruction at `place` stands on, and
/// before it.
fn is_before(places: &[usize], file: &Dockerfile, place: usize) -> bool {
    let instruction = file.instructions.get(place);
    let Some(stage) = instruction.and_then(|i| file.stage_of(i)) else {
        return false;
    };
    file.ancestry(stage).any(|stage| {
        let after = places.partition_point(|at| *at < stage.instructions.start);
        let end = stage.instructions.end.min(place);
        places.get(after).is_some_and(|at| *at < end)
    })
}
