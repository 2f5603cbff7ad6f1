//! `db update`: the only code that opens sockets, behind the cargo feature `fetch`.
//!
//! A source is asked for what is new, what it sends is kept beside the index, and from what is kept
//! an index is made. Nothing is installed before everything about an ecosystem was read: an
//! ecosystem is replaced as a whole or not at all.

mod address;
mod client;
mod osv;
mod patience;
mod settings;
mod stamps;
mod store;
mod trouble;
mod update;

pub use settings::{Flags, Settings, SettingsError};
pub use trouble::{FetchError, Trouble};
pub use update::{Failure, Job, Outcome, Update, UpdateError, update};

/// Is told how far a transfer is.
pub trait Watch {
    /// A transfer of so many bytes begins, some of which are there already.
    fn begin(&self, what: &str, total: Option<u64>, there: u64);
    fn advance(&self, bytes: u64);
    fn end(&self);
}
