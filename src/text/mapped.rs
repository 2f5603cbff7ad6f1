//! Text made of pieces of a source, every byte of which still knows where it came from.

use std::fmt;

use crate::model::Span;

/// A run of the text and the piece of the source that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    at: u32,
    source: u32,
    source_end: u32,
}

/// Text that was put together from pieces of a source: continuation lines joined, escapes decoded,
/// indentation removed. Offsets and spans of the text translate back to the source.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Mapped {
    text: String,
    segments: Vec<Segment>,
    /// Where an empty text stands.
    start: u32,
}

impl Mapped {
    pub fn new() -> Self {
        Self::default()
    }

    /// A piece of the source as it is.
    pub fn verbatim(text: &str, source: u32) -> Self {
        let mut mapped = Self {
            start: source,
            ..Self::new()
        };
        mapped.push(text, source);
        mapped
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends bytes that stand in the source exactly so, from `source` on.
    pub fn push(&mut self, text: &str, source: u32) {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.append(text, Span::new(source, source.saturating_add(length)));
    }

    /// Appends text that the source spells differently: all of `source` stands for all of `text`.
    pub fn push_for(&mut self, text: &str, source: Span) {
        self.append(text, source);
    }

    fn append(&mut self, text: &str, source: Span) {
        if text.is_empty() {
            return;
        }
        let at = self.len();
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let verbatim = source.len() == length;
        if let Some(last) = self.segments.last_mut() {
            let last_is_verbatim = last.source_end - last.source == at - last.at;
            if verbatim && last_is_verbatim && last.source_end == source.start {
                last.source_end = source.end;
                self.text.push_str(text);
                return;
            }
        }
        self.segments.push(Segment {
            at,
            source: source.start,
            source_end: source.end,
        });
        self.text.push_str(text);
    }

    /// Appends another mapped text.
    pub fn append_mapped(&mut self, other: &Self) {
        for (index, segment) in other.segments.iter().enumerate() {
            let range = segment.at as usize..other.segment_end(index) as usize;
            let source = Span::new(segment.source, segment.source_end);
            self.append(other.text.get(range).unwrap_or_default(), source);
        }
    }

    /// The part of the text that `span` (of the text) covers, still mapped.
    pub fn slice(&self, span: Span) -> Self {
        let mut part = Self {
            start: self.offset(span.start),
            ..Self::new()
        };
        for (text, source) in self.pieces(span) {
            part.append(self.text.get(text.range()).unwrap_or_default(), source);
        }
        part
    }

    /// The pieces that a span of the text is made of: each as a span of the text and of the
    /// source. Both are as long as each other where the source spells the piece just so.
    pub fn pieces(&self, span: Span) -> impl Iterator<Item = (Span, Span)> {
        let first = self.segment_of(span.start);
        let segments = self.segments.iter().enumerate().skip(first);
        segments
            .take_while(move |(_, segment)| segment.at < span.end)
            .filter_map(move |(index, segment)| {
                let start = segment.at.max(span.start);
                let whole = self.segment_end(index);
                let end = whole.min(span.end);
                let source_end = if end == whole {
                    segment.source_end
                } else {
                    (segment.source + (end - segment.at)).min(segment.source_end)
                };
                let text = Span::new(start, end);
                let is_text = self.text.get(text.range()).is_some();
                is_text.then(|| (text, Span::new(self.offset(start), source_end)))
            })
    }

    /// The place in the source of a byte of the text; past the end, where the last piece ends.
    pub fn offset(&self, at: u32) -> u32 {
        let Some(segment) = self.segments.get(self.segment_of(at)) else {
            return self.start;
        };
        (segment.source + at.saturating_sub(segment.at)).min(segment.source_end)
    }

    /// The span in the source from the first to the last byte of a span of the text.
    pub fn span(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        if span.is_empty() {
            return Span::new(start, start);
        }
        let index = self.segment_of(span.end - 1);
        let Some(segment) = self.segments.get(index) else {
            return Span::new(start, start);
        };
        let end = if span.end >= self.segment_end(index) {
            segment.source_end
        } else {
            (segment.source + (span.end - segment.at)).min(segment.source_end)
        };
        Span::new(start, end)
    }

    /// The whole text's span in the source.
    pub fn source_span(&self) -> Span {
        self.span(Span::new(0, self.len()))
    }

    fn segment_of(&self, at: u32) -> usize {
        self.segments
            .partition_point(|segment| segment.at <= at)
            .saturating_sub(1)
    }

    fn segment_end(&self, index: usize) -> u32 {
        self.segments
            .get(index + 1)
            .map_or(self.len(), |next| next.at)
    }
}

impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `RUN ab\<newline>  cd` joined.
    fn joined() -> Mapped {
        let mut text = Mapped::verbatim("RUN ab", 0);
        text.push("  cd", 8);
        text
    }

    #[test]
    fn each_byte_of_joined_text_knows_its_place() {
        let text = joined();
        assert_eq!(text.as_str(), "RUN ab  cd");
        assert_eq!(text.offset(5), 5);
        assert_eq!(text.offset(6), 8);
        assert_eq!(text.offset(8), 10);
    }

    #[test]
    fn a_span_ends_where_its_last_byte_ends_and_not_where_the_next_piece_begins() {
        let text = joined();
        assert_eq!(text.span(Span::new(4, 6)), Span::new(4, 6));
        assert_eq!(text.span(Span::new(4, 9)), Span::new(4, 11));
        assert_eq!(text.span(Span::new(8, 10)), Span::new(10, 12));
    }

    #[test]
    fn a_decoded_escape_covers_its_whole_spelling() {
        let mut text = Mapped::verbatim("a", 1);
        text.push_for("\n", Span::new(2, 4));
        text.push("b", 4);
        assert_eq!(text.span(Span::new(1, 2)), Span::new(2, 4));
        assert_eq!(text.span(Span::new(0, 3)), Span::new(1, 5));
    }

    #[test]
    fn a_slice_keeps_its_places() {
        let part = joined().slice(Span::new(5, 9));
        assert_eq!(part.as_str(), "b  c");
        assert_eq!(part.source_span(), Span::new(5, 11));
        assert_eq!(part.offset(1), 8);
    }

    #[test]
    fn pieces_that_touch_are_one() {
        let mut text = Mapped::verbatim("ab", 3);
        text.push("cd", 5);
        assert_eq!(text.segments.len(), 1);
        let mut copy = Mapped::new();
        copy.append_mapped(&joined());
        assert_eq!(copy, joined());
    }

    #[test]
    fn empty_text_has_a_place() {
        let part = joined().slice(Span::new(7, 7));
        assert_eq!(part.source_span(), Span::new(9, 9));
    }
}
