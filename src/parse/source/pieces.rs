//! A file in pieces, parsed and judged one after the other, so that a long one takes no more memory
//! than a short one, and what cannot be parsed costs no more than itself.

use std::ops::Range;

use memchr::memmem;

use crate::guard::flight::Flight;
use crate::guard::{LIMITS, nesting};
use crate::model::{FileKind, SkipReason, Span};
use crate::parse::grammar::{self, Clock, Part};

use super::code::{self, Code, Node, ScopeId};
use super::facts::Facts;
use super::query::{Query, QueryClock};
use super::{Language, not_parsed};

/// Source code that is being parsed and judged.
pub(super) static AT_WORK: Flight = Flight::new(LIMITS.pieces);

/// A piece that is too slow as a whole is tried in this many parts.
const PARTS: usize = 8;

/// A piece of this length is not parted any more, in bytes.
const SMALL: usize = 8 << 10;

/// Most names that one piece hands on to the next.
const MAX_CARRIED: usize = 10_000;

/// Most blocks around a piece whose heads are read before it, and the longest head, in bytes.
const MAX_HEADS: usize = 8;
const LONGEST_HEAD: usize = 1000;

/// The facts of a file, piece by piece, and why pieces of it have none.
#[derive(Debug)]
pub struct Pieces<'s> {
    language: Option<Language>,
    kind: FileKind,
    text: &'s [u8],
    /// Its beginning, as far as that is UTF-8.
    valid: &'s str,
    /// What has not been read, the next piece last.
    left: Vec<Range<usize>>,
    clock: Clock,
    queries: Vec<&'s Query>,
    query_clock: QueryClock,
    carried: Vec<Carried<'s>>,
    /// The heads of the blocks that are open where the next piece begins.
    open: Vec<Range<usize>>,
    is_too_deep: bool,
    is_parted: bool,
    /// How many syntax errors there are, and where the first is.
    errors: usize,
    first_error: Option<usize>,
}

/// A name of the module that pieces after it know, too.
#[derive(Debug)]
struct Carried<'s> {
    local: &'s str,
    path: Vec<&'s str>,
    span: Span,
}

impl<'s> Pieces<'s> {
    pub fn of(kind: FileKind, text: &'s [u8]) -> Self {
        Self {
            language: Language::of(kind),
            kind,
            text,
            valid: code::valid(text),
            left: std::iter::once(0..text.len()).collect(),
            clock: Clock::of_length(text.len()),
            queries: Vec::new(),
            query_clock: QueryClock::default(),
            carried: Vec::new(),
            open: Vec::new(),
            is_too_deep: false,
            is_parted: false,
            errors: 0,
            first_error: None,
        }
    }

    /// Tries these queries on every tree before it goes.
    pub fn asking(mut self, queries: Vec<&'s Query>) -> Self {
        self.queries = queries;
        self
    }

    /// The next range to parse, no longer than a piece.
    fn range(&mut self) -> Option<Range<usize>> {
        let all = self.left.pop()?;
        let end = match all.len() > LIMITS.piece + LIMITS.piece / 2 {
            true => self.cut(all.clone(), LIMITS.piece),
            false => all.end,
        };
        self.put_back(end..all.end);
        Some(all.start..end)
    }

    fn put_back(&mut self, rest: Range<usize>) {
        if !rest.is_empty() {
            self.left.push(rest);
        }
    }

    /// Where to end a piece of about `size`: before a line that stands as far to the left as any.
    fn cut(&self, of: Range<usize>, size: usize) -> usize {
        let window = of.start + size / 2..(of.start + size).min(of.end);
        let bytes = self.text.get(window.clone()).unwrap_or(&[]);
        let mut best = (usize::MAX, window.end);
        for at in memchr::memchr_iter(b'\n', bytes) {
            let line = bytes.get(at + 1..).unwrap_or(&[]);
            let indent = line
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            let is_start = line
                .get(indent)
                .is_some_and(|b| !b.is_ascii_whitespace() && !b")]}".contains(b));
            if is_start && indent <= best.0 {
                best = (indent, window.start + at + 1);
            }
        }
        best.1
    }

