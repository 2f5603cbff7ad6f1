//! Tries clauses on facts.

use std::borrow::Cow;

use crate::model::Span;
use crate::parse::source::{
    Argument, Facts, Hop, Key, Language, Literal, Node, NodeId, Scope, ScopeId, Shape, Taint, Value,
};
use crate::rules::pattern::source::Scalar;

use super::asked::{self, Answers};
use super::compiled::{CompiledClause, CompiledTest, ELEMENT, Expression, Subject};

/// How much of a scope on either side of a node is looked at, in bytes.
const NEAR: u32 = 16 << 10;

/// A place in the code that a clause may fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub subject: Subject,
    pub node: NodeId,
}

/// A part of a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// With its keyword or key.
    pub whole: Span,
    pub value: NodeId,
}

/// A clause that fits, with what the report needs.
#[derive(Debug)]
pub(super) struct Fit {
    pub mark: Part,
    /// The value that decided, for the flow.
    pub decisive: Option<NodeId>,
}

impl Place {
    /// The callee, or what is assigned to.
    pub fn head(self, facts: &Facts<'_>) -> NodeId {
        match facts.code.node(self.node) {
            Node::Call { callee, .. } => *callee,
            Node::Assign { target, .. } => *target,
            _ => self.node,
        }
    }

    /// `map[key] = value`
    pub fn is_element(self, facts: &Facts<'_>) -> bool {
        self.subject == Subject::Assign
            && matches!(facts.code.node(self.head(facts)), Node::Index { .. })
    }

    /// The object before the last dot of the head.
    fn receiver(self, facts: &Facts<'_>) -> Option<NodeId> {
        match facts.code.node(self.head(facts)) {
            Node::Member { object, .. } | Node::Index { object, .. } => Some(*object),
            _ => None,
        }
    }

    /// The parts that a place of a test names: the first of `at` that is there.
    pub fn parts(self, facts: &Facts<'_>, at: &[String]) -> Vec<Part> {
        at.iter()
            .map(|at| self.part(facts, at))
            .find(|parts| !parts.is_empty())
            .unwrap_or_default()
    }

    fn part(self, facts: &Facts<'_>, at: &str) -> Vec<Part> {
        let mut steps = at.split('.');
        let first = steps.next().unwrap_or(at);
        let mut parts = match (first, facts.code.node(self.node)) {
            (
                "value",
                Node::Assign { value, .. } | Node::Entry { value, .. } | Node::Return(value),
            ) => vec![Part {
                whole: facts.code.span(*value),
                value: *value,
            }],
            ("key", Node::Assign { target, .. }) => match facts.code.node(*target) {
                Node::Index { key, .. } => vec![Part {
                    whole: facts.code.span(*key),
                    value: *key,
                }],
                _ => Vec::new(),
            },
            ("outer", _) => self
                .receiver(facts)
                .and_then(|object| match facts.code.node(object) {
                    Node::Index { key, .. } => Some(Part {
                        whole: facts.code.span(*key),
                        value: *key,
                    }),
                    _ => None,
                })
                .into_iter()
                .collect(),
            ("parent", _) => facts
                .parent(self.node)
                .map(|parent| Part {
                    whole: facts.code.span(parent),
                    value: parent,
                })
                .into_iter()
                .collect(),
            ("receiver", _) => self
                .receiver(facts)
                .map(|object| Part {
                    whole: facts.code.span(object),
                    value: object,
                })
                .into_iter()
                .collect(),
            _ => {
                let arguments: Vec<Argument> = facts.arguments(self.node).collect();
                select(facts, &arguments, first)
            }
        };
        for step in steps {
            parts = parts
                .into_iter()
                .flat_map(|part| select(facts, &facts.entries(part.value), step))
                .collect();
        }
        parts
    }

    /// True where an argument list holds something that was not understood: `**options`.
    fn is_open(self, facts: &Facts<'_>) -> bool {
        facts.arguments(self.node).any(|argument| {
            argument.spread
                && !matches!(
                    facts.value(argument.value).shape,
                    Shape::Collection(_) | Shape::Items(_)
                )
        })
    }
}

