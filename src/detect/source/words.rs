//! Which of many words a text holds: most files hold none that a rule asks for, and are not parsed.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use memchr::memmem;

use crate::text::{Needles, SHORTEST};

/// Words by their numbers.
#[derive(Debug, Default)]
pub(super) struct Words {
    list: Vec<String>,
    numbers: HashMap<Box<[u8]>, usize, BuildHasherDefault<Head>>,
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

/// How words are found in a text.
#[derive(Debug, Default)]
pub(super) struct WordSearch {
    words: Words,
    /// What is no name: the numbers, and how to find the longer ones.
    long: Vec<usize>,
    needles: Needles,
    short: Vec<usize>,
    heads: Heads,
}

impl WordSearch {
    pub fn new(words: Words) -> Self {
        let is_phrase = |at: &usize| {
            let mut bytes = words
                .list
                .get(*at)
                .into_iter()
                .flat_map(|word| word.bytes());
            bytes.any(|byte| !is_name_byte(byte))
        };
        let is_long = |at: &usize| words.list.get(*at).is_some_and(|w| w.len() >= SHORTEST);
        let phrases = (0..words.list.len()).filter(is_phrase);
        let (long, short): (Vec<usize>, Vec<usize>) = phrases.partition(is_long);
        let lower = long.iter().filter_map(|at| words.list.get(*at));
        let lower: Vec<String> = lower.map(|word| word.to_ascii_lowercase()).collect();
        let mut heads = Heads::default();
        words
            .list
            .iter()
            .for_each(|word| heads.add(word.as_bytes()));
        Self {
            heads,
            needles: Needles::new(lower.iter().map(String::as_str)),
            long,
            short,
            words,
        }
    }

    /// Which words a text holds, as wholes and in their case.
    pub fn found_in(&self, text: &[u8]) -> Found {
        let mut found = Found {
            is_found: vec![false; self.words.list.len()],
            words: Vec::new(),
        };
        let mut see = |word: usize| found.see(word);
        for name in text.split(|byte| !is_name_byte(*byte)) {
            if self.heads.may_hold(name)
                && let Some(word) = self.words.numbers.get(name)
            {
                see(*word);
            }
        }
        for hit in self.needles.hits(text) {
            if let Some(at) = self.long.get(hit.needle)
                && self.word(*at) == text.get(hit.range.clone())
                && is_whole(text, &hit.range)
            {
                see(*at);
            }
        }
        for at in &self.short {
            let Some(word) = self.word(*at) else { continue };
            let mut places = memmem::find_iter(text, word);
            if places.any(|start| is_whole(text, &(start..start + word.len()))) {
                see(*at);
            }
        }
        found
    }

    fn word(&self, at: usize) -> Option<&[u8]> {
        self.words.list.get(at).map(String::as_bytes)
    }
}

/// The words that a text holds.
#[derive(Debug)]
pub(super) struct Found {
    is_found: Vec<bool>,
    /// Each once.
    pub words: Vec<usize>,
}

impl Found {
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

/// Which lengths words have that begin with a byte: most names of a file need no other look.
#[derive(Debug)]
struct Heads([u64; 256]);

impl Default for Heads {
    fn default() -> Self {
        Self([0; 256])
    }
}

impl Heads {
    fn add(&mut self, word: &[u8]) {
        if let Some(first) = word.first() {
            self.0[usize::from(*first)] |= Self::length(word);
        }
    }

    fn may_hold(&self, name: &[u8]) -> bool {
        let first = name.first().map(|first| self.0[usize::from(*first)]);
        first.is_some_and(|lengths| lengths & Self::length(name) != 0)
    }

    fn length(word: &[u8]) -> u64 {
        1 << (word.len().min(63))
    }
}

const IS_NAME: [bool; 256] = {
    let mut is_name = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        is_name[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    is_name
};

fn is_name_byte(byte: u8) -> bool {
    IS_NAME[usize::from(byte)]
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
    fn finish(&self) -> u64 {
        self.0.rotate_left(29)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut head = [0; 8];
        match bytes.first_chunk() {
            Some(all) => head = *all,
            None => head
                .iter_mut()
                .zip(bytes)
                .for_each(|(to, from)| *to = *from),
        }
        // 2^64 divided by the golden ratio.
        self.0 = (self.0 ^ u64::from_le_bytes(head)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, length: usize) {
        self.0 ^= (length as u64) << 56;
    }
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
        let words = ["adm-zip", "`", "%x", "<?=", "insert into", "'select"];
        let all = "require('adm-zip'); `ls`; a %x{b}; <?=name; INSERT insert into t; f'select";
        assert_eq!(found(&words, all), [true; 6]);
        let none = "adm-zipper radm-zip %xy <?a insert intoo Insert Into 'selects";
        assert_eq!(found(&words, none), [false; 6]);
    }

    #[test]
    fn a_word_has_one_number() {
        let mut words = Words::default();
        let first = words.number("a");
        assert_ne!(words.number("b"), first);
        assert_eq!(words.number("a"), first);
    }
}
