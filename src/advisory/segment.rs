//! The records of one ecosystem in one block of bytes: written once, read by name without decoding
//! anything else. Shared with `build.rs`, which embeds the starter set in this form.
//!
//! Layout, little-endian: magic (8), xxh3-128 of all that follows (16), packages (4), records (4),
//! newest day (4), then for each package and once more for the end the offsets of its name and of
//! its block (4 + 4), then the names in order, then the blocks: postcard lists of [`Record`].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::alias;
use super::day::Day;
use super::record::Record;

const MAGIC: &[u8; 8] = b"PLIMADV\x01";
const HASHED_FROM: usize = 24;
const TABLE: usize = 36;

/// Why bytes are no segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The first bytes are not ours, or of another version of the format.
    Foreign,
    /// The content is not what was written.
    Changed,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "it is not an advisory index of this version",
            Self::Changed => "its content is damaged",
        })
    }
}

/// The records of one ecosystem.
#[derive(Clone)]
pub struct Segment {
    bytes: Cow<'static, [u8]>,
    packages: usize,
    records: u32,
    newest: Option<Day>,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("packages", &self.packages)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}

impl Segment {
    /// Takes bytes that came from a file: every bit of them is checked.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Damage> {
        let segment = Self::open(Cow::Owned(bytes))?;
        let hash = xxhash_rust::xxh3::xxh3_128(segment.bytes.get(HASHED_FROM..).unwrap_or(&[]));
        if segment.bytes.get(8..HASHED_FROM) != Some(&hash.to_le_bytes()[..]) {
            return Err(Damage::Changed);
        }
        Ok(segment)
    }

    /// Takes bytes that are part of the binary.
    pub fn embedded(bytes: &'static [u8]) -> Result<Self, Damage> {
        Self::open(Cow::Borrowed(bytes))
    }

    fn open(bytes: Cow<'static, [u8]>) -> Result<Self, Damage> {
        if bytes.get(..8) != Some(&MAGIC[..]) {
            return Err(Damage::Foreign);
        }
        let head = |at| number(&bytes, at).ok_or(Damage::Changed);
        let (packages, records, newest) = (head(24)?, head(28)?, head(32)?);
        let table_end = (packages as usize + 1)
            .checked_mul(8)
            .and_then(|rows| rows.checked_add(TABLE))
            .ok_or(Damage::Changed)?;
        if table_end > bytes.len() {
            return Err(Damage::Changed);
        }
        Ok(Self {
            packages: packages as usize,
            records,
            newest: (newest != 0).then(|| Day::from_days(newest)),
            bytes,
        })
    }

    /// How many advisories there are that are not withdrawn.
    pub fn records(&self) -> u32 {
        self.records
    }

    /// The newest day that any record carries.
    pub fn newest(&self) -> Option<Day> {
        self.newest
    }

    /// The bytes as they stand in a file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The records of a package by its normalised name.
    pub fn lookup(&self, name: &str) -> Vec<Record> {
        let (mut low, mut high) = (0, self.packages);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name(middle) {
                Some(found) if found == name.as_bytes() => return self.block(middle),
                Some(found) if found < name.as_bytes() => low = middle + 1,
                _ => high = middle,
            }
        }
        Vec::new()
    }

    /// Every package with its records, by name.
    pub fn packages(&self) -> impl Iterator<Item = (String, Vec<Record>)> + '_ {
        (0..self.packages).filter_map(|at| {
            let name = String::from_utf8_lossy(self.name(at)?).into_owned();
            Some((name, self.block(at)))
        })
    }

    fn name(&self, at: usize) -> Option<&[u8]> {
        let row = TABLE + at * 8;
        self.slice(number(&self.bytes, row)?, number(&self.bytes, row + 8)?)
    }

    fn block(&self, at: usize) -> Vec<Record> {
        let row = TABLE + at * 8 + 4;
        number(&self.bytes, row)
            .zip(number(&self.bytes, row + 8))
            .and_then(|(from, to)| self.slice(from, to))
            .and_then(|bytes| postcard::from_bytes(bytes).ok())
            .unwrap_or_default()
    }

    fn slice(&self, from: u32, to: u32) -> Option<&[u8]> {
        self.bytes.get(from as usize..to as usize)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// Writes a segment: package name, normalised, to its records. `None` above 4 GB.
pub fn write(packages: BTreeMap<String, Vec<Record>>) -> Option<Vec<u8>> {
    let packages: BTreeMap<String, Vec<Record>> = packages
        .into_iter()
        .map(|(name, records)| (name, alias::group(records)))
        .collect();
    let live = || {
        packages
            .values()
            .flatten()
            .filter(|r| r.withdrawn.is_none())
    };
    let advisories: BTreeSet<&str> = live().map(|r| r.id.as_str()).collect();
    let newest = live().filter_map(Record::dated).max();

    let table = TABLE + (packages.len() + 1) * 8;
    let names_length: usize = packages.keys().map(String::len).sum();
    let mut names: Vec<u8> = Vec::with_capacity(names_length);
    let mut blocks: Vec<u8> = Vec::new();
    let mut rows: Vec<u8> = Vec::with_capacity(table);
    let mut row = |names: usize, blocks: usize| {
        let name = u32::try_from(table + names).ok()?;
        let block = u32::try_from(table + names_length + blocks).ok()?;
        rows.extend(name.to_le_bytes());
        rows.extend(block.to_le_bytes());
        Some(())
    };
    for (name, records) in &packages {
        row(names.len(), blocks.len())?;
        names.extend(name.as_bytes());
        blocks = postcard::to_extend(records, blocks).ok()?;
    }
    row(names.len(), blocks.len())?;

    let mut body = Vec::with_capacity(table + names.len() + blocks.len());
    body.extend(u32::try_from(packages.len()).ok()?.to_le_bytes());
    body.extend(u32::try_from(advisories.len()).ok()?.to_le_bytes());
    body.extend(newest.map_or(0, Day::days).to_le_bytes());
    body.extend(rows);
    body.extend(names);
    body.extend(blocks);

    let mut bytes = MAGIC.to_vec();
    bytes.extend(xxhash_rust::xxh3::xxh3_128(&body).to_le_bytes());
    bytes.extend(body);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut packages = BTreeMap::new();
        for name in ["a", "ab", "b", "zz/top", "é"] {
            let mut record = Record::new(&format!("TEST-{name}"));
            record.modified = Day::parse("2025-05-05");
            packages.insert(name.to_owned(), vec![record]);
        }
        let mut gone = Record::new("TEST-gone");
        gone.withdrawn = Day::parse("2026-01-01");
        gone.modified = gone.withdrawn;
        packages.insert("gone".to_owned(), vec![gone]);
        write(packages).expect("small")
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        let segment = Segment::read(sample()).expect("just written");
        for name in ["a", "ab", "b", "zz/top", "é", "gone"] {
            let records = segment.lookup(name);
            assert_eq!(records.len(), 1, "{name}");
            assert_eq!(records[0].id, format!("TEST-{name}"));
        }
        for name in ["", "0", "aa", "abc", "c", "z", "zz/top2", "ê"] {
            assert!(segment.lookup(name).is_empty(), "{name}");
        }
        assert_eq!(segment.records(), 5, "withdrawn ones do not count");
        assert_eq!(segment.newest(), Day::parse("2025-05-05"));
        assert_eq!(segment.packages().count(), 6);
    }

    #[test]
    fn a_segment_cut_anywhere_is_refused() {
        let bytes = sample();
        for length in 0..bytes.len() {
            assert!(Segment::read(bytes[..length].to_vec()).is_err(), "{length}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Segment::read(longer).err(), Some(Damage::Changed));
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let bytes = sample();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert!(Segment::read(damaged).is_err(), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn a_damaged_segment_that_nobody_checked_still_does_no_harm() {
        let bytes = sample();
        for at in 8..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] = 0xff;
            let segment = Segment::open(Cow::Owned(damaged));
            if let Ok(segment) = segment {
                segment.lookup("b");
                segment.packages().take(50).count();
            }
        }
    }
}