/// Picks arguments or entries by position, keyword, `*`, or from the end.
fn select(facts: &Facts<'_>, arguments: &[Argument], wanted: &str) -> Vec<Part> {
    let part = |argument: &Argument| Part {
        whole: argument.span,
        value: argument.value,
    };
    if wanted == "*" {
        return arguments.iter().filter(|a| !a.spread).map(part).collect();
    }
    if wanted == "last" {
        return arguments
            .last()
            .filter(|a| !a.spread)
            .map(part)
            .into_iter()
            .collect();
    }
    if let Ok(position) = wanted.parse::<usize>() {
        return arguments
            .iter()
            .take_while(|argument| !argument.spread)
            .filter(|argument| argument.keyword.is_none())
            .nth(position)
            .map(part)
            .into_iter()
            .collect();
    }
    let mut found = Vec::new();
    for argument in arguments {
        if argument.spread {
            let inner = facts.entries(argument.value);
            found.extend(
                inner
                    .iter()
                    .filter(|a| is_named(facts, a, wanted))
                    .map(part),
            );
        } else if is_named(facts, argument, wanted) {
            found.push(part(argument));
        }
    }
    found
}

fn is_named(facts: &Facts<'_>, argument: &Argument, wanted: &str) -> bool {
    argument
        .keyword
        .is_some_and(|name| facts.code.names.text(name) == wanted)
}

/// Tries one name of a clause, then everything else it asks for.
pub(super) fn fit(
    facts: &Facts<'_>,
    place: Place,
    clause: &CompiledClause,
    name: usize,
    answers: &Answers,
) -> Option<Fit> {
    let name = clause.names.get(name)?;
    let head = place.head(facts);
    let names_it = match place.subject {
        Subject::Entry | Subject::Import => true,
        Subject::Return => facts.is_decorated(place.node, |decorator| name.fits(decorator)),
        Subject::Assign if name.is_element() && !name.is_open() => {
            place.receiver(facts).is_some_and(|object| {
                let names = [facts.canonical(object), facts.access(object)];
                names.into_iter().flatten().any(|path| {
                    let owner = facts.code.names.render(path);
                    name.fits(&format!("{owner}.{ELEMENT}"))
                })
            })
        }
        _ if name.is_open() => matches!(
            facts.code.node(head),
            Node::Member { .. } | Node::Index { .. }
        ),
        Subject::Call | Subject::Reference => facts
            .canonical(head)
            .is_some_and(|path| name.fits(&facts.code.names.render(path))),
        Subject::Assign => facts
            .access(head)
            .is_some_and(|path| name.fits(&facts.code.names.render(path))),
    };
    if !names_it {
        return None;
    }
    if let Some(receiver) = &clause.receiver {
        let object = place.receiver(facts)?;
        let canonical = facts
            .canonical(object)
            .map(|path| facts.code.names.render(path));
        let written = facts.text(facts.code.span(object));
        if !receiver.finds(written) && !canonical.is_some_and(|name| receiver.finds(&name)) {
            return None;
        }
    }
    let mut decisive = None;
    for test in &clause.tests {
        let part = holds(facts, place, test)?;
        if test.is_about_origin() || (decisive.is_none() && test.is_about_constant()) {
            decisive = part.map(|part| part.value);
        }
    }
    if let Some(role) = &clause.role
        && !facts.role(place.node).is_some_and(|name| role.finds(name))
    {
        return None;
    }
    let written_at = |node: NodeId, expression: &Expression| {
        handler(facts, facts.code.scope_of(node))
            .is_some_and(|span| expression.finds(&around(facts, span, node)))
    };
    let written = |expression: &Expression| written_at(place.node, expression);
    if clause.has.as_ref().is_some_and(|has| !written(has))
        || clause.lacks.as_ref().is_some_and(written)
    {
        return None;
    }
    if let Some(unasked) = &clause.unasked
        && asked::is_asked(facts, place.node, unasked, answers)
    {
        return None;
    }
    if let Some(unless_read) = &clause.unless_read {
        let keys = facts.keys_read(place.node);
        if !keys.is_empty() && keys.iter().all(|key| unless_read.finds(key)) {
            return None;
        }
    }
    if let Some(within) = &clause.within
        && !facts
            .function_name(place.node)
            .is_some_and(|name| within.finds(name))
    {
        return None;
    }
    if clause
        .unless
        .iter()
        .any(|test| holds(facts, place, test).is_some())
    {
        return None;
    }
    if facts.language == Language::JavaScript
        && asked::is_in_development(facts, place.node, answers)
    {
        return None;
    }
    let (guards, beside) = (&clause.clause.guard, &clause.clause.beside);
    let own = facts.code.scope_of(place.node);
    let calls = |scope: ScopeId, names: &[String]| {
        facts.scope_calls(scope, |name| {
            names.iter().any(|wanted| is_called(wanted, name))
        })
    };
    // Who asked before a callback asked for the callback, too.
    if !guards.is_empty()
        && facts
            .functions_around(own)
            .any(|scope| calls(scope, guards))
    {
        return None;
    }
    // And so did who handed the value over.
    let lacks = clause.lacks.as_ref();
    let lacks = lacks.filter(|_| facts.language == Language::JavaScript);
    if (!guards.is_empty() || lacks.is_some())
        && let Some((_, hops)) = decisive.and_then(|value| facts.trace(value))
        && hops.iter().any(|(node, hop)| {
            *hop == Hop::Handed
                && (lacks.is_some_and(|lacks| written_at(*node, lacks))
                    || facts
                        .functions_around(facts.code.scope_of(*node))
                        .any(|scope| calls(scope, guards)))
        })
    {
        return None;
    }
    if !beside.is_empty() && !calls(own, beside) {
        return None;
    }
    Some(Fit {
        mark: mark(facts, place, clause),
        decisive,
    })
}

