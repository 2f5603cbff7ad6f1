//! Finds every place where one of many short texts stands, in any case.
//!
//! A table of bits tells for each four bytes whether some needle may begin with them; few places
//! pass, and only there needles are compared. It is made in microseconds, and a byte costs less
//! than a step of an automaton, since no byte waits for the one before.

use std::ops::Range;

/// Log2 of the number of bits: 32 KiB, which stay in the processor's nearest caches.
const BITS: u32 = 18;
const WORDS: usize = 1 << (BITS - 6);

/// No needle.
const NONE: u32 = u32::MAX;

/// Shortest needle.
const SHORTEST: usize = 3;

/// Lower-case texts. Those shorter than three bytes are never found: they stand everywhere.
#[derive(Debug)]
pub struct Needles {
    texts: Vec<Box<[u8]>>,
    bits: Box<[u64; WORDS]>,
    /// The needles of four bytes and more by their first four, and those of three.
    long: Heads,
    short: Heads,
    /// For each needle the next one with the same head, and what follows its head.
    next: Vec<(u32, Tail)>,
}

/// The second four bytes of a needle, those of them that it has: few texts that begin like a
/// needle go on like it.
#[derive(Clone, Copy, Debug, Default)]
struct Tail {
    bytes: u32,
    mask: u32,
}

impl Tail {
    fn of(needle: &[u8]) -> Self {
        let mut bytes = [0; 4];
        let mut mask = [0; 4];
        let tail = needle.get(4..).unwrap_or_default();
        for ((byte, mask), own) in bytes.iter_mut().zip(&mut mask).zip(tail) {
            (*byte, *mask) = (*own | 0x20, 0xff);
        }
        Self {
            bytes: u32::from_le_bytes(bytes),
            mask: u32::from_le_bytes(mask),
        }
    }

    fn fits(self, tail: u32) -> bool {
        tail & self.mask == self.bytes
    }
}

impl Default for Needles {
    fn default() -> Self {
        Self::new(std::iter::empty())
    }
}

/// A needle, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub needle: usize,
    pub range: Range<usize>,
}

impl Needles {
    /// Hits name needles by their number in `texts`.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let texts: Vec<Box<[u8]>> = texts.map(|text| text.as_bytes().into()).collect();
        let mut needles = Self {
            bits: Box::new([0; WORDS]),
            long: Heads::with_room_for(texts.len()),
            short: Heads::with_room_for(texts.len()),
            next: texts.iter().map(|text| (NONE, Tail::of(text))).collect(),
            texts,
        };
        for (at, text) in needles.texts.iter().enumerate() {
            let number = u32::try_from(at).unwrap_or(NONE);
            let before = match **text {
                [a, b, c, d, ..] => {
                    let head = fold([a, b, c, d]);
                    set(&mut needles.bits, head);
                    needles.long.replace(head, number)
                }
                [a, b, c] => {
                    for d in 0..=u8::MAX {
                        set(&mut needles.bits, fold([a, b, c, d]));
                    }
                    needles.short.replace(fold([a, b, c, 0]), number)
                }
                _ => NONE,
            };
            if let Some(next) = needles.next.get_mut(at) {
                next.0 = before;
            }
        }
        needles
    }

    /// Every place of every needle, from the first to the last beginning.
    pub fn hits<'n>(&'n self, text: &'n [u8]) -> Hits<'n> {
        Hits {
            needles: self,
            text,
            at: 0,
            pending: NONE,
            later: NONE,
            tail: 0,
        }
    }

    /// The next place, from `from` on, where a needle may begin.
    fn next_head(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        // Every byte of every file comes by here: without a closure, nothing is called.
        while let Some(four) = text.get(at..).and_then(<[u8]>::first_chunk) {
            if is_set(&self.bits, fold(*four)) {
                return Some(at);
            }
            at += 1;
        }
        // The last three bytes have no fourth behind them.
        (text.get(at..)?.len() >= SHORTEST).then_some(at)
    }
}

/// The hits of one text.
#[derive(Debug)]
pub struct Hits<'n> {
    needles: &'n Needles,
    text: &'n [u8],
    /// Where the next head is looked for.
    at: usize,
    /// Needles yet to be compared at the place before `at`.
    pending: u32,
    later: u32,
    /// What follows the head there.
    tail: u32,
}

