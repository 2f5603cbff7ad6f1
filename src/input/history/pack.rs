//! A pack read by positioned reads: nothing of it is mapped into memory, and nothing in it is
//! believed before it is checked.

use std::fs::File;
use std::io;
use std::path::Path;

use gix::ObjectId;
use gix::odb::pack::index;
use gix::zlib::{Decompress, FlushDecompress, Status};

use crate::guard::LIMITS;
use crate::guard::positioned::read_at;
use crate::model::SkipReason;

/// A pack and its index.
pub struct Pack {
    pub index: index::File,
    file: File,
    length: u64,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

/// What stands at an offset of a pack: a whole object, or what differs from another one.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub body: Body,
    /// Unpacked bytes, as the entry claims.
    size: u64,
    /// Where the compressed bytes begin.
    data: u64,
}

#[derive(Clone, Copy, Debug)]
pub enum Body {
    Whole(Kind),
    /// The base's offset in the same pack.
    Delta(u64),
    /// The base is in no place of this pack.
    Elsewhere,
}

impl Pack {
    pub fn open(index: &Path, hash: gix::hash::Kind) -> io::Result<Self> {
        let file = File::open(index.with_extension("pack"))?;
        let length = file.metadata()?.len();
        let index = index::File::at(index, hash)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        Ok(Self {
            index,
            file,
            length,
        })
    }

    pub fn offset(&self, entry: u32) -> u64 {
        self.index.pack_offset_at_index(entry)
    }
}

/// Bytes of a pack that are read at once.
const WINDOW: usize = 16 << 10;
/// Longest header of an entry: a size, and an offset or an object id.
const HEADER: usize = 64;

/// Reads entries of packs; each thread has one of its own.
pub struct Reader {
    window: Vec<u8>,
    filled: usize,
    start: u64,
    /// Which pack the window shows.
    pack: usize,
    inflate: Decompress,
    delta: Vec<u8>,
}

fn broken(what: &str) -> SkipReason {
    SkipReason::Unreadable(format!("broken pack: {what}"))
}

impl Reader {
    pub fn new() -> Self {
        Self {
            window: vec![0; WINDOW],
            filled: 0,
            start: 0,
            pack: usize::MAX,
            inflate: Decompress::new(),
            delta: Vec::new(),
        }
    }

    /// At least `wanted` bytes from `offset` on, fewer only where the pack ends.
    fn show(
        &mut self,
        number: usize,
        pack: &Pack,
        offset: u64,
        wanted: usize,
    ) -> Result<&[u8], SkipReason> {
        let end = self.start + self.filled as u64;
        let needed = offset.saturating_add(wanted as u64).min(pack.length);
        if self.pack != number || offset < self.start || needed > end {
            self.pack = number;
            self.start = offset;
            self.filled = 0;
            while self.filled < self.window.len() {
                let at = offset + self.filled as u64;
                let free = self.window.get_mut(self.filled..).unwrap_or_default();
                match read_at(&pack.file, free, at) {
                    Ok(0) => break,
                    Ok(read) => self.filled += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(SkipReason::Unreadable(error.to_string())),
                }
            }
        }
        let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        self.window
            .get(from..self.filled)
            .ok_or_else(|| broken("an offset lies outside"))
    }

