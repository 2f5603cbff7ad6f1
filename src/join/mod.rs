//! What several files of a repository say together: for a Dockerfile, who builds it and from
//! which context.

mod around;
mod builds;
mod changed;
mod context;
mod files;

pub use around::Around;
pub use changed::Changed;
pub use files::{Entry, Files};
