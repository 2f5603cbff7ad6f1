//! What several files of a repository say together: for a Dockerfile, who builds it and from
//! which context; for a lockfile, the manifests and other files that say more about it.

mod around;
mod builds;
mod changed;
mod companions;
mod context;
mod files;

pub use around::Around;
pub use changed::Changed;
pub use files::{Entry, Files};
