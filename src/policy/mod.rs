//! What counts: configuration, ignores, changed lines, the gate.

mod apply;
mod baseline;
mod comment;
mod config;
mod date;
mod entry_use;
mod gate;
mod ignore;
mod max_age;
mod package_rules;
mod package_scope;
mod peers;
mod unused;
mod vex;

pub use apply::{BaselineFile, Policy, PolicyOptions};
pub use baseline::{Baseline, Entry, Matches};
pub use config::{Config, ConfigError, IgnoreEntry};
pub use date::Date;
pub use gate::{FailOn, Verdict};
pub use max_age::MaxAge;
pub use peers::IN_ANY_FILE;
pub use unused::{UNUSED_ENTRY, UNUSED_PEER, WITHOUT_REASON};
pub use vex::{Pattern as VexPattern, Vex};