    /// The entry at an offset.
    pub fn entry(&mut self, number: usize, pack: &Pack, offset: u64) -> Result<Entry, SkipReason> {
        let hash = pack.index.object_hash();
        let bytes = self.show(number, pack, offset, HEADER)?;
        let mut at = 0;
        let mut next = || {
            let byte = bytes.get(at).copied();
            at += 1;
            byte.ok_or_else(|| broken("an entry is cut off"))
        };
        let mut byte = next()?;
        let kind = (byte >> 4) & 7;
        let mut size = u64::from(byte & 15);
        let mut shift = 4;
        while byte & 0x80 != 0 {
            byte = next()?;
            if shift > 57 {
                return Err(broken("an entry's size"));
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
        }
        let body = match kind {
            1 => Body::Whole(Kind::Commit),
            2 => Body::Whole(Kind::Tree),
            3 => Body::Whole(Kind::Blob),
            4 => Body::Whole(Kind::Tag),
            6 => {
                let mut byte = next()?;
                let mut back = u64::from(byte & 0x7f);
                while byte & 0x80 != 0 {
                    byte = next()?;
                    if back >= 1 << 56 {
                        return Err(broken("a base's offset"));
                    }
                    back = ((back + 1) << 7) | u64::from(byte & 0x7f);
                }
                // Only what stands before can be a base: no chain runs in circles.
                let base = offset.checked_sub(back).filter(|_| back > 0);
                Body::Delta(base.ok_or_else(|| broken("a base's offset"))?)
            }
            7 => {
                let length = hash.len_in_bytes();
                let id = bytes.get(at..at + length);
                at += length;
                let id = id.ok_or_else(|| broken("an entry is cut off"))?;
                let id = ObjectId::try_from(id).map_err(|_| broken("a base's name"))?;
                match pack.index.lookup(id).map(|index| pack.offset(index)) {
                    Some(base) if base < offset => Body::Delta(base),
                    _ => Body::Elsewhere,
                }
            }
            _ => return Err(broken("an entry of no known kind")),
        };
        Ok(Entry {
            body,
            size,
            data: offset + at as u64,
        })
    }

    /// The bytes of an entry, unpacked but not yet put together.
    fn unpack(
        &mut self,
        number: usize,
        pack: &Pack,
        entry: Entry,
        out: &mut Vec<u8>,
    ) -> Result<(), SkipReason> {
        if entry.size > LIMITS.blob {
            let limit = LIMITS.blob;
            return Err(SkipReason::TooLarge { limit });
        }
        let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
        // One byte more than there should be shows where there are too many, and lets the stream
        // end in a checked way.
        out.resize(size + 1, 0);
        let mut inflate = std::mem::take(&mut self.inflate);
        inflate.reset();
        let done = self.inflate(number, pack, entry.data, &mut inflate, out);
        self.inflate = inflate;
        done?;
        if self.inflate.total_out() != entry.size {
            return Err(broken("an object is not as long as it says"));
        }
        out.truncate(size);
        Ok(())
    }

    fn inflate(
        &mut self,
        number: usize,
        pack: &Pack,
        data: u64,
        inflate: &mut Decompress,
        out: &mut [u8],
    ) -> Result<(), SkipReason> {
        loop {
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let input = self.show(number, pack, data + read, 1)?;
            let room = usize::try_from(written).unwrap_or(usize::MAX);
            let free = out.get_mut(room..).unwrap_or_default();
            let status = inflate
                .decompress(input, free, FlushDecompress::None)
                .map_err(|_| broken("an object cannot be unpacked"))?;
            if status == Status::StreamEnd {
                return Ok(());
            }
            if inflate.total_in() == read && inflate.total_out() == written {
                return Err(broken("an object is cut off"));
            }
        }
    }

    /// A whole object.
    pub fn whole(
        &mut self,
        number: usize,
        pack: &Pack,
        entry: Entry,
    ) -> Result<Vec<u8>, SkipReason> {
        let mut out = Vec::new();
        self.unpack(number, pack, entry, &mut out)?;
        Ok(out)
    }

    /// What a delta makes of its base.
    pub fn apply(
        &mut self,
        number: usize,
        pack: &Pack,
        entry: Entry,
        base: &[u8],
    ) -> Result<Vec<u8>, SkipReason> {
        let mut delta = std::mem::take(&mut self.delta);
        let unpacked = self.unpack(number, pack, entry, &mut delta);
        let made = unpacked.and_then(|()| patched(base, &delta));
        self.delta = delta;
        made
    }
}

/// Applies a delta: copies from the base and bytes of its own, in turn.
fn patched(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, SkipReason> {
    let bad = || broken("a delta does not fit its base");
    let mut rest = delta;
    let before = number(&mut rest).ok_or_else(bad)?;
    let after = number(&mut rest).ok_or_else(bad)?;
    if before != base.len() as u64 {
        return Err(bad());
    }
    if after > LIMITS.blob {
        let limit = LIMITS.blob;
        return Err(SkipReason::TooLarge { limit });
    }
    let size = usize::try_from(after).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(size);
    while let Some((command, after)) = rest.split_first() {
        rest = after;
        let piece = if command & 0x80 == 0 {
            let length = usize::from(*command);
            let (own, after) = rest.split_at_checked(length).ok_or_else(bad)?;
            rest = after;
            if own.is_empty() {
                return Err(bad());
            }
            own
        } else {
            let mut field = |bits: std::ops::Range<u8>| -> Option<usize> {
                let mut value = 0;
                for (place, bit) in bits.enumerate() {
                    if command & (1 << bit) != 0 {
                        let (byte, after) = rest.split_first()?;
                        rest = after;
                        value |= usize::from(*byte) << (8 * place);
                    }
                }
                Some(value)
            };
            let from = field(0..4).ok_or_else(bad)?;
            let length = match field(4..7).ok_or_else(bad)? {
                0 => 0x10000,
                length => length,
            };
            base.get(from..from.saturating_add(length))
                .ok_or_else(bad)?
        };
        if out.len() + piece.len() > size {
            return Err(bad());
        }
        out.extend_from_slice(piece);
    }
    if out.len() == size {
        Ok(out)
    } else {
        Err(bad())
    }
}

/// A number in groups of seven bits, the lowest first.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::patched;

    #[test]
    fn a_delta_copies_and_inserts() {
        let delta = [4, 5, 0x91, 1, 2, 3, b'x', b'y', b'z'];
        assert_eq!(patched(b"abcd", &delta).expect("a delta"), b"bcxyz");
    }

    #[test]
    fn a_delta_that_lies_is_refused() {
        for delta in [
            &[3, 1, 1, b'x'][..],
            &[4, 9, 1, b'x'],
            &[4, 1, 2, b'x', b'y'],
            &[4, 2, 0x91, 3, 2],
            &[4, 1, 0],
            &[4, 1, 5, b'x'],
            &[0xff; 12],
            &[],
        ] {
            assert!(patched(b"abcd", delta).is_err(), "{delta:?}");
        }
    }
}
