//! Which of many words a text holds: most files hold none that a rule asks for, and are not parsed.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use memchr::memmem;

type ByName<T> = HashMap<Box<[u8]>, T, BuildHasherDefault<Head>>;

/// Words by their numbers.
#[derive(Debug, Default)]
pub(super) struct Words {
    list: Vec<String>,
    numbers: ByName<usize>,
}

impl Words {
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The number of a word, which is a new one if need be.
    pub fn number(&mut self, word: &str) -> usize {
        match self.numbers.get(word.as_bytes()) {
            Some(at) => *at,
            None => {
                let at = self.list.len();
                self.list.push(word.to_owned());
                self.numbers.insert(word.as_bytes().into(), at);
                at
            }
        }
    }
}

/// How words are found in a text: by the names in it, one after the other.
#[derive(Debug, Default)]
pub(super) struct WordSearch {
    list: Vec<String>,
    names: ByName<Name>,
    heads: Heads,
    /// The numbers of words without any name in them.
    bare: Vec<usize>,
}

/// What a name of a text may be, or be part of.
#[derive(Debug, Default)]
struct Name {
    word: Option<usize>,
    /// The words that are more than a name and hold this one, and where in them it begins.
    phrases: Vec<(usize, usize)>,
}

impl WordSearch {
    pub fn new(words: Words) -> Self {
        let mut search = Self {
            list: words.list,
            ..Self::default()
        };
        for (number, word) in search.list.iter().enumerate() {
            let word = word.as_bytes();
            let Some(range) = longest_name(word) else {
                search.bare.push(number);
                continue;
            };
            let Some(name) = word.get(range.clone()) else {
                continue;
            };
            search.heads.add(name);
            let known = search.names.entry(name.into()).or_default();
            match name.len() == word.len() {
                true => known.word = Some(number),
                false => known.phrases.push((number, range.start)),
            }
        }
        search
    }

    /// Which words a text holds, as wholes and in their case.
    pub fn found_in(&self, text: &[u8]) -> Found {
        let mut found = Found {
            is_found: vec![false; self.list.len()],
            words: Vec::new(),
        };
        for_each_name(text, |name, start| {
            if self.heads.may_hold(text, start, name.len())
                && let Some(known) = self.names.get(name)
            {
                self.see(known, text, start, &mut found);
            }
        });
        for number in &self.bare {
            let Some(word) = self.word(*number) else {
                continue;
            };
            if memmem::find(text, word).is_some() {
                found.see(*number);
            }
        }
        found
    }

    /// What a name that begins here says of the text.
    fn see(&self, known: &Name, text: &[u8], start: usize, found: &mut Found) {
        known.word.into_iter().for_each(|word| found.see(word));
        for (phrase, before) in &known.phrases {
            let (Some(word), Some(start)) = (self.word(*phrase), start.checked_sub(*before)) else {
                continue;
            };
            let place = start..start + word.len();
            if text.get(place.clone()) == Some(word) && is_whole(text, &place) {
                found.see(*phrase);
            }
        }
    }

    fn word(&self, number: usize) -> Option<&[u8]> {
        self.list.get(number).map(String::as_bytes)
    }
}

/// The longest name in a word. Neither end of it lies inside a name of a text that holds the word.
fn longest_name(word: &[u8]) -> Option<Range<usize>> {
    let mut longest = None;
    let mut start = 0;
    for name in word.split(|byte| !is_name_byte(*byte)) {
        let range = start..start + name.len();
        start = range.end + 1;
        let is_longer = longest
            .as_ref()
            .is_none_or(|best: &Range<usize>| range.len() > best.len());
        if !range.is_empty() && is_longer {
            longest = Some(range);
        }
    }
    longest
}

/// The words that a text holds.
#[derive(Debug)]
pub(super) struct Found {
    is_found: Vec<bool>,
    /// Each once.
    pub words: Vec<usize>,
}

impl Found {
    #[inline]
    fn see(&mut self, word: usize) {
        if let Some(is_found) = self.is_found.get_mut(word)
            && !*is_found
        {
            *is_found = true;
            self.words.push(word);
        }
    }

    pub fn has(&self, word: usize) -> bool {
        self.is_found.get(word) == Some(&true)
    }
}

