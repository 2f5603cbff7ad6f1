//! The advisories of one ecosystem, read by name or by id without touching anything else. The
//! layout stands in [`layout`](super::layout).

use std::borrow::Cow;
use std::fs::File;
use std::sync::Arc;

use super::day::Day;
use super::layout::{self, Damage, Entry, Head, PAGES_FROM, number_at};
use super::pages::{self, Pages};
use super::record::Record;
use super::table;
use super::writer::id_hash;
use crate::guard::positioned::read_exact_at;

/// The records of one ecosystem.
#[derive(Debug)]
pub struct Segment {
    head: Head,
    pages: Pages,
}

/// The offset behind a block, the bytes of its name and of its entries.
type Bytes<'b> = (u32, Cow<'b, [u8]>, Cow<'b, [u8]>);

/// A package with its entries.
pub type Block = (String, Vec<Entry>);

impl Segment {
    /// Takes the bytes of a file: every bit of them is checked.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Damage> {
        let head = Head::read(&bytes)?;
        let before = checked(&head, bytes.get(..head.length()), None)?;
        let hashes = hashes(before);
        let body = bytes.get(head.length()..).unwrap_or(&[]);
        if body.len() != head.body as usize {
            return Err(Damage::Changed);
        }
        pages::check(body, &hashes)?;
        Ok(Self {
            pages: Pages::Whole(Cow::Owned(bytes), head.length()),
            head,
        })
    }

    /// Takes bytes that are part of the binary.
    pub fn embedded(bytes: &'static [u8]) -> Result<Self, Damage> {
        let head = Head::read(bytes)?;
        Ok(Self {
            pages: Pages::Whole(Cow::Borrowed(bytes), head.length()),
            head,
        })
    }

    /// Takes a file of which the hash of the head is known; its pages are read and checked when
    /// they are needed.
    pub fn open(file: Arc<File>, length: u64, hash: u128) -> Result<Self, Damage> {
        let part = |length: usize| {
            let mut bytes = vec![0; length];
            let read = read_exact_at(&file, &mut bytes, 0);
            read.map(|()| bytes).map_err(|_| Damage::Unreadable)
        };
        let short = usize::try_from(length).unwrap_or(usize::MAX);
        let head = Head::read(&part(PAGES_FROM.min(short))?)?;
        if head.length() as u64 + u64::from(head.body) != length {
            return Err(Damage::Changed);
        }
        let before = part(head.length())?;
        // What was read first might have been something else.
        if Head::read(&before)? != head {
            return Err(Damage::Changed);
        }
        let hashes = hashes(checked(&head, Some(&before), Some(hash))?);
        Ok(Self {
            pages: Pages::of(file, head.length() as u64, head.body as usize, hashes)?,
            head,
        })
    }

    /// What was found wrong with any page that was needed so far.
    pub fn damage(&self) -> Option<Damage> {
        self.pages.damage()
    }

    /// How many advisories there are that are not withdrawn.
    pub fn records(&self) -> u32 {
        self.head.records
    }

    /// The newest day that any record carries.
    pub fn newest(&self) -> Option<Day> {
        self.head.newest()
    }

    /// The entries of a package by its normalised name.
    pub fn entries(&self, name: &str) -> Result<Vec<Entry>, Damage> {
        for at in self.find(self.head.names, table::hash(name))? {
            // The name is compared before the entries are decoded.
            let (_, there, entries) = self.block(at)?;
            if *there == *name.as_bytes() {
                return decoded(&entries);
            }
        }
        Ok(Vec::new())
    }

    /// The records that have this id or bear it as an alias, each with its package.
    pub fn by_id(&self, id: &str) -> Result<Vec<(String, Record)>, Damage> {
        let mut found = Vec::new();
        for at in self.find(self.head.ids, id_hash(id))? {
            let (_, name, entries) = self.block(at)?;
            let name = String::from_utf8_lossy(&name).into_owned();
            for entry in decoded(&entries)? {
                let mut ids = std::iter::once(&entry.record.id).chain(&entry.record.aliases);
                if ids.any(|other| other.eq_ignore_ascii_case(id)) {
                    found.push((name.clone(), entry.record));
                }
            }
        }
        Ok(found)
    }

    /// Every package with its entries, by name; ends behind the first that cannot be read.
    pub fn blocks(&self) -> impl Iterator<Item = Result<Block, Damage>> + '_ {
        let mut at = 0;
        let end = self.head.cold;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let block = self.block(at).and_then(|(next, name, entries)| {
                at = next;
                let name = String::from_utf8(name.into_owned()).map_err(|_| Damage::Changed)?;
                Ok((name, decoded(&entries)?))
            });
            if block.is_err() {
                at = end;
            }
            Some(block)
        })
    }

    /// Every package with its records, whole.
    pub fn packages(&self) -> impl Iterator<Item = Result<(String, Vec<Record>), Damage>> + '_ {
        self.blocks().map(|block| {
            let (name, entries) = block?;
            let records = entries.iter().map(|entry| self.whole(entry));
            Ok((name, records.collect::<Result<_, _>>()?))
        })
    }

    /// The record of an entry with what only a report needs of it.
    pub fn whole(&self, entry: &Entry) -> Result<Record, Damage> {
        let (offset, length) = entry.cold;
        let from = u64::from(self.head.cold) + u64::from(offset);
        let to = from + u64::from(length);
        let (from, to) = usize::try_from(from)
            .ok()
            .zip(usize::try_from(to).ok())
            .ok_or(Damage::Changed)?;
        let bytes = self.pages.get(from, to)?;
        let mut record = entry.record.clone();
        record.put_cold(postcard::from_bytes(&bytes).map_err(|_| Damage::Changed)?);
        Ok(record)
    }

    fn find(&self, table: u32, hash: u64) -> Result<Vec<u32>, Damage> {
        table::find(table as usize, hash, |from, to| self.pages.get(from, to))
    }

    /// The offset behind a block, its name and its entries.
    fn block(&self, at: u32) -> Result<Bytes<'_>, Damage> {
        let at = at as usize;
        let start = at.checked_add(8).ok_or(Damage::Changed)?;
        let lengths = self.pages.get(at, start)?;
        let number = |at| number_at(&lengths, at).ok_or(Damage::Changed);
        let end = (number(0)? as usize).checked_add(at + 4);
        let name_end = (number(4)? as usize).checked_add(start);
        let (end, name_end) = end.zip(name_end).ok_or(Damage::Changed)?;
        if end > self.head.cold as usize {
            return Err(Damage::Changed);
        }
        let name = self.pages.get(start, name_end)?;
        let entries = self.pages.get(name_end, end)?;
        Ok((
            u32::try_from(end).map_err(|_| Damage::Changed)?,
            name,
            entries,
        ))
    }
}

