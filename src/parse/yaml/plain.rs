//! The plain part of YAML in which package managers write their lockfiles: mappings and lists by
//! indentation, scalars on one line, `{a: b}` and `[a, b]` without anything nested, and blocks of
//! text. At the first thing beyond that the whole file is left to the general reader.

use super::{Kind, MOST_NODES, NONE, Node, Open, Text, Yaml};
use crate::guard::LIMITS;
use crate::model::Span;

/// Reads a text; `None` where it goes beyond the plain forms.
pub(super) fn read(text: &str) -> Option<Yaml> {
    let mut reader = Reader {
        text,
        yaml: Yaml::default(),
        open: Vec::new(),
        waits: None,
        has_root: false,
        is_announced: false,
    };
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    while at < text.len() {
        at = reader.line(at)?;
    }
    reader.end_document(text.len());
    let mut yaml = reader.yaml;
    yaml.source = text.to_owned();
    yaml.is_complete = true;
    Some(yaml)
}

struct Reader<'t> {
    text: &'t str,
    yaml: Yaml,
    /// Containers from the outermost on, with their indentation.
    open: Vec<(Open, usize)>,
    /// Where the value belongs that a key on its own waits for.
    waits: Option<usize>,
    /// The document that is being read has something in it.
    has_root: bool,
    /// A line begins the document that is being read.
    is_announced: bool,
}

/// A part of a line with its place.
#[derive(Clone, Copy)]
struct Part<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Part<'t> {
    fn from(self, by: usize) -> Self {
        let text = self.text.get(by..).unwrap_or("");
        let trimmed = text.trim_start_matches(' ');
        Self {
            text: trimmed,
            at: self.at + by + text.len() - trimmed.len(),
        }
    }

    /// The first bytes of the part.
    fn take(self, length: usize) -> Self {
        Self {
            text: self.text.get(..length).unwrap_or(self.text),
            at: self.at,
        }
    }

    fn span(self) -> Span {
        Span::from_usize(self.at, self.at + self.text.len())
    }
}

/// What no scalar without quotes begins with.
const INDICATORS: &[char] = &[
    '&', '*', '!', '|', '>', '%', '@', '`', '[', ']', '{', '}', '"', '\'', ',', '#',
];

impl<'t> Reader<'t> {
    /// Reads the line that begins here; where the next one begins.
    fn line(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let next = at + (end + 1).min(rest.len());
        let line = rest.get(..end)?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if memchr::memchr2(b'\t', b'\r', line.as_bytes()).is_some() {
            return None;
        }
        let part = Part {
            text: line.trim_end_matches(' '),
            at,
        };
        let part = part.from(0);
        let indent = part.at - at;
        if part.text.is_empty() || part.text.starts_with('#') {
            return Some(next);
        }
        if indent == 0 && part.text == "---" {
            if self.is_announced || self.has_root {
                self.end_document(at);
            }
            self.is_announced = true;
            return Some(next);
        }
        if indent == 0 && (part.text.starts_with("---") || part.text.starts_with("...")) {
            return None;
        }
        let is_item = part.text.starts_with("- ");
        self.descend(indent, is_item, part.at)?;
        if is_item {
            self.value(part.from(2), None)?;
            return Some(next);
        }
        let (key, length) = key(part)?;
        self.scalar(key);
        let value = part.from(length);
        if value.text.is_empty() || value.text.starts_with('#') {
            self.waits = Some(value.at);
            return Some(next);
        }
        if value.text.starts_with(['|', '>']) {
            return self.block(value, indent, next);
        }
        self.value(value, None)?;
        Some(next)
    }

    /// Closes and opens containers until a line of this indentation has its place.
    fn descend(&mut self, indent: usize, is_item: bool, at: usize) -> Option<()> {
        let kind = if is_item {
            Kind::Sequence
        } else {
            Kind::Mapping
        };
        let parent = self.open.last().map(|(_, indent)| *indent);
        let opens = match (self.waits, parent) {
            // A list may stand as far left as the key that it belongs to.
            (Some(_), Some(parent)) => indent > parent || (is_item && indent == parent),
            (None, None) => !self.has_root,
            _ => false,
        };
        if opens {
            self.waits = None;
            self.has_root = true;
            return self.open(kind, at, indent);
        }
        self.settle();
        while let Some((open, found)) = self.open.last().copied() {
            let is_list = self.yaml.nodes.get(open.node as usize)?.kind == Kind::Sequence;
            if found == indent && is_list == is_item {
                return Some(());
            }
            if found < indent || (found == indent && !is_list) {
                return None;
            }
            self.close();
        }
        None
    }

