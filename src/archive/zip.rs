//! The central directory of a zip, read entry by entry: the same name may stand there twice, sizes
//! may lie, and entries may share their bytes. None of that may hide anything.

use std::io::{self, Read, SeekFrom};

use super::Storage;
use crate::guard::LIMITS;

const END: [u8; 4] = [b'P', b'K', 5, 6];
const END64: [u8; 4] = [b'P', b'K', 6, 6];
const LOCATOR64: [u8; 4] = [b'P', b'K', 6, 7];
const CENTRAL: [u8; 4] = [b'P', b'K', 1, 2];
const LOCAL: [u8; 4] = [b'P', b'K', 3, 4];

/// The end record and the longest comment after it.
const TAIL: u64 = 22 + 65_535;
/// Places in the tail that may look like the end record.
const MOST_ENDS: usize = 16;
/// Largest central directory that is read.
const DIRECTORY: u64 = 16 << 20;

/// How an entry is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    Zstd,
    Other(&'static str),
}

/// What kind of file an entry makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Symlink,
    Device,
}

/// An entry of the central directory.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: Vec<u8>,
    pub kind: Kind,
    pub method: Method,
    pub encrypted: bool,
    pub crc: u32,
    pub packed: u64,
    pub size: u64,
    /// Where its local header stands in the file.
    header: u64,
}

/// Why a zip, or an entry of it, cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Broken {
    NoDirectory,
    LargeDirectory,
    Directory,
    SeveralDisks,
    LocalHeader,
}

impl Broken {
    pub fn words(&self) -> &'static str {
        match self {
            Self::NoDirectory => "a zip without a central directory",
            Self::LargeDirectory => "the zip's central directory is too large",
            Self::Directory => "the zip's central directory is damaged",
            Self::SeveralDisks => "part of a zip that is split over several files",
            Self::LocalHeader => "its header is not where the zip's directory says",
        }
    }
}

/// The central directory, and how far the zip stands from the start of its file.
#[derive(Debug)]
pub(super) struct Directory {
    bytes: Vec<u8>,
    at: usize,
    shift: u64,
}

/// True where a file ends as a zip does.
pub(super) fn has_directory(storage: &mut dyn Storage) -> bool {
    place(storage).is_ok()
}

impl Directory {
    pub fn open(storage: &mut dyn Storage) -> Result<Self, Broken> {
        let place = place(storage)?;
        if place.length > DIRECTORY {
            return Err(Broken::LargeDirectory);
        }
        let bytes = read_at(storage, place.start, place.length).ok_or(Broken::Directory)?;
        Ok(Self {
            bytes,
            at: 0,
            shift: place.shift,
        })
    }

    /// The next entry.
    pub fn next(&mut self) -> Result<Option<Entry>, Broken> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let (entry, length) = entry(rest, self.shift).ok_or(Broken::Directory)?;
        self.at += length;
        Ok(Some(entry))
    }
}

impl Entry {
    /// Where its bytes start: behind the local header, whose lengths are its own.
    pub fn data(&self, storage: &mut dyn Storage) -> Result<u64, Broken> {
        let head = read_at(storage, self.header, 30).ok_or(Broken::LocalHeader)?;
        if !head.starts_with(&LOCAL) {
            return Err(Broken::LocalHeader);
        }
        let (name, extra) = (u16_at(&head, 26), u16_at(&head, 28));
        let (Some(name), Some(extra)) = (name, extra) else {
            return Err(Broken::LocalHeader);
        };
        Ok(self.header + 30 + u64::from(name) + u64::from(extra))
    }

    pub fn header(&self) -> u64 {
        self.header
    }
}

struct Place {
    start: u64,
    length: u64,
    shift: u64,
}

fn place(storage: &mut dyn Storage) -> Result<Place, Broken> {
    let size = storage
        .seek(SeekFrom::End(0))
        .map_err(|_| Broken::NoDirectory)?;
    let tail_start = size.saturating_sub(TAIL);
    let tail = read_at(storage, tail_start, size - tail_start).ok_or(Broken::NoDirectory)?;
    let mut why = Broken::NoDirectory;
    for at in memchr::memmem::rfind_iter(&tail, &END).take(MOST_ENDS) {
        let end = tail.get(at..).unwrap_or_default();
        match place_by(storage, end, tail_start + at as u64) {
            Ok(place) => return Ok(place),
            Err(Broken::NoDirectory) => {}
            Err(other) => why = other,
        }
    }
    Err(why)
}