/// Everything before the body, if it has the hash that it claims, which is the one expected.
fn checked<'b>(
    head: &Head,
    before: Option<&'b [u8]>,
    expected: Option<u128>,
) -> Result<&'b [u8], Damage> {
    let before = before.filter(|before| before.len() == head.length());
    let before = before.ok_or(Damage::Changed)?;
    let hash = layout::hash_of(before);
    if layout::claimed(before) == Some(hash) && expected.is_none_or(|expected| expected == hash) {
        Ok(before)
    } else {
        Err(Damage::Changed)
    }
}

fn hashes(before: &[u8]) -> Vec<u64> {
    before
        .get(PAGES_FROM..)
        .unwrap_or(&[])
        .chunks_exact(8)
        .map(|eight| eight.try_into().map_or(0, u64::from_le_bytes))
        .collect()
}

fn decoded(entries: &[u8]) -> Result<Vec<Entry>, Damage> {
    postcard::from_bytes(entries).map_err(|_| Damage::Changed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write as _;

    use super::*;
    use crate::advisory::layout::PAGE;
    use crate::advisory::writer::write;

    fn sample() -> Vec<u8> {
        let mut packages = BTreeMap::new();
        for name in ["a", "ab", "b", "zz/top", "é"] {
            let mut record = Record::new(&format!("TEST-{name}"));
            record.modified = Day::parse("2025-05-05");
            record.summary = format!("about {name}");
            record.aliases = vec![format!("CVE-{name}")];
            packages.insert(name.to_owned(), vec![record]);
        }
        let mut gone = Record::new("TEST-gone");
        gone.withdrawn = Day::parse("2026-01-01");
        gone.modified = gone.withdrawn;
        packages.insert("gone".to_owned(), vec![gone]);
        write(packages).expect("small")
    }

    /// A segment of many pages.
    fn large() -> Vec<u8> {
        let packages: BTreeMap<String, Vec<Record>> = (0..20_000)
            .map(|n| {
                let mut record = Record::new(&format!("MAL-{n}"));
                record.summary = format!("malicious code in package-{n}");
                (format!("package-{n}"), vec![record])
            })
            .collect();
        write(packages).expect("small enough")
    }

    impl Segment {
        fn lookup(&self, name: &str) -> Result<Vec<Record>, Damage> {
            self.entries(name)?
                .iter()
                .map(|entry| self.whole(entry))
                .collect()
        }
    }

    fn opened(bytes: &[u8], hash: u128) -> Result<Segment, Damage> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        Segment::open(Arc::new(file), bytes.len() as u64, hash)
    }

    #[test]
    fn every_name_is_found_and_no_other() {
        let segment = Segment::read(sample()).expect("just written");
        for name in ["a", "ab", "b", "zz/top", "é"] {
            let records = segment.lookup(name).expect("whole");
            assert_eq!(records.len(), 1, "{name}");
            assert_eq!(records[0].id, format!("TEST-{name}"));
            assert_eq!(records[0].summary, format!("about {name}"));
        }
        for name in ["", "0", "aa", "abc", "c", "z", "zz/top2", "ê"] {
            assert_eq!(segment.lookup(name), Ok(Vec::new()), "{name}");
        }
        assert_eq!(segment.records(), 5, "withdrawn ones do not count");
        assert_eq!(segment.newest(), Day::parse("2025-05-05"));
        let names: Vec<String> = segment.packages().map(|p| p.expect("whole").0).collect();
        assert_eq!(names, ["a", "ab", "b", "gone", "zz/top", "é"]);
    }

    #[test]
    fn records_are_found_by_their_id_and_by_their_aliases_in_any_case() {
        let segment = Segment::read(sample()).expect("just written");
        for id in ["TEST-ab", "test-AB", "CVE-ab"] {
            let found = segment.by_id(id).expect("whole");
            assert_eq!(found.len(), 1, "{id}");
            assert_eq!((&*found[0].0, &*found[0].1.id), ("ab", "TEST-ab"));
        }
        let gone = segment.by_id("TEST-gone").expect("whole");
        assert_eq!(gone[0].1.withdrawn, Day::parse("2026-01-01"));
        assert_eq!(segment.by_id("TEST-abc"), Ok(Vec::new()));
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
        let hash = layout::claimed(&bytes).expect("a hash");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert!(opened(&damaged, hash).is_err(), "byte {at} bit {bit}");
                assert!(Segment::read(damaged).is_err(), "byte {at} bit {bit}");
            }
        }
        assert!(opened(&bytes, hash).is_ok());
        assert!(opened(&bytes, hash ^ 1).is_err(), "another head");
    }

    #[test]
    fn another_version_of_the_layout_and_foreign_bytes_are_told_apart() {
        let mut bytes = sample();
        bytes[7] += 1;
        assert_eq!(Segment::read(bytes.clone()).err(), Some(Damage::Version));
        bytes[0] = b'Q';
        assert_eq!(Segment::read(bytes).err(), Some(Damage::Foreign));
        assert_eq!(Segment::read(Vec::new()).err(), Some(Damage::Foreign));
    }

    #[test]
    fn a_file_is_read_by_the_page_and_says_the_same() {
        let bytes = large();
        let hash = layout::claimed(&bytes).expect("a hash");
        let segment = opened(&bytes, hash).expect("whole");
        let touched = |segment: &Segment| match &segment.pages {
            Pages::File(paged) => paged.touched(),
            Pages::Whole(..) => panic!("read at once"),
        };
        assert_eq!(touched(&segment), 0);
        assert_eq!(segment.lookup("package-7").expect("whole")[0].id, "MAL-7");
        assert!(
            (2..=6).contains(&touched(&segment)),
            "{}",
            touched(&segment)
        );
        assert_eq!(segment.by_id("mal-19999").expect("whole").len(), 1);
        let whole = Segment::read(bytes).expect("whole");
        assert!(whole.packages().eq(segment.packages()));
        assert_eq!(whole.packages().count(), 20_000);
    }

    #[test]
    fn a_damaged_page_fails_what_touches_it_and_nothing_else() {
        let bytes = large();
        let hash = layout::claimed(&bytes).expect("a hash");
        let mut damaged = bytes.clone();
        let first_page = Head::read(&bytes).expect("a head").length();
        damaged[first_page + 100] ^= 1;
        let segment = opened(&damaged, hash).expect("the head is whole");
        // Blocks stand by name.
        assert_eq!(segment.lookup("package-0").err(), Some(Damage::Changed));
        assert_eq!(segment.lookup("package-9999").map(|r| r.len()), Ok(1));
        assert!(segment.packages().any(|package| package.is_err()));
    }

    #[test]
    fn a_file_that_shrinks_while_it_is_read_gives_errors() {
        let bytes = large();
        let hash = layout::claimed(&bytes).expect("a hash");
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&bytes).expect("written");
        let file = Arc::new(file);
        let segment = Segment::open(Arc::clone(&file), bytes.len() as u64, hash).expect("whole");
        assert!(segment.lookup("package-1").is_ok());
        file.set_len((bytes.len() / 2) as u64).expect("cut");
        assert_eq!(segment.lookup("package-9").err(), Some(Damage::Unreadable));
        assert!(segment.lookup("package-1").is_ok(), "what was read stays");
    }

    #[test]
    fn a_damaged_segment_that_nobody_checked_still_does_no_harm() {
        let bytes = sample();
        let start = Head::read(&bytes).expect("a head").length();
        for at in start..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = value;
                let segment = Segment {
                    head: Head::read(&damaged).expect("untouched"),
                    pages: Pages::Whole(Cow::Owned(damaged), start),
                };
                let _ = segment.lookup("b");
                let _ = segment.by_id("CVE-b");
                segment.packages().take(50).count();
            }
        }
        assert!(bytes.len() < PAGE);
    }
}
