//! Archives put together by hand, so that every field may lie.

use std::io::Write as _;

/// A token of a vendor, another one for each number; no such text stands in a file of ours.
pub fn token(n: u64) -> String {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let body: String = (0..20)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";
            char::from(letters[(state % letters.len() as u64) as usize])
        })
        .collect();
    ["glp", "at-", &body].concat()
}

/// A line with such a token; the token begins at column 9.
pub fn planted(n: u64) -> String {
    format!("token = {}\n", token(n))
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    ruzstd::encoding::compress_to_vec(bytes, level)
}

pub fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// One entry of a zip, every field free.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    pub packed: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub crc: u32,
    pub size: u32,
    pub mode: u32,
    /// Sizes and place go into a zip64 field.
    pub wide: bool,
    /// The entry whose bytes it uses instead of its own.
    pub shares: Option<usize>,
}

impl Entry {
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        Self {
            packed: deflated(bytes),
            method: 8,
            ..Self::stored(name, bytes)
        }
    }

    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            packed: bytes.to_vec(),
            method: 0,
            flags: 0,
            crc: crc(bytes),
            size: bytes.len() as u32,
            mode: 0o100_644,
            wide: false,
            shares: None,
        }
    }
}

pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut places = Vec::new();
    for entry in entries {
        if let Some(other) = entry.shares {
            places.push(places[other]);
            continue;
        }
        places.push(out.len() as u32);
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(entry.flags.to_le_bytes());
        out.extend(entry.method.to_le_bytes());
        out.extend([0; 4]);
        // With a descriptor behind the bytes, the local header knows nothing.
        let known = entry.flags & 8 == 0;
        let size = |n: u32| if known { n } else { 0 };
        out.extend(size(entry.crc).to_le_bytes());
        out.extend(size(entry.packed.len() as u32).to_le_bytes());
        out.extend(size(entry.size).to_le_bytes());
        out.extend((entry.name.len() as u16).to_le_bytes());
        out.extend([0; 2]);
        out.extend(&entry.name);
        out.extend(&entry.packed);
        if !known {
            out.extend(b"PK\x07\x08");
            out.extend(entry.crc.to_le_bytes());
            out.extend((entry.packed.len() as u32).to_le_bytes());
            out.extend(entry.size.to_le_bytes());
        }
    }
    let directory = out.len() as u32;
    for (entry, place) in entries.iter().zip(&places) {
        let packed = entry.packed.len() as u32;
        let mut extra = Vec::new();
        if entry.wide {
            extra.extend(b"\x01\0\x18\0");
            for value in [entry.size, packed, *place] {
                extra.extend(u64::from(value).to_le_bytes());
            }
        }
        let narrow = |n: u32| if entry.wide { u32::MAX } else { n };
        out.extend(b"PK\x01\x02\x14\x03\x14\0");
        out.extend(entry.flags.to_le_bytes());
        out.extend(entry.method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(entry.crc.to_le_bytes());
        out.extend(narrow(packed).to_le_bytes());
        out.extend(narrow(entry.size).to_le_bytes());
        out.extend((entry.name.len() as u16).to_le_bytes());
        out.extend((extra.len() as u16).to_le_bytes());
        out.extend([0; 6]);
        out.extend((entry.mode << 16).to_le_bytes());
        out.extend(narrow(*place).to_le_bytes());
        out.extend(&entry.name);
        out.extend(&extra);
    }
    let length = out.len() as u32 - directory;
    let count = entries.len().min(0xffff) as u16;
    if entries.iter().any(|entry| entry.wide) {
        let end = out.len() as u64;
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [entries.len() as u64, entries.len() as u64] {
            out.extend(value.to_le_bytes());
        }
        out.extend(u64::from(length).to_le_bytes());
        out.extend(u64::from(directory).to_le_bytes());
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend(end.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        out.extend(b"PK\x05\x06\xff\xff\xff\xff");
        out.extend([0xff; 12]);
        out.extend([0, 0]);
        return out;
    }
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// One entry of a tar: header, data, padding.
pub fn tar_entry(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut head = [0u8; 512];
    head[..name.len().min(100)].copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    head[100..107].copy_from_slice(b"0000644");
    head[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    head[148..156].copy_from_slice(b"        ");
    head[156] = kind;
    head[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = head.to_vec();
    out.extend(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

pub fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out: Vec<u8> = files
        .iter()
        .flat_map(|(name, data)| tar_entry(name, b'0', data))
        .collect();
    out.extend([0; 1024]);
    out
}
