//! Text that stands encoded in a file, every byte of which knows its place there.

use std::ops::Range;

use crate::text::base64::digit;

/// Longest piece that is decoded, in bytes.
pub const LONGEST: usize = 32 << 10;

/// Fewest digits on a line of base64 that goes on in the next one.
const WRAPPED: usize = 32;

/// How deep a run that was found from its middle is followed back.
const BACK: usize = 512;

/// What one run of encoded text says.
#[derive(Debug, Default)]
pub struct Decoded {
    pub bytes: Vec<u8>,
    /// Where each byte stands in the text that was decoded.
    places: Vec<(u32, u32)>,
}

/// Which escapes a text may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// `\u0067`, `\x67`, `\/`, `\"`, `\n`.
    Backslash,
    /// `%67`.
    Percent,
    /// `&#x67;`, `&#103;`, `&quot;`.
    Entity,
}

impl Decoded {
    fn push(&mut self, byte: u8, place: Range<usize>) {
        let offset = |at| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.push(byte);
        self.places.push((offset(place.start), offset(place.end)));
    }

    /// Bytes that stand in the text just so.
    pub fn push_verbatim(&mut self, text: &[u8], at: usize) {
        for (n, byte) in text.iter().enumerate() {
            self.push(*byte, at + n..at + n + 1);
        }
    }

    /// Bytes that stand nowhere; their place is the one given.
    pub fn push_for(&mut self, text: &[u8], place: &Range<usize>) {
        for byte in text {
            self.push(*byte, place.clone());
        }
    }

    pub fn append(&mut self, other: Self) {
        self.bytes.extend(other.bytes);
        self.places.extend(other.places);
    }

