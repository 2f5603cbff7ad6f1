//! Maps by the numbers that a file's names, paths, scopes and nodes have: they are handed out one
//! after the other, so that a multiplication spreads them well enough.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

pub(super) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Numbers>>;
pub(super) type NumberSet<K> = HashSet<K, BuildHasherDefault<Numbers>>;

/// Hashes a few numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers(u64);

impl Numbers {
    fn add(&mut self, number: u64) {
        // 2^64 divided by the golden ratio.
        self.0 = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Numbers {
    fn finish(&self) -> u64 {
        self.0.rotate_left(29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.add((*byte).into());
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.add(number.into());
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.add(number as u64);
    }
}
