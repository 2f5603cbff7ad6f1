//! XML with spans: a flat arena of elements, built without recursion. No entity is expanded but
//! those of characters, and nothing outside of the text is looked at. After an error, what was read
//! so far stays; an element that does not end has no text, because that may be half of one.
//!
//! The text is what its bytes were transcribed to (see `Source`), whatever encoding it declares:
//! names of packages and versions are the same characters in all of them.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::Error;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::SyntaxError;
use crate::guard::LIMITS;
use crate::model::Span;

const NONE: u32 = u32::MAX;
/// More errors than this say nothing new about a file.
const MAX_ERRORS: usize = 100;

#[derive(Clone, Copy, Debug)]
struct Node {
    /// `<name a="b">` with its brackets.
    tag: Span,
    /// From the beginning of the start tag to the end of the end tag.
    span: Span,
    /// Between the tags.
    body: Span,
    closed: bool,
    first: u32,
    next: u32,
}

/// A parsed text.
#[derive(Debug)]
pub struct Xml<'t> {
    text: &'t str,
    nodes: Vec<Node>,
}

/// An element of an [`Xml`].
#[derive(Clone, Copy, Debug)]
pub struct Element<'x> {
    xml: &'x Xml<'x>,
    index: u32,
}

impl<'t> Xml<'t> {
    /// Reads a text.
    pub fn parse(text: &'t str) -> (Self, Vec<SyntaxError>) {
        let mut parser = Parser {
            text,
            nodes: Vec::with_capacity(text.len() / 48),
            open: Vec::new(),
            errors: Vec::new(),
        };
        let end = parser.run();
        if !parser.open.is_empty() {
            parser.fail(end, "the text ends inside of an element");
            parser.close_above(0, Span::from_usize(end, end), false);
        }
        if parser.nodes.is_empty() && parser.errors.is_empty() {
            parser.fail(0, "no element");
        }
        let Parser { nodes, errors, .. } = parser;
        (Self { text, nodes }, errors)
    }

    /// The first element that stands in no other.
    pub fn root(&self) -> Option<Element<'_>> {
        (!self.nodes.is_empty()).then_some(Element {
            xml: self,
            index: 0,
        })
    }
}

impl<'x> Element<'x> {
    fn node(self) -> Option<&'x Node> {
        self.xml.nodes.get(self.index as usize)
    }

    fn slice(self, span: Span) -> &'x str {
        self.xml.text.get(span.range()).unwrap_or("")
    }

    /// The whole element.
    pub fn span(self) -> Span {
        self.node().map_or_else(Span::default, |node| node.span)
    }

    pub fn tag_span(self) -> Span {
        self.node().map_or_else(Span::default, |node| node.tag)
    }

    /// What stands in the start tag between its brackets.
    fn tag(self) -> &'x str {
        let tag = self.slice(self.tag_span());
        let tag = tag.strip_prefix('<').unwrap_or(tag);
        let tag = tag.strip_suffix('>').unwrap_or(tag);
        tag.strip_suffix('/').unwrap_or(tag)
    }

    /// The name without its prefix.
    pub fn name(self) -> &'x str {
        local(qualified(self.tag()))
    }

    pub fn children(self) -> impl Iterator<Item = Element<'x>> {
        let xml = self.xml;
        let mut next = self.node().map_or(NONE, |node| node.first);
        std::iter::from_fn(move || {
            let node = xml.nodes.get(next as usize)?;
            let element = Element { xml, index: next };
            next = node.next;
            Some(element)
        })
    }

    /// The children of this name.
    pub fn all(self, name: &str) -> impl Iterator<Item = Element<'x>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first child of this name.
    pub fn child(self, name: &str) -> Option<Element<'x>> {
        self.all(name).next()
    }

    /// The text of an element that holds nothing else, without white space around it; `None` where
    /// the element does not end.
    pub fn text(self) -> Option<Cow<'x, str>> {
        let node = self.node().filter(|node| node.closed)?;
        let body = self.slice(node.body);
        if memchr::memchr2(b'<', b'&', body.as_bytes()).is_none() {
            return Some(Cow::Borrowed(body.trim()));
        }
        if node.first != NONE {
            return None;
        }
        let mut text = String::new();
        let mut reader = reader(body);
        loop {
            match reader.read_event() {
                Ok(Event::Text(piece)) => text.push_str(&piece),
                Ok(Event::CData(piece)) => text.push_str(&piece),
                Ok(Event::GeneralRef(name)) => push_reference(&name, &mut text),
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        Some(Cow::Owned(text.trim().to_owned()))
    }

    /// The text of the first child of this name.
    pub fn text_of(self, name: &str) -> Option<Cow<'x, str>> {
        self.child(name)?.text()
    }

    /// The value of an attribute, by its name without a prefix.
    pub fn attribute(self, name: &str) -> Option<Cow<'x, str>> {
        let tag = self.tag();
        let mut attributes = Attributes::new(tag, qualified(tag).len());
        let attributes = attributes.with_checks(false).flatten();
        let found = attributes.filter(|a| local(a.key.into_inner()) == name);
        let value = found.map(|attribute| attribute.value).next()?;
        let value = match value {
            Cow::Borrowed(value) => quick_xml::escape::unescape(value).unwrap_or(value.into()),
            Cow::Owned(value) => Cow::Owned(value),
        };
        Some(match value {
            Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
            Cow::Owned(value) => Cow::Owned(value.trim().to_owned()),
        })
    }
}