/// True for the name that is wanted; `*` at either end of it stands for anything.
fn is_called(wanted: &str, name: &str) -> bool {
    let middle = wanted.trim_matches('*');
    match (wanted.starts_with('*'), wanted.ends_with('*')) {
        (false, false) => wanted == name,
        (true, false) => name.ends_with(middle),
        (false, true) => name.starts_with(middle),
        (true, true) => name.contains(middle),
    }
}

/// A scope; of a callback within a handler of requests the handler, and with it what it is handed
/// over with: `app.get(path, check, (req, res) => {})`.
fn handler(facts: &Facts<'_>, own: ScopeId) -> Option<Span> {
    /// How far a list of parameters, and what stands before a handler, are read.
    const HEAD: usize = 80;
    const BEFORE: u32 = 4000;
    /// Calls around a handler: `app.get(path, wrap(handler))`.
    const CALLS: usize = 3;
    let scope = facts.code.scope(own)?;
    if facts.language != Language::JavaScript {
        return Some(scope.span);
    }
    let takes_request = |scope: &&Scope| {
        let text = facts.text(scope.span);
        let head = text.split([')', '{', '=']).next().unwrap_or(text);
        head.len() < HEAD && (head.contains("req") || head.contains("ctx"))
    };
    let scopes = facts
        .functions_around(own)
        .filter_map(|scope| facts.code.scope(scope));
    let Some(handler) = scopes.filter(takes_request).last() else {
        return Some(scope.span);
    };
    // A function stands behind all that is in it.
    let mut at = NodeId(handler.nodes.end);
    let mut start = handler.span.start;
    for _ in 0..CALLS {
        let Some(call) = facts.parent(at) else { break };
        let Node::Call { callee, .. } = facts.code.node(call) else {
            break;
        };
        // From the name on: `put(path, check, (req, res) => {})`.
        let name = name_start(facts, *callee);
        start = name.unwrap_or(facts.code.span(*callee).end).min(start);
        at = call;
    }
    let start = start.max(handler.span.start.saturating_sub(BEFORE));
    Some(Span::new(start, handler.span.end))
}

/// What stands near a node in its scope: all of it, but of a scope without end.
fn around<'s>(facts: &Facts<'s>, scope: Span, node: NodeId) -> Cow<'s, str> {
    let own = facts.code.span(node);
    let start = scope.start.max(own.start.saturating_sub(NEAR));
    let end = scope.end.min(own.end.saturating_add(NEAR));
    let near = facts.code.text.get(Span::new(start, end).range());
    without_annotations(String::from_utf8_lossy(near.unwrap_or(&[])))
}

/// What a comment says to an analyser, `# ruleid: insecure-transport`, says nothing about the code.
pub(super) fn without_annotations(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains("ruleid:") && !text.contains("ok:") {
        return text;
    }
    let is_annotation = |line: &&str| {
        let comment = line
            .trim_start()
            .trim_start_matches(['#', '/', '*', '<', '!', '-', '{', ' ']);
        let comment = comment.strip_prefix("todo").unwrap_or(comment);
        comment.starts_with("ruleid:") || comment.starts_with("ok:")
    };
    let lines: Vec<&str> = text
        .split('\n')
        .filter(|line| !is_annotation(line))
        .collect();
    Cow::Owned(lines.join("\n"))
}

/// Where the name begins that a member ends with.
fn name_start(facts: &Facts<'_>, member: NodeId) -> Option<u32> {
    let Node::Member { name, .. } = facts.code.node(member) else {
        return None;
    };
    let length = u32::try_from(facts.code.names.text(*name).len()).unwrap_or(0);
    Some(facts.code.span(member).end.saturating_sub(length))
}

