//! How the bytes of a segment are laid out. Shared with `build.rs`, which embeds segments.
//!
//! A segment holds the advisories of one ecosystem: written once, read by name or by id without
//! touching anything else. Little-endian, offsets from the beginning of the body:
//!
//! ```text
//! magic (8) | xxh3-128 of what follows up to the body (16) | Head | xxh3-64 of each page | body
//! body: blocks, one a package, by name | cold parts | table of names | table of ids
//! block: its length (4) | length of the name (4) | name | postcard list of Entry
//! ```
//!
//! Whoever has the hash of the head (the manifest of an index names it) can check each page of the
//! body alone, when it is first needed.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::day::Day;
use super::record::Record;

/// The last byte is the version of the layout.
pub const MAGIC: &[u8; 8] = b"PLIMADV\x03";
/// The version of an index: of its manifest, and of its segments.
pub const SCHEMA: u32 = 3;
/// Bytes that are read and checked together.
pub const PAGE: usize = 16 << 10;
const HASHED_FROM: usize = 24;
/// Where the hashes of the pages stand.
pub const PAGES_FROM: usize = HASHED_FROM + 4 * NUMBERS;
const NUMBERS: usize = 7;

/// Counts and offsets of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the body.
    pub body: u32,
    pub packages: u32,
    /// Advisories that are not withdrawn.
    pub records: u32,
    /// The newest day that any of them carries; 0 where none does.
    pub newest_day: u32,
    /// Where the blocks end and the cold parts begin.
    pub cold: u32,
    /// Where the table of names begins.
    pub names: u32,
    /// Where the table of ids begins.
    pub ids: u32,
}

/// A record in a block. What only a report needs of it stands elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub record: Record,
    /// Where its cold part begins, and how long it is.
    pub cold: (u32, u32),
}

/// Why bytes are no segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The first bytes are not ours.
    Foreign,
    /// The layout is of another version than this program's.
    Version,
    /// The content is not what was written.
    Changed,
    /// The system did not give the bytes.
    Unreadable,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Foreign => "it is not an advisory index",
            Self::Version => "another version of plimsoll made it",
            Self::Changed => "its content is damaged",
            Self::Unreadable => "it cannot be read",
        })
    }
}

impl Head {
    /// Everything that stands before the body.
    pub fn write(&self, body: &[u8]) -> Vec<u8> {
        let mut hashed = Vec::new();
        for number in self.numbers() {
            hashed.extend(number.to_le_bytes());
        }
        for page in body.chunks(PAGE) {
            hashed.extend(xxh3_64(page).to_le_bytes());
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(xxh3_128(&hashed).to_le_bytes());
        bytes.extend(hashed);
        bytes
    }

    /// Reads the numbers, which nothing has been checked of yet.
    pub fn read(bytes: &[u8]) -> Result<Self, Damage> {
        match bytes.get(..8) {
            Some(magic) if magic == MAGIC => {}
            Some(magic) if magic.get(..7) == MAGIC.get(..7) => return Err(Damage::Version),
            _ => return Err(Damage::Foreign),
        }
        let mut head = Self::default();
        for (at, number) in head.numbers_mut().into_iter().enumerate() {
            *number = number_at(bytes, HASHED_FROM + 4 * at).ok_or(Damage::Changed)?;
        }
        let ordered = head.cold <= head.names && head.names <= head.ids && head.ids <= head.body;
        if ordered {
            Ok(head)
        } else {
            Err(Damage::Changed)
        }
    }

    /// The newest day that any record carries.
    pub fn newest(&self) -> Option<Day> {
        (self.newest_day != 0).then(|| Day::from_days(self.newest_day))
    }

    /// Where the body begins in the file.
    pub fn length(&self) -> usize {
        PAGES_FROM + 8 * (self.body as usize).div_ceil(PAGE)
    }

    fn numbers(mut self) -> [u32; NUMBERS] {
        self.numbers_mut().map(|number| *number)
    }

    fn numbers_mut(&mut self) -> [&mut u32; NUMBERS] {
        [
            &mut self.body,
            &mut self.packages,
            &mut self.records,
            &mut self.newest_day,
            &mut self.cold,
            &mut self.names,
            &mut self.ids,
        ]
    }
}

/// The hash that the first bytes of a segment claim for its head.
pub fn claimed(bytes: &[u8]) -> Option<u128> {
    Some(u128::from_le_bytes(
        bytes.get(8..HASHED_FROM)?.try_into().ok()?,
    ))
}

/// The hash of a head, given everything before the body.
pub fn hash_of(bytes: &[u8]) -> u128 {
    xxh3_128(bytes.get(HASHED_FROM..).unwrap_or(&[]))
}

pub fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}
