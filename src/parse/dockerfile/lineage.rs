//! How far down rules look into what stages stand on.

use super::{Dockerfile, Stage};

/// Longest chain of stages, each on the one before, that is looked into.
const LONGEST: usize = 64;

/// Bytes that the stages of one file look into below them, taken together: those of a base count
/// once for each stage that stands on it.
const MOST_BYTES: usize = 4 << 20;

/// Decides for each stage how much of what it stands on is looked into; false where that is less
/// than all. What comes last is most of what ships, so it has the first word.
pub(super) fn limit(file: &mut Dockerfile) -> bool {
    let mut left = MOST_BYTES;
    let mut is_all = true;
    for index in (0..file.stages.len()).rev() {
        let Some(stage) = file.stages.get(index) else {
            continue;
        };
        let mut followed = 0;
        for below in file.whole_ancestry(stage).skip(1) {
            let cost = bytes(file, below).max(1);
            if followed == LONGEST || cost > left {
                is_all = false;
                break;
            }
            left -= cost;
            followed += 1;
        }
        if let Some(stage) = file.stages.get_mut(index) {
            stage.followed = followed;
        }
    }
    is_all
}

fn bytes(file: &Dockerfile, stage: &Stage) -> usize {
    let end = stage.instructions.end.checked_sub(1);
    let place = |at: usize| file.instructions.get(at).map(|i| i.span);
    match (place(stage.from), end.and_then(place)) {
        (Some(first), Some(last)) => first.cover(last).len() as usize,
        _ => 0,
    }
}