fn mark(facts: &Facts<'_>, place: Place, clause: &CompiledClause) -> Part {
    let head = place.head(facts);
    let of = |node: NodeId| Part {
        whole: facts.code.span(node),
        value: node,
    };
    match clause.clause.mark.as_deref() {
        None | Some("callee") => of(head),
        Some("whole") => of(place.node),
        Some("name") => {
            let mut part = of(head);
            if let Some(start) = name_start(facts, head) {
                part.whole.start = start;
            }
            part
        }
        Some(at) => {
            // A `*` marks the part that a test picked.
            let test = clause
                .tests
                .iter()
                .find(|test| test.test.at.iter().any(|a| a == at));
            let picked = test.and_then(|test| holds(facts, place, test).flatten());
            // Where foreign data went into options that were made before, it is handed over here.
            let own = facts.code.span(place.node);
            let is_elsewhere = |part: &Part| {
                facts.language == Language::JavaScript
                    && test.is_some_and(CompiledTest::is_about_origin)
                    && (part.whole.start < own.start || part.whole.end > own.end)
            };
            let handed = || {
                let first = at.split('.').next().unwrap_or(at).to_owned();
                place.parts(facts, &[first]).first().copied()
            };
            picked
                .map(|part| match is_elsewhere(&part) {
                    true => handed().unwrap_or(part),
                    false => part,
                })
                .or_else(|| place.parts(facts, &[at.to_owned()]).first().copied())
                .unwrap_or_else(|| of(place.node))
        }
    }
}

/// `None` where the test fails; else the part that it holds for, if it is about a part.
fn holds(facts: &Facts<'_>, place: Place, test: &CompiledTest) -> Option<Option<Part>> {
    let parts = place.parts(facts, &test.test.at);
    if let Some(absent) = test.test.absent {
        if absent {
            return (parts.is_empty() && !place.is_open(facts)).then_some(None);
        }
        if parts.is_empty() {
            return None;
        }
    }
    parts
        .into_iter()
        .find(|part| satisfies(facts, *part, test))
        .map(Some)
}

impl CompiledTest {
    /// True for tests after which it matters where a value came from.
    fn is_about_origin(&self) -> bool {
        self.test.dynamic == Some(true)
            || self.test.composed == Some(true)
            || self.taint != Taint::NONE
    }

    /// True for tests after which it matters where a constant was set.
    fn is_about_constant(&self) -> bool {
        self.matches.is_some()
            || self.test.is.is_some()
            || !self.test.one_of.is_empty()
            || self.test.below.is_some()
            || self.test.bits.is_some()
    }
}

fn satisfies(facts: &Facts<'_>, part: Part, test: &CompiledTest) -> bool {
    let value = facts.value(part.value);
    let wants = &test.test;
    let constants = facts.constants(value);
    let scalar = |scalar: &Scalar| constants.iter().any(|c| equals(c, scalar));
    if wants.is.as_ref().is_some_and(|wanted| !scalar(wanted)) {
        return false;
    }
    if !wants.one_of.is_empty() && !wants.one_of.iter().any(scalar) {
        return false;
    }
    if let Some(expression) = &test.matches
        && !constants.iter().any(|c| finds(expression, c))
    {
        return false;
    }
    if let Some(expression) = &test.shape
        && !facts
            .composed(value)
            .is_some_and(|text| expression.finds(text))
        && !constants.iter().any(|c| finds(expression, c))
    {
        return false;
    }
    let escaped = value.clean.covers(test.escaped);
    // What is harmless is no danger, and still no constant.
    let fails = |dynamic| match dynamic {
        true => value.is_constant() || escaped,
        false => !value.is_constant(),
    };
    if wants.dynamic.is_some_and(fails) {
        return false;
    }
    let composed = matches!(value.shape, Shape::Composed(_)) && !value.is_constant() && !escaped;
    if wants.composed.is_some_and(|wanted| wanted != composed) {
        return false;
    }
    // What can be guessed can be guessed in any spelling.
    let washed = (escaped || value.washed.covers(test.escaped)) && test.taint != Taint::RANDOM;
    if test.taint != Taint::NONE && (!value.taint.overlaps(test.taint) || washed) {
        return false;
    }
    let is_wanted = |part: &str| wants.part.iter().any(|wanted| wanted == part);
    if !wants.part.is_empty() && !facts.part_of_request(value).is_some_and(is_wanted) {
        return false;
    }
    let literal = constants.iter().any(|c| matches!(c, Literal::Text(_)));
    if wants.literal.is_some_and(|wanted| wanted != literal) {
        return false;
    }
    let number = |compare: &dyn Fn(f64) -> bool| {
        constants
            .iter()
            .any(|c| matches!(c, Literal::Number(n) if compare(*n)))
    };
    if wants.below.is_some_and(|limit| !number(&|n| n < limit))
        || wants.above.is_some_and(|limit| !number(&|n| n > limit))
    {
        return false;
    }
    if let Some(bits) = wants.bits
        // A mode is a small whole number; what is not has no bits.
        && !number(&|n| n >= 0.0 && n <= f64::from(u32::MAX) && (n as u32) & bits != 0)
    {
        return false;
    }
    if !test.references.is_empty() && !refers(facts, value, &test.references) {
        return false;
    }
    let function = matches!(value.shape, Shape::Function(_));
    if wants.function.is_some_and(|wanted| wanted != function) {
        return false;
    }
    if wants.given.is_some_and(|wanted| wanted != value.is_given()) {
        return false;
    }
    let made = |expression: &Expression| {
        let from = value.via.some().unwrap_or(part.value);
        expression.finds(facts.text(facts.code.span(from)))
    };
    let text = |expression: &Expression| expression.finds(facts.text(part.whole));
    test.made.as_ref().is_none_or(made) && test.text.as_ref().is_none_or(text)
}

