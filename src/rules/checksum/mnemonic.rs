//! Phrases of words that stand for the key of a wallet (BIP-39).

use sha2::{Digest, Sha256};

/// The English list of BIP-39: 2048 words in the order of the alphabet.
const LIST: &str = include_str!("../../../rules/data/bip39-english.txt");

/// Twelve to twenty-four words of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mnemonic {
    /// True where the last bits are the start of the SHA-256 of the others.
    pub holds: bool,
}

fn list() -> &'static [&'static str] {
    static WORDS: std::sync::OnceLock<Vec<&str>> = std::sync::OnceLock::new();
    WORDS.get_or_init(|| LIST.split_ascii_whitespace().collect())
}

/// The number of a word; `None` for one that is not in the list.
fn number(word: &[u8]) -> Option<usize> {
    list()
        .binary_search_by(|known| known.as_bytes().cmp(word))
        .ok()
}

impl Mnemonic {
    /// True for a word that a phrase may hold.
    pub fn has_word(word: &[u8]) -> bool {
        number(word).is_some()
    }

    /// The phrase that these words make up; `None` where they cannot be one.
    pub fn of(words: &[&[u8]]) -> Option<Self> {
        if !matches!(words.len(), 12 | 15 | 18 | 21 | 24) {
            return None;
        }
        let numbers: Vec<usize> = words.iter().map(|w| number(w)).collect::<Option<_>>()?;
        let bit = |at: usize| {
            numbers
                .get(at / 11)
                .is_some_and(|n| n >> (10 - at % 11) & 1 == 1)
        };
        let byte = |from: usize| (from..from + 8).fold(0u8, |b, at| b << 1 | u8::from(bit(at)));
        // Eleven bits a word; one of 33 belongs to the check.
        let length = words.len() * 11 / 33 * 4;
        let entropy: Vec<u8> = (0..length).map(|at| byte(at * 8)).collect();
        let digest = Sha256::digest(&entropy);
        let first = digest.first().copied().unwrap_or_default();
        let check = length / 4;
        let holds = (0..check).all(|at| bit(length * 8 + at) == (first >> (7 - at) & 1 == 1));
        Some(Self { holds })
    }
}

/// The phrase of so many bytes: four for three words.
pub fn of_entropy(entropy: &[u8]) -> String {
    let digest = Sha256::digest(entropy);
    let bytes = [entropy, digest.as_slice()].concat();
    let bit = |at: usize| {
        bytes
            .get(at / 8)
            .map_or(0, |b| usize::from(b >> (7 - at % 8) & 1))
    };
    let words = (0..entropy.len() / 4 * 3).filter_map(|word| {
        let number = (0..11).fold(0, |n, at| n << 1 | bit(word * 11 + at));
        list().get(number).copied()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> Option<bool> {
        let words: Vec<&[u8]> = text.split(' ').map(str::as_bytes).collect();
        Mnemonic::of(&words).map(|phrase| phrase.holds)
    }

    #[test]
    fn the_list_is_the_one_that_was_published() {
        let digest = Sha256::digest(LIST.as_bytes());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let published = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda";
        assert_eq!(hex, published);
        assert!(list().is_sorted() && list().len() == 2048);
    }

    #[test]
    fn the_examples_of_the_specification_hold() {
        assert_eq!(of_entropy(&[0; 16]), "abandon ".repeat(11) + "about");
        assert_eq!(of_entropy(&[0; 32]), "abandon ".repeat(23) + "art");
        assert_eq!(of_entropy(&[255; 16]), "zoo ".repeat(11) + "wrong");
        assert_eq!(holds(&("abandon ".repeat(11) + "about")), Some(true));
        assert_eq!(holds(&("abandon ".repeat(11) + "zoo")), Some(false));
        assert_eq!(holds(&("zoo ".repeat(23) + "vote")), Some(true));
    }

    #[test]
    fn other_words_and_other_counts_are_no_phrase() {
        assert_eq!(holds(&("abandon ".repeat(10) + "about")), None);
        assert_eq!(holds(&("abandon ".repeat(11) + "plimsoll")), None);
        assert_eq!(holds(""), None);
    }
}
