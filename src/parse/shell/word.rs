use tree_sitter::Node;

use super::Variables;
use super::kind::{Grammar, Kind};
use crate::model::Span;
use crate::text::Mapped;

/// One word of a command.
#[derive(Clone, Debug, Default)]
pub struct Word {
    pub span: Span,
    /// Quotes removed and known variables put in; what is not known stays as it is written, with
    /// variables in the form `${NAME}` so that equal words stay equal.
    pub text: String,
    pub parts: Vec<Part>,
}

/// A piece of a word that stands in its source in one piece.
#[derive(Clone, Debug)]
pub struct Part {
    pub kind: PartKind,
    /// What it adds to [`Word::text`].
    pub text: String,
    pub span: Span,
    pub quoted: bool,
    /// Where it stands in the shell text, for texts within texts.
    pub(super) at: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartKind {
    Literal,
    /// `$NAME` or `${NAME...}`.
    Variable {
        name: String,
        known: bool,
        /// `${NAME:?}`, or `${NAME:-word}` with a word: never empty.
        guarded: bool,
    },
    /// `$(...)` or backticks.
    Substitution,
    /// `<(...)` or `>(...)`.
    Process,
    /// Arithmetic, arrays and other things without a text.
    Other,
}

impl Word {
    /// A word that is a text as it stands, such as an argument of the exec form.
    pub fn verbatim(text: &Mapped) -> Self {
        let whole = Span::new(0, text.len());
        let parts = text.pieces(whole).map(|(piece, span)| Part {
            kind: PartKind::Literal,
            text: text
                .as_str()
                .get(piece.range())
                .unwrap_or_default()
                .to_owned(),
            span,
            quoted: true,
            at: piece.range().start,
        });
        Self {
            span: text.source_span(),
            text: text.as_str().to_owned(),
            parts: parts.collect(),
        }
    }

    /// Words as one text with blanks between them: what `echo` makes of its arguments.
    pub fn joined(words: &[Self]) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for word in words {
            if let Some(last) = parts.last() {
                parts.push(Part {
                    kind: PartKind::Literal,
                    text: " ".to_owned(),
                    span: Span::new(last.span.end, last.span.end),
                    quoted: true,
                    at: 0,
                });
            }
            parts.extend(word.parts.iter().cloned());
        }
        Self {
            span: words
                .iter()
                .map(|word| word.span)
                .reduce(Span::cover)
                .unwrap_or_default(),
            text: parts.iter().map(|part| part.text.as_str()).collect(),
            parts,
        }
    }

    /// Makes its text of its parts.
    fn join(&mut self) {
        self.text = match self.parts.as_slice() {
            [only] => only.text.clone(),
            parts => parts.iter().map(|part| part.text.as_str()).collect(),
        };
    }

    /// The words that an unquoted variable becomes where its text is known and holds several.
    pub(super) fn split(&self) -> Option<Vec<Self>> {
        let [part] = self.parts.as_slice() else {
            return None;
        };
        let is_known = matches!(part.kind, PartKind::Variable { known: true, .. });
        if part.quoted || !is_known || !part.text.contains(char::is_whitespace) {
            return None;
        }
        let words = part.text.split_whitespace().map(|text| Self {
            span: self.span,
            text: text.to_owned(),
            parts: vec![Part {
                text: text.to_owned(),
                ..part.clone()
            }],
        });
        Some(words.collect())
    }

