//! Rules as data: one file under `rules/` each, embedded at build time.

mod alias;
mod checksum;
mod embedded;
pub mod example;
mod file;
pub mod pattern;
mod row;
mod selection;
mod spanned;
pub mod team;
pub mod team_source;

pub(crate) use alias::is_alias;
pub use alias::is_same_id;
pub(crate) use checksum::Mnemonic;
pub use embedded::{PATTERNS, RuleSet, docs, source_patterns};
pub use file::{Check, Example, RuleFile, RuleFileError};
pub use selection::{ActiveRules, Selection, SelectionError};
pub(crate) use selection::{closest, edit_distance, names};
