//! The value: between quotes, in a call that hands its argument on, bare, or on the next line.

use std::ops::Range;

use crate::detect::secret::syntax::Syntax;

use super::cursor::{Cursor, Mark, VALUE, first_of};

/// Where a value without quotes ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bare {
    /// At the end of the line or its comment.
    Line,
    /// At white space or what separates words in a shell.
    Word,
    /// At white space or a quote, without the stop of a sentence.
    Told,
    /// At what separates parameters of a URL.
    Parameter,
    /// At what separates fields of a connection string.
    Field,
    /// At what separates entries of a YAML flow.
    Flow,
    /// At the next tag.
    Tag,
    /// At the closing brace.
    Brace,
    /// Where the digits end.
    Digits,
}

/// Methods behind a literal that leave its text as it is.
const SAME_TEXT: &[&str] = &[
    "tochararray",
    "getbytes",
    "to_string",
    "tostring",
    "to_owned",
    "into",
    "encode",
    "as_bytes",
    "as_str",
    "as_ref",
    "trim",
    "strip",
    "utf8",
    "freeze",
    "utf8string",
    "data",
    "bytes",
    "b",
    "tolist",
    "tobytearray",
    "encodetobytearray",
    "getchars",
    "intern",
    "to_vec",
    "clone",
    "to_s",
    "chars",
    "characters",
    "tocharlist",
    "decode",
    "codeunits",
    "cstring",
    "c_str",
];

/// What ends a bare value: comments, and the marks of scanners that ask for no comment around them.
const REMARKS: &[&[u8]] = &[
    b" #",
    b" ;",
    b"\t#",
    b" //",
    b" gitleaks:allow",
    b" betterleaks:allow",
    b" kingfisher:ignore",
    b" trufflehog:ignore",
];

impl Cursor<'_, '_> {
    /// The value that starts here, and whether it stands in quotes.
    pub fn value(&mut self, bare: Option<Bare>) -> Option<(Range<usize>, bool)> {
        let syntax = self.text.syntax();
        self.blanks();
        if syntax == Syntax::Yaml {
            self.yaml_tag();
            if matches!(self.peek(), Some(b'|' | b'>')) {
                return self.block().map(|value| (value, false));
            }
        }
        if self.line_end() {
            return self.on_next_line(bare);
        }
        if matches!(syntax, Syntax::Code | Syntax::Json | Syntax::Yaml) {
            self.bracket();
        }
        if let Some(found) = self.quoted() {
            return found.map(|value| (value, true));
        }
        if syntax == Syntax::Code
            && let Some(found) = self.wrapped().or_else(|| self.otherwise())
        {
            return found.map(|value| (value, true));
        }
        self.bare(bare?).map(|value| (value, false))
    }

    /// `!!str`, `!Ref`, `&anchor` before a scalar.
    fn yaml_tag(&mut self) {
        if self.take(b"!!str") || self.take(b"!!binary") || self.take(b"! ") {
            self.blanks();
        }
    }

    /// `["value"]`, `("value"`, `(char *)"value"`.
    fn bracket(&mut self) {
        let start = self.at;
        if !matches!(self.peek(), Some(b'(' | b'[')) {
            return;
        }
        self.at += 1;
        if !self.line_end() {
            self.blanks();
        }
        if self.starts_literal() {
            return;
        }
        let cast = self.take_while(24, |b| b.is_ascii_alphanumeric() || b"_*: []".contains(&b));
        if !cast.is_empty() && self.take(b")") {
            self.blanks();
            if self.starts_literal() {
                return;
            }
        }
        self.at = start;
    }

    /// True where a literal starts here, behind the letter of its kind or without.
    pub fn starts_literal(&self) -> bool {
        matches!(
            self.rest(2),
            [b'"' | b'\'' | b'`', ..]
                | [
                    b'@' | b'N' | b'L' | b'b' | b'f' | b'r' | b'\\',
                    b'"' | b'\''
                ]
        )
    }

