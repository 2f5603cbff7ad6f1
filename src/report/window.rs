//! Cuts the few lines that a message shows out of a source: clipped to the terminal, neutralised,
//! with positions carried along. Its cost depends on the window, not on the file.

use crate::guard::printable;
use crate::model::{Source, Span};

/// One marked place.
#[derive(Clone, Debug)]
pub struct Mark {
    pub span: Span,
    pub text: String,
    pub primary: bool,
}

/// Some neighbouring lines of one source, ready to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub text: String,
    /// 1-based number of its first line.
    pub first_line: u32,
    /// 1-based line and column of the mark it is named after.
    pub line: u32,
    pub column: u32,
    /// Marks with their bytes in `text`.
    pub marks: Vec<(std::ops::Range<usize>, String, bool)>,
}

/// Lines around a mark that are shown with it.
const CONTEXT: u32 = 1;
/// A mark over more lines shows its first ones.
const TALLEST: u32 = 10;
/// Characters shown to the left of a mark on a clipped line.
const LEAD: usize = 24;
/// Columns that the gutter takes.
const GUTTER: usize = 9;

/// The chunks of one source: marks that are close share one.
pub(super) fn chunks(source: &Source, marks: &[Mark], width: usize) -> Vec<Chunk> {
    let lines = source.lines();
    let last = lines.count();
    let mut marks: Vec<(u32, u32, Mark)> = marks
        .iter()
        .map(|mark| {
            let first = lines.line(mark.span.start);
            let end = lines.line(mark.span.end.saturating_sub(1).max(mark.span.start));
            // Beside the cause, the line where something begins is enough.
            let tallest = if mark.primary { TALLEST } else { 1 };
            let shown = end.min(first + tallest - 1);
            let mut mark = mark.clone();
            if shown < end {
                let until = lines.line_range(shown, &source.bytes).end;
                mark.span.end = u32::try_from(until).unwrap_or(mark.span.end);
            }
            (first, shown, mark)
        })
        .collect();
    marks.sort_by_key(|(first, _, mark)| (*first, mark.span));
    let mut groups: Vec<(u32, u32, Vec<Mark>)> = Vec::new();
    for (first, end, mark) in marks {
        let from = first.saturating_sub(CONTEXT).max(1);
        let to = (end + CONTEXT).min(last);
        match groups.last_mut() {
            Some((_, until, group)) if from <= *until + 1 => {
                *until = to.max(*until);
                group.push(mark);
            }
            _ => groups.push((from, to, vec![mark])),
        }
    }
    groups
        .into_iter()
        .map(|(from, to, group)| chunk(source, from, to, &group, width))
        .collect()
}

fn chunk(source: &Source, from: u32, to: u32, marks: &[Mark], width: usize) -> Chunk {
    let lines = source.lines();
    let named = marks
        .iter()
        .find(|m| m.primary)
        .or_else(|| marks.first())
        .map_or(0, |m| m.span.start);
    let position = source.position(named);
    let mut text = String::new();
    let mut ranges: Vec<Option<std::ops::Range<usize>>> = vec![None; marks.len()];
    for line in from..=to {
        let range = lines.line_range(line, &source.bytes);
        let is_marked = marks.iter().any(|m| m.span.start as usize >= range.start);
        // An empty last line is context for nobody.
        if line == to && range.is_empty() && line != from && !is_marked {
            break;
        }
        if line > from {
            text.push('\n');
        }
        let shown = ShownLine::new(source, range.clone(), marks, width, text.len());
        for (mark, known) in marks.iter().zip(&mut ranges) {
            let (start, end) = (mark.span.start as usize, mark.span.end as usize);
            let touches = start <= range.end && (end > range.start || start >= range.start);
            if !touches {
                continue;
            }
            let start = shown.place(start.clamp(range.start, range.end));
            let end = shown.place(end.clamp(range.start, range.end)).max(start);
            match known {
                None => *known = Some(start..end),
                Some(known) => known.end = end,
            }
        }
        text.push_str(&shown.text);
    }
    let marks = marks
        .iter()
        .zip(ranges)
        .filter_map(|(mark, range)| Some((range?, printable::line(&mark.text), mark.primary)))
        .collect();
    Chunk {
        text,
        first_line: from.saturating_add(source.start.lines),
        line: position.line,
        column: position.column,
        marks,
    }
}

/// One line as it is drawn, with the way back to its bytes.
struct ShownLine {
    text: String,
    /// Bytes of the source and where they went, ascending.
    map: Vec<(usize, usize)>,
}

