//! Archives as bounded streams: nothing is written to disk, nothing that an archive says about
//! itself is believed, and every limit counts the bytes that come out.

mod budget;
mod gzip;
mod metered;
mod tar;
mod walk;
mod zip;
mod zstd;

use std::io::{Read, Seek};

pub use walk::{Visitor, unpack};
pub use zstd::Frames;

/// Bytes that are enough to recognise an archive by.
pub const HEAD: usize = 512;

/// Where an archive's bytes are.
pub trait Storage: Read + Seek {}

impl<T: Read + Seek> Storage for T {}

/// What its first bytes say an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Also what builds on it: jar, war, whl, apk, nupkg, xpi, docx.
    Zip,
    Tar,
    Gzip,
    Zstd,
    /// Known, and not read.
    Other(&'static str),
}

impl Format {
    /// Names play no part: a jar may be called anything.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => {
                Some(Self::Other("bzip2"))
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Other("xz")),
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Self::Other("7z")),
            [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some(Self::Other("rar")),
            [4, 0x22, 0x4d, 0x18, ..] => Some(Self::Other("lz4")),
            head if tar::is_header(head) => Some(Self::Tar),
            _ => None,
        }
    }

    /// The same, and a zip behind other bytes: programs carry one at their end.
    pub fn find(head: &[u8], storage: &mut dyn Storage) -> Option<Self> {
        let carries_code = head.starts_with(b"#!") || memchr::memchr(0, head).is_some();
        Self::of(head)
            .or_else(|| (carries_code && zip::has_directory(storage)).then_some(Self::Zip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_known_by_its_first_bytes() {
        assert_eq!(Format::of(b"PK\x03\x04rest"), Some(Format::Zip));
        assert_eq!(Format::of(&[0x1f, 0x8b, 8, 0]), Some(Format::Gzip));
        assert_eq!(Format::of(&[0x28, 0xb5, 0x2f, 0xfd]), Some(Format::Zstd));
        assert_eq!(Format::of(b"PKZIP is a program"), None);
        assert_eq!(Format::of(&[0; 512]), None);
        assert_eq!(Format::of(b""), None);
    }
}
