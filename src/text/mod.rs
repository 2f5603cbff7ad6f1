//! Encodings, lines and columns.

mod encoding;
mod line_index;
mod mapped;
mod start;
mod utf16;
mod windows;

pub use encoding::{Encoding, decode, is_binary, sniff};
pub use line_index::{LineIndex, Position};
pub use mapped::Mapped;
pub use start::Start;
pub use utf16::Utf16;
pub use windows::{Window, Windows, boundary};