    fn open(&mut self, kind: Kind, at: usize, indent: usize) -> Option<()> {
        if self.open.len() >= LIMITS.nesting as usize || self.yaml.nodes.len() >= MOST_NODES {
            return None;
        }
        let span = Span::from_usize(at, at);
        let node = self.push(kind, Text::At(span), span);
        self.open.push((Open { node, last: NONE }, indent));
        Some(())
    }

    fn close(&mut self) {
        let Some((open, _)) = self.open.pop() else {
            return;
        };
        let last = self.yaml.nodes.get(open.last as usize);
        let end = last.map(|node| node.span.end);
        if let Some(node) = self.yaml.nodes.get_mut(open.node as usize) {
            node.span.end = node.span.end.max(end.unwrap_or(0));
        }
    }

    /// Gives a key that waits for a value an empty one.
    fn settle(&mut self) {
        if let Some(at) = self.waits.take() {
            let span = Span::from_usize(at, at);
            self.push(Kind::Scalar, Text::At(span), span);
        }
    }

    fn end_document(&mut self, at: usize) {
        self.settle();
        while !self.open.is_empty() {
            self.close();
        }
        if self.is_announced && !self.has_root {
            let span = Span::from_usize(at, at);
            self.push(Kind::Scalar, Text::At(span), span);
        }
        self.has_root = false;
        self.is_announced = false;
    }

    fn push(&mut self, kind: Kind, text: Text, span: Span) -> u32 {
        let node = Node {
            kind,
            text,
            span,
            first: NONE,
            next: NONE,
            alias: None,
            is_literal: false,
            is_block: false,
        };
        self.yaml
            .push(self.open.last_mut().map(|(open, _)| open), node)
    }

    fn scalar(&mut self, scalar: Scalar) {
        self.push(Kind::Scalar, scalar.text, scalar.span);
    }

    /// A value that ends on its line; in a flow collection before its end.
    fn value(&mut self, part: Part<'t>, flow: Option<char>) -> Option<usize> {
        let length = match part.text.as_bytes().first()? {
            b'{' | b'[' if flow.is_none() => self.collection(part)?,
            b'"' | b'\'' => {
                let (scalar, length) = quoted(part)?;
                self.scalar(scalar);
                length
            }
            _ => {
                let length = match flow {
                    Some(close) => part.text.find([',', close])?,
                    None => part.text.len(),
                };
                let text = part.text.get(..length)?.trim_end_matches(' ');
                let scalar = plain(part.take(text.len()))?;
                if flow.is_some() && text.contains(['{', '}', '[', ']']) {
                    return None;
                }
                self.scalar(scalar);
                length
            }
        };
        let after = part.from(length).text;
        (flow.is_some() || after.is_empty()).then_some(length)
    }

    /// `{a: b, c: d}` or `[a, b]`.
    fn collection(&mut self, part: Part<'t>) -> Option<usize> {
        let is_mapping = part.text.starts_with('{');
        let (kind, close) = if is_mapping {
            (Kind::Mapping, '}')
        } else {
            (Kind::Sequence, ']')
        };
        self.open(kind, part.at, usize::MAX)?;
        let mut rest = part.from(1);
        if !rest.text.starts_with(close) {
            loop {
                if is_mapping {
                    let (key, length) = key(rest)?;
                    if self
                        .text
                        .get(key.span.range())?
                        .contains([',', '{', '}', '[', ']'])
                        && matches!(key.text, Text::At(_))
                        && !rest.text.starts_with(['"', '\''])
                    {
                        return None;
                    }
                    self.scalar(key);
                    rest = rest.from(length);
                }
                let length = self.value(rest, Some(close))?;
                rest = rest.from(length);
                if rest.text.starts_with(close) {
                    break;
                }
                rest = rest.text.starts_with(',').then(|| rest.from(1))?;
            }
        }
        let (open, _) = self.open.pop()?;
        let end = rest.at + 1;
        self.yaml.nodes.get_mut(open.node as usize)?.span = Span::from_usize(part.at, end);
        Some(end - part.at)
    }

