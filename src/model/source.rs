use std::sync::{Arc, OnceLock};

use super::{FileKind, RepoPath, Span};
use crate::text::{Encoding, LineIndex, Position, Start};

/// Names one source within one run. Reports renumber sources by path, so that ids are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// Where the bytes came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file of the worktree, or any file named on the command line.
    Worktree,
    /// A blob of the git index.
    Index,
    /// A blob of a commit.
    Commit(String),
    /// The message of a commit or a tag.
    Message(String),
    /// Standard input.
    Stdin,
    /// An editor's buffer or a test.
    Buffer,
}

/// Lines that this change added or altered, 1-based and inclusive, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChangedLines(pub Vec<(u32, u32)>);

impl ChangedLines {
    pub fn touches(&self, first: u32, last: u32) -> bool {
        self.0
            .iter()
            .any(|(from, to)| *from <= last && first <= *to)
    }
}

/// One file's bytes with everything a detector may know about them.
///
/// `bytes` is the file as it is for UTF-8 and everything unknown, and the UTF-8 transcription for
/// UTF-16 (`encoding` says so; positions are then positions in the transcription).
#[derive(Clone, Debug)]
pub struct Source {
    pub id: SourceId,
    pub path: RepoPath,
    pub kind: FileKind,
    pub bytes: Arc<[u8]>,
    pub encoding: Encoding,
    pub origin: Origin,
    /// `None`: every line counts as changed.
    pub changed: Option<ChangedLines>,
    /// Of a file that names packages: its bytes before the change that is checked.
    pub before: Option<Arc<[u8]>>,
    /// Where the bytes begin in their file: they may be a part of one that is too large to be held.
    pub start: Start,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source from raw bytes: the encoding is sniffed, the kind is the caller's.
    pub fn new(id: SourceId, path: RepoPath, kind: FileKind, raw: &[u8], origin: Origin) -> Self {
        let (encoding, bytes) = crate::text::decode(raw);
        Self {
            id,
            path,
            kind,
            bytes,
            encoding,
            origin,
            changed: None,
            before: None,
            start: Start::default(),
            lines: OnceLock::new(),
        }
    }

    /// Other bytes of the same file.
    #[must_use]
    pub fn part(&self, id: SourceId, bytes: &[u8], start: Start) -> Self {
        Self {
            id,
            path: self.path.clone(),
            kind: self.kind,
            bytes: Arc::from(bytes),
            encoding: self.encoding,
            origin: self.origin.clone(),
            changed: self.changed.clone(),
            before: None,
            start,
            lines: OnceLock::new(),
        }
    }

    /// Line and column in the file of an offset, in characters.
    pub fn position(&self, offset: u32) -> Position {
        self.start.place(self.lines().position(offset, &self.bytes))
    }

    /// The same in UTF-16 code units.
    pub fn position_utf16(&self, offset: u32) -> Position {
        let position = self.lines().position_utf16(offset, &self.bytes);
        self.start.place_utf16(position)
    }

    /// The line index, built on first use: most sources never need one.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.bytes))
    }

    /// The 1-based first and last line of a span, counted from the source's own start.
    pub fn line_span(&self, span: Span) -> (u32, u32) {
        let last = span.end.saturating_sub(1).max(span.start);
        (self.lines().line(span.start), self.lines().line(last))
    }

    /// True where the change that is being checked touches a line of the span.
    pub fn is_changed(&self, span: Span) -> bool {
        self.changed.as_ref().is_none_or(|changed| {
            let (first, last) = self.line_span(span);
            let before = self.start.lines;
            changed.touches(first.saturating_add(before), last.saturating_add(before))
        })
    }

    /// The bytes of a span, clipped to the source.
    pub fn slice(&self, span: Span) -> &[u8] {
        let end = (span.end as usize).min(self.bytes.len());
        let start = (span.start as usize).min(end);
        &self.bytes[start..end]
    }

    /// The text of a span, lossy where it is not UTF-8.
    pub fn text(&self, span: Span) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.slice(span))
    }

    /// The whole source as text, lossy where it is not UTF-8.
    pub fn text_all(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// The whole source as text where it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The same source with every byte of the given spans replaced by `*` (line ends stay), which
    /// is the only form in which a source reaches a report.
    pub fn masked(&self, spans: &[Span]) -> Self {
        let bytes = if spans.is_empty() {
            Arc::clone(&self.bytes)
        } else {
            let mut copy = self.bytes.to_vec();
            for span in spans {
                let end = (span.end as usize).min(copy.len());
                let start = (span.start as usize).min(end);
                for byte in &mut copy[start..end] {
                    if !matches!(*byte, b'\n' | b'\r') {
                        *byte = b'*';
                    }
                }
            }
            Arc::from(copy)
        };
        Self {
            id: self.id,
            path: self.path.clone(),
            kind: self.kind,
            bytes,
            encoding: self.encoding,
            origin: self.origin.clone(),
            changed: self.changed.clone(),
            before: None,
            start: self.start,
            // Line ends stay.
            lines: self.lines.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_keeps_offsets_and_line_ends() {
        let source = Source::new(
            SourceId(0),
            RepoPath::from("a"),
            FileKind::Text,
            b"ab\ncd",
            Origin::Buffer,
        );
        assert_eq!(&*source.masked(&[Span::new(1, 4)]).bytes, b"a*\n*d");
    }
}
