//! What counts: configuration, ignores, changed lines, the gate.

mod apply;
mod comment;
mod config;
mod date;
mod gate;
mod ignore;
mod peers;
mod unused;

pub use apply::{Policy, PolicyOptions};
pub use config::{Config, ConfigError, IgnoreEntry};
pub use date::Date;
pub use gate::{FailOn, Verdict};
pub use unused::{UNUSED_PEER, WITHOUT_REASON};
