use std::io::{self, Read};
use std::ops::Range;

use super::Start;

/// A text of any length, some of it at a time.
///
/// Neighbouring windows overlap, so that whatever stands at an edge is seen whole in one of them.
/// Every byte belongs to one window only: what begins there is that window's to report.
#[derive(Debug)]
pub struct Windows<R> {
    source: R,
    buffer: Vec<u8>,
    start: Start,
    /// Where the bytes that no window had yet begin.
    fresh: usize,
    size: usize,
    overlap: usize,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    First,
    Going,
    Ended,
}

/// One window.
#[derive(Debug)]
pub struct Window<'w> {
    pub bytes: &'w [u8],
    pub start: Start,
    /// The bytes that belong to it.
    pub own: Range<usize>,
}

impl<R: Read> Windows<R> {
    pub fn new(source: R, size: usize, overlap: usize) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: Start::default(),
            fresh: 0,
            size: size.max(overlap * 2),
            overlap,
            state: State::First,
        }
    }

    /// The next window. After an error there is one more: what was read before it.
    pub fn next_window(&mut self) -> Option<Window<'_>> {
        match self.state {
            State::Ended => return None,
            State::First => self.state = State::Going,
            State::Going => {
                let cut = self.cut();
                let passed = self.buffer.get(..cut).unwrap_or_default();
                self.start = self.start.after(passed);
                self.buffer.drain(..cut);
                self.fresh = self.fresh.saturating_sub(cut);
            }
        }
        if !self.fill() {
            self.state = State::Ended;
        }
        let end = match self.state {
            State::Ended => self.buffer.len(),
            _ => self.buffer.len() - self.overlap / 2,
        };
        let own = self.fresh..end;
        self.fresh = end;
        Some(Window {
            bytes: &self.buffer,
            start: self.start,
            own,
        })
    }

    /// Where the next window begins: at the start of a line where there is one, and within neither
    /// a character nor a line end.
    fn cut(&self) -> usize {
        let at = self.buffer.len().saturating_sub(self.overlap);
        let near = self.buffer.get(at..at + self.overlap / 4);
        if let Some(line_end) = memchr::memchr(b'\n', near.unwrap_or_default()) {
            return at + line_end + 1;
        }
        boundary(&self.buffer, at)
    }

    /// Fills the window; false where the text ends in it.
    fn fill(&mut self) -> bool {
        self.buffer
            .reserve_exact(self.size.saturating_sub(self.buffer.len()));
        while self.buffer.len() < self.size {
            let room = (self.size - self.buffer.len()) as u64;
            match (&mut self.source).take(room).read_to_end(&mut self.buffer) {
                Ok(0) => return false,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        true
    }
}

/// The nearest place from `at` on that splits neither a character nor `\r\n`.
pub fn boundary(bytes: &[u8], mut at: usize) -> usize {
    let least = at;
    while at < least + 4 && bytes.get(at).is_some_and(|b| (0x80..0xc0).contains(b)) {
        at += 1;
    }
    let splits = at > 0 && bytes.get(at - 1) == Some(&b'\r') && bytes.get(at) == Some(&b'\n');
    (at + usize::from(splits)).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_belongs_to_one_window() {
        for length in [0, 1, 63, 64, 65, 100, 128, 1000] {
            let text: Vec<u8> = (0..length).map(|n| b"ab\r\ncd \xc3\xa9"[n % 9]).collect();
            let mut windows = Windows::new(&text[..], 64, 16);
            let mut owned = Vec::new();
            while let Some(window) = windows.next_window() {
                assert!(window.bytes.len() <= 64);
                let at = window.start.byte as usize;
                assert_eq!(window.bytes, &text[at..at + window.bytes.len()]);
                assert_eq!(at + window.own.start, owned.len());
                owned.extend_from_slice(&window.bytes[window.own]);
                assert_eq!(window.start, Start::default().after(&text[..at]));
            }
            assert_eq!(owned, text, "{length}");
        }
    }
}
