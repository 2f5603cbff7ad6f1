//! A file's bytes beside what may be shown of them.

use std::sync::Arc;

use crate::model::Source;

/// Secrets shorter than this are masked where they were found, but not looked for elsewhere.
const SHORTEST_SEARCHED: usize = 6;

/// One state of a file: the bytes themselves, and the same with every secret blanked.
#[derive(Clone, Debug, Default)]
pub struct Version {
    pub raw: Arc<[u8]>,
    pub masked: Arc<[u8]>,
}

impl Version {
    pub(super) fn new(raw: Arc<[u8]>, masked: &Source) -> Self {
        Self {
            raw,
            masked: Arc::clone(&masked.bytes),
        }
    }

    /// Blanks what another reading of the same bytes blanks, too.
    pub(super) fn mask_also(&mut self, other: &[u8]) {
        if other.len() != self.raw.len() {
            return;
        }
        let masked = self.masked.iter().zip(other).zip(self.raw.iter());
        self.masked = masked
            .map(|((a, b), raw)| if a == raw { *b } else { *a })
            .collect();
    }

    /// The texts of the secrets, line by line.
    fn secrets(&self) -> Vec<&[u8]> {
        let mut found = Vec::new();
        let mut start = None;
        for at in 0..=self.raw.len() {
            let hidden = match (self.raw.get(at), self.masked.get(at)) {
                (Some(raw), Some(masked)) => raw != masked || (start.is_some() && *raw == b'*'),
                _ => false,
            };
            match (start, hidden) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    found.extend(self.raw.get(from..at));
                    start = None;
                }
                _ => {}
            }
        }
        found.retain(|text| text.len() >= SHORTEST_SEARCHED);
        found
    }
}

/// Blanks in each of two states of a file what is a secret in the other.
pub(super) fn mask_alike(before: Option<&mut Version>, after: &mut Version) {
    let mut secrets: Vec<Vec<u8>> = before
        .as_deref()
        .into_iter()
        .chain([&*after])
        .flat_map(Version::secrets)
        .map(<[u8]>::to_vec)
        .collect();
    secrets.sort();
    secrets.dedup();
    if secrets.is_empty() {
        return;
    }
    let searched = aho_corasick::AhoCorasick::new(&secrets).ok();
    for version in before.into_iter().chain([after]) {
        let Some(searched) = &searched else {
            // Too many to look for: nothing of the file is shown.
            let blank = |b: &u8| if matches!(b, b'\n' | b'\r') { *b } else { b'*' };
            version.masked = version.raw.iter().map(blank).collect();
            continue;
        };
        let mut masked = version.masked.to_vec();
        for found in searched.find_overlapping_iter(&version.raw[..]) {
            masked[found.range()].fill(b'*');
        }
        version.masked = masked.into();
    }
}
