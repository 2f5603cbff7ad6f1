//! Physical lines to logical ones: continuations joined, comments inside them dropped.

use crate::model::Span;
use crate::text::Mapped;

/// One instruction's text, as BuildKit joins it before it looks inside.
#[derive(Debug)]
pub(super) struct LogicalLine {
    pub text: Mapped,
    /// From the first byte of the instruction to the end of its last physical line.
    pub span: Span,
}

/// Walks over a Dockerfile's lines.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
    escape: char,
    end: u8,
    /// The comments between the logical lines read so far.
    pub comments: Vec<Comment>,
    /// The empty lines inside of them, each with its line end.
    pub empty_continuations: Vec<Span>,
}

/// A line that begins with `#` between two instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// After the `#`, without blanks around it.
    pub text: String,
    /// From the `#` to the end of the text.
    pub span: Span,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str, at: usize, escape: char) -> Self {
        // A carriage return is a blank to BuildKit. Only where no line feed stands at all does it
        // end lines, so that such a file can be read.
        let end = match memchr::memchr(b'\n', text.as_bytes()) {
            Some(_) => b'\n',
            None => b'\r',
        };
        Self {
            text,
            at,
            escape,
            end,
            comments: Vec::new(),
            empty_continuations: Vec::new(),
        }
    }

    /// The next physical line without its end, and where it starts.
    pub fn physical(&mut self) -> Option<(usize, &'t str)> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let (line, length) = match memchr::memchr(self.end, rest.as_bytes()) {
            Some(end) => (&rest[..end], end + 1),
            None => (rest, rest.len()),
        };
        self.at = start + length;
        Some((start, line.trim_end_matches('\r')))
    }

    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes back (or on) to where a physical line starts.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// The next line with something in it, with all that continues it.
    pub fn logical(&mut self) -> Option<LogicalLine> {
        loop {
            let (start, line) = self.physical()?;
            let trimmed = line.trim_start();
            if let Some(comment) = trimmed.strip_prefix('#') {
                let at = start + (line.len() - trimmed.len());
                self.comments.push(Comment {
                    text: comment.trim().to_owned(),
                    span: Span::from_usize(at, at + trimmed.trim_end().len()),
                });
            }
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let start = start + (line.len() - trimmed.len());
            let mut text = Mapped::new();
            let (kept, mut continues) = self.cut_continuation(trimmed);
            push(&mut text, kept, start);
            let mut end = start + kept.len();
            while continues {
                let Some((start, line)) = self.physical() else {
                    break;
                };
                let trimmed = line.trim_start();
                if trimmed.is_empty() {
                    let line = Span::from_usize(start, self.at);
                    self.empty_continuations.push(line);
                }
                if trimmed.is_empty() || trimmed.starts_with('#') {
                    continue;
                }
                let (kept, more) = self.cut_continuation(line);
                push(&mut text, kept, start);
                end = start + kept.len();
                continues = more;
            }
            return Some(LogicalLine {
                text,
                span: Span::from_usize(start, end),
            });
        }
    }

    /// Cuts an escape character that ends the line, blanks after it included. A doubled one is
    /// text, unless it is all there is.
    fn cut_continuation<'l>(&self, line: &'l str) -> (&'l str, bool) {
        let body = line.trim_end_matches([' ', '\t']);
        match body.strip_suffix(self.escape) {
            Some(kept) if !kept.ends_with(self.escape) => (kept, true),
            _ => (line, false),
        }
    }
}

fn push(text: &mut Mapped, piece: &str, at: usize) {
    text.push(piece, u32::try_from(at).unwrap_or(u32::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        lines_with(text, '\\')
    }

    fn lines_with(text: &str, escape: char) -> Vec<String> {
        let mut lines = Lines::new(text, 0, escape);
        std::iter::from_fn(|| lines.logical())
            .map(|line| line.text.as_str().to_owned())
            .collect()
    }

    #[test]
    fn comments_and_blank_lines_inside_a_continuation_are_dropped() {
        assert_eq!(
            lines("RUN a && \\\n  # why\n\n\t#more \\\n  b\nUSER x\n"),
            ["RUN a &&   b", "USER x"]
        );
    }

    #[test]
    fn blanks_after_the_escape_do_not_stop_it() {
        assert_eq!(lines("RUN a \\ \t\nb"), ["RUN a b"]);
    }

    #[test]
    fn a_doubled_escape_is_text() {
        assert_eq!(lines("RUN a \\\\\nUSER b"), ["RUN a \\\\", "USER b"]);
    }

    #[test]
    fn a_line_of_an_escape_alone_continues() {
        assert_eq!(lines("RUN a \\\n\\\n b"), ["RUN a  b"]);
    }

    #[test]
    fn the_file_may_end_inside_a_continuation() {
        assert_eq!(lines("RUN a \\"), ["RUN a "]);
        assert_eq!(lines("RUN a \\\n"), ["RUN a "]);
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        for end in ["\n", "\r\n", "\r", "\r\r\n"] {
            let text = format!("RUN a \\{end} b{end}USER c{end}");
            assert_eq!(lines(&text), ["RUN a  b", "USER c"], "{end:?}");
        }
    }

    #[test]
    fn a_carriage_return_inside_a_line_is_a_blank() {
        assert_eq!(lines("RUN a\rb\nUSER c"), ["RUN a\rb", "USER c"]);
    }

    #[test]
    fn a_backtick_escapes_where_it_was_chosen() {
        assert_eq!(
            lines_with("COPY a c:\\\nRUN dir `\n /s", '`'),
            ["COPY a c:\\", "RUN dir  /s"]
        );
    }

    #[test]
    fn a_comment_that_ends_in_an_escape_does_not_continue() {
        assert_eq!(lines("# note \\\nUSER a"), ["USER a"]);
    }

    #[test]
    fn comments_and_empty_continuations_are_kept_apart() {
        let text = "  # one\nRUN a \\\n# inside\n\n  b\n#two \n";
        let mut lines = Lines::new(text, 0, '\\');
        while lines.logical().is_some() {}
        let comments: Vec<_> = lines.comments.iter().map(|c| c.text.as_str()).collect();
        assert_eq!(comments, ["one", "two"]);
        assert_eq!(&text[lines.comments[1].span.range()], "#two");
        let at = text.find("\n\n").unwrap() + 1;
        assert_eq!(lines.empty_continuations, [Span::from_usize(at, at + 1)]);
    }

    #[test]
    fn joined_bytes_map_back_over_comments() {
        let text = "RUN a \\\n# c\n  bcd\n";
        let line = Lines::new(text, 0, '\\').logical().unwrap();
        let at = line.text.as_str().find("bcd").unwrap() as u32;
        let span = line.text.span(Span::new(at, at + 3));
        assert_eq!(&text[span.range()], "bcd");
        assert_eq!(line.span, Span::from_usize(0, text.len() - 1));
    }
}