    /// A text after `|` or `>`, up to the first line that is not indented below its key; where the
    /// line after it begins.
    fn block(&mut self, header: Part<'t>, indent: usize, mut at: usize) -> Option<usize> {
        let (is_literal, ends) = match header.text {
            "|" => (true, "\n"),
            "|-" => (true, ""),
            ">" => (false, "\n"),
            ">-" => (false, ""),
            _ => return None,
        };
        let start = at;
        let mut text = String::new();
        let mut own: Option<usize> = None;
        let mut end = header.at + header.text.len();
        let mut has_gap = false;
        while let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) {
            let line_end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            let line = rest.get(..line_end)?;
            let line = line.strip_suffix('\r').unwrap_or(line);
            let body = line.trim_start_matches(' ');
            let depth = line.len() - body.len();
            if body.is_empty() {
                has_gap = true;
            } else if depth <= indent {
                break;
            } else {
                // Empty lines and deeper ones in between have rules of their own.
                if has_gap || own.is_some_and(|own| own != depth) || body.starts_with('\t') {
                    return None;
                }
                if own.replace(depth).is_some() {
                    text.push(if is_literal { '\n' } else { ' ' });
                }
                text.push_str(body);
                end = at + line.len();
            }
            at += (line_end + 1).min(rest.len());
        }
        own?;
        text.push_str(ends);
        let span = Span::from_usize(start.min(end), end);
        let node = self.push(Kind::Scalar, Text::Own(text), span);
        let node = self.yaml.nodes.get_mut(node as usize)?;
        node.is_literal = is_literal;
        node.is_block = true;
        Some(at)
    }
}

struct Scalar {
    text: Text,
    span: Span,
}

/// The key at the beginning, and its length with the colon.
fn key(part: Part<'_>) -> Option<(Scalar, usize)> {
    let (scalar, length) = if part.text.starts_with(['"', '\'']) {
        quoted(part)?
    } else {
        let bytes = part.text.as_bytes();
        let ends = |at: &usize| matches!(bytes.get(at + 1), None | Some(b' '));
        let length = memchr::memchr_iter(b':', bytes).find(ends)?;
        (plain(part.take(length))?, length)
    };
    let after = part.text.get(length..)?;
    (after == ":" || after.starts_with(": ")).then_some((scalar, length + 1))
}

fn plain(part: Part<'_>) -> Option<Scalar> {
    let text = part.text;
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    let begins = matches!(first, b'-' | b'?' | b':') && matches!(bytes.get(1), None | Some(b' '));
    let is_plain = !begins
        && !text.starts_with(INDICATORS)
        && !text.ends_with([':', ' '])
        && !memchr::memchr_iter(b':', bytes).any(|at| bytes.get(at + 1) == Some(&b' '))
        && !memchr::memchr_iter(b'#', bytes).any(|at| at > 0 && bytes[at - 1] == b' ');
    is_plain.then(|| Scalar {
        text: Text::At(part.span()),
        span: part.span(),
    })
}

