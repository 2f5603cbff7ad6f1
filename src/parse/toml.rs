//! TOML with spans, read statement by statement: a bad line costs itself, never the file.
//!
//! It accepts what lockfiles and manifests hold and does not judge the rest (numbers and dates are
//! kept as text). Nesting is bounded by a depth budget.

use std::borrow::Cow;

use super::SyntaxError;
use crate::model::Span;

/// Levels of arrays and inline tables; no lockfile needs more than four.
const DEPTH: u32 = 64;

/// One statement of a document.
#[derive(Debug)]
pub enum Statement<'t> {
    /// `[a.b]`, or `[[a.b]]` where `array` is true.
    Table {
        path: Vec<Cow<'t, str>>,
        array: bool,
        span: Span,
    },
    Entry(Entry<'t>),
}

/// `key = value`; a dotted key has several parts.
#[derive(Debug)]
pub struct Entry<'t> {
    pub key: Vec<Cow<'t, str>>,
    pub key_span: Span,
    pub value: Value<'t>,
    pub span: Span,
}

impl Entry<'_> {
    /// True for a key of this one part.
    pub fn is(&self, name: &str) -> bool {
        matches!(&self.key[..], [only] if only == name)
    }
}

#[derive(Debug)]
pub enum Value<'t> {
    Text(Cow<'t, str>),
    Bool(bool),
    /// A number or a date, as written.
    Other(&'t str),
    Array(Vec<Value<'t>>),
    Table(Vec<Entry<'t>>),
}

impl<'t> Value<'t> {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text that outlives the value; it is copied only where it has escapes.
    pub fn to_text(&self) -> Option<Cow<'t, str>> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub fn items(&self) -> &[Value<'t>] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The value of a key of an inline table.
    pub fn get(&self, name: &str) -> Option<&Value<'t>> {
        match self {
            Self::Table(entries) => entries.iter().find(|e| e.is(name)).map(|e| &e.value),
            _ => None,
        }
    }

    pub fn entries(&self) -> &[Entry<'t>] {
        match self {
            Self::Table(entries) => entries,
            _ => &[],
        }
    }
}

/// The place of a value's text within the document that it was read from; `None` for a text with
/// escapes, which stands there otherwise.
pub fn place(document: &str, value: &str) -> Option<Span> {
    let start = (value.as_ptr() as usize).checked_sub(document.as_ptr() as usize)?;
    let end = start.checked_add(value.len())?;
    (end <= document.len()).then(|| Span::from_usize(start, end))
}

/// The statements of a document, in order.
#[derive(Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    errors: Vec<SyntaxError>,
}

