//! The body of a segment: in memory, or read from its file a page at a time, each page checked
//! against its hash before anybody sees a byte of it.
//!
//! Positioned reads rather than a memory map, for three reasons. What was checked is what is used:
//! behind a map the file could still change after the check. A file that somebody truncates gives
//! an error, where a map gives a signal that ends the process. And it takes no `unsafe`. It costs
//! nothing that shows: a lookup touches two or three pages, 16 KiB of a system's cache are copied
//! in two microseconds, and only what was touched counts as memory.

use std::borrow::Cow;
use std::fs::File;
use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_64;

use super::layout::{Damage, PAGE};
use crate::guard::positioned::read_exact_at;

/// A body of no more pages than this is read at once: that is faster than page by page, and damage
/// anywhere in it shows.
const AT_ONCE: usize = 32;

/// The bytes of a body.
#[derive(Debug)]
pub enum Pages {
    /// All of them, behind so many bytes of something else.
    Whole(Cow<'static, [u8]>, usize),
    File(Paged),
}

/// A file that is read as it is needed.
#[derive(Debug)]
pub struct Paged {
    file: Arc<File>,
    /// Where the body begins.
    start: u64,
    length: usize,
    hashes: Vec<u64>,
    pages: Vec<OnceLock<Result<Box<[u8]>, Damage>>>,
}

impl Pages {
    /// Pages of a file whose hashes are already known to be those that were written.
    pub fn of(
        file: Arc<File>,
        start: u64,
        length: usize,
        hashes: Vec<u64>,
    ) -> Result<Self, Damage> {
        let paged = Paged {
            file,
            start,
            length,
            pages: hashes.iter().map(|_| OnceLock::new()).collect(),
            hashes,
        };
        if paged.pages.len() <= AT_ONCE {
            let mut bytes = vec![0; length];
            read_exact_at(&paged.file, &mut bytes, start).map_err(|_| Damage::Unreadable)?;
            check(&bytes, &paged.hashes)?;
            return Ok(Self::Whole(Cow::Owned(bytes), 0));
        }
        Ok(Self::File(paged))
    }

    /// What was found wrong with any page that was read so far.
    pub fn damage(&self) -> Option<Damage> {
        match self {
            Self::Whole(..) => None,
            Self::File(paged) => paged
                .pages
                .iter()
                .find_map(|page| page.get()?.as_ref().err().copied()),
        }
    }

    /// The bytes of a range.
    pub fn get(&self, from: usize, to: usize) -> Result<Cow<'_, [u8]>, Damage> {
        match self {
            Self::Whole(bytes, skip) => {
                let range = from.checked_add(*skip).zip(to.checked_add(*skip));
                let range = range.and_then(|(from, to)| bytes.get(from..to));
                range.map(Cow::Borrowed).ok_or(Damage::Changed)
            }
            Self::File(paged) => paged.get(from, to),
        }
    }
}

/// Compares every page with its hash.
pub fn check(body: &[u8], hashes: &[u64]) -> Result<(), Damage> {
    let same = body.chunks(PAGE).map(xxh3_64).eq(hashes.iter().copied());
    if same { Ok(()) } else { Err(Damage::Changed) }
}

impl Paged {
    fn get(&self, from: usize, to: usize) -> Result<Cow<'_, [u8]>, Damage> {
        if from > to || to > self.length {
            return Err(Damage::Changed);
        }
        let first = self.page(from / PAGE)?;
        let inside = from % PAGE;
        let length = to - from;
        if let Some(bytes) = first.get(inside..inside + length) {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(first.get(inside..).unwrap_or(&[]));
        let mut at = from / PAGE + 1;
        while bytes.len() < length {
            let page = self.page(at)?;
            let wanted = (length - bytes.len()).min(page.len());
            bytes.extend_from_slice(page.get(..wanted).unwrap_or(&[]));
            at += 1;
        }
        Ok(Cow::Owned(bytes))
    }

    fn page(&self, at: usize) -> Result<&[u8], Damage> {
        // The end of a body may be the end of a page.
        let Some(page) = self.pages.get(at) else {
            return if at * PAGE == self.length {
                Ok(&[])
            } else {
                Err(Damage::Changed)
            };
        };
        match page.get_or_init(|| self.read(at)) {
            Ok(bytes) => Ok(bytes),
            Err(damage) => Err(*damage),
        }
    }

    fn read(&self, at: usize) -> Result<Box<[u8]>, Damage> {
        let start = at * PAGE;
        let mut bytes = vec![0; PAGE.min(self.length.saturating_sub(start))];
        read_exact_at(&self.file, &mut bytes, self.start + start as u64)
            .map_err(|_| Damage::Unreadable)?;
        if Some(&xxh3_64(&bytes)) != self.hashes.get(at) {
            return Err(Damage::Changed);
        }
        Ok(bytes.into_boxed_slice())
    }
}

#[cfg(test)]
impl Paged {
    /// How many pages have been read.
    pub fn touched(&self) -> usize {
        self.pages
            .iter()
            .filter(|page| page.get().is_some())
            .count()
    }
}
