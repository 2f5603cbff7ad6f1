//! What the targets of a file need, and what of it is in their images.

use super::stage::{Base, Stage};

/// Marks what ships (the targets and all that they stand on) and what their builds need.
pub(super) fn mark(stages: &mut [Stage], targets: Vec<usize>) {
    for target in &targets {
        let mut open = vec![*target];
        while let Some(stage) = open.pop().and_then(|index| stages.get_mut(index)) {
            if !stage.ships_in.contains(target) {
                stage.ships_in.push(*target);
                stage.ships = true;
                open.extend(foundations(stage));
            }
        }
    }
    let mut open = targets;
    while let Some(stage) = open.pop().and_then(|index| stages.get_mut(index)) {
        if !std::mem::replace(&mut stage.is_reached, true) {
            open.extend(foundations(stage));
            open.extend(stage.uses.iter().copied());
        }
    }
}

/// The local stages that a stage stands on, whichever the platform.
fn foundations(stage: &Stage) -> Vec<usize> {
    let mut found = stage.others.clone();
    if let Base::Stage(parent) = stage.base {
        found.push(parent);
    }
    found
}
