//! JSON with spans: a flat arena of nodes, built without recursion. Comments and trailing commas
//! are accepted, because some lockfiles have them. After an error, what was read so far stays.

use std::borrow::Cow;

use super::SyntaxError;
use crate::guard::LIMITS;
use crate::model::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    Text,
    Number,
    Bool(bool),
    Null,
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    /// With quotes or brackets.
    span: Span,
    /// The member's key with its quotes; empty for what is no member.
    key: Span,
    first: u32,
    next: u32,
}

/// A parsed text.
#[derive(Debug)]
pub struct Json<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

/// A node of a [`Json`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'j> {
    json: &'j Json<'j>,
    index: u32,
}

impl<'t> Json<'t> {
    /// Reads a text; the error is where reading stopped.
    pub fn parse(text: &'t str) -> (Self, Option<SyntaxError>) {
        let mut parser = Parser {
            text,
            bytes: text.as_bytes(),
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
            nodes: Vec::with_capacity(text.len() / 24),
            open: Vec::new(),
        };
        let outcome = parser.run();
        // Containers that were open when reading stopped end where it stopped.
        let end = parser.at;
        while let Some(open) = parser.open.pop() {
            parser.close(open, end);
        }
        let error = outcome.err().map(|message| {
            let at = end.min(text.len());
            let line_end =
                memchr::memchr(b'\n', &parser.bytes[at..]).map_or(text.len(), |n| at + n);
            SyntaxError {
                span: Span::from_usize(at, line_end.min(at + 40)),
                message: message.to_owned(),
            }
        });
        let nodes = parser.nodes;
        (Self { text, nodes }, error)
    }

    pub fn root(&self) -> Option<Value<'_>> {
        (!self.nodes.is_empty()).then_some(Value {
            json: self,
            index: 0,
        })
    }
}

impl<'j> Value<'j> {
    fn node(self) -> Option<&'j Node> {
        self.json.nodes.get(self.index as usize)
    }

    pub fn kind(self) -> Kind {
        self.node().map_or(Kind::Null, |node| node.kind)
    }

    pub fn span(self) -> Span {
        self.node().map_or_else(Span::default, |node| node.span)
    }

    /// The key of this member with its quotes; empty where it is no member.
    pub fn key_span(self) -> Span {
        self.node().map_or_else(Span::default, |node| node.key)
    }

    /// The key of this member.
    pub fn key(self) -> Cow<'j, str> {
        unquote(self.json.text.get(self.key_span().range()).unwrap_or(""))
    }

    pub fn as_str(self) -> Option<Cow<'j, str>> {
        (self.kind() == Kind::Text)
            .then(|| unquote(self.json.text.get(self.span().range()).unwrap_or("")))
    }

    /// The text of a member.
    pub fn text(self, name: &str) -> Option<Cow<'j, str>> {
        self.get(name)?.as_str()
    }

    pub fn is_true(self) -> bool {
        self.kind() == Kind::Bool(true)
    }

    /// The members of an object or the items of an array.
    pub fn children(self) -> impl Iterator<Item = Value<'j>> {
        let json = self.json;
        let mut next = self.node().map_or(NONE, |node| node.first);
        std::iter::from_fn(move || {
            let node = json.nodes.get(next as usize)?;
            let value = Value { json, index: next };
            next = node.next;
            Some(value)
        })
    }

    /// A member of an object. Of duplicates, the last counts, as in every JSON reader.
    pub fn get(self, name: &str) -> Option<Value<'j>> {
        if self.kind() != Kind::Object {
            return None;
        }
        self.children().filter(|member| member.key() == name).last()
    }
}

#[derive(Clone, Copy)]
struct Open {
    node: u32,
    /// The child read last.
    last: u32,
    object: bool,
}

struct Parser<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
    open: Vec<Open>,
}

type Failure = &'static str;

