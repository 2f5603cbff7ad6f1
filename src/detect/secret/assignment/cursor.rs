use std::ops::Range;

use crate::detect::secret::text::Text;

/// Longest value and gap that are looked at: with the longest name they bound the work of one hit.
pub const VALUE: usize = 1024;
const GAP: usize = 64;
/// Most blanks and line ends between a name and a value on a following line.
const BREAK: usize = 160;

/// What a literal stands between: a sign, behind as many backslashes as there are strings around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub sign: &'static [u8],
    pub escapes: usize,
}

const SIGNS: &[&[u8]] = &[
    b"\"", b"'", b"`", b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"%22",
];

/// A place in the text that moves on as its syntax is recognised.
#[derive(Debug)]
pub struct Cursor<'t, 'a> {
    pub text: &'t Text<'a>,
    pub at: usize,
    /// The value that starts here fills the window: it is longer than any secret.
    pub too_long: bool,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub fn new(text: &'t Text<'a>, at: usize) -> Self {
        Self {
            text,
            at,
            too_long: false,
        }
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.at(self.at)
    }

    pub fn rest(&self, reach: usize) -> &'a [u8] {
        self.text
            .slice(self.at..self.text.bytes.len().min(self.at + reach))
    }

    /// What is left of this line, at most `reach` bytes of it.
    pub fn line(&self, reach: usize) -> &'a [u8] {
        let rest = self.rest(reach);
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    pub fn take(&mut self, literal: &[u8]) -> bool {
        let fits = self.rest(literal.len()) == literal;
        if fits {
            self.at += literal.len();
        }
        fits
    }

    /// Steps over a word, in any case.
    pub fn take_word(&mut self, word: &[u8]) -> bool {
        let next = self.text.at(self.at + word.len());
        let fits = self.rest(word.len()).eq_ignore_ascii_case(word)
            && !next.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        if fits {
            self.at += word.len();
        }
        fits
    }

    pub fn take_while(&mut self, reach: usize, test: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest(reach);
        let length = rest.iter().take_while(|b| test(**b)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    pub fn blanks(&mut self) -> usize {
        self.take_while(GAP, |b| matches!(b, b' ' | b'\t')).len()
    }

    /// Steps over the end of this line, where nothing stands before it, and over the indentation
    /// of the next that holds something; a string that goes on may have its line end escaped.
    pub fn line_end(&mut self) -> bool {
        let start = self.at;
        self.blanks();
        self.take(b"\\");
        let escaped = self.rest(1) == b"n";
        if escaped {
            self.at += 1;
        }
        let space = self.take_while(BREAK, |b| b.is_ascii_whitespace());
        let lines = memchr::memchr_iter(b'\n', space).count() + usize::from(escaped);
        let broken = (1..=2).contains(&lines) && space.len() < BREAK;
        if !broken {
            self.at = start;
        }
        broken
    }

    /// Steps over one quotation mark, escaped or not, and says which.
    pub fn mark(&mut self) -> Option<Mark> {
        if !matches!(self.peek(), Some(b'\\' | b'"' | b'\'' | b'`' | b'&' | b'%')) {
            return None;
        }
        let rest = self.rest(16);
        let escapes = rest.iter().take(8).take_while(|b| **b == b'\\').count();
        let tail = rest.get(escapes..)?;
        let sign = SIGNS.iter().find(|sign| tail.starts_with(sign))?;
        self.at += escapes + sign.len();
        Some(Mark { sign, escapes })
    }

    /// Up to the closing mark on this line; leaves the cursor behind it.
    pub fn until(&mut self, mark: Mark) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.rest(VALUE);
        let first = *mark.sign.first()?;
        let mut from = 0;
        loop {
            let tail = rest.get(from..).unwrap_or_default();
            let Some(at) = memchr::memchr2(first, b'\n', tail).map(|next| from + next) else {
                self.too_long = rest.len() == VALUE;
                return None;
            };
            let tail = rest.get(at..)?;
            if tail.first() == Some(&b'\n') {
                return None;
            }
            from = at + 1;
            if !tail.starts_with(mark.sign) {
                continue;
            }
            let slashes = rest.get(..at)?.iter().rev().take_while(|b| **b == b'\\');
            let slashes = slashes.count();
            let (closes, inside) = match mark.escapes {
                0 => (slashes % 2 == 0, at),
                escapes => (slashes == escapes, at - slashes.min(escapes)),
            };
            if closes {
                self.at = start + at + mark.sign.len();
                return Some(start..start + inside);
            }
            if slashes < mark.escapes {
                // The string around this one ends first.
                return None;
            }
        }
    }
}

/// Where the first white space or one of `ends` stands.
pub fn first_of(text: &[u8], ends: &[u8]) -> usize {
    text.iter()
        .position(|b| b.is_ascii_whitespace() || ends.contains(b))
        .unwrap_or(text.len())
}