fn refers(facts: &Facts<'_>, value: Value, names: &[super::compiled::Name]) -> bool {
    let Shape::Reference(path) = value.shape else {
        return false;
    };
    let path = facts.code.names.render(path);
    names.iter().any(|name| name.fits(&path))
}

fn equals(constant: &Literal<'_>, scalar: &Scalar) -> bool {
    match (constant, scalar) {
        (Literal::Bool(a), Scalar::Bool(b)) => a == b,
        (Literal::Number(a), Scalar::Number(b)) => a == b,
        (Literal::Text(a), Scalar::Text(b)) => a == b,
        (Literal::Null, Scalar::Text(b)) => b == "None",
        // `rejectUnauthorized: 0` switches off as `false` does.
        (Literal::Number(a), Scalar::Bool(b)) => (*a == 0.0 && !b) || (*a == 1.0 && *b),
        _ => false,
    }
}

fn finds(expression: &Expression, constant: &Literal<'_>) -> bool {
    match constant {
        Literal::Text(text) => expression.finds(text),
        Literal::Number(number) => expression.finds(&number.to_string()),
        Literal::Bool(_) | Literal::Null => false,
    }
}

/// True for the left side of an assignment.
fn is_target(facts: &Facts<'_>, node: NodeId) -> bool {
    facts.parent(node).is_some_and(
        |parent| matches!(facts.code.node(parent), Node::Assign { target, .. } if *target == node),
    )
}

/// The place that a node is, with the last name by which clauses are found.
pub(super) fn place<'s>(facts: &Facts<'s>, node: NodeId) -> Option<(Place, &'s str)> {
    let names = &facts.code.names;
    let last = |id: NodeId| {
        let mut path = facts.canonical(id).or_else(|| facts.access(id))?;
        let mut name = names.last(path)?;
        while names.text(name) == "()" {
            path = names.parent(path)?;
            name = names.last(path)?;
        }
        Some(names.text(name))
    };
    let written = |id: NodeId| match facts.code.node(id) {
        Node::Member { name, .. } | Node::Name(name) => Some(names.text(*name)),
        _ => None,
    };
    let (subject, name) = match facts.code.node(node) {
        Node::Call { callee, .. } => (Subject::Call, last(*callee).or_else(|| written(*callee))?),
        Node::Assign { target, .. } if matches!(facts.code.node(*target), Node::Index { .. }) => {
            let path = facts.access(*target).and_then(|path| names.last(path));
            (
                Subject::Assign,
                path.map_or(ELEMENT, |name| names.text(name)),
            )
        }
        Node::Return(_) => (Subject::Return, ""),
        Node::Assign { target, .. } => {
            let name = facts.access(*target).and_then(|path| names.last(path));
            let name = name.map(|name| names.text(name));
            (Subject::Assign, name.or_else(|| written(*target))?)
        }
        Node::Entry {
            key: Key::Name { name, .. },
            ..
        } => (Subject::Entry, names.text(*name)),
        Node::Import { path, .. } => (Subject::Import, names.text(names.last(*path)?)),
        // What is assigned to is not used, and has the old value's name at most.
        Node::Name(_) | Node::Member { .. } if is_target(facts, node) => return None,
        Node::Name(_) | Node::Member { .. } => (Subject::Reference, last(node)?),
        _ => return None,
    };
    Some((Place { subject, node }, name))
}
