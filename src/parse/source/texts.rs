//! Texts that are put together: sums, interpolations, templates.

use std::borrow::Cow;

use super::Language;
use super::code::{List, Literal, Node, NodeId, ScopeId};
use super::eval::Pass;
use super::literal;
use super::value::{Clean, FILL, HOLE, Params, Shape, Taint, Value};

/// Longest constant text that is put together; of longer ones the beginning is known.
const MAX_TEXT: usize = 4096;

/// Most text that is put together for one file: of one that never stops adding, no more is known.
const MAX_TEXTS: usize = 4 << 20;

/// Most functions around the place where a request comes in that are looked at.
const MOST_AROUND: usize = 8;

impl Pass<'_, '_> {
    pub(super) fn constant_text(&self, value: Value) -> Option<Cow<'_, str>> {
        let Shape::Constant(at) = value.shape else {
            return None;
        };
        match self.learnt.constants.get(at as usize)? {
            Literal::Text(text) => Some(Cow::Borrowed(text)),
            Literal::Number(n) => Some(Cow::Owned(n.to_string())),
            Literal::Bool(b) => Some(Cow::Owned(b.to_string())),
            Literal::Null => None,
        }
    }

    pub(super) fn is_text(&self, value: Value) -> bool {
        match value.shape {
            Shape::Constant(at) => {
                matches!(
                    self.learnt.constants.get(at as usize),
                    Some(Literal::Text(_))
                )
            }
            Shape::Choice(start, _) => self
                .learnt
                .choices
                .get(start as usize)
                .and_then(|at| self.learnt.constants.get(*at as usize))
                .is_some_and(|c| matches!(c, Literal::Text(_))),
            Shape::Composed(_) => true,
            _ => false,
        }
    }

    /// Puts parts together: one constant if all are, else a text with holes.
    pub(super) fn compose(&mut self, parts: &[Value]) -> Value {
        let mut text = String::new();
        let mut constant = true;
        let mut head = None;
        if self.learnt.texts > MAX_TEXTS {
            return Value::made_of(parts.iter().copied());
        }
        for part in parts {
            if let Some((_, end @ 0)) = &mut head {
                *end = text.len();
            }
            if text.is_empty() {
                head = Some((*part, 0));
            }
            match (self.constant_text(*part), part.shape) {
                (Some(piece), _) => text.push_str(&piece),
                (None, Shape::Composed(at)) => {
                    constant = false;
                    text.push_str(
                        self.learnt
                            .composed
                            .get(at as usize)
                            .map_or("", String::as_str),
                    );
                }
                _ => {
                    constant = false;
                    text.push(hole(*part));
                }
            }
            if text.len() > MAX_TEXT {
                let mut end = MAX_TEXT;
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                text.truncate(end);
                text.push(HOLE);
                constant = false;
                break;
            }
        }
        self.learnt.texts += text.len();
        if constant {
            return self.constant(Literal::Text(Cow::Owned(text)));
        }
        let at = u32::try_from(self.learnt.composed.len()).unwrap_or(u32::MAX);
        let mut made = Value::made_of(parts.iter().copied());
        let head = head.map(|(head, end)| (self.settled(head, made), end));
        if head.is_some_and(|(head, end)| leads(head, &text, end)) {
            made.washed = made.washed.with(Clean::URL);
        }
        self.learnt.composed.push(text);
        Value {
            shape: Shape::Composed(at),
            ..made
        }
    }

    /// The first part of a text: what was given to a function around the one where the request came
    /// in is no argument any more, as the configuration that a factory of handlers got.
    fn settled(&self, head: Value, made: Value) -> Value {
        let Some(entry) = made.entry.some().filter(|_| head.is_given()) else {
            return head;
        };
        let outer = |id: &ScopeId| self.code.scope(*id).map(|scope| scope.parent);
        let around = std::iter::successors(outer(&self.code.scope_of(entry)), outer);
        match around.take(MOST_AROUND).any(|id| id == head.params.of) {
            true => Value {
                params: Params::NONE,
                ..head
            },
            false => head,
        }
    }

    pub(super) fn text(&mut self, list: List) -> Value {
        let parts = self.parts(list);
        self.compose(&parts)
    }

    pub(super) fn sum(&mut self, left: NodeId, right: NodeId) -> Value {
        let (left, right) = (self.value(left), self.value(right));
        // PHP adds numbers, or lists; a text it takes for a number.
        if self.language == Language::Php && self.is_count(left) != self.is_count(right) {
            return Value::made_of([left, right]).harmless_unknown();
        }
        self.add(left, right)
    }

    /// True for numbers that stand in the source.
    fn is_count(&self, value: Value) -> bool {
        let is_number = |at: &u32| {
            let constant = self.learnt.constants.get(*at as usize);
            matches!(constant, Some(Literal::Number(_)))
        };
        match value.shape {
            Shape::Constant(at) => is_number(&at),
            Shape::Choice(first, count) => self
                .learnt
                .choices
                .get(first as usize..(first + count) as usize)
                .is_some_and(|all| all.iter().all(is_number)),
            _ => false,
        }
    }

    pub(super) fn add(&mut self, left: Value, right: Value) -> Value {
        if self.is_text(left) || self.is_text(right) {
            return self.compose(&[left, right]);
        }
        if let (Shape::Constant(a), Shape::Constant(b)) = (left.shape, right.shape)
            && let (Some(Literal::Number(a)), Some(Literal::Number(b))) = (
                self.learnt.constants.get(a as usize),
                self.learnt.constants.get(b as usize),
            )
        {
            let sum = a + b;
            return self.constant(Literal::Number(sum));
        }
        let mut made = Value::made_of([left, right]);
        if left.taint == Taint::NONE && !left.is_given() {
            made.washed = made.washed.with(Clean::URL);
        }
        made
    }

    /// `"... %s ..." % args`.
    pub(super) fn format(&mut self, template: NodeId, args: NodeId) -> Value {
        let of = self.value(template);
        let given = self.value(args);
        if !self.is_text(of) {
            return Value::made_of([of, given]);
        }
        let args = match (given.shape, self.code.node(args)) {
            (Shape::Collection(of), _) => match self.code.node(of) {
                Node::Sequence(list) => self.parts(*list),
                _ => vec![Value {
                    shape: Shape::Unknown,
                    ..given
                }],
            },
            _ => vec![given],
        };
        self.fill(of, args, '%')
    }

    /// Fills a template's placeholders in order; a template that is itself composed stays so.
    pub(super) fn fill(&mut self, template: Value, args: Vec<Value>, style: char) -> Value {
        let Some(text) = self.constant_text(template).map(Cow::into_owned) else {
            let all = std::iter::once(template).chain(args).collect::<Vec<_>>();
            return Value {
                shape: template.shape,
                ..Value::made_of(all)
            };
        };
        let mut parts = Vec::new();
        let mut args = args.into_iter();
        let mut rest = text.as_str();
        let mut clean = Clean::ALL;
        let mut history = Value::UNKNOWN;
        let mut head = None;
        while let Some(at) = rest.find(if style == '%' { '%' } else { '{' }) {
            let (before, tail) = rest.split_at(at);
            let length = if style == '%' {
                percent_length(tail)
            } else {
                tail.find('}').map(|end| end + 1)
            };
            let Some(length) = length.filter(|length| *length > 1) else {
                parts.push(rest[..=at].to_owned());
                rest = &tail[1..];
                continue;
            };
            let placeholder = &tail[..length];
            rest = &tail[length..];
            parts.push(before.to_owned());
            if placeholder == "%%" {
                parts.push("%".to_owned());
                continue;
            }
            let is_number = match style {
                '%' => placeholder.ends_with(['d', 'i', 'f', 'x', 'u', 'o', 'g']),
                _ => literal::takes_numbers(placeholder),
            };
            let arg = args.next().unwrap_or(Value::UNKNOWN);
            match self.constant_text(arg) {
                Some(piece) => parts.push(piece.into_owned()),
                None => {
                    if parts.iter().all(String::is_empty) {
                        head = Some(arg);
                    }
                    let inner = match arg.shape {
                        Shape::Composed(at) if !is_number && self.learnt.texts <= MAX_TEXTS => {
                            self.learnt.composed.get(at as usize).cloned()
                        }
                        _ => None,
                    };
                    let own = if is_number { FILL } else { hole(arg) };
                    parts.push(inner.unwrap_or_else(|| own.to_string()));
                    if !is_number {
                        clean = clean.both(arg.clean);
                        history.taint_by(arg);
                    }
                }
            }
        }
        parts.push(rest.to_owned());
        let mut filled = parts.concat();
        if filled.len() > MAX_TEXT {
            filled = HOLE.to_string();
        }
        self.learnt.texts += filled.len();
        if !filled.contains([HOLE, FILL]) {
            return self.constant(Literal::Text(Cow::Owned(filled)));
        }
        let at = u32::try_from(self.learnt.composed.len()).unwrap_or(u32::MAX);
        let head = head.map(|head| self.settled(head, history));
        if head.is_some_and(|head| leads(head, &filled, 0)) {
            history.washed = history.washed.with(Clean::URL);
        }
        self.learnt.composed.push(filled);
        Value {
            shape: Shape::Composed(at),
            clean,
            ..history
        }
    }

    /// `separator.join(parts)`.
    pub(super) fn joined(&mut self, separator: Value, given: &[Value]) -> Value {
        let Some(list) = given.first() else {
            return Value::UNKNOWN;
        };
        let parts = match list.shape {
            Shape::Collection(of) => match self.code.node(of) {
                Node::Sequence(list) if list.len <= 64 => self.parts(*list),
                _ => vec![Value {
                    shape: Shape::Unknown,
                    ..*list
                }],
            },
            _ => vec![*list],
        };
        let mut all = Vec::with_capacity(parts.len() * 2);
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                all.push(separator);
            }
            all.push(part);
        }
        self.compose(&all)
    }
}