    /// The facts of a range; none where it has been put back in parts.
    fn facts(&mut self, mut range: Range<usize>) -> Result<Option<Facts<'s>>, SkipReason> {
        let language = self.language.ok_or_else(not_parsed)?;
        let text = self.text;
        let held = AT_WORK.hold(range.len() as u64);
        let mut part = text.get(range.clone()).unwrap_or(&[]);
        let mut shallow = nesting::shallow(part, LIMITS.nesting);
        if let Some(shallow) = &mut shallow {
            self.is_too_deep = true;
            if let Some(restart) = shallow.restart {
                self.put_back(range.start + restart..range.end);
                range.end = range.start + restart;
                shallow.bytes.truncate(restart);
            }
            part = &shallow.bytes;
        }
        let grammar = language.grammar(self.kind);
        let place = Part {
            start: range.start,
            openings: self.openings(range.start),
        };
        let tree = match grammar::parse_part(&mut self.clock, &grammar, part, &place) {
            Ok(tree) => tree,
            Err(SkipReason::TooSlow { .. }) if range.len() > SMALL => {
                let mut parts = Vec::new();
                let size = range.len() / PARTS;
                while range.len() > size + size / 2 {
                    let end = self.cut(range.clone(), size);
                    parts.push(range.start..end);
                    range.start = end;
                }
                parts.push(range);
                self.left.extend(parts.into_iter().rev());
                return Ok(None);
            }
            Err(reason) => {
                self.follow(range);
                return Err(reason);
            }
        };
        if !self.left.is_empty() {
            self.is_parted = true;
            self.follow(range.clone());
        }
        // Where we have cut or blanked, the errors are our own.
        if range == (0..text.len()) && shallow.is_none() {
            grammar::for_each_error(&tree, |node| {
                if node.is_error() {
                    self.errors += 1;
                    self.first_error.get_or_insert(node.start_byte());
                }
            });
        }
        let mut code = Code::of_valid(text, self.valid);
        self.hand_on(&mut code);
        let clock = &mut self.query_clock;
        let queries = self.queries.iter();
        let matches = queries.map(|query| query.run(&tree, text, clock)).collect();
        let facts = Facts::learn(language, &grammar, tree, code, held, matches);
        if !self.left.is_empty() {
            self.remember(&facts);
        }
        Ok(Some(facts))
    }

    /// What makes sense of a later piece: in PHP the tag that opened the code, and the heads of
    /// the blocks that it stands in, as far as lines are indented by them.
    fn openings(&self, start: usize) -> Vec<(usize, &'s [u8])> {
        let text = self.text;
        let mut openings = Vec::from_iter(self.tag(start));
        let line = text.get(start..).unwrap_or(&[]);
        let indent = line
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let column = |at: usize| {
            let before = text.get(..at).unwrap_or(&[]);
            at - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)
        };
        let heads = self.open.iter().filter(|head| column(head.start) < indent);
        let heads = heads
            .filter(|head| head.len() <= LONGEST_HEAD)
            .take(MAX_HEADS);
        let mut end = openings.first().map_or(0, |(at, tag)| at + tag.len());
        for head in heads {
            if let Some(bytes) = text.get(head.clone()).filter(|_| head.start >= end) {
                openings.push((head.start, bytes));
                end = head.end;
            }
        }
        openings
    }

    /// The tag that opened the code of PHP that goes on here, with the blank that follows it.
    fn tag(&self, start: usize) -> Option<(usize, &'s [u8])> {
        const OPEN: &[u8] = b"<?php";
        if self.kind != FileKind::Php {
            return None;
        }
        let before = self.text.get(..start)?;
        let is_open = memmem::rfind(before, b"<?") > memmem::rfind(before, b"?>");
        let at = memmem::find(before, OPEN).filter(|_| is_open)?;
        Some((at, before.get(at..=at + OPEN.len())?))
    }

    /// Keeps the heads of the blocks that a piece leaves open.
    fn follow(&mut self, piece: Range<usize>) {
        let bytes = self.text.get(piece.clone()).unwrap_or(&[]);
        let mut since = 0;
        for at in memchr::memchr3_iter(b'{', b'}', b';', bytes) {
            match bytes.get(at) {
                Some(b'{') => {
                    let head = bytes.get(since..at).unwrap_or(&[]);
                    let blank = head.iter().take_while(|b| b.is_ascii_whitespace()).count();
                    self.open
                        .push(piece.start + since + blank..piece.start + at + 1);
                }
                Some(b'}') => drop(self.open.pop()),
                _ => {}
            }
            since = at + 1;
        }
    }

    /// What is to be said when everything has been read.
    fn remark(&mut self) -> Option<SkipReason> {
        if std::mem::take(&mut self.is_too_deep) {
            let limit = LIMITS.nesting;
            return Some(SkipReason::TooDeep { limit });
        }
        if let Some(before) = self.first_error.take().and_then(|at| self.text.get(..at)) {
            return Some(SkipReason::SyntaxErrors {
                places: self.errors,
                line: memchr::memchr_iter(b'\n', before).count() + 1,
            });
        }
        std::mem::take(&mut self.is_parted).then_some(SkipReason::InPieces)
    }

    /// What the pieces before have imported.
    fn hand_on(&self, code: &mut Code<'s>) {
        for name in &self.carried {
            let local = code.names.intern(name.local);
            let mut path = None;
            for step in &name.path {
                let step = code.names.intern(step);
                path = match path {
                    None => Some(code.names.root(step)),
                    Some(path) => code.names.child(path, step),
                };
            }
            if let Some(path) = path {
                code.add(Node::Import { local, path }, name.span);
            }
        }
        code.begin_own();
    }

    /// Keeps what names of the module stand for something that is imported.
    fn remember(&mut self, facts: &Facts<'s>) {
        for id in facts.own() {
            if self.carried.len() >= MAX_CARRIED {
                return;
            }
            let (local, path) = match facts.code.node(id) {
                Node::Import { local, path } => (*local, *path),
                Node::Assign { target, value, .. }
                    if facts.code.scope_of(id) == ScopeId::MODULE =>
                {
                    match (facts.code.node(*target), facts.canonical(*value)) {
                        (Node::Name(local), Some(path)) => (*local, path),
                        _ => continue,
                    }
                }
                _ => continue,
            };
            self.carried.push(Carried {
                local: facts.code.names.text(local),
                path: facts.code.names.steps(path),
                span: facts.code.span(id),
            });
        }
    }
}