    fn on_next_line(&mut self, bare: Option<Bare>) -> Option<(Range<usize>, bool)> {
        let syntax = self.text.syntax();
        if bare == Some(Bare::Tag) {
            return self.bare(Bare::Tag).map(|value| (value, false));
        }
        let listed = syntax == Syntax::Yaml && (self.take(b"- ") || self.is_indented_plain());
        if syntax == Syntax::Json || syntax == Syntax::Code {
            self.bracket();
        }
        if let Some(found) = self.quoted() {
            let value = found?;
            self.blanks();
            // A key of its own: the name only heads a section.
            return (self.peek() != Some(b':')).then_some((value, true));
        }
        if syntax == Syntax::Code
            && let Some(found) = self.wrapped()
        {
            return found.map(|value| (value, true));
        }
        match bare {
            Some(Bare::Word) => self.bare(Bare::Word).map(|value| (value, false)),
            _ if listed => self.bare(Bare::Line).map(|value| (value, false)),
            _ => None,
        }
    }

    /// True where this line, inside a key's value, is a plain scalar and no key itself.
    fn is_indented_plain(&self) -> bool {
        let indent = self.text.line_before(self.at, VALUE).len();
        let line = self.line(VALUE);
        let above = self
            .text
            .slice(self.at.saturating_sub(VALUE)..self.at - indent);
        let above = above.trim_ascii_end();
        let key_line = above.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let key_indent = key_line.iter().take_while(|b| **b == b' ').count();
        indent > key_indent
            && !line.ends_with(b":")
            && !line.starts_with(b"#")
            && !line.starts_with(b"-")
            && memchr::memmem::find(line, b": ").is_none()
    }

    /// The single line of a YAML block scalar whose `|` or `>` stands here.
    fn block(&mut self) -> Option<Range<usize>> {
        self.at += 1;
        self.take_while(2, |b| b.is_ascii_digit() || b"+-".contains(&b));
        if !self.line_end() {
            return None;
        }
        let indent = self.text.line_before(self.at, VALUE).len();
        let line = self.line(VALUE);
        let end = self.at + line.len();
        let next = self
            .text
            .slice(end..self.text.bytes.len().min(end + indent + 2));
        let next = next.strip_prefix(b"\r").unwrap_or(next);
        let next = next.strip_prefix(b"\n").unwrap_or(next);
        let goes_on = next.len() >= indent && next.iter().take(indent).all(|b| *b == b' ');
        let only = !goes_on || indent == 0;
        (only && line.len() < VALUE).then(|| self.at..self.at + line.trim_ascii_end().len())
    }

    /// A quoted value. `None`: the value is not quoted; `Some(None)`: it is, but is no plain literal.
    pub fn quoted(&mut self) -> Option<Option<Range<usize>>> {
        let start = self.at;
        let code = self.text.syntax() == Syntax::Code;
        self.take_while(3, |b| {
            b"bBuUrRfF@$LN8".contains(&b) || (code && b"#<".contains(&b))
        });
        let Some(mark) = self.mark() else {
            self.at = start;
            return None;
        };
        let triple = mark.escapes == 0
            && mark.sign.len() == 1
            && self.rest(2) == [mark.sign, mark.sign].concat();
        if triple {
            self.at += 2;
            if matches!(self.peek(), Some(b'\n' | b'\r' | b')' | b',' | b';' | b' ')) {
                // Two marks are an empty value, not the start of a triple quote.
                return Some(None);
            }
        }
        let found = self.until(mark);
        if triple {
            self.take(mark.sign);
            self.take(mark.sign);
        }
        Some(found.filter(|_| self.ends_expression(mark)))
    }

