//! What stands between hostile input and us: limits, neutralised text, safe writes.

pub mod atomic_write;
pub mod flight;
pub mod limits;
pub mod nesting;
pub mod positioned;
pub mod printable;
pub mod private;

pub use limits::LIMITS;