    /// True where nothing in it depends on the run.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|p| p.kind == PartKind::Literal)
    }

    /// True where the whole text is known, through variables too.
    pub fn is_known(&self) -> bool {
        self.parts.iter().all(|part| {
            matches!(
                part.kind,
                PartKind::Literal | PartKind::Variable { known: true, .. }
            )
        })
    }

    /// The names of its variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match &part.kind {
            PartKind::Variable { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// True where it holds a command substitution.
    pub fn has_substitution(&self) -> bool {
        self.parts
            .iter()
            .any(|part| part.kind == PartKind::Substitution)
    }

    /// The source's span of a byte range of `text`.
    pub fn span_of(&self, start: usize, end: usize) -> Span {
        let mut begin = None;
        let mut finish = None;
        let mut at = 0;
        for part in &self.parts {
            let next = at + part.text.len();
            // Only a literal that lost nothing has an inside that can be pointed at.
            let exact =
                part.kind == PartKind::Literal && part.span.len() as usize == part.text.len();
            let place = |offset: usize| part.span.start + u32::try_from(offset).unwrap_or(0);
            if begin.is_none() && start < next {
                begin = Some(if exact {
                    place(start - at)
                } else {
                    part.span.start
                });
            }
            if end > at && end <= next {
                finish = Some(if exact {
                    place(end - at)
                } else {
                    part.span.end
                });
            }
            at = next;
        }
        match (begin, finish) {
            (Some(begin), Some(finish)) => Span::new(begin, finish),
            _ => self.span,
        }
    }
}

/// True for what is made of parts.
fn is_whole(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Text | Kind::Translated | Kind::CommandName | Kind::Concatenation
    )
}

/// Reads the word that a node stands for.
pub(super) struct Reader<'a> {
    pub text: &'a Mapped,
    pub variables: &'a Variables,
    pub grammar: &'a Grammar,
}