    /// False where the literal is only a part of an expression: `"a" + b`, `"a".format(b)`.
    fn ends_expression(&mut self, mark: Mark) -> bool {
        if self.text.syntax() != Syntax::Code || mark.escapes > 0 {
            return true;
        }
        while self.take(b".") || self.take(b"?.") {
            let method = self.take_while(24, |b| b.is_ascii_alphanumeric() || b == b'_');
            let method = method.to_ascii_lowercase();
            if !SAME_TEXT.iter().any(|same| same.as_bytes() == method) {
                // `'a' . $b` in PHP is the same as `"a" + b` elsewhere.
                return false;
            }
            let start = self.at;
            if self.take(b"(") {
                self.take_while(48, |b| !matches!(b, b')' | b'\n'));
                if !self.take(b")") {
                    self.at = start;
                    return true;
                }
            }
        }
        let end = self.at;
        self.blanks();
        let whole = match self.peek() {
            Some(b'[') => end != self.at,
            Some(b'%') => false,
            Some(b'+' | b'.' | b'&') => {
                self.at += 1;
                self.take(b".");
                // Literals only: the first of them stands for the whole.
                if !self.line_end() {
                    self.blanks();
                }
                self.starts_literal()
            }
            _ => true,
        };
        self.at = end;
        whole
    }

    pub fn bare(&mut self, end: Bare) -> Option<Range<usize>> {
        if end == Bare::Tag {
            return self.between_tags();
        }
        let rest = self.rest(VALUE);
        let length = match end {
            Bare::Line => {
                let line = self.line(VALUE);
                let comment = REMARKS
                    .iter()
                    .filter_map(|sign| memchr::memmem::find(line, sign))
                    .min();
                line.get(..comment.unwrap_or(line.len()))?
                    .trim_ascii_end()
                    .len()
            }
            Bare::Word => first_of(rest, b";&|\"'`)<>,"),
            Bare::Told => {
                let word = rest.get(..first_of(rest, b"\"'`<>|"))?;
                let stop = word.iter().rposition(|b| !b",.;:)*".contains(b));
                stop.map_or(0, |last| last + 1)
            }
            Bare::Parameter => first_of(rest, b"&;\"'`)<>#,]}\\"),
            Bare::Field => {
                let line = self.line(VALUE);
                let end = line.iter().position(|b| b";\"'`<\\".contains(b));
                let entity = memchr::memmem::find(line, b"&quot;");
                end.into_iter().chain(entity).min().unwrap_or(line.len())
            }
            Bare::Flow => {
                let line = self.line(VALUE);
                let end = line.iter().position(|b| b",}]".contains(b));
                line.get(..end.unwrap_or(line.len()))?
                    .trim_ascii_end()
                    .len()
            }
            Bare::Brace => first_of(rest, b"}\"'`"),
            Bare::Digits => rest.iter().take_while(|b| b.is_ascii_digit()).count(),
            Bare::Tag => 0,
        };
        self.too_long = length == VALUE;
        (!self.too_long).then_some(self.at..self.at + length)
    }

    /// `value` before the next tag, on this line or alone on one of its own.
    fn between_tags(&mut self) -> Option<Range<usize>> {
        // In a string the line ends of the text are escapes.
        for _ in 0..4 {
            self.take_while(VALUE, |b| b.is_ascii_whitespace());
            let _ = self.take(b"\\n") || self.take(b"\\r");
        }
        let data = self.take(b"<![CDATA[");
        let rest = self.rest(VALUE);
        let end = match data {
            true => memchr::memmem::find(rest, b"]]>"),
            false => memchr::memchr(b'<', rest),
        };
        self.too_long = end.is_none() && rest.len() == VALUE;
        let end = end?;
        let mut value = rest.get(..end)?.trim_ascii_end();
        while let Some(shorter) = value
            .strip_suffix(b"\\n")
            .or_else(|| value.strip_suffix(b"\\r"))
        {
            value = shorter.trim_ascii_end();
        }
        let closed = data || rest.get(end..)?.starts_with(b"</");
        (closed && memchr::memchr(b'\n', value).is_none()).then_some(self.at..self.at + value.len())
    }
}