type Failure = (usize, &'static str);

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
            errors: Vec::new(),
        }
    }

    /// What could not be read so far.
    pub fn into_errors(self) -> Vec<SyntaxError> {
        self.errors
    }

    /// The next statement; bad ones are noted and passed over.
    pub fn next_statement(&mut self) -> Option<Statement<'t>> {
        loop {
            self.skip_blank();
            if self.at >= self.text.len() {
                return None;
            }
            let start = self.at;
            match self.statement() {
                Ok(statement) => return Some(statement),
                Err((at, message)) => {
                    let line_end = self.line_end(at.max(start));
                    self.errors.push(SyntaxError {
                        span: Span::from_usize(start, line_end.max(start)),
                        message: message.to_owned(),
                    });
                    self.at = line_end;
                    if self.errors.len() >= MAX_ERRORS {
                        return None;
                    }
                }
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is = self.byte() == Some(byte);
        self.at += usize::from(is);
        is
    }

    fn line_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let from = from.min(bytes.len());
        memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |at| from + at)
    }

    fn skip_spaces(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Spaces, line ends and comments.
    fn skip_blank(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'#') => self.at = self.line_end(self.at),
                _ => return,
            }
        }
    }

    fn statement(&mut self) -> Result<Statement<'t>, Failure> {
        let start = self.at;
        if self.eat(b'[') {
            let array = self.eat(b'[');
            let path = self.key()?;
            let closed = self.eat(b']') && (!array || self.eat(b']'));
            if !closed {
                return Err((self.at, "a table header without its closing bracket"));
            }
            let span = Span::from_usize(start, self.at);
            self.end_of_statement()?;
            return Ok(Statement::Table { path, array, span });
        }
        let entry = self.entry(DEPTH)?;
        self.end_of_statement()?;
        Ok(Statement::Entry(entry))
    }

    fn end_of_statement(&mut self) -> Result<(), Failure> {
        self.skip_spaces();
        match self.byte() {
            None | Some(b'\n' | b'#') => Ok(()),
            Some(_) => Err((self.at, "something follows where the line should end")),
        }
    }

    fn entry(&mut self, depth: u32) -> Result<Entry<'t>, Failure> {
        let start = self.at;
        let key = self.key()?;
        let key_end = self.text[start..self.at].trim_end().len() + start;
        if !self.eat(b'=') {
            return Err((self.at, "a key without `=`"));
        }
        self.skip_spaces();
        let value = self.value(depth)?;
        Ok(Entry {
            key,
            key_span: Span::from_usize(start, key_end),
            value,
            span: Span::from_usize(start, self.at),
        })
    }

    /// A possibly dotted key, with the white space around it.
    fn key(&mut self) -> Result<Vec<Cow<'t, str>>, Failure> {
        let mut parts = Vec::with_capacity(1);
        loop {
            self.skip_spaces();
            parts.push(match self.byte() {
                Some(quote @ (b'"' | b'\'')) => self.string(quote)?,
                _ => {
                    let start = self.at;
                    while matches!(self.byte(), Some(b) if b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                    {
                        self.at += 1;
                    }
                    if start == self.at {
                        return Err((self.at, "a key is missing"));
                    }
                    Cow::Borrowed(&self.text[start..self.at])
                }
            });
            self.skip_spaces();
            if !self.eat(b'.') {
                return Ok(parts);
            }
        }
    }

    fn value(&mut self, depth: u32) -> Result<Value<'t>, Failure> {
        if depth == 0 {
            return Err((self.at, "nested too deeply"));
        }
        match self.byte() {
            Some(quote @ (b'"' | b'\'')) => self.string(quote).map(Value::Text),
            Some(b'[') => self.array(depth),
            Some(b'{') => self.inline_table(depth),
            _ => {
                let start = self.at;
                while matches!(self.byte(), Some(b) if !matches!(b, b',' | b']' | b'}' | b'#' | b'\n'))
                {
                    self.at += 1;
                }
                match self.text[start..self.at].trim() {
                    "" => Err((start, "a value is missing")),
                    "true" => Ok(Value::Bool(true)),
                    "false" => Ok(Value::Bool(false)),
                    other => Ok(Value::Other(other)),
                }
            }
        }
    }

    fn array(&mut self, depth: u32) -> Result<Value<'t>, Failure> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip_blank();
            if self.eat(b']') {
                return Ok(Value::Array(items));
            }
            items.push(self.value(depth - 1)?);
            self.skip_blank();
            if !self.eat(b',') && self.byte() != Some(b']') {
                return Err((self.at, "an array without its closing bracket"));
            }
        }
    }

    fn inline_table(&mut self, depth: u32) -> Result<Value<'t>, Failure> {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.skip_blank();
            if self.eat(b'}') {
                return Ok(Value::Table(entries));
            }
            entries.push(self.entry(depth - 1)?);
            self.skip_blank();
            if !self.eat(b',') && self.byte() != Some(b'}') {
                return Err((self.at, "an inline table without its closing brace"));
            }
        }
    }

    /// Any of the four kinds of string; escapes are resolved.
    fn string(&mut self, quote: u8) -> Result<Cow<'t, str>, Failure> {
        let bytes = self.text.as_bytes();
        let long = bytes[self.at..].starts_with(&[quote; 3]);
        let open = self.at;
        let start = open + if long { 3 } else { 1 };
        let mut at = start;
        let mut escaped = false;
        loop {
            match bytes.get(at) {
                None => return Err((open, "a string without its closing quote")),
                Some(b'\n') if !long => return Err((open, "a string without its closing quote")),
                Some(b'\\') if quote == b'"' => {
                    escaped = true;
                    at += 2;
                }
                Some(byte) if *byte == quote && !long => break,
                Some(byte) if *byte == quote && bytes[at..].starts_with(&[quote; 3]) => break,
                Some(_) => {
                    let next = memchr::memchr3(quote, b'\\', b'\n', &bytes[at + 1..]);
                    at = next.map_or(bytes.len(), |next| at + 1 + next);
                }
            }
        }
        self.at = at + if long { 3 } else { 1 };
        // An escape may have jumped over the end of the text or into a character.
        let Some(body) = self.text.get(start..at) else {
            return Err((open, "a string without its closing quote"));
        };
        Ok(if escaped {
            Cow::Owned(unescape(body))
        } else {
            Cow::Borrowed(body)
        })
    }
}