fn place_by(storage: &mut dyn Storage, end: &[u8], at: u64) -> Result<Place, Broken> {
    let read = || {
        Some((
            u16_at(end, 4)?,
            u64::from(u32_at(end, 12)?),
            u64::from(u32_at(end, 16)?),
        ))
    };
    let (disk, mut length, mut offset) = read().ok_or(Broken::NoDirectory)?;
    let mut directory_end = at;
    if let Some((end64, length64, offset64)) = place64(storage, at) {
        (directory_end, length, offset) = (end64, length64, offset64);
    } else if disk != 0 {
        return Err(Broken::SeveralDisks);
    }
    // Other bytes may stand before the zip, whether or not the offsets count them.
    let start = directory_end.checked_sub(length).ok_or(Broken::Directory)?;
    let candidates = [Some(start), Some(offset)];
    for start in candidates.into_iter().flatten() {
        let head = read_at(storage, start, 4);
        if length == 0 || head.is_some_and(|head| head == CENTRAL) {
            let shift = start.checked_sub(offset).ok_or(Broken::Directory)?;
            return Ok(Place {
                start,
                length,
                shift,
            });
        }
    }
    Err(Broken::Directory)
}

/// End, length and offset of the directory in a zip64 end record.
fn place64(storage: &mut dyn Storage, at: u64) -> Option<(u64, u64, u64)> {
    let locator_at = at.checked_sub(20)?;
    let locator = read_at(storage, locator_at, 20)?;
    if !locator.starts_with(&LOCATOR64) {
        return None;
    }
    // Where it says, or right before the locator where other bytes stand in front.
    for start in [u64_at(&locator, 8)?, locator_at.checked_sub(56)?] {
        if let Some(end) = read_at(storage, start, 56)
            && end.starts_with(&END64)
        {
            return Some((start, u64_at(&end, 40)?, u64_at(&end, 48)?));
        }
    }
    None
}

fn entry(bytes: &[u8], shift: u64) -> Option<(Entry, usize)> {
    if !bytes.starts_with(&CENTRAL) {
        return None;
    }
    let made_by = u16_at(bytes, 4)? >> 8;
    let flags = u16_at(bytes, 8)?;
    let method = u16_at(bytes, 10)?;
    let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(bytes, at).map(usize::from));
    let (name_end, extra_end) = (46 + name?, 46 + name? + extra?);
    let mut name = bytes.get(46..name_end)?.to_vec();
    // DOS and Windows write their own separators.
    if !name.contains(&b'/') {
        name.iter_mut()
            .filter(|byte| **byte == b'\\')
            .for_each(|byte| *byte = b'/');
    }
    let mut wide = Wide(extra64(bytes.get(name_end..extra_end)?));
    let size = wide.or(u32_at(bytes, 24)?)?;
    let packed = wide.or(u32_at(bytes, 20)?)?;
    let header = wide.or(u32_at(bytes, 42)?)?;
    let mode = match made_by {
        // Unix and macOS.
        3 | 19 => (u32_at(bytes, 38)? >> 16) & 0o170_000,
        _ => 0,
    };
    let entry = Entry {
        name,
        kind: match mode {
            0o120_000 => Kind::Symlink,
            0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => Kind::Device,
            _ => Kind::File,
        },
        method: match method {
            0 => Method::Stored,
            8 => Method::Deflated,
            20 | 93 => Method::Zstd,
            9 => Method::Other("deflate64"),
            12 => Method::Other("bzip2"),
            14 => Method::Other("lzma"),
            95 => Method::Other("xz"),
            98 => Method::Other("ppmd"),
            _ => Method::Other("an unknown method"),
        },
        encrypted: flags & 1 != 0 || method == 99,
        crc: u32_at(bytes, 16)?,
        packed,
        size,
        header: header.checked_add(shift)?,
    };
    Some((entry, extra_end + comment?))
}

/// The values of a zip64 extra field, in their order.
struct Wide<'e>(&'e [u8]);

impl Wide<'_> {
    /// The number, or the next wide one where it is too wide for its own field.
    fn or(&mut self, narrow: u32) -> Option<u64> {
        if narrow != u32::MAX || self.0.is_empty() {
            return Some(narrow.into());
        }
        let value = u64_at(self.0, 0)?;
        self.0 = self.0.get(8..)?;
        Some(value)
    }
}

fn extra64(mut extra: &[u8]) -> &[u8] {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(length);
        if id == 1 {
            return extra.get(4..end).unwrap_or_default();
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    &[]
}

/// Bytes at a place, all of them or none.
fn read_at(storage: &mut dyn Storage, at: u64, length: u64) -> Option<Vec<u8>> {
    debug_assert!(length <= DIRECTORY || length <= LIMITS.file);
    storage.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    storage.take(length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes_at(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes_at(bytes, at).map(u64::from_le_bytes)
}

/// An entry's unpacked bytes, compared with the checksum and the size that are written down.
pub(super) struct Checked<R> {
    inner: R,
    sum: flate2::Crc,
    crc: u32,
    size: u64,
    read: u64,
}

impl<R: Read> Checked<R> {
    pub fn new(inner: R, entry: &Entry) -> Self {
        Self {
            inner,
            sum: flate2::Crc::new(),
            crc: entry.crc,
            size: entry.size,
            read: 0,
        }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && !buffer.is_empty() && (self.sum.sum(), self.read) != (self.crc, self.size) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.sum.update(buffer.get(..read).unwrap_or_default());
        self.read += read as u64;
        Ok(read)
    }
}
