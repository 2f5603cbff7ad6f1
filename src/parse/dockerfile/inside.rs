//! The inside of one instruction: flags, words, pairs and commands.

use super::expand::{Lookup, expand};
use super::heredoc::Marker;
use super::instruction::{Flag, Keyword, Pair, Word};
use super::value::Value;
use crate::model::Span;
use crate::text::Mapped;

/// Blanks between the words of an instruction, as BuildKit splits them.
const BLANKS: [char; 5] = [' ', '\t', '\u{b}', '\u{c}', '\r'];

/// Reads pieces of one joined line.
pub(super) struct Inside<'i> {
    pub line: &'i Mapped,
    pub escape: char,
    pub lookup: &'i dyn Fn(&str) -> Lookup,
}

impl Inside<'_> {
    fn text(&self) -> &str {
        self.line.as_str()
    }

    fn piece(&self, start: usize, end: usize) -> &str {
        self.text().get(start..end).unwrap_or_default()
    }

    pub fn source(&self, start: usize, end: usize) -> Span {
        self.line.span(Span::from_usize(start, end))
    }

    /// The first place at or after `at` that is not blank.
    pub fn skip_blanks(&self, at: usize) -> usize {
        let rest = self.piece(at, self.text().len());
        at + (rest.len() - rest.trim_start().len())
    }

    /// Where the text ends without trailing blanks, not before `at`.
    pub fn end(&self, at: usize) -> usize {
        self.text().trim_end().len().max(at)
    }

    /// Where the word that starts at `at` ends.
    pub fn word_end(&self, at: usize) -> usize {
        let rest = self.piece(at, self.text().len());
        at + rest.find(char::is_whitespace).unwrap_or(rest.len())
    }

    /// The `--name=value` words at `at`, and where what follows them begins.
    pub fn flags(&self, mut at: usize) -> (Vec<Flag>, usize) {
        let mut flags = Vec::new();
        loop {
            at = self.skip_blanks(at);
            if !self.piece(at, self.text().len()).starts_with("--") {
                return (flags, at);
            }
            let end = self.quoted_end(at);
            let word = self.piece(at, end);
            if word == "--" {
                return (flags, self.skip_blanks(end));
            }
            let name_end = word.find('=').map_or(end, |equals| at + equals);
            let value = (name_end < end).then(|| {
                let raw = self.piece(name_end + 1, end);
                Word {
                    raw: raw.to_owned(),
                    span: self.source(name_end + 1, end),
                    value: expand(raw, self.escape, self.lookup),
                }
            });
            flags.push(Flag {
                name: self.piece(at + 2, name_end).to_owned(),
                span: self.source(at, end),
                value,
            });
            at = end;
        }
    }

    /// Where a word ends in which quotes group and escapes protect.
    fn quoted_end(&self, start: usize) -> usize {
        let rest = self.piece(start, self.text().len());
        let mut quote: Option<char> = None;
        let mut chars = rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match quote {
                None if c.is_whitespace() => return start + at,
                None if c == '\'' || c == '"' => quote = Some(c),
                Some(open) if c == open => quote = None,
                // Nothing is escaped between single quotes.
                _ if c == self.escape && quote != Some('\'') => {
                    chars.next();
                }
                _ => {}
            }
        }
        self.end(start)
    }

    pub fn word(&self, start: usize, end: usize) -> Word {
        let raw = self.piece(start, end);
        Word {
            raw: raw.to_owned(),
            span: self.source(start, end),
            value: expand(raw, self.escape, self.lookup),
        }
    }

    /// A word that is taken as it is, without variables.
    pub fn literal(&self, start: usize, end: usize) -> Word {
        let raw = self.piece(start, end);
        Word {
            raw: raw.to_owned(),
            span: self.source(start, end),
            value: Value::new(raw),
        }
    }

    /// Places of the words between blanks; quotes mean nothing here.
    pub fn plain_words(&self, start: usize) -> Vec<(usize, usize)> {
        let text = self.piece(start, self.end(start));
        let mut words = Vec::new();
        let mut at = 0;
        for piece in text.split(BLANKS) {
            if !piece.is_empty() {
                words.push((start + at, start + at + piece.len()));
            }
            at += piece.len() + 1;
        }
        words
    }

    /// Places of the words where quotes group.
    fn quoted_words(&self, start: usize) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        let mut at = self.skip_blanks(start);
        while at < self.end(start) {
            let end = self.quoted_end(at).max(at + 1);
            words.push((at, end));
            at = self.skip_blanks(end);
        }
        words
    }

    /// `name=value ...`, or the old `name value` for ENV and LABEL; ARG may leave the value out.
    pub fn pairs(&self, start: usize, keyword: Keyword) -> Result<Vec<Pair>, (Span, String)> {
        let words = self.quoted_words(start);
        let Some(first) = words.first() else {
            return Err((
                self.source(start, start),
                format!("{} needs a name and a value", keyword.name()),
            ));
        };
        let is_arg = keyword == Keyword::Arg;
        if !is_arg && !self.piece(first.0, first.1).contains('=') {
            return self.old_pair(start, keyword).map(|pair| vec![pair]);
        }
        let mut pairs = Vec::with_capacity(words.len());
        for (at, end) in words {
            let word = self.piece(at, end);
            let span = self.source(at, end);
            match word.find('=') {
                Some(0) => {
                    return Err((span, format!("{} needs a name before =", keyword.name())));
                }
                Some(equals) => pairs.push(Pair {
                    name: self.word(at, at + equals),
                    value: Some(self.word(at + equals + 1, end)),
                    span,
                }),
                None if is_arg => pairs.push(Pair {
                    name: self.word(at, end),
                    value: None,
                    span,
                }),
                None => {
                    return Err((
                        span,
                        format!("{} expects name=value in each word", keyword.name()),
                    ));
                }
            }
        }
        Ok(pairs)
    }

    fn old_pair(&self, start: usize, keyword: Keyword) -> Result<Pair, (Span, String)> {
        let start = self.skip_blanks(start);
        let name_end = self.word_end(start);
        let value_at = self.skip_blanks(name_end);
        let end = self.end(start);
        if value_at >= end {
            return Err((
                self.source(start, end),
                format!("{} needs a name and a value", keyword.name()),
            ));
        }
        Ok(Pair {
            name: self.word(start, name_end),
            value: Some(self.word(value_at, end)),
            span: self.source(start, end),
        })
    }

    /// The words of COPY and ADD that name files: all but here-document markers.
    pub fn file_words(&self, start: usize, markers: &[Marker]) -> Vec<Word> {
        self.plain_words(start)
            .into_iter()
            .filter(|(at, end)| {
                let span = Span::from_usize(*at, *end);
                !markers.iter().any(|marker| marker.span.overlaps(span))
            })
            .map(|(at, end)| self.word(at, end))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside<T>(text: &str, read: impl FnOnce(&Inside<'_>) -> T) -> T {
        read(&Inside {
            line: &Mapped::verbatim(text, 0),
            escape: '\\',
            lookup: &|_| Lookup::Unset,
        })
    }

    fn pairs(text: &str) -> Vec<(String, Option<String>)> {
        inside(text, |i| i.pairs(4, Keyword::of(&text[..3])))
            .unwrap()
            .into_iter()
            .map(|p| {
                let value = p.value.map(|v| v.text().to_owned());
                (p.name.text().to_owned(), value)
            })
            .collect()
    }

    #[test]
    fn flags_end_at_the_first_other_word() {
        let text = "RUN --mount=type=secret,id=a --link  --network=none curl --fail x";
        let (flags, rest) = inside(text, |i| i.flags(4));
        let names: Vec<_> = flags.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["mount", "link", "network"]);
        assert_eq!(flags[0].value.as_ref().unwrap().text(), "type=secret,id=a");
        assert!(flags[1].value.is_none());
        assert_eq!(&text[rest..], "curl --fail x");
    }

    #[test]
    fn two_dashes_end_the_flags() {
        let text = "CMD -- --x";
        assert_eq!(&text[inside(text, |i| i.flags(4)).1..], "--x");
    }

    #[test]
    fn flag_values_may_be_quoted() {
        let text = "RUN --mount=type=\"tmpfs\",target='/a b' ls";
        let (flags, rest) = inside(text, |i| i.flags(4));
        assert_eq!(
            flags[0].value.as_ref().unwrap().text(),
            "type=tmpfs,target=/a b"
        );
        assert_eq!(&text[rest..], "ls");
    }

    #[test]
    fn pairs_come_in_both_forms() {
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(
            pairs("ENV a=1 b=\"x y\" c=x\\ y d='a\\'"),
            [
                ("a".into(), some("1")),
                ("b".into(), some("x y")),
                ("c".into(), some("x y")),
                ("d".into(), some("a\\")),
            ]
        );
        assert_eq!(
            pairs("ENV name some value"),
            [("name".into(), some("some value"))]
        );
        assert_eq!(
            pairs("ARG a b=2 c="),
            [
                ("a".into(), None),
                ("b".into(), some("2")),
                ("c".into(), some(""))
            ]
        );
    }

    #[test]
    fn a_pair_without_its_half_is_an_error() {
        for text in ["ENV", "ENV name", "ENV a=1 b", "ENV =1", "ARG =1"] {
            let keyword = Keyword::of(&text[..3]);
            assert!(inside(text, |i| i.pairs(3, keyword)).is_err(), "{text}");
        }
    }
}
