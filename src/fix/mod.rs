//! Repairs: which fixes are applied, what they leave, and how that differs from what was there.
//!
//! Nothing is written before everything has been decided. After a round of fixes the files are
//! checked again as they would be, until nothing changes; then each is replaced in one step, and
//! only where it still is what was checked.

mod apply;
mod diff;
mod round;
mod select;
mod version;

pub use diff::unified;
pub use round::{Look, Mode, Repair, repair};
pub use select::Level;
pub use version::Version;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::RepoPath;

/// Files as fixes would leave them.
pub type Edited = BTreeMap<RepoPath, Arc<[u8]>>;
