//! What the default target of a file needs, and what of it is in the image.

use super::stage::{Base, Stage};

/// Marks what ships (the last stage and all that it stands on) and what its build needs.
pub(super) fn mark(stages: &mut [Stage]) {
    let last = stages.len().checked_sub(1);
    let mut open: Vec<usize> = last.into_iter().collect();
    while let Some(stage) = open.pop().and_then(|index| stages.get_mut(index)) {
        if !std::mem::replace(&mut stage.ships, true) {
            open.extend(foundations(stage));
        }
    }
    let mut open: Vec<usize> = last.into_iter().collect();
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