impl ShownLine {
    fn new(
        source: &Source,
        range: std::ops::Range<usize>,
        marks: &[Mark],
        width: usize,
        base: usize,
    ) -> Self {
        let room = width.saturating_sub(GUTTER).max(40);
        // Four bytes a character are enough to fill the room; a mark near the line's start needs no
        // clipping at its left.
        let focus = marks
            .iter()
            .map(|m| m.span.start as usize)
            .filter(|start| range.contains(start))
            .min();
        let from = match focus {
            Some(focus) if range.len() > room && focus - range.start > LEAD => focus - LEAD,
            _ => range.start,
        };
        let from = boundary(&source.bytes, from, range.start);
        let to = boundary(&source.bytes, range.end.min(from + 4 * room), range.start);
        let mut text = String::new();
        let mut map = Vec::new();
        if from > range.start {
            text.push('…');
        }
        let mut columns = 1;
        let mut at = from;
        let mut clipped = to < range.end;
        let slice = source.bytes.get(from..to).unwrap_or_default();
        'line: for part in slice.utf8_chunks() {
            let valid = part.valid().chars().map(|c| (c, c.len_utf8()));
            let invalid = part
                .invalid()
                .iter()
                .map(|_| (char::REPLACEMENT_CHARACTER, 1));
            for (c, len) in valid.chain(invalid) {
                if columns >= room {
                    clipped = true;
                    break 'line;
                }
                map.push((at, base + text.len()));
                let shown = if c == '\t' {
                    "    ".to_owned()
                } else {
                    printable::line(c.encode_utf8(&mut [0; 4]))
                };
                columns += shown.chars().count();
                text.push_str(&shown);
                at += len;
            }
        }
        map.push((at, base + text.len()));
        if clipped {
            text.push('…');
        }
        Self { text, map }
    }

    /// Where a byte of the source went; what was clipped away is at the nearer end.
    fn place(&self, offset: usize) -> usize {
        let at = self.map.partition_point(|(from, _)| *from <= offset);
        self.map
            .get(at.saturating_sub(1))
            .map_or(0, |(_, shown)| *shown)
    }
}

/// Moves left to a character's first byte, not below `least`.
fn boundary(bytes: &[u8], mut at: usize, least: usize) -> usize {
    while at > least && bytes.get(at).is_some_and(|b| (0x80..0xc0).contains(b)) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, SourceId};

    fn source(text: &str) -> Source {
        Source::new(
            SourceId(0),
            RepoPath::from("f"),
            FileKind::Text,
            text.as_bytes(),
            Origin::Buffer,
        )
    }

    fn mark(start: u32, end: u32) -> Mark {
        Mark {
            span: Span::new(start, end),
            text: String::new(),
            primary: true,
        }
    }

    #[test]
    fn a_mark_keeps_its_text_through_escapes_and_tabs() {
        let chunk = &chunks(&source("a\n\t\u{1b}[0m x=bad\nz"), &[mark(10, 13)], 80)[0];
        let (range, _, _) = &chunk.marks[0];
        assert_eq!(&chunk.text[range.clone()], "bad");
        assert!(!chunk.text.contains('\u{1b}'));
    }

    #[test]
    fn a_long_line_is_clipped_around_its_mark() {
        let text = format!("{}bad{}", "é".repeat(50_000), "y".repeat(50_000));
        let chunk = &chunks(&source(&text), &[mark(100_000, 100_003)], 80)[0];
        let (range, _, _) = &chunk.marks[0];
        assert_eq!(&chunk.text[range.clone()], "bad");
        assert!(chunk.text.chars().count() <= 80);
    }

    #[test]
    fn only_the_cause_is_shown_over_several_lines() {
        let secondary = Mark {
            primary: false,
            ..mark(0, 12)
        };
        let found = chunks(&source("one\ntwo\nthree\nfour\n"), &[secondary], 80);
        assert_eq!(found[0].text, "one\ntwo");
        assert_eq!(found[0].marks[0].0, 0..3);
    }

    #[test]
    fn distant_marks_have_chunks_of_their_own() {
        let text = "x\n".repeat(100);
        let found = chunks(&source(&text), &[mark(0, 1), mark(100, 101)], 80);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].line, 51);
    }

    #[test]
    fn a_mark_at_the_very_end_is_shown() {
        let found = chunks(&source("FROM x\n"), &[mark(7, 7)], 80);
        assert_eq!(found[0].marks.len(), 1);
    }
}