impl Iterator for Hits<'_> {
    type Item = Hit;

    fn next(&mut self) -> Option<Hit> {
        loop {
            while self.pending != NONE {
                let needle = self.pending as usize;
                let (next, tail) = *self.needles.next.get(needle)?;
                self.pending = next;
                if self.pending == NONE {
                    self.pending = std::mem::replace(&mut self.later, NONE);
                }
                if !tail.fits(self.tail) {
                    continue;
                }
                let start = self.at - 1;
                let wanted = self.needles.texts.get(needle)?;
                let found = self.text.get(start..start + wanted.len());
                if found.is_some_and(|found| found.eq_ignore_ascii_case(wanted)) {
                    return Some(Hit {
                        needle,
                        range: start..start + wanted.len(),
                    });
                }
            }
            let head = self.needles.next_head(self.text, self.at)?;
            self.at = head + 1;
            let mut eight = [0; 8];
            let rest = self.text.get(head..)?;
            match rest.first_chunk() {
                Some(all) => eight = *all,
                None => eight
                    .iter_mut()
                    .zip(rest)
                    .for_each(|(to, from)| *to = *from),
            }
            let [a, b, c, d, tail @ ..] = eight;
            let (short, long) = (fold([a, b, c, 0]), fold([a, b, c, d]));
            self.tail = fold(tail);
            self.later = self.needles.short.get(short);
            self.pending = self.needles.long.get(long);
            if self.pending == NONE {
                self.pending = std::mem::replace(&mut self.later, NONE);
            }
        }
    }
}

/// Letters of both cases become the same; so do some signs, which the comparison tells apart.
fn fold(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | 0x2020_2020
}

fn hash(head: u32) -> u32 {
    head.wrapping_mul(0x9e37_79b1)
}

fn bit(head: u32) -> (usize, u64) {
    let bit = hash(head) >> (32 - BITS);
    ((bit >> 6) as usize & (WORDS - 1), 1 << (bit & 63))
}

fn set(bits: &mut [u64; WORDS], head: u32) {
    let (word, mask) = bit(head);
    if let Some(word) = bits.get_mut(word) {
        *word |= mask;
    }
}

fn is_set(bits: &[u64; WORDS], head: u32) -> bool {
    let (word, mask) = bit(head);
    bits.get(word).is_some_and(|word| word & mask != 0)
}

/// The first needle for each head; half of the slots stay free.
#[derive(Debug)]
struct Heads {
    slots: Vec<(u32, u32)>,
    shift: u32,
}

impl Heads {
    fn with_room_for(needles: usize) -> Self {
        let size = (2 * needles).next_power_of_two().max(16);
        Self {
            slots: vec![(0, NONE); size],
            shift: 32 - size.trailing_zeros(),
        }
    }

    /// The slot of a head, or the free one where it belongs.
    fn slot(&self, head: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (hash(head) >> self.shift) as usize & mask;
        while let Some((other, first)) = self.slots.get(at)
            && *first != NONE
            && *other != head
        {
            at = (at + 1) & mask;
        }
        at
    }

    fn get(&self, head: u32) -> u32 {
        let slot = self.slots.get(self.slot(head));
        slot.map_or(NONE, |(_, first)| *first)
    }

    /// Puts a needle first; returns the one that was.
    fn replace(&mut self, head: u32, needle: u32) -> u32 {
        let slot = self.slot(head);
        match self.slots.get_mut(slot) {
            Some(slot) => {
                let before = slot.1;
                *slot = (head, needle);
                before
            }
            None => NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&str] = &[
        "://", "eyj", "abc", "abcd", "abca", "bcab", "token", "to_", "a\x7f_b", "key=",
    ];

    /// What a search for one needle after the other finds, by place.
    fn slowly(text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for start in 0..text.len() {
            for (needle, wanted) in TEXTS.iter().enumerate() {
                let here = text.get(start..start + wanted.len());
                if here.is_some_and(|here| here.eq_ignore_ascii_case(wanted.as_bytes())) {
                    found.push((start, needle));
                }
            }
        }
        found
    }

    fn quickly(text: &[u8]) -> Vec<(usize, usize)> {
        let needles = Needles::new(TEXTS.iter().copied());
        let mut found: Vec<_> = needles
            .hits(text)
            .map(|hit| {
                assert_eq!(hit.range.len(), TEXTS[hit.needle].len());
                (hit.range.start, hit.needle)
            })
            .collect();
        assert!(found.is_sorted_by_key(|(start, _)| *start));
        found.sort_unstable();
        found
    }

    #[test]
    fn every_needle_is_found_wherever_it_stands() {
        for text in [
            "",
            "a",
            "ab",
            "abc",
            "xabc",
            "ABCD",
            "abcabcabcd",
            "http://",
            "://",
            "TOKEN=eyJ",
            "to_",
            "to\x7f",
            "A\x7f_B a__b",
            "KEY=key-",
        ] {
            assert_eq!(
                quickly(text.as_bytes()),
                slowly(text.as_bytes()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn nothing_else_is_found_in_any_bytes() {
        let mut state = 1u32;
        let letters = b"abcdABCD_/:ey\xffjtokn=";
        for length in 0..400 {
            let text: Vec<u8> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    letters[(state >> 16) as usize % letters.len()]
                })
                .collect();
            assert_eq!(quickly(&text), slowly(&text));
        }
    }
}