impl Parser<'_> {
    fn run(&mut self) -> Result<(), Failure> {
        self.value(Span::default())?;
        while let Some(open) = self.open.last().copied() {
            if self.ends(open)? {
                self.open.pop();
                self.close(open, self.at);
                continue;
            }
            let parent = self.open.len() - 1;
            let key = if open.object {
                self.key()?
            } else {
                Span::default()
            };
            let child = u32::try_from(self.nodes.len()).unwrap_or(NONE);
            self.value(key)?;
            self.link(parent, child);
        }
        self.skip_blank();
        if self.at < self.bytes.len() {
            return Err("something follows where the text should end");
        }
        Ok(())
    }

    /// Makes a node the last child of an open container.
    fn link(&mut self, parent: usize, child: u32) {
        let Some(parent) = self.open.get_mut(parent) else {
            return;
        };
        let before = std::mem::replace(&mut parent.last, child);
        if before == NONE {
            if let Some(node) = self.nodes.get_mut(parent.node as usize) {
                node.first = child;
            }
        } else if let Some(node) = self.nodes.get_mut(before as usize) {
            node.next = child;
        }
    }

    fn close(&mut self, open: Open, end: usize) {
        if let Some(node) = self.nodes.get_mut(open.node as usize) {
            node.span = Span::from_usize(node.span.start as usize, end);
        }
    }

    /// Moves to the next child of a container; true where the container ends instead.
    fn ends(&mut self, open: Open) -> Result<bool, Failure> {
        self.skip_blank();
        if open.last != NONE {
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}' | b']') => {}
                Some(_) => return Err("a comma is missing"),
                None => return Err("the text ends too early"),
            }
            self.skip_blank();
        }
        match (self.bytes.get(self.at), open.object) {
            (Some(b'}'), true) | (Some(b']'), false) => {
                self.at += 1;
                Ok(true)
            }
            (Some(b'}' | b']'), _) => Err("the wrong closing bracket"),
            (Some(_), _) => Ok(false),
            (None, _) => Err("the text ends too early"),
        }
    }

    fn key(&mut self) -> Result<Span, Failure> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err("a key is missing");
        }
        let key = self.string()?;
        self.skip_blank();
        if self.bytes.get(self.at) != Some(&b':') {
            return Err("a colon is missing");
        }
        self.at += 1;
        Ok(key)
    }

    /// Reads a scalar, or opens a container.
    fn value(&mut self, key: Span) -> Result<(), Failure> {
        self.skip_blank();
        let start = self.at;
        let kind = match self.bytes.get(start) {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => {
                self.string()?;
                Kind::Text
            }
            Some(b'-' | b'0'..=b'9') => {
                self.skip_word();
                Kind::Number
            }
            Some(_) => {
                self.skip_word();
                match &self.bytes[start..self.at] {
                    b"true" => Kind::Bool(true),
                    b"false" => Kind::Bool(false),
                    b"null" => Kind::Null,
                    _ => {
                        self.at = start;
                        return Err("a value is missing");
                    }
                }
            }
            None => return Err("the text ends too early"),
        };
        let index = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let container = matches!(kind, Kind::Object | Kind::Array);
        if container {
            if self.open.len() >= LIMITS.nesting as usize {
                return Err("nested too deeply");
            }
            self.at += 1;
            self.open.push(Open {
                node: index,
                last: NONE,
                object: kind == Kind::Object,
            });
        }
        self.nodes.push(Node {
            kind,
            span: Span::from_usize(start, self.at),
            key,
            first: NONE,
            next: NONE,
        });
        Ok(())
    }

    fn string(&mut self) -> Result<Span, Failure> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            match memchr::memchr3(b'"', b'\\', b'\n', &self.bytes[at.min(self.bytes.len())..]) {
                Some(offset) => {
                    at += offset;
                    match self.bytes[at] {
                        b'"' => {
                            self.at = at + 1;
                            return Ok(Span::from_usize(start, at + 1));
                        }
                        b'\\' => at += 2,
                        _ => return Err("a string without its closing quote"),
                    }
                }
                None => return Err("a string without its closing quote"),
            }
        }
    }

    fn skip_word(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b) if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
        {
            self.at += 1;
        }
    }

    fn skip_blank(&mut self) {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'/') => {
                    let rest = &self.text.as_bytes()[self.at..];
                    let end = match rest.get(1) {
                        Some(b'/') => memchr::memchr(b'\n', rest),
                        Some(b'*') => memchr::memmem::find(rest, b"*/").map(|at| at + 2),
                        _ => return,
                    };
                    self.at += end.unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }
}

/// The text between the quotes, with escapes resolved.
fn unquote(quoted: &str) -> Cow<'_, str> {
    let body = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(quoted);
    if !body.contains('\\') {
        return Cow::Borrowed(body);
    }
    // Surrogate pairs and all: the library knows the rules of escapes.
    serde_json::from_str(quoted).map_or(Cow::Borrowed(body), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_have_keys_values_and_spans() {
        let text = r#"{"a": {"b": [1, "x\ty", true,]}, /* c */ "d": null}"#;
        let (json, error) = Json::parse(text);
        assert_eq!(error, None);
        let root = json.root().unwrap();
        let list = root.get("a").unwrap().get("b").unwrap();
        assert_eq!(list.children().count(), 3);
        assert_eq!(
            list.children().nth(1).unwrap().as_str().as_deref(),
            Some("x\ty")
        );
        assert_eq!(&text[list.span().range()], r#"[1, "x\ty", true,]"#);
        assert_eq!(&text[root.get("d").unwrap().key_span().range()], "\"d\"");
        assert_eq!(root.get("d").unwrap().kind(), Kind::Null);
    }

    #[test]
    fn what_was_read_before_an_error_stays() {
        let (json, error) = Json::parse(r#"{"a": {"b": 1, "c": [2, {"d": 3}, x"#);
        assert!(error.is_some());
        let a = json.root().unwrap().get("a").unwrap();
        assert!(a.get("b").is_some());
        assert_eq!(a.get("c").unwrap().children().count(), 2);
    }

    #[test]
    fn depth_is_bounded_and_costs_no_stack() {
        for open in ["[", "{\"a\":"] {
            let text = open.repeat(100_000);
            let (json, error) = Json::parse(&text);
            assert_eq!(error.unwrap().message, "nested too deeply");
            assert!(json.root().is_some());
        }
    }

    #[test]
    fn every_beginning_of_a_text_is_read_without_a_panic() {
        let text = r#"{"a": [1, {"b": "\u00e9é\\"}, -2.5e3], "c": {"d": [[]]}} // end"#;
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let (json, _) = Json::parse(&text[..end]);
            let _ = json.root().map(|root| root.get("a").map(Value::span));
        }
    }
}
