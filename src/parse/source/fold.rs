//! Conditions: what they come to where that is known, and what is known where they hold.

use std::borrow::Cow;

use super::Language;
use super::code::{Code, Flow, Fork, List, Literal, Node, NodeId, Operator, ScopeId};
use super::eval::Pass;
use super::library;
use super::names::{Path, Symbol};
use super::numbers::{NumberMap, NumberSet};
use super::value::{Clean, Shape, Taint, Value};

/// Deepest condition that is looked into.
const MAX_DEPTH: usize = 12;

/// Deepest nesting of conditions of which any one suffices.
const MAX_ALTERNATIVES: usize = 3;

/// Outer scopes that are searched for the owner of a name.
const MAX_OUTER: usize = 16;

/// Names whose value at one place says little about their value when that place runs.
#[derive(Debug, Default)]
pub(super) struct Unsteady {
    /// Assigned within a loop of the scope.
    in_loop: NumberSet<(ScopeId, Symbol)>,
    /// Assigned by a function within the scope that owns them.
    elsewhere: NumberSet<Symbol>,
}

impl Unsteady {
    pub fn of(code: &Code<'_>) -> Self {
        let mut found = Self {
            elsewhere: code.shared.clone(),
            ..Self::default()
        };
        // The open forks of every scope, and how many of them are loops.
        let mut forks: NumberMap<ScopeId, (Vec<bool>, usize)> = NumberMap::default();
        let mut owned: NumberSet<(ScopeId, Symbol)> = NumberSet::default();
        let mut open: Vec<(ScopeId, Symbol)> = Vec::new();
        for id in code.ids() {
            let scope = code.scope_of(id);
            match code.node(id) {
                Node::Flow(Flow::Fork(fork)) => {
                    let (open, loops) = forks.entry(scope).or_default();
                    open.push(*fork == Fork::Loop);
                    *loops += usize::from(*fork == Fork::Loop);
                }
                Node::Flow(Flow::Join) => {
                    let (open, loops) = forks.entry(scope).or_default();
                    *loops -= usize::from(open.pop() == Some(true));
                }
                Node::Parameter(name) => {
                    owned.insert((scope, *name));
                }
                Node::Assign {
                    target, binding, ..
                } => {
                    let Node::Name(name) = code.node(*target) else {
                        continue;
                    };
                    if forks.get(&scope).is_some_and(|(_, loops)| *loops > 0) {
                        found.in_loop.insert((scope, *name));
                    }
                    if binding.declares {
                        owned.insert((scope, *name));
                    } else {
                        open.push((scope, *name));
                    }
                }
                _ => {}
            }
        }
        let assigned: NumberSet<(ScopeId, Symbol)> = owned.iter().chain(&open).copied().collect();
        for (scope, name) in open {
            if owned.contains(&(scope, name)) {
                continue;
            }
            let mut at = scope;
            for step in 0.. {
                let Some(parent) = code.scope(at).map(|s| s.parent).filter(|p| *p != at) else {
                    break;
                };
                if step > MAX_OUTER || assigned.contains(&(parent, name)) {
                    found.elsewhere.insert(name);
                    break;
                }
                at = parent;
            }
        }
        found
    }
}

