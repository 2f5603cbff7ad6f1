//! YAML with spans: a flat arena of nodes, built without recursion. Aliases lead to what they name
//! and merge keys are looked through. After an error, what was read so far stays.

mod mapped;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use crate::guard::LIMITS;
use crate::model::Span;

/// Nodes of one file that are kept.
const MOST_NODES: usize = 500_000;
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
    text: String,
    span: Span,
    /// Of a sequence its items, of a mapping keys and values in turn.
    items: Vec<u32>,
    alias: Option<u32>,
    /// True for `|`: the text stands in the file line by line.
    is_literal: bool,
    /// True for `|` and `>`.
    is_block: bool,
}

/// The documents of a file.
#[derive(Debug, Default)]
pub struct Yaml {
    nodes: Vec<Node>,
    roots: Vec<u32>,
    /// False where reading stopped before the end.
    pub is_complete: bool,
}

/// A node of a [`Yaml`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'y> {
    yaml: &'y Yaml,
    index: u32,
}

impl Yaml {
    pub fn parse(text: &str) -> Self {
        let mut yaml = Self::default();
        let skipped = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let body = text.get(skipped..).unwrap_or_default();
        let places = Places::new(body, skipped);
        let mut anchors: HashMap<usize, u32> = HashMap::new();
        let mut open: Vec<u32> = Vec::new();
        let mut parser = Parser::new_from_str(body);
        while let Some(Ok((event, at))) = parser.next_event() {
            let span = Span::new(places.byte(at.start.index()), places.byte(at.end.index()));
            let (kind, anchor, alias) = match &event {
                Event::StreamEnd => {
                    yaml.is_complete = true;
                    break;
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    if let Some(node) = open.pop().and_then(|n| yaml.nodes.get_mut(n as usize)) {
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
            let index = u32::try_from(yaml.nodes.len()).unwrap_or(u32::MAX);
            if yaml.nodes.len() >= MOST_NODES || open.len() >= LIMITS.nesting as usize {
                break;
            }
            yaml.nodes.push(Node {
                kind,
                text,
                span,
                items: Vec::new(),
                alias,
                is_literal,
                is_block: is_literal || style == ScalarStyle::Folded,
            });
            if anchor > 0 {
                anchors.insert(anchor, index);
            }
            match open.last().and_then(|n| yaml.nodes.get_mut(*n as usize)) {
                Some(parent) => parent.items.push(index),
                None => yaml.roots.push(index),
            }
            if kind != Kind::Scalar {
                open.push(index);
            }
        }
        yaml
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
        let node = self.node()?;
        (node.kind == Kind::Scalar).then_some(node.text.as_str())
    }

    /// True for a scalar that stands in the file line by line, after a `|`.
    pub fn is_literal(self) -> bool {
        self.node().is_some_and(|node| node.is_literal)
    }

    /// True for a scalar whose text begins on the line after a `|` or `>`.
    fn is_block(self) -> bool {
        self.node().is_some_and(|node| node.is_block)
    }

    /// The items of a sequence.
    pub fn items(self) -> impl Iterator<Item = Value<'y>> {
        let node = self.node().filter(|node| node.kind == Kind::Sequence);
        let items = node.map_or(&[][..], |node| &node.items);
        items.iter().map(move |item| self.yaml.value(*item))
    }

    /// Keys and values of a mapping as they stand, merge keys included.
    pub fn entries(self) -> impl Iterator<Item = (Value<'y>, Value<'y>)> {
        let node = self.node().filter(|node| node.kind == Kind::Mapping);
        let items = node.map_or(&[][..], |node| &node.items);
        items.chunks_exact(2).filter_map(move |pair| match pair {
            [key, value] => Some((self.yaml.value(*key), self.yaml.value(*value))),
            _ => None,
        })
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
