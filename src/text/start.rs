use super::Position;

/// Where a part of a text begins in the whole of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub byte: u64,
    /// Line ends before it.
    pub lines: u32,
    /// Characters before it on its line, and the same in UTF-16 code units.
    pub columns: u32,
    pub columns_utf16: u32,
}

impl Start {
    /// Where the text after these bytes begins. They must not end between `\r` and `\n`.
    #[must_use]
    pub fn after(self, bytes: &[u8]) -> Self {
        let mut next = Self {
            byte: self.byte + bytes.len() as u64,
            ..self
        };
        let last_line = match memchr::memrchr2(b'\n', b'\r', bytes) {
            None => bytes,
            Some(end) => {
                let lines = u32::try_from(line_ends(bytes)).unwrap_or(u32::MAX);
                next.lines = self.lines.saturating_add(lines);
                (next.columns, next.columns_utf16) = (0, 0);
                bytes.get(end + 1..).unwrap_or_default()
            }
        };
        let (characters, units) = widths(last_line);
        next.columns = next.columns.saturating_add(characters);
        next.columns_utf16 = next.columns_utf16.saturating_add(units);
        next
    }

    /// The place in the whole of a place in the part; columns in characters.
    pub fn place(self, position: Position) -> Position {
        self.moved(position, self.columns)
    }

    /// The same; columns in UTF-16 code units.
    pub fn place_utf16(self, position: Position) -> Position {
        self.moved(position, self.columns_utf16)
    }

    fn moved(self, position: Position, columns: u32) -> Position {
        let before = if position.line == 1 { columns } else { 0 };
        Position {
            line: position.line.saturating_add(self.lines),
            column: position.column.saturating_add(before),
        }
    }
}

/// How many lines end in a text: at `\n`, at `\r\n`, and at a `\r` alone.
fn line_ends(bytes: &[u8]) -> usize {
    let plain = memchr::memchr_iter(b'\n', bytes).count();
    // Counting one byte is several times faster than telling two apart.
    let lone = match memchr::memchr(b'\r', bytes) {
        None => 0,
        Some(_) => memchr::memchr_iter(b'\r', bytes)
            .filter(|at| bytes.get(at + 1) != Some(&b'\n'))
            .count(),
    };
    plain + lone
}

/// Characters and UTF-16 code units; each invalid byte counts as one.
fn widths(text: &[u8]) -> (u32, u32) {
    let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    if text.is_ascii() {
        return (narrow(text.len()), narrow(text.len()));
    }
    let (mut characters, mut units) = (0, 0);
    for chunk in text.utf8_chunks() {
        let invalid = chunk.invalid().len();
        characters += invalid + chunk.valid().chars().count();
        units += invalid + chunk.valid().chars().map(char::len_utf16).sum::<usize>();
    }
    (narrow(characters), narrow(units))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::LineIndex;

    #[test]
    fn a_part_has_the_places_of_the_whole() {
        let text = "one\r\ntwo\rthree é😀 four\nfive 😀 six".as_bytes();
        let whole = LineIndex::new(text);
        for cut in (0..text.len()).filter(|cut| {
            std::str::from_utf8(&text[..*cut]).is_ok()
                && (*cut == 0 || text[*cut - 1] != b'\r' || text[*cut] != b'\n')
        }) {
            let start = Start::default().after(&text[..cut]);
            let part = &text[cut..];
            let lines = LineIndex::new(part);
            for at in 0..part.len() as u32 {
                let offset = at + cut as u32;
                assert_eq!(
                    start.place(lines.position(at, part)),
                    whole.position(offset, text)
                );
                assert_eq!(
                    start.place_utf16(lines.position_utf16(at, part)),
                    whole.position_utf16(offset, text)
                );
            }
        }
    }
}
