/// A place in a text, both numbers 1-based. What `column` counts depends on who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where each line starts. Lines end at `\n`, at `\r\n`, and at a `\r` alone.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(bytes: &[u8]) -> Self {
        let mut starts = vec![0u32];
        let mut push = |at: usize| starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                push(at + 1);
            }
        }
        Self { starts }
    }

    /// How many lines there are; a final line end opens one more, empty line.
    pub fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The 1-based line that holds a byte offset.
    pub fn line(&self, offset: u32) -> u32 {
        let after = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(after.max(1)).unwrap_or(u32::MAX)
    }

    /// The byte offset at which a 1-based line starts; past the last line, where the text ends.
    pub fn start(&self, line: u32, bytes: &[u8]) -> usize {
        self.starts
            .get((line as usize).saturating_sub(1))
            .map_or(bytes.len(), |at| *at as usize)
    }

    /// The bytes of a 1-based line without its line end.
    pub fn line_range(&self, line: u32, bytes: &[u8]) -> std::ops::Range<usize> {
        let start = self.start(line, bytes);
        let mut end = self.start(line.saturating_add(1), bytes).max(start);
        while end > start && matches!(bytes[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        start..end
    }

    /// Line and column in characters (Unicode scalar values; each invalid byte counts as one).
    pub fn position(&self, offset: u32, bytes: &[u8]) -> Position {
        self.locate(offset, bytes, |_| 1)
    }

    /// Line and column in UTF-16 code units, as SARIF declares and LSP demands (LSP counts from 0).
    pub fn position_utf16(&self, offset: u32, bytes: &[u8]) -> Position {
        self.locate(offset, bytes, |c| u32::try_from(c.len_utf16()).unwrap_or(2))
    }

    fn locate(&self, offset: u32, bytes: &[u8], width: impl Fn(char) -> u32) -> Position {
        let offset = (offset as usize).min(bytes.len());
        let line = self.line(u32::try_from(offset).unwrap_or(u32::MAX));
        let start = self.start(line, bytes).min(offset);
        let before = &bytes[start..offset];
        // The quick way: a long line may hold thousands of places.
        if before.is_ascii() {
            let column = u32::try_from(before.len()).map_or(u32::MAX, |length| length + 1);
            return Position { line, column };
        }
        let mut column = 1;
        for chunk in before.utf8_chunks() {
            column += chunk.valid().chars().map(&width).sum::<u32>();
            column += u32::try_from(chunk.invalid().len()).unwrap_or(0);
        }
        Position { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: u32) -> (u32, u32) {
        let p = LineIndex::new(text.as_bytes()).position(offset, text.as_bytes());
        (p.line, p.column)
    }

    #[test]
    fn every_kind_of_line_end_ends_one_line() {
        assert_eq!(at("a\nb", 2), (2, 1));
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("a\rb", 2), (2, 1));
        assert_eq!(LineIndex::new(b"a\r\n\r\nb").count(), 3);
    }

    #[test]
    fn columns_count_characters_or_utf16_units() {
        let text = "é😀x";
        let index = LineIndex::new(text.as_bytes());
        assert_eq!(index.position(6, text.as_bytes()).column, 3);
        assert_eq!(index.position_utf16(6, text.as_bytes()).column, 4);
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(at("ab", 99), (1, 3));
        assert_eq!(at("", 0), (1, 1));
    }

    #[test]
    fn a_line_range_leaves_out_its_end() {
        let bytes = b"one\r\ntwo\n";
        let index = LineIndex::new(bytes);
        assert_eq!(&bytes[index.line_range(1, bytes)], b"one");
        assert_eq!(&bytes[index.line_range(2, bytes)], b"two");
        assert_eq!(&bytes[index.line_range(9, bytes)], b"");
    }
}