    /// The piece of the encoded text that holds all of a range of the decoded one.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.places.get(range.start).or(self.places.last());
        let end = match range.end > range.start {
            true => self.places.get(range.end - 1).or(self.places.last()),
            false => start,
        };
        let (start, end) = (start.map_or(0, |p| p.0), end.map_or(0, |p| p.1));
        start as usize..end.max(start) as usize
    }

    /// True where it can be read: no control characters but white space, and valid UTF-8.
    pub fn is_text(&self) -> bool {
        let of_text = |b: &u8| !b.is_ascii_control() || matches!(b, b'\t' | b'\n' | b'\r');
        !self.bytes.is_empty()
            && self.bytes.iter().all(of_text)
            && std::str::from_utf8(&self.bytes).is_ok()
    }

    /// All of `range` as base64 of either alphabet, in one line or several, padded or not.
    pub fn base64(text: &[u8], range: Range<usize>) -> Option<Self> {
        let run = text.get(range.clone()).filter(|run| run.len() <= LONGEST)?;
        let mut digits = Vec::with_capacity(run.len());
        let mut padding = 0;
        for (at, byte) in run.iter().enumerate() {
            match digit(*byte) {
                Some(value) if padding == 0 => digits.push((value, range.start + at)),
                None if *byte == b'=' => padding += 1,
                None if byte.is_ascii_whitespace() => {}
                _ => return None,
            }
        }
        let whole = padding <= 2
            && digits.len() % 4 != 1
            && (padding == 0 || (digits.len() + padding).is_multiple_of(4));
        whole.then(|| Self::of_digits(&digits))
    }

    /// The run of base64 of which `hit` is a part, whose first group begins `before` digits ahead
    /// of the hit or a multiple of four earlier. Also, where the run ends.
    pub fn base64_around(text: &[u8], hit: Range<usize>, before: usize) -> (usize, Option<Self>) {
        let mut digits = Vec::new();
        let mut at = hit.start;
        while digits.len() < BACK {
            let previous = at.checked_sub(1).and_then(|p| Some((p, *text.get(p)?)));
            match previous.map(|(p, byte)| (p, byte, digit(byte))) {
                Some((p, _, Some(value))) => {
                    digits.push((value, p));
                    at = p;
                }
                Some((p, b'\n', None)) => match end_of_wrapped_line(text, p) {
                    Some(end) => at = end,
                    None => break,
                },
                // Indentation of a line that goes on from the one before.
                Some((p, b' ' | b'\t', None)) => match line_break_before(text, p) {
                    Some(end) => at = end,
                    None => break,
                },
                _ => break,
            }
        }
        if digits.len() < before {
            return (hit.end, None);
        }
        digits.truncate(digits.len() - (digits.len() - before) % 4);
        digits.reverse();
        let mut at = hit.start;
        let line = text.get(at.saturating_sub(WRAPPED)..at).unwrap_or_default();
        let before_hit = line.iter().rev().take_while(|b| digit(**b).is_some());
        let mut on_line = before_hit.count();
        let most = digits.len() + LONGEST;
        while digits.len() < most {
            let Some(byte) = text.get(at) else { break };
            match digit(*byte) {
                Some(value) => {
                    digits.push((value, at));
                    on_line += 1;
                    at += 1;
                }
                None if on_line >= WRAPPED => match next_line(text, at) {
                    Some(next) => {
                        on_line = 0;
                        at = next;
                    }
                    None => break,
                },
                None => break,
            }
        }
        (at, Some(Self::of_digits(&digits)))
    }

    fn of_digits(digits: &[(u8, usize)]) -> Self {
        let mut decoded = Self::default();
        let (mut bits, mut held) = (0u32, 0u32);
        for (at, (value, place)) in digits.iter().enumerate() {
            bits = bits << 6 | u32::from(*value);
            held += 6;
            if held >= 8 {
                held -= 8;
                let first = at.checked_sub(1).and_then(|before| digits.get(before));
                let start = first.map_or(*place, |(_, place)| *place);
                decoded.push((bits >> held & 0xff) as u8, start..place + 1);
            }
        }
        decoded
    }

    /// All of `range` as pairs of hexadecimal digits.
    pub fn hex(text: &[u8], range: Range<usize>) -> Option<Self> {
        let run = text.get(range.clone()).filter(|run| run.len() <= LONGEST)?;
        let mut decoded = Self::default();
        for (at, pair) in run.chunks(2).enumerate() {
            let at = range.start + 2 * at;
            decoded.push(hex_byte(pair)?, at..at + 2);
        }
        Some(decoded)
    }

    /// The run of pairs of hexadecimal digits of which `hit` is a part. Also, where it ends.
    pub fn hex_around(text: &[u8], hit: &Range<usize>) -> (usize, Option<Self>) {
        let pairs = |run: &[u8]| run.iter().take_while(|b| b.is_ascii_hexdigit()).count() / 2;
        let before: Vec<u8> = text
            .get(hit.start.saturating_sub(BACK)..hit.start)
            .unwrap_or_default()
            .iter()
            .rev()
            .copied()
            .collect();
        let start = hit.start - 2 * pairs(&before);
        let rest = text.get(hit.start..text.len().min(hit.start + LONGEST - BACK));
        let end = hit.start + 2 * pairs(rest.unwrap_or_default());
        (end, Self::hex(text, start..end))
    }

    /// The text of `range` with its escapes replaced by what they stand for; `None` where there
    /// are none.
    pub fn unescaped(text: &[u8], range: Range<usize>, escapes: Escapes) -> Option<Self> {
        let mark = match escapes {
            Escapes::Backslash => b'\\',
            Escapes::Percent => b'%',
            Escapes::Entity => b'&',
        };
        let run = text.get(range.clone()).filter(|run| run.len() <= LONGEST)?;
        memchr::memchr(mark, run)?;
        let mut decoded = Self::default();
        let mut changed = false;
        let mut at = 0;
        while let Some(byte) = run.get(at) {
            let rest = run.get(at..).unwrap_or_default();
            let escape = match escapes {
                _ if *byte != mark => None,
                Escapes::Backslash => backslash(rest),
                Escapes::Percent => {
                    hex_byte(rest.get(1..3).unwrap_or_default()).map(|b| (u32::from(b), 3))
                }
                Escapes::Entity => entity(rest),
            };
            let length = escape.map_or(1, |(_, length)| length);
            let place = range.start + at..range.start + at + length;
            match escape.map(|(code, _)| code) {
                Some(code) if escapes == Escapes::Percent || code < 0x80 => {
                    decoded.push(code as u8, place);
                }
                Some(code) => {
                    let mut buffer = [0; 4];
                    let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    decoded.push_for(char.encode_utf8(&mut buffer).as_bytes(), &place);
                }
                None => decoded.push(*byte, place),
            }
            changed |= escape.is_some();
            at += length;
        }
        changed.then_some(decoded)
    }
}

