//! Which letters follow which in words: tells names and prose from random letters without a
//! dictionary.
//!
//! `letters.txt` holds, for every two letters and every third, how much likelier the third follows
//! them in words than by chance: the logarithm to base 2 of the ratio, in quarters, as a character
//! counted from `0`, which stands for -28 quarters. The first line is for the first letter of a
//! word, the next 26 for the second one, then follow 26 lines for each first letter. It was counted
//! over the dictionaries of nine European languages in Latin letters (English weighs most), the
//! words that identifiers of some hundred open-source projects consist of (each word once a
//! project, abbreviations included), and pairs of such words written as one; pairs and triples are
//! smoothed with what follows the last letter alone.

/// One line of 26 characters and its end for every pair of letters before.
const TABLE: &[u8] = include_bytes!("letters.txt");
const LINE: usize = 27;
const ZERO: i32 = b'0' as i32 + 28;

/// Longest text whose letters are counted: enough to tell, and a bound.
const LONGEST: usize = 160;

/// The letters before: none, one or two, as numbers from 1.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    second: usize,
    first: usize,
}

impl Before {
    /// How well `letter` follows, in quarters of a bit.
    fn then(&mut self, letter: u8) -> i32 {
        let letter = usize::from(letter.to_ascii_lowercase().saturating_sub(b'a'));
        let line = match self.first {
            0 => 0,
            first => 1 + self.second * 26 + (first - 1),
        };
        let level = TABLE
            .get(line * LINE + letter)
            .copied()
            .map_or(0, i32::from);
        *self = Self {
            second: self.first,
            first: letter + 1,
        };
        level - ZERO
    }
}

/// What the letters of a text say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    pub count: i32,
    /// Quarters of bits that speak for words; below zero, for chance.
    pub bits: i32,
}

/// Reads the letters of a text. A change from a small letter to a capital starts a new word, as
/// does anything that is no letter; a letter alone says nothing.
pub fn letters(text: &[u8]) -> Letters {
    let mut found = Letters::default();
    let mut before = Before::default();
    let (mut last, mut opening) = (0u8, None);
    for byte in text.iter().take(LONGEST) {
        let camel = last.is_ascii_lowercase() && byte.is_ascii_uppercase();
        if camel || !byte.is_ascii_alphabetic() {
            before = Before::default();
        }
        if byte.is_ascii_alphabetic() {
            let is_first = before.first == 0;
            let bits = before.then(*byte);
            if is_first {
                opening = Some(bits);
            } else {
                let opening = opening.take();
                found.bits += bits + opening.unwrap_or(0);
                found.count += 1 + i32::from(opening.is_some());
            }
        }
        last = *byte;
    }
    found
}

/// True where the letters of a text follow each other as in words.
pub fn is_wordlike(text: &[u8]) -> bool {
    let Letters { count, bits } = letters(text);
    count >= 4 && bits >= count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_prose_are_words_and_tokens_are_not() {
        for words in [
            "current_password_field",
            "AuthenticationToken",
            "application/json",
            "hunter",
            "Benutzername",
            "contrasena",
        ] {
            assert!(is_wordlike(words.as_bytes()), "{words}");
        }
        for random in ["kXq9Zt7wPd0Lf3Vb", "xkcqzwtvbnhjfgpl", "9f86d081884c7d65"] {
            assert!(!is_wordlike(random.as_bytes()), "{random}");
        }
    }

    #[test]
    fn every_pair_of_letters_has_its_line() {
        assert_eq!(TABLE.len(), (1 + 27 * 26) * LINE);
        for last in TABLE.chunks(LINE) {
            assert_eq!(last.last(), Some(&b'\n'));
        }
    }
}
