//! Encodings, lines and columns.

mod encoding;
mod line_index;
mod mapped;

pub use encoding::{Encoding, decode, is_binary};
pub use line_index::{LineIndex, Position};
pub use mapped::Mapped;