fn hex_byte(pair: &[u8]) -> Option<u8> {
    let &[high, low] = pair else { return None };
    let nibble = |b: u8| char::from(b).to_digit(16);
    u8::try_from(nibble(high)? << 4 | nibble(low)?).ok()
}

/// The end of the line that ends at the line feed `at`, where it is one of wrapped base64.
fn end_of_wrapped_line(text: &[u8], at: usize) -> Option<usize> {
    let end = match at.checked_sub(1).and_then(|before| text.get(before)) {
        Some(b'\r') => at - 1,
        _ => at,
    };
    let line = text.get(end.checked_sub(WRAPPED)?..end)?;
    line.iter().all(|b| digit(*b).is_some()).then_some(end)
}

/// The same for a line whose follower is indented, the last blank of which stands at `at`.
fn line_break_before(text: &[u8], at: usize) -> Option<usize> {
    let window = text.get(at.saturating_sub(64)..at)?;
    let blanks = window.iter().rev();
    let blanks = blanks.take_while(|b| matches!(b, b' ' | b'\t')).count();
    let feed = (at - blanks).checked_sub(1)?;
    (text.get(feed) == Some(&b'\n'))
        .then(|| end_of_wrapped_line(text, feed))
        .flatten()
}

/// Where the digits of the next line begin; `None` where the line at `at` does not end or the next
/// one has other things in it.
fn next_line(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let feed = [&b"\r\n"[..], b"\n", b"\\n", b"\\r\\n"]
        .iter()
        .find(|feed| rest.starts_with(feed))?
        .len();
    let rest = rest.get(feed..)?;
    let blanks = rest.iter().take(64);
    let blanks = blanks.take_while(|b| matches!(b, b' ' | b'\t')).count();
    digit(*rest.get(blanks)?).map(|_| at + feed + blanks)
}

/// What an escape that starts with a backslash stands for, and its length.
fn backslash(text: &[u8]) -> Option<(u32, usize)> {
    let number = |digits: &[u8]| -> Option<u32> {
        let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
        let digits = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
        u32::from_str_radix(digits, 16).ok()
    };
    Some(match *text.get(1)? {
        b'u' if text.get(2) == Some(&b'{') => {
            let digits = text.get(3..text.len().min(10))?;
            let length = memchr::memchr(b'}', digits)?;
            (number(digits.get(..length)?)?, length + 4)
        }
        b'u' => {
            let high = number(text.get(2..6)?)?;
            let low = match text.get(6..8) {
                Some(b"\\u") if (0xd800..0xdc00).contains(&high) => {
                    text.get(8..12).and_then(number)
                }
                _ => None,
            };
            match low.filter(|low| (0xdc00..0xe000).contains(low)) {
                Some(low) => (0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12),
                None => (high, 6),
            }
        }
        b'x' => (number(text.get(2..4)?)?, 4),
        b'n' => (0x0a, 2),
        b'r' => (0x0d, 2),
        b't' => (0x09, 2),
        sign @ (b'/' | b'"' | b'\'' | b'\\') => (u32::from(sign), 2),
        _ => return None,
    })
}

