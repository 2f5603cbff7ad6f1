//! Encodings, lines and columns; many texts found in one.

pub mod base64;
mod encoding;
mod line_index;
mod mapped;
mod needles;
mod start;
mod utf16;
mod windows;

pub use encoding::{Encoding, decode, is_binary, sniff};
pub use line_index::{LineIndex, Position};
pub use mapped::Mapped;
pub use needles::{Hit, Needles};
pub use start::Start;
pub use utf16::Utf16;
pub use windows::{Window, Windows, boundary};