/// What words begin with and how long they are: most names of a file need no other look.
#[derive(Debug)]
struct Heads(Box<[u64; Heads::NUMBERS]>);

impl Default for Heads {
    fn default() -> Self {
        Self(Box::new([0; Self::NUMBERS]))
    }
}

impl Heads {
    /// Two kilobytes: of names that are no words, about one in twenty looks like one.
    const NUMBERS: usize = 256;

    fn add(&mut self, word: &[u8]) {
        let (number, bit) = Self::place(hash(word, 0, word.len()));
        if let Some(bits) = self.0.get_mut(number) {
            *bits |= bit;
        }
    }

    fn may_hold(&self, text: &[u8], start: usize, length: usize) -> bool {
        let (number, bit) = Self::place(hash(text, start, length));
        self.0.get(number).is_some_and(|bits| bits & bit != 0)
    }

    fn place(hash: u64) -> (usize, u64) {
        let number = usize::from((hash >> 56) as u8);
        (number, 1 << (hash >> 50 & 63))
    }
}

/// Of the first eight bytes of a name that begins here and of its length, in the high bits of all.
fn hash(text: &[u8], start: usize, length: usize) -> u64 {
    let text = text.get(start..).unwrap_or_default();
    let bytes = text.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; 8];
        bytes
            .iter_mut()
            .zip(text)
            .for_each(|(to, from)| *to = *from);
        bytes
    });
    let mut head = u64::from_le_bytes(bytes);
    if length < 8 {
        head &= !(u64::MAX << (8 * length));
    }
    // 2^64 divided by the golden ratio.
    (head ^ (length as u64) << 56).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Bytes whose kind is told by the bits of one number.
const CHUNK: usize = 64;

/// Every name of a text, with where it begins. Where names begin and end is worked out without a
/// branch for each byte: of names of a few bytes, every other one would be guessed wrong.
fn for_each_name<'t>(text: &'t [u8], mut see: impl FnMut(&'t [u8], usize)) {
    let (chunks, rest) = text.as_chunks();
    // What follows the text, if only one byte, ends the name that is open.
    let mut last = [0; CHUNK];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    // Where the name begins that is open, and the last bit of the chunk before.
    let mut open: Option<usize> = None;
    let mut carried = 0;
    let mut base = 0;
    chunks.iter().chain([&last]).for_each(|chunk| {
        let is_name = names_in(chunk);
        let mut edges = is_name ^ (is_name << 1 | carried);
        carried = is_name >> (CHUNK - 1);
        while edges != 0 {
            let at = base + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            let Some(start) = open.take() else {
                open = Some(at);
                continue;
            };
            if let Some(name) = text.get(start..at) {
                see(name, start);
            }
        }
        base += CHUNK;
    });
}

/// Which bytes are part of names, the first one in the lowest bit.
fn names_in(chunk: &[u8; CHUNK]) -> u64 {
    let (words, _) = chunk.as_chunks();
    words.iter().fold(0, |bits, word| {
        bits >> 8 | names_in_word(u64::from_le_bytes(*word)) << (CHUNK - 8)
    })
}

