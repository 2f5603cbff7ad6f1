//! A hash table that lies in a segment: from the hash of a name or an id to the offsets of the
//! blocks that have it. Looking one up touches two places. Shared with `build.rs`.
//!
//! Layout: number of entries (4), bits of a bucket's number (4), for each bucket and once more for
//! the end the number of its first entry (4), then the entries by hash: the low half of the hash
//! (4), the offset (4).

use std::borrow::Cow;

use super::layout::{Damage, number_at};

const HEAD: usize = 8;
/// Entries of a bucket, on average.
const FULL: usize = 16;

/// More buckets than four billion entries deserve.
const MOST_BITS: u32 = 28;

/// The hash under which names stand in the table.
pub fn hash(name: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(name.as_bytes())
}

fn bucket(hash: u64, bits: u32) -> usize {
    hash.checked_shr(64 - bits).unwrap_or(0) as usize
}

/// Writes a table of hashes and offsets. `None` above 4 GB.
pub fn write(mut entries: Vec<(u64, u32)>, into: &mut Vec<u8>) -> Option<()> {
    entries.sort_unstable();
    entries.dedup();
    let bits = (entries.len() / FULL).max(1).ilog2().min(MOST_BITS);
    into.extend(u32::try_from(entries.len()).ok()?.to_le_bytes());
    into.extend(bits.to_le_bytes());
    let mut first = 0;
    for number in 0..1usize << bits {
        into.extend(u32::try_from(first).ok()?.to_le_bytes());
        let rest = entries.get(first..).unwrap_or(&[]);
        first += rest.partition_point(|(hash, _)| bucket(*hash, bits) <= number);
    }
    into.extend(u32::try_from(first).ok()?.to_le_bytes());
    for (hash, offset) in entries {
        into.extend((hash as u32).to_le_bytes());
        into.extend(offset.to_le_bytes());
    }
    Some(())
}

/// The offsets that may be those of a hash; `read` gives bytes of the segment.
pub fn find<'b>(
    table: usize,
    hash: u64,
    read: impl Fn(usize, usize) -> Result<Cow<'b, [u8]>, Damage>,
) -> Result<Vec<u32>, Damage> {
    let number = |bytes: &[u8], at| number_at(bytes, at).ok_or(Damage::Changed);
    let head = read(table, table + HEAD)?;
    let (count, bits) = (number(&head, 0)? as usize, number(&head, 4)?);
    if bits > MOST_BITS {
        return Err(Damage::Changed);
    }
    let buckets = table + HEAD;
    let entries = buckets + ((1usize << bits) + 1) * 4;
    let row = buckets + bucket(hash, bits) * 4;
    let row = read(row, row + 8)?;
    let (from, to) = (number(&row, 0)? as usize, number(&row, 4)? as usize);
    if from > to || to > count {
        return Err(Damage::Changed);
    }
    let rows = read(entries + from * 8, entries + to * 8)?;
    let mut found = Vec::new();
    for row in rows.chunks_exact(8) {
        if number(row, 0)? == hash as u32 {
            found.push(number(row, 4)?);
        }
    }
    Ok(found)
}
