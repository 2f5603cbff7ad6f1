//! YAML with spans: a flat arena of nodes, built without recursion. Aliases lead to what they name
//! and merge keys are looked through. After an error, what was read so far stays.

mod mapped;
mod plain;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::SyntaxError;
use crate::guard::LIMITS;
use crate::model::Span;

/// Nodes of one file that are kept.
const MOST_NODES: usize = 2_000_000;
/// Merge keys that are followed one after another.
const MOST_MERGES: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mapping,
    Sequence,
    /// A text, a number, a truth value or nothing at all.
    Scalar,
}

#[derive(Debug)]
struct Node {
    kind: Kind,
    text: Text,
    span: Span,
    /// The first child: of a sequence its items, of a mapping keys and values in turn.
    first: u32,
    /// The next child of the same parent.
    next: u32,
    alias: Option<u32>,
    /// True for `|`: the text stands in the file line by line.
    is_literal: bool,
    /// True for `|` and `>`.
    is_block: bool,
}

const NONE: u32 = u32::MAX;

#[derive(Debug)]
enum Text {
    /// As it stands in the file.
    At(Span),
    Own(String),
}

/// A container that is being read.
#[derive(Clone, Copy, Debug)]
struct Open {
    node: u32,
    /// The child read last.
    last: u32,
}

/// The documents of a file.
#[derive(Debug, Default)]
pub struct Yaml {
    /// The file, where texts are taken from it.
    source: String,
    nodes: Vec<Node>,
    roots: Vec<u32>,
    /// False where reading stopped before the end.
    pub is_complete: bool,
    /// Where and why it stopped.
    pub error: Option<SyntaxError>,
}

/// A node of a [`Yaml`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'y> {
    yaml: &'y Yaml,
    index: u32,
}

impl Yaml {
    /// Reads what a program wrote and people seldom touch: many times faster where the file keeps
    /// to the plain forms, and the same as [`Self::parse`] everywhere else.
    pub fn parse_generated(text: &str) -> Self {
        plain::read(text).unwrap_or_else(|| Self::parse(text))
    }

    pub fn parse(text: &str) -> Self {
        let mut yaml = Self::default();
        let skipped = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let body = text.get(skipped..).unwrap_or_default();
        let places = Places::new(body, skipped);
        let mut anchors: HashMap<usize, u32> = HashMap::new();
        let mut open: Vec<Open> = Vec::new();
        let mut parser = Parser::new_from_str(body);
        let stop = |at: u32, message: String| {
            let rest = text.get(at as usize..).unwrap_or_default();
            let length = rest.find('\n').unwrap_or(rest.len());
            SyntaxError {
                span: Span::from_usize(at as usize, at as usize + length.min(40)),
                message,
            }
        };
        while let Some(next) = parser.next_event() {
            let (event, at) = match next {
                Ok(event) => event,
                Err(error) => {
                    let at = places.byte(error.marker().index());
                    yaml.error = Some(stop(at, format!("not valid YAML: {}", error.info())));
                    break;
                }
            };
            let span = Span::new(places.byte(at.start.index()), places.byte(at.end.index()));
            let (kind, anchor, alias) = match &event {
                Event::StreamEnd => {
                    yaml.is_complete = true;
                    break;
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    let node = open.pop().map(|open| open.node as usize);
                    if let Some(node) = node.and_then(|node| yaml.nodes.get_mut(node)) {
                        node.span.end = node.span.end.max(span.end);
                    }
                    continue;
                }
                Event::Scalar(_, _, anchor, _) => (Kind::Scalar, *anchor, None),
                Event::Alias(anchor) => (Kind::Scalar, 0, anchors.get(anchor).copied()),
                Event::MappingStart(anchor, _) => (Kind::Mapping, *anchor, None),
                Event::SequenceStart(anchor, _) => (Kind::Sequence, *anchor, None),
                _ => continue,
            };
            let (text, style) = match event {
                Event::Scalar(text, style, ..) => (text.into_owned(), style),
                _ => (String::new(), ScalarStyle::Plain),
            };
            let is_literal = style == ScalarStyle::Literal;
            if yaml.nodes.len() >= MOST_NODES || open.len() >= LIMITS.nesting as usize {
                yaml.error = Some(stop(span.start, "larger or deeper than is read".into()));
                break;
            }
            let index = yaml.push(
                open.last_mut(),
                Node {
                    kind,
                    text: Text::Own(text),
                    span,
                    first: NONE,
                    next: NONE,
                    alias,
                    is_literal,
                    is_block: is_literal || style == ScalarStyle::Folded,
                },
            );
            if anchor > 0 {
                anchors.insert(anchor, index);
            }
            if kind != Kind::Scalar {
                open.push(Open {
                    node: index,
                    last: NONE,
                });
            }
        }
        yaml
    }

    /// Adds a node as the last child of its parent, or as a document.
    fn push(&mut self, parent: Option<&mut Open>, node: Node) -> u32 {
        let index = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        self.nodes.push(node);
        match parent {
            None => self.roots.push(index),
            Some(parent) => {
                let before = std::mem::replace(&mut parent.last, index);
                if before == NONE {
                    if let Some(node) = self.nodes.get_mut(parent.node as usize) {
                        node.first = index;
                    }
                } else if let Some(node) = self.nodes.get_mut(before as usize) {
                    node.next = index;
                }
            }
        }
        index
    }

    /// The documents, in order.
    pub fn roots(&self) -> impl Iterator<Item = Value<'_>> {
        self.roots.iter().map(|root| self.value(*root))
    }

    /// The first document.
    pub fn root(&self) -> Option<Value<'_>> {
        self.roots.first().map(|root| self.value(*root))
    }

    fn value(&self, index: u32) -> Value<'_> {
        let alias = self.nodes.get(index as usize).and_then(|node| node.alias);
        Value {
            yaml: self,
            index: alias.unwrap_or(index),
        }
    }
}