/// A text in quotes that end on the same line, and its length with them.
fn quoted(part: Part<'_>) -> Option<(Scalar, usize)> {
    let bytes = part.text.as_bytes();
    let quote = *bytes.first()?;
    let mut at = 1;
    let mut has_escapes = false;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => {
                has_escapes = true;
                at += 2;
            }
            found if found == quote => {
                if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
                    has_escapes = true;
                    at += 2;
                } else {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    let span = part.take(at + 1).span();
    let inner = part.text.get(1..at)?;
    let text = if !has_escapes {
        Text::At(Span::new(span.start + 1, span.end - 1))
    } else if quote == b'\'' {
        Text::Own(inner.replace("''", "'"))
    } else {
        // What JSON can escape means the same in both.
        Text::Own(serde_json::from_str(part.text.get(..=at)?).ok()?)
    };
    Some((Scalar { text, span }, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::yaml::Value;

    /// The whole tree in one line, with the places of scalars.
    fn shape(value: Value<'_>) -> String {
        match value.kind() {
            Kind::Scalar => format!(
                "{:?}@{:?}",
                value.as_str().unwrap_or(""),
                value.is_literal()
            ),
            Kind::Sequence => {
                let items: Vec<String> = value.items().map(shape).collect();
                format!("[{}]", items.join(", "))
            }
            Kind::Mapping => {
                let entry = |(key, value)| format!("{}: {}", shape(key), shape(value));
                let entries: Vec<String> = value.entries().map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    fn shapes(yaml: &Yaml) -> Vec<String> {
        yaml.roots().map(shape).collect()
    }

    const PLAIN: &[&str] = &[
        "lockfileVersion: '6.0'\n\nsettings:\n  autoInstallPeers: true\n",
        "a:\n  b:\n    c: 1\n  d: {}\n  e: []\nf: [x64, 'arm, 64']\n",
        "/@a/b@1.0.0(c@2):\n  resolution: {integrity: sha512-aa==, tarball: https://x.example/a.tgz}\n",
        "'@a/b@1': {x: 'don''t', \"y\": \"z\\u00e9\"}\n",
        "a: >-\n  one\n  two: 2\nb: |\n  line\n  line # no comment\n\nc: |-\n    deep\n",
        "a:\n- x\n- 'y'\nb:\n  - z\nc:\n",
        "# comment\na: 1\n---\nb: 2\n---\n\n",
        "é: ü\r\nb:\r\n  c: d\r\n",
        "\"x@npm:^1, x@npm:2\":\n  version: 1.0.0\n  conditions: (os=linux | os=darwin) & cpu=x64\n",
        "a: b:c\nd: e#f\ng: -1\nurl: http://x.example:80/#y\n",
        "a:   \n  b: c   \n",
        "",
    ];

    #[test]
    fn plain_texts_are_read_as_the_general_reader_reads_them() {
        for text in PLAIN {
            let plain = read(text).unwrap_or_else(|| panic!("not plain: {text}"));
            assert_eq!(shapes(&plain), shapes(&Yaml::parse(text)), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_general_reader() {
        for text in [
            "a: &b c\n",
            "a: *b\n",
            "a: !tag b\n",
            "a: one\n  two\n",
            "a: one\n  two: three\n",
            "a: 'one\n  two'\n",
            "? a\n: b\n",
            "a: {b: {c: d}}\n",
            "a: b: c\n",
            "- a: b\n",
            "a:\n    b: 1\n  c: 2\n",
            "a:\n\tb: 1\n",
            "a: >-\n  one\n\n  two\n",
            "a: |2\n  one\n",
            "a: b # comment\n",
            "%YAML 1.2\n---\na: b\n",
            "<<<<<<< HEAD\n",
            "word\n",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn damage_never_makes_another_tree_than_the_general_reader_sees() {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        for text in PLAIN.iter().filter(|text| !text.is_empty()) {
            for _ in 0..400 {
                let mut bytes = text.as_bytes().to_vec();
                for _ in 0..2 {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let at = (state >> 20) as usize % bytes.len();
                    bytes[at] = b" \n:-'\"{}[],#ab"[(state >> 8) as usize % 14];
                }
                let Ok(damaged) = String::from_utf8(bytes) else {
                    continue;
                };
                let general = Yaml::parse(&damaged);
                if let Some(plain) = read(&damaged).filter(|_| general.is_complete) {
                    assert_eq!(shapes(&plain), shapes(&general), "{damaged:?}");
                }
            }
        }
    }

    #[test]
    fn scalars_know_their_place_and_containers_hold_their_children() {
        let text = "a:\n  'b c': {d: e}\nf: g\n";
        let yaml = read(text).expect("plain");
        let root = yaml.root().expect("a mapping");
        let a = root.get("a").expect("a");
        let (key, value) = a.entries().next().expect("an entry");
        assert_eq!(&text[key.span().range()], "'b c'");
        assert_eq!(&text[value.span().range()], "{d: e}");
        assert_eq!(&text[a.span().range()], "'b c': {d: e}");
        assert_eq!(root.text("f"), Some("g"));
    }
}