impl Reader<'_> {
    pub fn read(&self, node: Node<'_>) -> Word {
        let mut word = Word {
            span: self.span(node.start_byte(), node.end_byte()),
            ..Word::default()
        };
        let node = self.only_part(node);
        let kind = self.grammar.kind(node);
        if !is_whole(kind) {
            self.leaf(node, kind, false, &mut word);
            word.join();
            return word;
        }
        let mut cursor = node.walk();
        // The depth of the string that encloses the cursor, if one does.
        let mut string_depth: Option<u32> = None;
        // Where the next byte of an enclosing string is that no child has accounted for.
        let mut gap = 0;
        loop {
            let here = cursor.node();
            let depth = cursor.depth();
            let quoted = string_depth.is_some();
            if quoted && here.start_byte() > gap && string_depth < Some(depth) {
                // The grammar leaves white space at the edges of a string to no node.
                self.literal(gap, here.start_byte(), true, true, &mut word);
            }
            let kind = self.grammar.kind(here);
            let descend = match kind {
                Kind::Text | Kind::Translated => {
                    string_depth.get_or_insert(depth);
                    gap = here.start_byte() + usize::from(kind == Kind::Text);
                    true
                }
                kind if is_whole(kind) => true,
                Kind::Quote | Kind::Dollar if quoted => false,
                _ => {
                    self.leaf(here, kind, quoted, &mut word);
                    false
                }
            };
            if !descend {
                gap = here.end_byte();
            }
            if descend && cursor.goto_first_child() {
                continue;
            }
            loop {
                if Some(cursor.depth()) == string_depth {
                    string_depth = None;
                }
                if cursor.depth() == 0 {
                    word.join();
                    return word;
                }
                if cursor.goto_next_sibling() {
                    break;
                }
                cursor.goto_parent();
            }
        }
    }

    /// What a command's name is made of, where that is one thing: most names are one word.
    fn only_part<'t>(&self, node: Node<'t>) -> Node<'t> {
        let is_one = self.grammar.kind(node) == Kind::CommandName && node.child_count() == 1;
        is_one.then(|| node.child(0)).flatten().unwrap_or(node)
    }

    fn leaf(&self, node: Node<'_>, kind: Kind, quoted: bool, word: &mut Word) {
        let (start, end) = (node.start_byte(), node.end_byte());
        match kind {
            Kind::Raw => self.literal(start + 1, end.saturating_sub(1), true, false, word),
            Kind::Ansi => self.literal(start + 2, end.saturating_sub(1), true, true, word),
            Kind::Expansion => self.variable(node, quoted, word),
            Kind::Substitution => {
                self.opaque(node, PartKind::Substitution, quoted, word);
            }
            Kind::Process => self.opaque(node, PartKind::Process, quoted, word),
            Kind::Array | Kind::Opaque => {
                self.opaque(node, PartKind::Other, quoted, word);
            }
            _ => self.literal(start, end, quoted, true, word),
        }
    }

    /// Adds bytes as they are, or with each backslash taken away from what it escapes.
    fn literal(&self, start: usize, end: usize, quoted: bool, escapes: bool, word: &mut Word) {
        let escape = |from: usize| {
            let rest = self.bytes().get(from..end)?;
            memchr::memchr(b'\\', rest).map(|found| from + found)
        };
        let mut from = start;
        let mut next = escape(start).filter(|_| escapes);
        while let Some(at) = next {
            let escaped = self.bytes().get(at + 1).copied();
            let removes = match escaped {
                Some(c) if quoted => matches!(c, b'"' | b'\\' | b'$' | b'`' | b'\n'),
                Some(_) => true,
                None => false,
            };
            next = match at + 1 < end && removes {
                true => {
                    self.slice(from, at, quoted, word);
                    from = at + 1 + usize::from(escaped == Some(b'\n'));
                    escape(at + 2)
                }
                false => escape(at + 1),
            };
        }
        self.slice(from, end, quoted, word);
    }

    /// One part for each piece of the source, so that what is inside a word can be pointed at even
    /// where an escape or a continuation stands before it.
    fn slice(&self, start: usize, end: usize, quoted: bool, word: &mut Word) {
        for (piece, span) in self.text.pieces(Span::from_usize(start, end)) {
            let bytes = self.bytes().get(piece.range()).unwrap_or_default();
            if !bytes.is_empty() {
                word.parts.push(Part {
                    kind: PartKind::Literal,
                    text: match self.text.as_str().get(piece.range()) {
                        Some(text) => text.to_owned(),
                        None => String::from_utf8_lossy(bytes).into_owned(),
                    },
                    span,
                    quoted,
                    at: piece.range().start,
                });
            }
        }
    }

    fn opaque(&self, node: Node<'_>, kind: PartKind, quoted: bool, word: &mut Word) {
        let raw = self.raw(node);
        self.push(node.start_byte(), node.end_byte(), kind, raw, quoted, word);
    }

    fn variable(&self, node: Node<'_>, quoted: bool, word: &mut Word) {
        let raw = self.raw(node);
        let body = raw
            .strip_prefix("${")
            .and_then(|b| b.strip_suffix('}'))
            .or_else(|| raw.strip_prefix('$'))
            .unwrap_or(&raw);
        let length = body
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
            .count();
        let (name, operator) = if length == 0 {
            (body, "")
        } else {
            body.split_at(length)
        };
        let value = self.variables.get(name).cloned().flatten();
        let default = ["-", "=", ":-", ":="]
            .iter()
            .find_map(|op| operator.strip_prefix(op))
            .filter(|word| !word.contains(['$', '`']))
            .map(|word| word.trim_matches(['"', '\'']).to_owned());
        let guarded = operator.starts_with(":?")
            || operator.starts_with('?')
            || default.as_ref().is_some_and(|word| !word.is_empty());
        // Only the plain form and the forms with a default have a text that can be known.
        let known = match operator {
            "" => value,
            _ if default.is_some() => value.or(default),
            _ if operator.starts_with(":?") => value,
            _ => None,
        };
        let kind = PartKind::Variable {
            name: name.to_owned(),
            known: known.is_some(),
            guarded,
        };
        let text = known.unwrap_or_else(|| match operator {
            "" => format!("${{{name}}}"),
            _ => raw.clone(),
        });
        self.push(node.start_byte(), node.end_byte(), kind, text, quoted, word);
    }

    fn push(
        &self,
        start: usize,
        end: usize,
        kind: PartKind,
        text: String,
        quoted: bool,
        word: &mut Word,
    ) {
        word.parts.push(Part {
            kind,
            text,
            span: self.span(start, end),
            quoted,
            at: start,
        });
    }

    fn bytes(&self) -> &[u8] {
        self.text.as_str().as_bytes()
    }

    pub fn span(&self, start: usize, end: usize) -> Span {
        self.text.span(Span::from_usize(start, end))
    }

    pub fn raw(&self, node: Node<'_>) -> String {
        let bytes = self.bytes().get(node.byte_range()).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }
}
