//! The inside of one instruction: flags, words, pairs and commands.

use std::cell::RefCell;

use super::expand::{Lookup, read};
use super::heredoc::Marker;
use super::instruction::{Keyword, Pair, Reference, Word};
use super::value::Value;
use crate::model::Span;
use crate::text::Mapped;

/// Blanks between the words of an instruction, as BuildKit splits them.
pub(super) const BLANKS: [char; 5] = [' ', '\t', '\u{b}', '\u{c}', '\r'];

/// Reads pieces of one joined line.
pub(super) struct Inside<'i> {
    pub line: &'i Mapped,
    escape: char,
    lookup: &'i dyn Fn(&str) -> Lookup,
    /// Words whose quotes or variables BuildKit cannot make sense of.
    malformed: RefCell<Vec<Span>>,
    references: RefCell<Vec<Reference>>,
}

impl<'i> Inside<'i> {
    pub fn new(line: &'i Mapped, escape: char, lookup: &'i dyn Fn(&str) -> Lookup) -> Self {
        Self {
            line,
            escape,
            lookup,
            malformed: RefCell::default(),
            references: RefCell::default(),
        }
    }

    /// The malformed words that were met, and the variables, in the order of the text.
    pub fn into_met(self) -> (Vec<Span>, Vec<Reference>) {
        let mut references = self.references.into_inner();
        references.sort_by_key(|reference| reference.span.start);
        (self.malformed.into_inner(), references)
    }

    fn text(&self) -> &'i str {
        self.line.as_str()
    }

    pub fn piece(&self, start: usize, end: usize) -> &'i str {
        self.text().get(start..end).unwrap_or_default()
    }

    /// All from `at` on.
    pub fn rest(&self, at: usize) -> &'i str {
        self.text().get(at..).unwrap_or_default()
    }

    pub fn source(&self, start: usize, end: usize) -> Span {
        self.line.span(Span::from_usize(start, end))
    }

    /// The first place at or after `at` that is not blank.
    pub fn skip_blanks(&self, at: usize) -> usize {
        let rest = self.rest(at);
        at + (rest.len() - rest.trim_start().len())
    }

    /// Where the text ends without trailing blanks, not before `at`.
    pub fn end(&self, at: usize) -> usize {
        self.text().trim_end().len().max(at)
    }

    /// Where the word that starts at `at` ends.
    pub fn word_end(&self, at: usize) -> usize {
        let rest = self.rest(at);
        at + rest.find(char::is_whitespace).unwrap_or(rest.len())
    }

    /// Where a word ends in which quotes group and escapes protect.
    fn quoted_end(&self, start: usize) -> usize {
        let rest = self.rest(start);
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

    /// What a text means once quotes and variables are resolved; `None` where that cannot be.
    pub fn expanded(&self, text: &Mapped) -> Option<Value> {
        let (value, mentions) = read(text.as_str(), self.escape, self.lookup);
        let references = mentions.into_iter().map(|mention| {
            let end = mention.at + mention.name.len();
            Reference {
                span: text.span(Span::from_usize(mention.at, end)),
                name: mention.name,
                is_declared: mention.is_declared,
                is_guarded: mention.is_guarded,
            }
        });
        self.references.borrow_mut().extend(references);
        value
    }

    pub fn word(&self, start: usize, end: usize) -> Word {
        let text = self.line.slice(Span::from_usize(start, end));
        self.word_of(self.piece(start, end), self.source(start, end), &text)
    }

    /// A word that stands at a place and is written as `raw`, given its text without that which
    /// is not for [`Self::expanded`] to resolve.
    pub fn word_of(&self, raw: &str, span: Span, text: &Mapped) -> Word {
        let value = self.expanded(text);
        if value.is_none() {
            self.malformed.borrow_mut().push(span);
        }
        Word {
            raw: raw.to_owned(),
            span,
            value: value.unwrap_or(Value::UNKNOWN),
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
    use crate::parse::dockerfile::flag;

    fn inside<T>(text: &str, read: impl FnOnce(&Inside<'_>) -> T) -> T {
        let line = Mapped::verbatim(text, 0);
        read(&Inside::new(&line, '\\', &|_| Lookup::Unset))
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
        let (flags, rest) = inside(text, |i| flag::read(i, 4));
        let names: Vec<_> = flags.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["mount", "link", "network"]);
        assert_eq!(flags[0].value.as_ref().unwrap().text(), "type=secret,id=a");
        assert!(flags[1].value.is_none());
        assert_eq!(&text[rest..], "curl --fail x");
    }

    #[test]
    fn two_dashes_end_the_flags() {
        let text = "CMD -- --x";
        assert_eq!(&text[inside(text, |i| flag::read(i, 4)).1..], "--x");
    }

    #[test]
    fn flag_values_may_be_quoted() {
        let text = "RUN --mount=type=\"tmpfs\",target='/a b' ls";
        let (flags, rest) = inside(text, |i| flag::read(i, 4));
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