impl<'y> Value<'y> {
    fn node(self) -> Option<&'y Node> {
        self.yaml.nodes.get(self.index as usize)
    }

    pub fn kind(self) -> Kind {
        self.node().map_or(Kind::Scalar, |node| node.kind)
    }

    pub fn span(self) -> Span {
        self.node().map_or_else(Span::default, |node| node.span)
    }

    /// The text of a scalar.
    pub fn as_str(self) -> Option<&'y str> {
        let node = self.node().filter(|node| node.kind == Kind::Scalar)?;
        Some(match &node.text {
            Text::Own(text) => text,
            Text::At(span) => self.yaml.source.get(span.range()).unwrap_or(""),
        })
    }

    /// True for a scalar that stands in the file line by line, after a `|`.
    pub fn is_literal(self) -> bool {
        self.node().is_some_and(|node| node.is_literal)
    }

    /// True for a scalar whose text begins on the line after a `|` or `>`.
    fn is_block(self) -> bool {
        self.node().is_some_and(|node| node.is_block)
    }

    /// What stands in a container of this kind.
    fn children(self, kind: Kind) -> impl Iterator<Item = Value<'y>> {
        let yaml = self.yaml;
        let node = self.node().filter(|node| node.kind == kind);
        let mut next = node.map_or(NONE, |node| node.first);
        std::iter::from_fn(move || {
            let node = yaml.nodes.get(next as usize)?;
            let value = yaml.value(next);
            next = node.next;
            Some(value)
        })
    }

    /// The items of a sequence.
    pub fn items(self) -> impl Iterator<Item = Value<'y>> {
        self.children(Kind::Sequence)
    }

    /// Keys and values of a mapping as they stand, merge keys included.
    pub fn entries(self) -> impl Iterator<Item = (Value<'y>, Value<'y>)> {
        let mut children = self.children(Kind::Mapping);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// The value of a key, its own or a merged one.
    pub fn get(self, key: &str) -> Option<Value<'y>> {
        let mut open = vec![self];
        let mut followed = 0;
        while let Some(mapping) = open.pop() {
            let own = |name: &str| {
                let mut entries = mapping.entries();
                entries.find_map(|(k, value)| (k.as_str() == Some(name)).then_some(value))
            };
            if let Some(value) = own(key) {
                return Some(value);
            }
            followed += 1;
            if let Some(merged) = own("<<").filter(|_| followed <= MOST_MERGES) {
                match merged.kind() {
                    Kind::Sequence => open.extend(merged.items()),
                    _ => open.push(merged),
                }
            }
        }
        None
    }

    /// The text of a key's scalar.
    pub fn text(self, key: &str) -> Option<&'y str> {
        self.get(key)?.as_str()
    }
}

/// From characters, which the parser counts, to bytes.
struct Places {
    skipped: usize,
    /// Byte of each character; none where every character is one byte.
    bytes: Option<Vec<u32>>,
    length: usize,
}

impl Places {
    fn new(text: &str, skipped: usize) -> Self {
        let bytes = (!text.is_ascii()).then(|| {
            let starts = text.char_indices().map(|(at, _)| at);
            starts
                .map(|at| u32::try_from(at).unwrap_or(u32::MAX))
                .collect()
        });
        Self {
            skipped,
            bytes,
            length: text.len(),
        }
    }

    fn byte(&self, character: usize) -> u32 {
        let at = match &self.bytes {
            None => character.min(self.length),
            Some(bytes) => bytes.get(character).map_or(self.length, |at| *at as usize),
        };
        u32::try_from(at + self.skipped).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_place() {
        let text = "\u{feff}é: 1\nbuild:\n  context: ./añb  # c\n  args: [A=b, \"C=d\"]\n";
        let yaml = Yaml::parse(text);
        let build = yaml.root().and_then(|r| r.get("build")).expect("a mapping");
        let context = build.get("context").expect("a scalar");
        assert_eq!(&text[context.span().range()], "./añb");
        let args: Vec<_> = build.get("args").expect("a list").items().collect();
        assert_eq!(&text[args[1].span().range()], "\"C=d\"");
        assert_eq!(args[1].as_str(), Some("C=d"));
        assert!(yaml.is_complete);
    }

    #[test]
    fn aliases_and_merge_keys_are_followed() {
        let yaml =
            Yaml::parse("x: &b {context: web, target: t}\ny: *b\nz:\n  <<: [*b]\n  target: u\n");
        let root = yaml.root().expect("a mapping");
        assert_eq!(root.get("y").and_then(|y| y.text("context")), Some("web"));
        let z = root.get("z").expect("z");
        assert_eq!(
            (z.text("context"), z.text("target")),
            (Some("web"), Some("u"))
        );
    }

    #[test]
    fn hostile_texts_end_in_bounded_time() {
        let started = std::time::Instant::now();
        let loops = "a: &a\n  <<: *a\n  b: *a\n";
        let yaml = Yaml::parse(loops);
        let a = yaml.root().and_then(|root| root.get("a"));
        assert!(a.and_then(|a| a.get("none")).is_none());
        for text in [
            "[".repeat(100_000),
            "a: {".repeat(50_000),
            "- ".repeat(100_000),
            "? ".repeat(50_000),
        ] {
            assert!(!Yaml::parse(&text).is_complete);
        }
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for n in 1..40 {
            bomb.push_str(&format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1));
        }
        assert!(Yaml::parse(&bomb).is_complete);
        assert!(started.elapsed().as_secs() < 20);
    }
}