/// More errors than this say nothing new about a file.
const MAX_ERRORS: usize = 100;

fn unescape(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut letters = after.chars();
        let escape = letters.next();
        rest = letters.as_str();
        match escape {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some(kind @ ('u' | 'U')) => {
                let digits = if kind == 'u' { 4 } else { 8 };
                let code = rest.get(..digits);
                let made = code.and_then(|hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?));
                out.push(made.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = code.map_or("", |hex| &rest[hex.len()..]);
            }
            Some('\n') => rest = rest.trim_start(),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> (Vec<(String, String)>, usize) {
        let mut reader = Reader::new(text);
        let mut found = Vec::new();
        while let Some(statement) = reader.next_statement() {
            if let Statement::Entry(entry) = statement {
                found.push((entry.key.join("."), format!("{:?}", entry.value)));
            }
        }
        (found, reader.into_errors().len())
    }

    #[test]
    fn every_kind_of_value_is_read_with_its_span() {
        let text = "a.\"b c\" = 'x\\y' # note\nt = { k = [1, true,\n  \"\\u00e9\"], }\n";
        let mut reader = Reader::new(text);
        let Some(Statement::Entry(first)) = reader.next_statement() else {
            panic!("an entry");
        };
        assert_eq!(first.key, ["a", "b c"]);
        assert_eq!(first.value.as_str(), Some("x\\y"));
        assert_eq!(&text[first.span.range()], "a.\"b c\" = 'x\\y'");
        let Some(Statement::Entry(second)) = reader.next_statement() else {
            panic!("an entry");
        };
        let items = second.value.get("k").unwrap().items();
        assert_eq!(items.len(), 3);
        assert_eq!(items[2].as_str(), Some("é"));
        assert!(reader.next_statement().is_none());
        assert!(reader.into_errors().is_empty());
    }

    #[test]
    fn long_strings_span_lines_and_close_at_their_three_quotes() {
        let (found, errors) = entries("a = \"\"\"\none \"two\"\n\"\"\"\nb = '''x'''\n");
        assert_eq!(errors, 0);
        assert_eq!(found[0].1, "Text(\"\\none \\\"two\\\"\\n\")");
        assert_eq!(found[1].0, "b");
    }

    #[test]
    fn a_bad_line_costs_itself_only() {
        let (found, errors) = entries("a = 1\nb = \"open\n<<<<<<< ours\nc = 3\n[x\nd = 4\n");
        let names: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(names, ["a", "c", "d"]);
        assert_eq!(errors, 3);
    }

    #[test]
    fn a_text_knows_its_place() {
        let text = "a = [\"b\", 'c', \"\\u0064\"]";
        let mut reader = Reader::new(text);
        let Some(Statement::Entry(entry)) = reader.next_statement() else {
            panic!("an entry");
        };
        let places: Vec<_> = entry
            .value
            .items()
            .iter()
            .map(|item| place(text, item.as_str().unwrap()).map(|span| &text[span.range()]))
            .collect();
        assert_eq!(places, [Some("b"), Some("c"), None]);
    }

    #[test]
    fn depth_is_bounded() {
        let (found, errors) = entries(&format!("a = {}\nb = 1\n", "[".repeat(100_000)));
        assert_eq!(found.len(), 1);
        assert_eq!(errors, 1);
    }
}