impl<'s> Iterator for Pieces<'s> {
    type Item = Result<Facts<'s>, SkipReason>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(range) = self.range() {
            if let Some(facts) = self.facts(range).transpose() {
                return Some(facts);
            }
        }
        self.remark().map(Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The callees of every piece of a file that is longer than a piece.
    fn callees(
        kind: FileKind,
        comment: &str,
        (head, line, tail): (&str, &str, &str),
    ) -> (usize, Vec<String>) {
        // Most of it is comments: tests run without haste.
        let lines = format!("{line}{}", comment.repeat(40)).repeat(16);
        let count = 2 * LIMITS.piece / lines.len();
        let text = format!("{head}{}{tail}", lines.repeat(count));
        let (mut pieces, mut seen) = (0, Vec::new());
        for facts in Pieces::of(kind, text.as_bytes()) {
            let facts = match facts {
                Ok(facts) => facts,
                Err(reason) => {
                    assert_eq!(reason, SkipReason::InPieces);
                    assert!(pieces > 1);
                    continue;
                }
            };
            pieces += 1;
            for id in facts.own() {
                if let Node::Call { callee, .. } = facts.code.node(id)
                    && let Some(path) = facts.canonical(*callee)
                {
                    seen.push(facts.code.names.render(path).to_string());
                }
            }
        }
        (pieces, seen)
    }

    #[test]
    fn a_long_class_is_read_to_its_end() {
        let line = "        public int A { get { return b[1]; } set { c = value; } }\n";
        let (pieces, seen) = callees(
            FileKind::CSharp,
            "        // what is said about it, at some length\n",
            (
                "using System.Security.Cryptography;\nnamespace N\n{\n    class B\n    {\n",
                line,
                "        void G() { MD5.Create(); }\n    }\n}\n",
            ),
        );
        assert!(pieces > 1);
        assert_eq!(
            seen.last().map(String::as_str),
            Some("MD5.Create"),
            "{}",
            seen.len()
        );
    }

    #[test]
    fn later_pieces_know_what_the_first_imports_and_that_php_is_code() {
        let (pieces, seen) = callees(
            FileKind::Python,
            "# what is said about it, at some length\n",
            ("import subprocess as s\n", "x = 1\n", "s.run()\n"),
        );
        assert!(pieces > 1);
        assert_eq!(seen, ["subprocess.run"]);
        let (pieces, seen) = callees(
            FileKind::Php,
            "// what is said about it, at some length\n",
            ("<?php\n", "$x = 1;\n", "md5($x);\n"),
        );
        assert!(pieces > 1);
        assert_eq!(seen, ["md5"]);
    }
}
