//! The terms of Erlang and Elixir with spans, as far as lockfiles use them: a flat arena of nodes,
//! built without recursion. A key and its value (`key: value`, `"key" => value`) are two nodes that
//! follow each other. After an error, what was read so far stays.

use super::SyntaxError;
use crate::guard::LIMITS;
use crate::model::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    List,
    Tuple,
    Map,
    Text,
    Atom,
    /// A number.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Erlang,
    Elixir,
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// With quotes or brackets.
    span: Span,
    /// Of a text or an atom: without quotes and colons.
    body: Span,
    first: u32,
    next: u32,
}

/// The terms of a text, one after another.
#[derive(Debug)]
pub struct Terms<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

/// A node of [`Terms`].
#[derive(Clone, Copy, Debug)]
pub struct Term<'x> {
    terms: &'x Terms<'x>,
    index: u32,
}

impl<'t> Terms<'t> {
    /// Reads a text; the error is where reading stopped.
    pub fn parse(text: &'t str, language: Language) -> (Self, Option<SyntaxError>) {
        let mut parser = Parser {
            bytes: text.as_bytes(),
            language,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
            // The first node holds all terms of the text.
            nodes: vec![Node {
                kind: Kind::List,
                span: Span::from_usize(0, text.len()),
                body: Span::default(),
                first: NONE,
                next: NONE,
            }],
            open: vec![Open {
                node: 0,
                last: NONE,
                closes: 0,
            }],
        };
        let outcome = parser.run();
        let at = parser.at.min(text.len());
        let error = outcome.err().map(|message| {
            let rest = &text.as_bytes()[at..];
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len()).min(40);
            SyntaxError {
                span: Span::from_usize(at, at + length),
                message: message.to_owned(),
            }
        });
        let nodes = parser.nodes;
        (Self { text, nodes }, error)
    }

    pub fn all(&self) -> impl Iterator<Item = Term<'_>> {
        let whole = Term {
            terms: self,
            index: 0,
        };
        whole.children()
    }
}

impl<'x> Term<'x> {
    fn node(self) -> Option<&'x Node> {
        self.terms.nodes.get(self.index as usize)
    }

    pub fn kind(self) -> Kind {
        self.node().map_or(Kind::Other, |node| node.kind)
    }

    pub fn span(self) -> Span {
        self.node().map_or_else(Span::default, |node| node.span)
    }

    /// A text or an atom as written, without quotes and colons.
    pub fn word(self) -> &'x str {
        let body = self.node().map_or_else(Span::default, |node| node.body);
        self.terms.text.get(body.range()).unwrap_or("")
    }

    pub fn as_text(self) -> Option<&'x str> {
        (self.kind() == Kind::Text).then(|| self.word())
    }

    pub fn children(self) -> impl Iterator<Item = Term<'x>> {
        let terms = self.terms;
        let mut next = self.node().map_or(NONE, |node| node.first);
        std::iter::from_fn(move || {
            let node = terms.nodes.get(next as usize)?;
            let term = Term { terms, index: next };
            next = node.next;
            Some(term)
        })
    }
}

struct Open {
    node: u32,
    last: u32,
    closes: u8,
}

