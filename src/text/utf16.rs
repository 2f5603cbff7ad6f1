use std::io::{self, Read};

/// UTF-16 read as UTF-8, without its byte-order mark.
#[derive(Debug)]
pub struct Utf16<R> {
    source: R,
    little: bool,
    raw: Vec<u8>,
    text: Vec<u8>,
    /// How much of `text` has been given out.
    given: usize,
    at_start: bool,
}

/// Bytes read at once.
const STEP: u64 = 64 << 10;

impl<R: Read> Utf16<R> {
    pub fn new(source: R, little: bool) -> Self {
        Self {
            source,
            little,
            raw: Vec::new(),
            text: Vec::new(),
            given: 0,
            at_start: true,
        }
    }

    /// Transcribes the next bytes; false at the end.
    fn step(&mut self) -> io::Result<bool> {
        let read = (&mut self.source).take(STEP).read_to_end(&mut self.raw)?;
        let little = self.little;
        let unit = |pair: &[u8]| {
            let pair = [
                pair.first().copied().unwrap_or(0),
                pair.get(1).copied().unwrap_or(0),
            ];
            match little {
                true => u16::from_le_bytes(pair),
                false => u16::from_be_bytes(pair),
            }
        };
        let mut whole = self.raw.len() / 2 * 2;
        // Half a character waits for its other half.
        let is_half = |pair: &[u8]| (0xd800..0xdc00).contains(&unit(pair));
        if read > 0 && whole >= 2 && self.raw.get(whole - 2..whole).is_some_and(is_half) {
            whole -= 2;
        }
        let units = self.raw.get(..whole).unwrap_or_default();
        let mut text = String::with_capacity(whole);
        for c in char::decode_utf16(units.chunks_exact(2).map(unit)) {
            let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
            if !(self.at_start && c == '\u{feff}') {
                text.push(c);
            }
            self.at_start = false;
        }
        self.text = text.into_bytes();
        self.given = 0;
        self.raw.drain(..whole);
        Ok(read > 0)
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut goes_on = true;
        while goes_on && self.given == self.text.len() {
            goes_on = self.step()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(into), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            into.copy_from_slice(from);
        }
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn characters_survive_wherever_the_reading_stops() {
        let text = "é😀x".repeat(40_000);
        for little in [true, false] {
            let bytes: Vec<u8> = std::iter::once(0xfeff)
                .chain(text.encode_utf16())
                .flat_map(|unit: u16| match little {
                    true => unit.to_le_bytes(),
                    false => unit.to_be_bytes(),
                })
                .collect();
            let mut read = String::new();
            Utf16::new(Slow(&bytes), little)
                .read_to_string(&mut read)
                .expect("UTF-8");
            assert_eq!(read, text);
        }
    }
}