/// The name that a tag begins with.
fn qualified(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/');
    tag.get(..end.unwrap_or(tag.len())).unwrap_or(tag)
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// A character; what the document defines itself stays as written.
fn push_reference(name: &quick_xml::events::BytesRef<'_>, text: &mut String) {
    match (
        name.resolve_char_ref(),
        quick_xml::escape::resolve_xml_entity(name),
    ) {
        (Ok(Some(character)), _) => text.push(character),
        (_, Some(known)) => text.push_str(known),
        _ => {
            text.push('&');
            text.push_str(name);
            text.push(';');
        }
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    // End tags are held against the open elements here, so that one wrong tag is no end of all.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

struct Open {
    node: u32,
    /// The child read last.
    last: u32,
}

struct Parser<'t> {
    text: &'t str,
    nodes: Vec<Node>,
    open: Vec<Open>,
    errors: Vec<SyntaxError>,
}

impl Parser<'_> {
    /// Reads until the end or the first thing that is no XML; returns where that is.
    fn run(&mut self) -> usize {
        let base = if self.text.starts_with('\u{feff}') {
            3
        } else {
            0
        };
        let text = self.text.get(base..).unwrap_or("");
        let mut reader = reader(text);
        loop {
            let start = base + position(reader.buffer_position());
            let event = reader.read_event();
            let end = base + position(reader.buffer_position());
            let tag = Span::from_usize(start, end);
            match event {
                Ok(Event::Start(_)) => {
                    if self.open.len() >= LIMITS.nesting as usize {
                        self.fail(start, "nested too deeply");
                        return start;
                    }
                    let node = self.push(tag, false);
                    self.open.push(Open { node, last: NONE });
                }
                Ok(Event::Empty(_)) => {
                    self.push(tag, true);
                }
                Ok(Event::End(name)) => {
                    self.end(local(name.name().into_inner()), tag);
                    if self.errors.len() >= MAX_ERRORS {
                        return end;
                    }
                }
                Ok(Event::Eof) => return end,
                Ok(_) => {}
                Err(error) => {
                    let at = base + position(reader.error_position());
                    self.fail(at, message(&error));
                    return at;
                }
            }
        }
    }

    fn push(&mut self, tag: Span, closed: bool) -> u32 {
        let index = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let end = tag.end as usize;
        self.nodes.push(Node {
            tag,
            span: tag,
            body: Span::from_usize(end, end),
            closed,
            first: NONE,
            next: NONE,
        });
        if let Some(parent) = self.open.last_mut() {
            let before = std::mem::replace(&mut parent.last, index);
            let place = if before == NONE { parent.node } else { before };
            if let Some(node) = self.nodes.get_mut(place as usize) {
                if before == NONE {
                    node.first = index;
                } else {
                    node.next = index;
                }
            }
        }
        index
    }

    /// Ends the innermost open element of this name, and with it those inside of it.
    fn end(&mut self, name: &str, tag: Span) {
        let is_it = |open: &Open| {
            let node = self.nodes.get(open.node as usize);
            let start = node.and_then(|node| self.text.get(node.tag.range()));
            let start = start
                .unwrap_or("")
                .trim_start_matches('<')
                .trim_end_matches('>');
            local(qualified(start)) == name
        };
        let Some(level) = self.open.iter().rposition(is_it) else {
            self.fail(tag.start as usize, "an end tag of no element");
            return;
        };
        if level + 1 < self.open.len() {
            self.fail(
                tag.start as usize,
                "an element inside of this one does not end",
            );
            self.close_above(level + 1, tag, false);
        }
        self.close_above(level, tag, true);
    }

    /// Ends the open elements from a level on: at the end tag of theirs, or before another's.
    fn close_above(&mut self, level: usize, tag: Span, closed: bool) {
        for open in self.open.drain(level.min(self.open.len())..) {
            if let Some(node) = self.nodes.get_mut(open.node as usize) {
                let end = if closed { tag.end } else { tag.start };
                node.body.end = tag.start.max(node.body.start);
                node.span.end = end.max(node.span.end);
                node.closed = closed;
            }
        }
    }

    fn fail(&mut self, at: usize, message: &str) {
        if self.errors.len() >= MAX_ERRORS {
            return;
        }
        let at = at.min(self.text.len());
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len()).min(40);
        self.errors.push(SyntaxError {
            span: Span::from_usize(at, at + length),
            message: message.to_owned(),
        });
    }
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn message(error: &Error) -> &'static str {
    match error {
        Error::Syntax(_) => "a tag, comment or declaration that does not end",
        _ => "not well-formed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_names_texts_attributes_and_spans() {
        let text = "\u{feff}<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!DOCTYPE p [<!ENTITY x \"y\">]>\n<m:p a = 'x &amp; y' ns:b=\"2\">\n  <v> 1.<!-- c -->2&#46;<![CDATA[3&]]>&x; </v>\n  <w/>\n</m:p>\n";
        let (xml, errors) = Xml::parse(text);
        assert_eq!(errors, []);
        let root = xml.root().unwrap();
        assert_eq!(root.name(), "p");
        assert_eq!(root.attribute("a").as_deref(), Some("x & y"));
        assert_eq!(root.attribute("b").as_deref(), Some("2"));
        assert_eq!(root.text(), None);
        let value = root.child("v").unwrap();
        assert_eq!(value.text().as_deref(), Some("1.2.3&&x;"));
        assert!(text[value.span().range()].starts_with("<v> 1."));
        assert!(text[value.span().range()].ends_with("</v>"));
        assert_eq!(root.text_of("w").as_deref(), Some(""));
        assert_eq!(root.children().count(), 2);
    }

    #[test]
    fn what_was_read_before_an_error_stays() {
        let (xml, errors) = Xml::parse("<a><b>1</b><c>2");
        assert_eq!(errors[0].message, "the text ends inside of an element");
        let root = xml.root().unwrap();
        assert_eq!(root.text_of("b").as_deref(), Some("1"));
        assert_eq!(root.text_of("c"), None, "perhaps half of a text");

        let (xml, errors) = Xml::parse("<a><b>1</x></b><c><d>2</c><e>3</e></a>");
        let messages: Vec<_> = errors.iter().map(|e| e.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "an end tag of no element",
                "an element inside of this one does not end"
            ]
        );
        let root = xml.root().unwrap();
        let names: Vec<_> = root.children().map(Element::name).collect();
        assert_eq!(names, ["b", "c", "e"]);
        assert_eq!(root.text_of("e").as_deref(), Some("3"));

        let (xml, errors) = Xml::parse("<a><b>1</b><c x=\"</a>");
        assert_eq!(
            errors[0].message,
            "a tag, comment or declaration that does not end"
        );
        assert_eq!(xml.root().unwrap().children().count(), 1);
    }

    #[test]
    fn what_has_no_element_is_no_document() {
        for text in [
            "",
            "this is no XML",
            "<?xml version=\"1.0\"?>",
            "<!-- x -->",
        ] {
            let (xml, errors) = Xml::parse(text);
            assert!(xml.root().is_none());
            assert_eq!(errors[0].message, "no element", "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let text = "<a>".repeat(100_000);
        let (xml, errors) = Xml::parse(&text);
        assert_eq!(errors[0].message, "nested too deeply");
        assert!(xml.root().is_some());
    }

    #[test]
    fn every_beginning_of_a_text_is_read_without_a_panic() {
        let text = "<a é='ü'><b>&#233;é&</b><!--x--><![CDATA[y]]><?p i?></a>";
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let (xml, _) = Xml::parse(&text[..end]);
            for child in xml.root().into_iter().flat_map(Element::children) {
                let _ = (child.text(), child.attribute("x"));
            }
        }
    }
}