/// What a query begins with, and what its further parts do.
const QUESTIONS: [char; 2] = ['?', '&'];

/// True where an address begins with what no stranger sent: its host is chosen, and what follows
/// goes there. A scheme alone chooses nothing, and of an argument only what its end shows is known.
/// `end` is where the first part ends, if that was put together itself.
fn leads(head: Value, text: &str, end: usize) -> bool {
    if head.taint != Taint::NONE {
        // What leads somewhere already leads there with a question, or more of a path, behind it.
        let (known, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        let has_host = || {
            known
                .strip_prefix([HOLE, FILL])
                .is_some_and(|path| path.starts_with('/'))
        };
        return matches!(head.shape, Shape::Composed(_))
            && head.washed.covers(Clean::URL)
            && (rest.starts_with(QUESTIONS) || has_host());
    }
    // A path that was put together before is one as far as its end.
    if matches!(head.shape, Shape::Composed(_)) && text.starts_with('/') {
        return text
            .get(end..)
            .is_some_and(|rest| rest.starts_with(QUESTIONS));
    }
    text.strip_prefix([HOLE, FILL])
        .is_some_and(|rest| match head.is_given() {
            true => rest.starts_with(QUESTIONS),
            false => !rest.is_empty() && !rest.starts_with("://"),
        })
}

/// What stands for a part that is not constant.
fn hole(part: Value) -> char {
    if part.is_constant() { FILL } else { HOLE }
}

/// The length of a `%` placeholder, the sign included.
fn percent_length(text: &str) -> Option<usize> {
    let mut at = 1;
    let bytes = text.as_bytes();
    if bytes.get(at) == Some(&b'(') {
        at = text.find(')')? + 1;
    }
    while bytes
        .get(at)
        .is_some_and(|b| b.is_ascii_digit() || b"-+ #.*$".contains(b))
    {
        at += 1;
    }
    bytes
        .get(at)
        .filter(|b| b.is_ascii_alphabetic() || **b == b'%')
        .map(|_| at + 1)
}