struct Parser<'t> {
    bytes: &'t [u8],
    language: Language,
    at: usize,
    nodes: Vec<Node>,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), &'static str> {
        loop {
            self.skip_blank();
            let start = self.at;
            let Some(&byte) = self.bytes.get(start) else {
                break;
            };
            let rest = &self.bytes[start..];
            match byte {
                b'[' => self.open(Kind::List, 1, b']')?,
                b'{' => self.open(Kind::Tuple, 1, b'}')?,
                b'%' if rest.starts_with(b"%{") => self.open(Kind::Map, 2, b'}')?,
                b']' | b'}' => {
                    let fits = self.open.last().is_some_and(|open| open.closes == byte);
                    let Some(open) = self.open.pop().filter(|_| fits) else {
                        return Err("the wrong closing bracket");
                    };
                    self.at += 1;
                    if let Some(node) = self.nodes.get_mut(open.node as usize) {
                        node.span = Span::from_usize(node.span.start as usize, self.at);
                    }
                }
                b'<' if rest.starts_with(b"<<\"") => {
                    self.at += 2;
                    let body = self.quoted()?;
                    if !self.bytes[self.at..].starts_with(b">>") {
                        return Err("a text without its closing brackets");
                    }
                    self.at += 2;
                    self.push(Kind::Text, start, body);
                }
                b'"' => {
                    let body = self.quoted()?;
                    // `"key": value`
                    self.at += usize::from(self.bytes.get(self.at) == Some(&b':'));
                    self.push(Kind::Text, start, body);
                }
                b'\'' => {
                    let body = self.quoted()?;
                    self.push(Kind::Atom, start, body);
                }
                b':' if rest.get(1) == Some(&b'"') => {
                    self.at += 1;
                    let body = self.quoted()?;
                    self.push(Kind::Atom, start, body);
                }
                _ => {
                    let lead = usize::from(byte == b':');
                    self.at += lead;
                    self.skip_word();
                    let body = Span::from_usize(start + lead, self.at);
                    if body.is_empty() {
                        self.at = start;
                        return Err("not a term");
                    }
                    // `key: value`
                    self.at += usize::from(self.bytes.get(self.at) == Some(&b':'));
                    let number = byte.is_ascii_digit() || byte == b'-';
                    let kind = if number { Kind::Other } else { Kind::Atom };
                    self.push(kind, start, body);
                }
            }
        }
        match self.open.len() {
            1 => Ok(()),
            _ => Err("the text ends too early"),
        }
    }

    fn push(&mut self, kind: Kind, start: usize, body: Span) -> u32 {
        let index = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        self.nodes.push(Node {
            kind,
            span: Span::from_usize(start, self.at),
            body,
            first: NONE,
            next: NONE,
        });
        if let Some(parent) = self.open.last_mut() {
            let before = std::mem::replace(&mut parent.last, index);
            let (place, first) = match before {
                NONE => (parent.node, true),
                before => (before, false),
            };
            if let Some(node) = self.nodes.get_mut(place as usize) {
                *(if first {
                    &mut node.first
                } else {
                    &mut node.next
                }) = index;
            }
        }
        index
    }

    fn open(&mut self, kind: Kind, length: usize, closes: u8) -> Result<(), &'static str> {
        if self.open.len() >= LIMITS.nesting as usize {
            return Err("nested too deeply");
        }
        let start = self.at;
        self.at += length;
        let node = self.push(kind, start, Span::default());
        self.open.push(Open {
            node,
            last: NONE,
            closes,
        });
        Ok(())
    }

    /// From an opening quote over the closing one; what stands between.
    fn quoted(&mut self) -> Result<Span, &'static str> {
        let quote = self.bytes.get(self.at).copied().unwrap_or(b'"');
        let start = self.at + 1;
        let mut at = start;
        while let Some(&byte) = self.bytes.get(at) {
            if byte == quote {
                self.at = at + 1;
                return Ok(Span::from_usize(start, at));
            }
            at += if byte == b'\\' { 2 } else { 1 };
        }
        Err("a text without its closing quote")
    }

    fn skip_word(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b) if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@' | b'!' | b'?' | b'-') || *b >= 0x80)
        {
            self.at += 1;
        }
    }

    /// White space, comments, and what only separates.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let comment = match self.language {
                Language::Erlang => b'%',
                Language::Elixir => b'#',
            };
            match rest {
                [b' ' | b'\t' | b'\r' | b'\n' | b',' | b'.', ..] => self.at += 1,
                [b'=', b'>', ..] => self.at += 2,
                [first, ..] if *first == comment => {
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Terms in one notation for both languages.
    fn shown(term: Term<'_>) -> String {
        let inner: Vec<String> = term.children().map(shown).collect();
        match term.kind() {
            Kind::List => format!("[{}]", inner.join(" ")),
            Kind::Tuple => format!("({})", inner.join(" ")),
            Kind::Map => format!("{{{}}}", inner.join(" ")),
            Kind::Text => format!("\"{}\"", term.word()),
            Kind::Atom | Kind::Other => term.word().to_owned(),
        }
    }

    fn all(text: &str, language: Language) -> (Vec<String>, Option<String>) {
        let (terms, error) = Terms::parse(text, language);
        let shown = terms.all().map(shown).collect();
        (shown, error.map(|error| error.message))
    }

    #[test]
    fn the_terms_of_both_languages_are_read() {
        let elixir = "%{ # note\n  \"a\": {:hex, :\"b-c\", \"1.0\", [only: :dev, x: true], 12},\n  \"k\" => %{}\n}\n";
        assert_eq!(
            all(elixir, Language::Elixir).0,
            ["{\"a\" (hex b-c \"1.0\" [only dev x true] 12) \"k\" {}}"]
        );
        let erlang = "{\"1.2.0\",\n[{<<\"a\">>,{pkg,<<\"b\">>,<<\"1\">>},0}]}. % note\n['x y'].\n";
        let (terms, error) = all(erlang, Language::Erlang);
        assert_eq!(
            terms,
            ["(\"1.2.0\" [(\"a\" (pkg \"b\" \"1\") 0)])", "[x y]"]
        );
        assert_eq!(error, None);
    }

    #[test]
    fn what_was_read_before_an_error_stays() {
        for (text, message) in [
            ("%{\"a\": {:hex, :a", "the text ends too early"),
            ("%{\"a\": {:hex, \"a", "a text without its closing quote"),
            ("%{\"a\": {:hex]", "the wrong closing bracket"),
            ("%{\"a\": {:hex, <<<<", "not a term"),
        ] {
            let (terms, error) = all(text, Language::Elixir);
            assert!(terms[0].starts_with("{\"a\" (hex"), "{terms:?}");
            assert_eq!(error.as_deref(), Some(message));
        }
    }

    #[test]
    fn depth_is_bounded() {
        let (_, error) = Terms::parse(&"[".repeat(100_000), Language::Erlang);
        assert_eq!(
            error.map(|e| e.message).as_deref(),
            Some("nested too deeply")
        );
    }
}