impl<'s> Pass<'_, 's> {
    /// What a condition comes to, if that is certain whenever it is reached.
    pub(super) fn decide(&self, condition: NodeId) -> Option<bool> {
        if !self.is_steady(condition) {
            return None;
        }
        self.truth(condition, 0)
    }

    fn truth(&self, id: NodeId, depth: usize) -> Option<bool> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.code.node(id) {
            Node::Not(inner) => self.truth(*inner, depth + 1).map(|holds| !holds),
            Node::Same(inner) => self.truth(*inner, depth + 1),
            Node::Both(list) => {
                let parts = self.code.list(*list).iter();
                let known: Vec<_> = parts.map(|id| self.truth(*id, depth + 1)).collect();
                match known.contains(&Some(false)) {
                    true => Some(false),
                    false => known.iter().all(|k| *k == Some(true)).then_some(true),
                }
            }
            Node::Either(list) => {
                // Whatever it picks, if all are the same.
                let mut parts = self.code.list(*list).iter();
                let first = self.truth(*parts.next()?, depth + 1)?;
                parts
                    .all(|id| self.truth(*id, depth + 1) == Some(first))
                    .then_some(first)
            }
            _ => match self.literal(id)? {
                Literal::Bool(holds) => Some(*holds),
                _ if !self.has_truthy_values() => None,
                Literal::Number(number) => Some(*number != 0.0),
                Literal::Text(text) => Some(!text.is_empty()),
                Literal::Null => Some(false),
            },
        }
    }

    /// In some languages a number or text is no condition, or always holds.
    fn has_truthy_values(&self) -> bool {
        matches!(
            self.language,
            Language::Python | Language::JavaScript | Language::Php
        )
    }

    /// The one constant that a value is.
    pub(super) fn literal(&self, id: NodeId) -> Option<&Literal<'s>> {
        match self.value(id).shape {
            Shape::Constant(at) => self.learnt.constants.get(at as usize),
            _ => None,
        }
    }

    /// True where what is known about an expression holds every time that it runs.
    pub(super) fn is_steady(&self, id: NodeId) -> bool {
        let mut left = vec![id];
        let mut seen = 0;
        while let Some(id) = left.pop() {
            seen += 1;
            if seen > 40 {
                return false;
            }
            match self.code.node(id) {
                Node::Literal(_) => {}
                Node::Name(name) => {
                    if !self.is_steady_name(*name, self.code.scope_of(id)) {
                        return false;
                    }
                }
                // A method of something steady: `guess.charAt(1)`.
                Node::Call { callee, args } => {
                    let Node::Member { object, .. } = self.code.node(*callee) else {
                        return false;
                    };
                    left.push(*object);
                    left.extend(self.code.list(*args));
                }
                Node::Index { .. }
                | Node::Not(_)
                | Node::Both(_)
                | Node::Either(_)
                | Node::Same(_)
                | Node::Binary { .. }
                | Node::Sum { .. } => self.code.for_each_part(id, |part| left.push(part)),
                _ => return false,
            }
        }
        true
    }

    fn is_steady_name(&self, name: Symbol, scope: ScopeId) -> bool {
        if self.unsteady.elsewhere.contains(&name)
            || (self.in_loop() && self.unsteady.in_loop.contains(&(scope, name)))
        {
            return false;
        }
        let path = self.code.names.lookup_root(name);
        path.is_some_and(|path| {
            self.variables
                .get(&(scope, path))
                .is_some_and(|variable| variable.now.is_some())
        })
    }

    // Values of conditions and arithmetic.

    pub(super) fn binary(&mut self, operator: Operator, left: NodeId, right: NodeId) -> Value {
        if let (Some(a), Some(b)) = (self.literal(left), self.literal(right))
            && let Some(result) = calculate(operator, a, b)
        {
            return self.constant(result);
        }
        let made = Value::made_of([self.value(left), self.value(right)]);
        match operator {
            // `folder / name` of paths is a path.
            Operator::Over
                if !matches!(self.language, Language::Php | Language::JavaScript)
                    && matches!(self.value(left).shape, Shape::Reference(_)) =>
            {
                Value {
                    shape: self.value(left).shape,
                    ..made
                }
            }
            Operator::Minus | Operator::Times | Operator::Over | Operator::Modulo
                if !matches!(self.language, Language::Php | Language::JavaScript) =>
            {
                made
            }
            // Yes or no, or where texts do not take part a number: nobody gets anything through
            // that.
            _ => made.harmless(),
        }
    }

    pub(super) fn choose(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> Value {
        match self.decide(condition) {
            Some(true) => self.value(yes),
            Some(false) => self.value(no),
            None => {
                let yes = self.value_if(condition, true, yes);
                let no = self.value_if(condition, false, no);
                self.join(yes, no)
            }
        }
    }

    /// The value of an arm of a conditional, with what its condition says about it.
    fn value_if(&self, condition: NodeId, holds: bool, arm: NodeId) -> Value {
        let value = self.value(arm);
        if value.is_constant() {
            return value;
        }
        let known = self.known_if(condition, holds);
        let told = |id: NodeId| {
            let path = self.access(id);
            let about = known.iter().filter(|(of, _)| Some(*of) == path);
            about.fold(Clean::NONE, |clean, (_, more)| clean.with(*more))
        };
        // A text is as clean as its parts.
        let clean = match self.code.node(arm) {
            Node::Text(list) => self
                .code
                .list(*list)
                .iter()
                .fold(Clean::ALL, |clean, part| {
                    clean.both(self.value(*part).clean.with(told(*part)))
                }),
            _ => told(arm),
        };
        value.escaped(clean)
    }

    // What is known where a condition holds.

    pub(super) fn refine(&mut self, condition: NodeId, holds: bool, scope: ScopeId) {
        for (path, clean) in self.known_if(condition, holds) {
            self.clean_here(path, clean, scope);
        }
    }

    /// In a way for certain constants, the subject is one of them.
    pub(super) fn refine_case(&mut self, subject: NodeId, scope: ScopeId) {
        if let Some(path) = self.access(subject) {
            self.clean_here(path, Clean::ALL, scope);
        }
    }

    pub(super) fn clean_here(&mut self, path: Path, clean: Clean, scope: ScopeId) {
        let mut value = match self.find(path, scope) {
            Some((_, value)) => value,
            None => Value::UNKNOWN,
        };
        if value.clean.covers(clean) {
            return;
        }
        value = value.escaped(clean);
        let slot = (scope, path);
        let is_new = !self.variables.contains_key(&slot);
        self.set_now(slot, Some(value));
        self.refresh(slot);
        if is_new && let Some(variable) = self.variables.get_mut(&slot) {
            variable.assumed = true;
        }
    }

    fn known_if(&self, condition: NodeId, holds: bool) -> Vec<(Path, Clean)> {
        self.known_at(condition, holds, 0)
    }

    fn known_at(&self, condition: NodeId, holds: bool, depth: usize) -> Vec<(Path, Clean)> {
        let mut known = Vec::new();
        let mut left = vec![(condition, holds)];
        let mut seen = 0;
        while let Some((id, holds)) = left.pop() {
            seen += 1;
            if seen > 40 {
                break;
            }
            match self.code.node(id) {
                Node::Not(inner) => left.push((*inner, !holds)),
                Node::Same(inner) => left.push((*inner, holds)),
                Node::Both(list) if holds => self.push_all(*list, holds, &mut left),
                Node::Either(list) if !holds => self.push_all(*list, holds, &mut left),
                Node::Either(list) | Node::Both(list) if depth < MAX_ALTERNATIVES => {
                    known.extend(self.known_of_each(*list, holds, depth));
                }
                Node::Binary {
                    operator,
                    left: a,
                    right: b,
                } => self.known_by(*operator, *a, *b, holds, &mut known),
                Node::Call { callee, args } => {
                    self.known_by_call(*callee, *args, holds, &mut known);
                    known.extend(self.known_by_finding(id, holds));
                }
                // `const plan = PLANS.find((plan) => plan.id === id); if (!plan) return;`,
                // `valid = is_md5(x)`
                Node::Name(_) => left.extend(self.value(id).via.some().map(|made| (made, holds))),
                _ => {}
            }
        }
        known
    }

    /// JavaScript: what a list of the program's own has an element for, is part of that element.
    fn known_by_finding(&self, call: NodeId, holds: bool) -> Option<(Path, Clean)> {
        const MOST_NODES: usize = 12;
        let Node::Call { callee, args } = self.code.node(call) else {
            return None;
        };
        let Node::Member { object, name } = self.code.node(*callee) else {
            return None;
        };
        let finds = matches!(self.code.names.text(*name), "find" | "some");
        if !holds || !finds || self.language != Language::JavaScript || !self.is_allow_list(*object)
        {
            return None;
        }
        let [test] = self.code.list(*args) else {
            return None;
        };
        let Shape::Function(function) = self.value(*test).shape else {
            return None;
        };
        let nodes = self.code.scope(function)?.nodes.clone();
        let mut nodes = nodes.take(MOST_NODES).map(NodeId).filter_map(|id| {
            let Node::Binary {
                operator: Operator::Equal,
                left,
                right,
            } = self.code.node(id)
            else {
                return None;
            };
            Some((*left, *right))
        });
        // One comparison is the whole test: another one could hold instead.
        let (left, right) = nodes.next()?;
        let is_whole = self
            .code
            .slice(self.code.span(*test))
            .trim_end_matches(['}', ';', ' ', '\n'])
            .ends_with(self.code.slice(self.code.span(right)));
        if nodes.next().is_some() || !is_whole {
            return None;
        }
        let foreign = |id: &NodeId| self.value(*id).taint != Taint::NONE;
        let subject = [left, right].into_iter().find(foreign)?;
        let other = if subject == left { right } else { left };
        let is_own = matches!(self.code.node(other), Node::Member { .. } | Node::Name(_));
        (is_own && !foreign(&other)).then_some(())?;
        Some((self.subject(subject)?, Clean::ALL))
    }

    /// What every one of several conditions says, of which one came out so: `x in ALLOWED or x == ""`.
    fn known_of_each(&self, list: List, holds: bool, depth: usize) -> Vec<(Path, Clean)> {
        let mut ways = self.code.list(list).iter();
        let Some(first) = ways.next() else {
            return Vec::new();
        };
        let mut common = self.known_at(*first, holds, depth + 1);
        for way in ways {
            if common.is_empty() {
                break;
            }
            let other = self.known_at(*way, holds, depth + 1);
            common.retain_mut(|(path, clean)| {
                let about = other.iter().filter(|(of, _)| of == path);
                let told = about.fold(Clean::NONE, |all, (_, more)| all.with(*more));
                *clean = clean.both(told);
                *clean != Clean::NONE
            });
        }
        common
    }

    fn push_all(&self, list: List, holds: bool, left: &mut Vec<(NodeId, bool)>) {
        left.extend(self.code.list(list).iter().map(|id| (*id, holds)));
    }

    fn known_by(
        &self,
        operator: Operator,
        a: NodeId,
        b: NodeId,
        holds: bool,
        known: &mut Vec<(Path, Clean)>,
    ) {
        // `isValid(name) !== true`
        for (one, other) in [(a, b), (b, a)] {
            if let Some(Literal::Bool(wanted)) = self.literal(one)
                && let Node::Call { callee, args } = self.code.node(other)
                && matches!(operator, Operator::Equal | Operator::Unequal)
            {
                let is_equal = (operator == Operator::Equal) == holds;
                self.known_by_call(*callee, *args, *wanted == is_equal, known);
            }
        }
        let mut learn = |id: NodeId, clean: Clean| {
            known.extend(self.subject(id).map(|path| (path, clean)));
        };
        match (operator, holds) {
            (Operator::Equal, true) | (Operator::Unequal, false) => {
                for (one, other) in [(a, b), (b, a)] {
                    // Equal to a constant that is no null: it is that constant.
                    match self.literal(one) {
                        Some(Literal::Null) => {}
                        Some(_) => learn(other, Clean::ALL),
                        // `req.body.image === product.image`
                        None if self.language == Language::JavaScript
                            && matches!(self.code.node(one), Node::Member { .. })
                            && self.value(one).taint == Taint::NONE =>
                        {
                            learn(other, Clean::ALL);
                        }
                        None => {}
                    }
                    // `commonpath([base, path]) == base`
                    if let Node::Call { callee, args } = self.code.node(one)
                        && matches!(self.last_name(*callee), "commonpath" | "commonprefix")
                    {
                        for arg in self.code.list(*args) {
                            match self.code.node(*arg) {
                                Node::Sequence(list) => {
                                    for part in self.code.list(*list) {
                                        learn(*part, Clean::PATH);
                                    }
                                }
                                _ => learn(*arg, Clean::PATH),
                            }
                        }
                    }
                }
            }
            (Operator::In, true) | (Operator::NotIn, false) if self.is_allow_list(b) => {
                learn(a, Clean::ALL);
            }
            (Operator::In, false) | (Operator::NotIn, true) => {
                // `".." not in name`
                if let Some(Literal::Text(text)) = self.literal(a) {
                    if text == ".." || text == "../" {
                        learn(b, Clean::PATH);
                    }
                    if text == "\n" || text == "\r\n" {
                        learn(b, Clean::LINE);
                    }
                }
            }
            _ => {}
        }
    }

    /// A collection that the program fills, not a text and nothing foreign.
    fn is_allow_list(&self, id: NodeId) -> bool {
        let value = self.value(id);
        value.taint == Taint::NONE && !self.is_text(value)
    }

    fn known_by_call(
        &self,
        callee: NodeId,
        args: List,
        holds: bool,
        known: &mut Vec<(Path, Clean)>,
    ) {
        let args = self.code.list(args);
        let name = self.last_name(callee);
        let object = match self.code.node(callee) {
            Node::Member { object, .. } => Some(*object),
            _ => None,
        };
        let mut learn = |id: NodeId, clean: Clean| {
            known.extend(self.subject(id).map(|path| (path, clean)));
        };
        if !holds {
            // `if (name.contains("..")) return`
            if matches!(
                name,
                "contains" | "includes" | "Contains" | "include?" | "strpos"
            ) && let (Some(object), Some(first)) = (object, args.first())
                && let Some(Literal::Text(text)) = self.literal(*first)
                && text.contains("..")
            {
                learn(object, Clean::PATH);
            }
            if let ("isNaN", Some(first)) = (name, args.first()) {
                learn(*first, Clean::ALL);
            }
            return;
        }
        if self.language == Language::Ruby
            && let Some(subject) = self.matched_whole(name, object, args)
        {
            learn(subject, Clean::ALL);
        }
        if let Some(object) = object {
            if library::is_class_test(name) {
                learn(object, Clean::ALL);
            }
            if library::is_prefix_test(name) {
                let text = args.first().and_then(|id| self.literal(*id));
                let is_site = matches!(text, Some(Literal::Text(text)) if text.contains("://"));
                let clean = if is_site { Clean::URL } else { Clean::PATH };
                learn(object, clean);
            }
            if library::is_membership_test(name)
                && self.is_allow_list(object)
                && let Some(first) = args.first()
            {
                learn(*first, Clean::ALL);
            }
            // Java: `"safe".equals(x)`, `x.equals("safe")`.
            if matches!(name, "equals" | "equalsIgnoreCase" | "Equals")
                && let Some(first) = args.first()
            {
                for (one, other) in [(object, *first), (*first, object)] {
                    if matches!(self.literal(one), Some(Literal::Text(_))) {
                        learn(other, Clean::ALL);
                    }
                }
            }
            if library::is_whole_match(name, self.pattern_before(callee), || {
                args.first().and_then(|id| match self.literal(*id) {
                    Some(Literal::Text(text)) => Some(Cow::Borrowed(text.as_ref())),
                    _ => None,
                })
            }) || library::is_match(name) && self.asks_named_pattern(object, args)
            {
                learn(object, Clean::ALL);
                for arg in args {
                    learn(*arg, Clean::ALL);
                }
            }
        }
        if let (None, Some(first)) = (object, args.first()) {
            // PHP asks by functions: `ctype_digit($x)`, `in_array($x, $list)`.
            let second = args.get(1).copied().unwrap_or(NodeId::NONE);
            if library::is_class_test(name) {
                learn(*first, Clean::ALL);
            }
            if library::is_prefix_test(name) {
                let text = self.literal(second);
                let is_site = matches!(text, Some(Literal::Text(text)) if text.contains("://"));
                learn(*first, if is_site { Clean::URL } else { Clean::PATH });
            }
            if matches!(name, "in_array" | "array_key_exists" | "array_search")
                && args.len() > 1
                && self.is_allow_list(second)
            {
                learn(*first, Clean::ALL);
            }
            if name == "isset"
                && let Node::Index { object, key } = self.code.node(*first)
                && self.is_allow_list(*object)
            {
                learn(*key, Clean::ALL);
            }
            if name == "preg_match"
                && let Some(Literal::Text(pattern)) = self.literal(*first)
                && library::is_whole_pattern(pattern)
            {
                learn(second, Clean::ALL);
            }
        }
        // Who says yes to everything approves of nothing.
        if let Some(clean) = library::is_approval(name)
            && !self
                .local_function(callee, args, self.code.scope_of(callee))
                .is_some_and(|function| self.returns_a_constant(function))
        {
            for arg in args {
                learn(*arg, clean);
                // `isRelativeUrl('/' + next)`
                match self.code.node(*arg) {
                    Node::Sum { left, right } => {
                        learn(*left, clean);
                        learn(*right, clean);
                    }
                    Node::Text(parts) => {
                        for part in self.code.list(*parts) {
                            learn(*part, clean);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// Ruby: what `name =~ /\A[a-z]+\z/` and `name.match?(/\A[a-z]+\z/)` ask about.
    fn matched_whole(&self, name: &str, object: Option<NodeId>, args: &[NodeId]) -> Option<NodeId> {
        let is_whole = |id: NodeId| {
            let written = self.code.slice(self.code.span(id));
            written.starts_with("/\\A")
                && written.ends_with("\\z/")
                && library::is_whole_pattern(written)
        };
        match (object, args) {
            // The operator is read as a number of what stands at its sides.
            (None, [subject, pattern]) if name == "Integer" => {
                let from = self.code.span(*subject).end as usize;
                let to = self.code.span(*pattern).start as usize;
                let between = self.code.text.get(from..to)?;
                (between.trim_ascii() == b"=~" && is_whole(*pattern)).then_some(*subject)
            }
            (Some(object), [other]) if matches!(name, "match?" | "match") => {
                if is_whole(*other) {
                    Some(object)
                } else {
                    is_whole(object).then_some(*other)
                }
            }
            _ => None,
        }
    }

    /// What a method is called on as it is written, without the slashes of a regular expression.
    fn pattern_before(&self, callee: NodeId) -> &'s str {
        let written = self.code.slice(self.code.span(callee));
        let object = written.rsplit_once('.').map_or("", |(object, _)| object);
        match object
            .strip_prefix('/')
            .and_then(|rest| rest.rsplit_once('/'))
        {
            Some((pattern, _flags)) => pattern,
            None => object,
        }
    }

    /// The variable that a test is about: `x` in `x.lower()`, too.
    fn subject(&self, id: NodeId) -> Option<Path> {
        let mut at = id;
        for _ in 0..MAX_DEPTH {
            match self.code.node(at) {
                Node::Same(inner) => at = *inner,
                Node::Call { callee, .. } => match self.code.node(*callee) {
                    Node::Member { object, name }
                        if library::keeps_text(self.code.names.text(*name)) =>
                    {
                        at = *object;
                    }
                    // `str(path).startswith(base)`
                    Node::Name(_) if matches!(self.last_name(*callee), "str" | "String") => {
                        match self.code.node(at) {
                            Node::Call { args, .. } => at = *self.code.list(*args).first()?,
                            _ => return None,
                        }
                    }
                    _ => return self.access(at),
                },
                _ => return self.access(at),
            }
        }
        None
    }

    pub(super) fn last_name(&self, callee: NodeId) -> &'s str {
        match self.code.node(callee) {
            Node::Name(name) | Node::Member { name, .. } => self.code.names.text(*name),
            _ => "",
        }
    }
}

fn calculate<'s>(operator: Operator, a: &Literal<'s>, b: &Literal<'s>) -> Option<Literal<'s>> {
    let compared = match (a, b) {
        (Literal::Number(a), Literal::Number(b)) => {
            let number = match operator {
                Operator::Minus => Some(a - b),
                Operator::Times => Some(a * b),
                Operator::Over if *b != 0.0 => Some(a / b),
                Operator::Modulo if *b != 0.0 => Some(a % b),
                _ => None,
            };
            if let Some(number) = number {
                return Some(Literal::Number(number));
            }
            a.partial_cmp(b)
        }
        (Literal::Text(a), Literal::Text(b)) => match operator {
            Operator::In => return Some(Literal::Bool(b.contains(a.as_ref()))),
            Operator::NotIn => return Some(Literal::Bool(!b.contains(a.as_ref()))),
            _ => Some(a.cmp(b)),
        },
        (Literal::Bool(a), Literal::Bool(b)) => Some(a.cmp(b)),
        (Literal::Null, Literal::Null) => Some(std::cmp::Ordering::Equal),
        (Literal::Null, _) | (_, Literal::Null) => {
            return match operator {
                Operator::Equal => Some(Literal::Bool(false)),
                Operator::Unequal => Some(Literal::Bool(true)),
                _ => None,
            };
        }
        _ => None,
    }?;
    Some(Literal::Bool(match operator {
        Operator::Equal => compared.is_eq(),
        Operator::Unequal => compared.is_ne(),
        Operator::Below => compared.is_lt(),
        Operator::AtMost => compared.is_le(),
        Operator::Above => compared.is_gt(),
        Operator::AtLeast => compared.is_ge(),
        _ => return None,
    }))
}