/// What an entity of HTML stands for, and its length.
fn entity(text: &[u8]) -> Option<(u32, usize)> {
    let body = text.get(1..text.len().min(10))?;
    let length = memchr::memchr(b';', body)?;
    let name = std::str::from_utf8(body.get(..length)?).ok()?;
    let code = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        },
        None => match name {
            "quot" => 0x22,
            "amp" => 0x26,
            "apos" => 0x27,
            "lt" => 0x3c,
            "gt" => 0x3e,
            _ => return None,
        },
    };
    Some((code, length + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_of_base64_knows_the_digits_that_hold_it() {
        let text = b"x: aGVsbG8=";
        let decoded = Decoded::base64(text, 3..11).expect("base64");
        assert_eq!(decoded.bytes, b"hello");
        assert_eq!(decoded.place(0..5), 3..10);
        assert_eq!(decoded.place(1..2), 4..6);
        assert_eq!(decoded.place(3..5), 7..10);
    }

    #[test]
    fn what_is_not_base64_from_end_to_end_does_not_decode() {
        for text in ["aGVsb", "aGVs=bG8", "aGVsbG8==", "a b!", "===="] {
            let decoded = Decoded::base64(text.as_bytes(), 0..text.len());
            assert!(
                decoded.is_none_or(|d| d.bytes.is_empty()),
                "{text} was decoded"
            );
        }
    }

    #[test]
    fn a_run_is_found_from_its_middle_over_its_lines() {
        // "hello, " three times and "harbour" behind it, in lines of 32.
        let text = b"k: |\n  aGVsbG8sIGhlbGxvLCBoZWxsbywgaGFy\n  Ym91cg==\n";
        let at = 7 + 28;
        let (end, decoded) = Decoded::base64_around(text, at..at + 4, 0);
        let decoded = decoded.expect("a run");
        assert_eq!(decoded.bytes, b"hello, hello, hello, harbour");
        assert_eq!(decoded.place(21..28), 35..48);
        assert_eq!(end, 48);
        let (_, decoded) = Decoded::base64_around(text, 42..46, 0);
        assert_eq!(
            decoded.expect("a run").bytes,
            b"hello, hello, hello, harbour"
        );
    }

    #[test]
    fn a_word_on_the_line_before_is_no_part_of_a_run() {
        let text = b"harbour\naGVsbG8=";
        let (_, decoded) = Decoded::base64_around(text, 8..12, 0);
        assert_eq!(decoded.expect("a run").bytes, b"hello");
    }

    #[test]
    fn hexadecimal_digits_decode_in_pairs() {
        let decoded = Decoded::hex(b"=68690a", 1..7).expect("pairs");
        assert_eq!(decoded.bytes, b"hi\n");
        assert_eq!(decoded.place(1..2), 3..5);
        let (end, around) = Decoded::hex_around(b"f6869", &(3..5));
        assert_eq!((around.expect("pairs").bytes, end), (b"hi".to_vec(), 5));
        assert!(Decoded::hex(b"686", 0..3).is_none());
    }

    #[test]
    fn escapes_become_what_they_stand_for() {
        for (text, escapes, meant) in [
            (r"a\u0062\x63\/\u{64}", Escapes::Backslash, "abc/d"),
            (r"\ud83d\ude00\u00e9", Escapes::Backslash, "😀é"),
            (r"a%3db%zz", Escapes::Percent, "a=b%zz"),
            ("&quot;a&#x62;&#99;&copy;", Escapes::Entity, "\"abc&copy;"),
        ] {
            let decoded = Decoded::unescaped(text.as_bytes(), 0..text.len(), escapes);
            let bytes = decoded.expect("escapes").bytes;
            assert_eq!(String::from_utf8_lossy(&bytes), meant, "{text}");
        }
        assert!(Decoded::unescaped(b"a\\q", 0..3, Escapes::Backslash).is_none());
    }
}