/// The same for eight bytes, all of them at once.
fn names_in_word(word: u64) -> u64 {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    const HIGH: u64 = each(0x80);
    // Without its high bit no byte of a sum or a difference spills into the next one.
    let ascii = word & !HIGH;
    let at_least = |bytes: u64, least: u8| bytes + each(0x80 - least);
    let lower = ascii | each(0x20);
    let letters = at_least(lower, b'a') & !at_least(lower, b'z' + 1);
    let digits = at_least(ascii, b'0') & !at_least(ascii, b'9' + 1);
    let underscores = HIGH - (ascii ^ each(b'_'));
    let is_name = (letters | digits | underscores) & !word & HIGH;
    // Gathers the eight high bits in the highest byte.
    (is_name >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// True where neither end of a text stands inside a name. A phrase that begins with a quote may
/// follow a letter, and one that ends with a sign may stand before one: `f"select`, `<?=name`.
fn is_whole(text: &[u8], at: &Range<usize>) -> bool {
    let is_name = |at: Option<usize>| {
        let byte = at.and_then(|at| text.get(at));
        byte.is_some_and(|byte| is_name_byte(*byte))
    };
    let is_tail = is_name(Some(at.start)) && is_name(at.start.checked_sub(1));
    let is_head = is_name(at.end.checked_sub(1)) && is_name(Some(at.end));
    !is_tail && !is_head
}

/// Hashes a name by its length and its first eight bytes: every name of every file is looked up.
#[derive(Clone, Copy, Debug, Default)]
struct Head(u64);

impl Hasher for Head {
    #[inline]
    fn finish(&self) -> u64 {
        self.0.rotate_left(29)
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes, 0, bytes.len());
    }

    /// The length of a name is hashed with it.
    fn write_usize(&mut self, _: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[&str], text: &str) -> Vec<bool> {
        let mut all = Words::default();
        for word in words {
            all.number(word);
        }
        let found = WordSearch::new(all).found_in(text.as_bytes());
        (0..words.len()).map(|word| found.has(word)).collect()
    }

    #[test]
    fn a_name_is_found_as_a_whole_and_in_its_case() {
        let words = ["system", "os", "subprocess_run"];
        assert_eq!(found(&words, "os.system(x)"), [true, true, false]);
        assert_eq!(found(&words, "ecosystem Os os_"), [false, false, false]);
        assert_eq!(found(&words, "subprocess_run"), [false, false, true]);
        assert_eq!(found(&words, "subprocess_ruN"), [false, false, false]);
        assert_eq!(found(&words, "ésystemé"), [true, false, false]);
        assert_eq!(found(&words, ""), [false, false, false]);
    }

    #[test]
    fn a_phrase_is_found_where_none_of_its_ends_is_inside_a_name() {
        let words = [
            "adm-zip",
            "`",
            "%x",
            "<?=",
            "insert into",
            "'select",
            "a-b-a",
        ];
        let all =
            "require('adm-zip'); `ls`; a %x{b}; <?=name; INSERT insert into t; f'select a-b-a";
        assert_eq!(found(&words, all), [true; 7]);
        let none = "adm-zipper radm-zip %xy <?a insert intoo Insert Into 'selects a-b-ab za-b-a";
        assert_eq!(found(&words, none), [false; 7]);
        assert_eq!(found(&words, "zip into x"), [false; 7]);
    }

    #[test]
    fn every_byte_is_judged_the_same_alone_and_among_others() {
        for byte in 0..=u8::MAX {
            for at in 0..CHUNK {
                for beside in [b'a', b' ', 0xff, 0] {
                    let mut chunk = [beside; CHUNK];
                    chunk[at] = byte;
                    let names = names_in(&chunk);
                    assert_eq!(names >> at & 1 == 1, is_name_byte(byte), "{byte} at {at}");
                    let others = names | 1 << at;
                    let all = if is_name_byte(beside) {
                        u64::MAX
                    } else {
                        1 << at
                    };
                    assert_eq!(others, all, "{beside} beside {byte}");
                }
            }
        }
    }

    #[test]
    fn every_name_is_seen_wherever_chunks_end() {
        let names = |text: &str| {
            let mut seen = Vec::new();
            for_each_name(text.as_bytes(), |name, start| {
                assert_eq!(text.as_bytes()[start..start + name.len()], *name);
                seen.push(name.to_vec());
            });
            seen
        };
        let whole = |text: &str| -> Vec<Vec<u8>> {
            let names = text.as_bytes().split(|byte| !is_name_byte(*byte));
            let names = names.filter(|name| !name.is_empty());
            names.map(<[u8]>::to_vec).collect()
        };
        for length in 0..200 {
            for text in [
                "a".repeat(length),
                format!(" {}", "a".repeat(length)),
                format!("{}.b", "a".repeat(length)),
                "ab.".repeat(length),
                "_é ".repeat(length),
                format!("{} name_1 {}", ".".repeat(length), "b".repeat(length)),
            ] {
                assert_eq!(names(&text), whole(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_word_has_one_number() {
        let mut words = Words::default();
        let first = words.number("a");
        assert_ne!(words.number("b"), first);
        assert_eq!(words.number("a"), first);
    }
}
