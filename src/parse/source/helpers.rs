//! Functions of the same file: what they make of their arguments, and what arguments reach.

use super::Language;
use super::code::{Code, Key, Node, NodeId, ScopeId, ScopeKind};
use super::eval::Pass;
use super::library;
use super::names::Symbol;
use super::numbers::{NumberMap, NumberSet};
use super::value::{Clean, Params, Shape, Taint, Value};

/// Deepest chain of functions that are looked into before their turn.
const MAX_AHEAD: u32 = 6;

/// Rounds in which arguments are handed on from helper to helper.
const ROUNDS: usize = 3;

/// Most calls of one file's functions that hand something on.
const MAX_HANDED: usize = 20_000;

/// The functions of a file.
#[derive(Debug, Default)]
pub(super) struct Helpers {
    /// The parameters of every scope, in order.
    pub(super) parameters: Vec<Vec<Symbol>>,
    /// Which of them takes all that is left: `*args`, `...rest`.
    rest: NumberMap<ScopeId, usize>,
    /// Which of them are declared to be numbers, as bits.
    numbers: Vec<u16>,
    /// Functions by the class that they are in, and by their name alone.
    methods: NumberMap<(ScopeId, Symbol), Vec<ScopeId>>,
    pub(super) named: NumberMap<Symbol, Vec<ScopeId>>,
    /// Parameters of private functions that every call in the file gives something written out.
    told: NumberSet<(ScopeId, Symbol)>,
    /// What every function returns.
    returns: Vec<Option<Value>>,
    state: Vec<State>,
    /// What is known of every parameter wherever a function comes back from.
    passed: NumberMap<ScopeId, Vec<Clean>>,
    ahead: u32,
    handed: Vec<Handed>,
    /// Functions that were asked whether they look at folders: their texts are read once.
    looks: NumberMap<ScopeId, bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unseen,
    Running,
    Seen,
}

/// An argument that carries something into a function.
#[derive(Clone, Copy, Debug)]
struct Handed {
    to: ScopeId,
    position: usize,
    value: Value,
    call: NodeId,
}

/// What comes into a parameter from the calls in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incoming {
    pub taint: Taint,
    pub clean: Clean,
    /// What the foreign data in it was escaped for.
    pub washed: Clean,
    pub entry: NodeId,
    /// The call that hands it over.
    pub call: NodeId,
}

impl Helpers {
    pub fn of(code: &Code<'_>, language: Language) -> Self {
        let count = code.scopes.len();
        let mut helpers = Self {
            parameters: vec![Vec::new(); count],
            numbers: vec![0; count],
            returns: vec![None; count],
            state: vec![State::Unseen; count],
            ..Self::default()
        };
        for id in code.ids() {
            let at = code.scope_of(id).0 as usize;
            if let Node::Parameter(name) = code.node(id)
                && let Some(list) = helpers.parameters.get_mut(at)
                && list.len() < 16
            {
                let of = code.types.get(&id).and_then(|of| code.names.last(*of));
                if of.is_some_and(|of| library::is_plain_type(code.names.text(of)))
                    && let Some(numbers) = helpers.numbers.get_mut(at)
                {
                    *numbers |= 1 << list.len();
                }
                if takes_the_rest(code, id) {
                    helpers.rest.insert(code.scope_of(id), list.len());
                }
                list.push(*name);
            }
        }
        for (at, scope) in code.scopes.iter().enumerate() {
            let (Some(name), ScopeKind::Function) = (scope.name, scope.kind) else {
                continue;
            };
            let own = ScopeId(u32::try_from(at).unwrap_or(0));
            if code
                .scope(scope.parent)
                .is_some_and(|p| p.kind == ScopeKind::Class)
            {
                let methods = helpers.methods.entry((scope.parent, name));
                methods.or_default().push(own);
            }
            helpers.named.entry(name).or_default().push(own);
        }
        helpers.told = helpers.told_by_all(code, language);
        helpers
    }
}

/// `*args`, `...rest`
fn takes_the_rest(code: &Code<'_>, parameter: NodeId) -> bool {
    let start = code.span(parameter).start as usize;
    let before = code.text.get(..start).unwrap_or(&[]);
    before.ends_with(b"...") || (before.ends_with(b"*") && !before.ends_with(b"**"))
}

impl<'s> Pass<'_, 's> {
    /// True for a parameter that holds nothing but what this file has written out.
    pub(super) fn is_told(&self, name: Symbol, scope: ScopeId) -> bool {
        self.helpers.told.contains(&(scope, name))
    }

    /// The parameter that a name is, as a bit.
    pub(super) fn parameter_bit(&self, name: Symbol, scope: ScopeId) -> Params {
        // The object itself is nobody's message.
        if matches!(self.code.names.text(name), "self" | "cls" | "this") {
            return Params::NONE;
        }
        let list = self.helpers.parameters.get(scope.0 as usize);
        let at = list.and_then(|list| list.iter().position(|own| *own == name));
        match at {
            Some(at) => Params {
                of: scope,
                bits: 1 << at,
                html: 0,
            },
            None => Params::NONE,
        }
    }

    pub(super) fn returned(&mut self, value: Value, scope: ScopeId) {
        let before = self
            .helpers
            .returns
            .get(scope.0 as usize)
            .copied()
            .flatten();
        let joined = match before {
            Some(before) => self.join(before, value),
            None => value,
        };
        if let Some(slot) = self.helpers.returns.get_mut(scope.0 as usize) {
            *slot = Some(joined);
        }
    }

    /// True for functions of this file that always give back the same.
    pub(super) fn returns_a_constant(&self, function: ScopeId) -> bool {
        let returned = self.helpers.returns.get(function.0 as usize);
        let returned = returned.copied().flatten();
        returned.is_some_and(|value| matches!(value.shape, Shape::Constant(_)))
    }

    /// True for the event of a function that a cloud calls: `def handler(event, context)`.
    pub(super) fn is_cloud_event(&self, name: Symbol, scope: ScopeId) -> bool {
        let text = |name: &Symbol| self.code.names.text(*name);
        let parameters = self.helpers.parameters.get(scope.0 as usize);
        matches!(self.language, Language::Python | Language::Ruby)
            && text(&name) == "event"
            && parameters
                .and_then(|list| list.get(1))
                .is_some_and(|second| matches!(text(second), "context" | "_context"))
    }

    /// JavaScript: a function that is given a request has another one of its own in `this.request`,
    /// and a module that is imported as `request` sends some.
    pub(super) fn is_address_of_page(&self, object: NodeId, name: Symbol, value: Value) -> bool {
        let names = &self.code.names;
        self.language == Language::JavaScript
            && names.text(name) == "href"
            && !self.last_name(object).ends_with("location")
            && matches!(value.shape, Shape::Reference(path)
                if matches!(names.last_text(path), Some("href" | "URL" | "documentURI")))
    }

    pub(super) fn is_own_request(&self, object: &str, of: Value, scope: ScopeId) -> bool {
        if self.language == Language::JavaScript
            && let Shape::Reference(path) = of.shape
            && matches!(object, "req" | "request")
        {
            let names = &self.code.names;
            return names.parent(path).is_none()
                && (names.last_text(path) != Some(object) || self.find(path, scope).is_some());
        }
        let Some(own) = object.strip_prefix("this.") else {
            return false;
        };
        let parameters = self.helpers.parameters.get(scope.0 as usize);
        self.language == Language::JavaScript
            && parameters
                .is_some_and(|all| all.iter().any(|name| self.code.names.text(*name) == own))
    }

    /// The function or class of this file that a callee is.
    pub(super) fn local_function(
        &self,
        callee: NodeId,
        arguments: &[NodeId],
        scope: ScopeId,
    ) -> Option<ScopeId> {
        if let Shape::Function(function) = self.value(callee).shape {
            return Some(function);
        }
        match self.code.node(callee) {
            Node::Member { object, name } => {
                let owner = match self.code.node(*object) {
                    Node::Name(object)
                        if matches!(
                            self.code.names.text(*object),
                            "self" | "this" | "cls" | "$this" | "static" | "super"
                        ) =>
                    {
                        self.class_around(scope)
                    }
                    _ => match self.value(*object).shape {
                        Shape::Function(class) => Some(class),
                        _ => return self.only_method(*object, *name),
                    },
                }?;
                self.overload(owner, *name, arguments)
            }
            // In most languages a method calls its sisters by their names alone.
            Node::Name(name)
                if !matches!(self.language, Language::Python | Language::JavaScript)
                    && self
                        .access(callee)
                        .and_then(|path| self.find(path, scope))
                        // Several functions of one name are no value.
                        .is_none_or(|(_, value)| value.shape == Shape::Unknown) =>
            {
                let class = self.class_around(scope)?;
                self.overload(class, *name, arguments)
            }
            _ => None,
        }
    }

    /// The method of a class that takes these arguments: numbers go to those that ask for them.
    fn overload(&self, class: ScopeId, name: Symbol, arguments: &[NodeId]) -> Option<ScopeId> {
        let all = self.helpers.methods.get(&(class, name))?;
        let takes = |function: &&ScopeId| {
            let at = function.0 as usize;
            let count = self.helpers.parameters.get(at).map_or(0, Vec::len);
            let numbers = self.helpers.numbers.get(at).copied().unwrap_or(0);
            let fits = |(position, id): (usize, &NodeId)| {
                let value = self.value(*id);
                let wants = numbers & (1 << position) != 0;
                match value.shape {
                    Shape::Constant(_) => self.is_text(value) != wants,
                    Shape::Unknown => !wants || value.is_constant(),
                    _ => !wants,
                }
            };
            count == arguments.len() && arguments.iter().take(16).enumerate().all(fits)
        };
        all.iter().find(takes).or_else(|| all.first()).copied()
    }

    /// The one method of this file that is called so, on something that nobody knows.
    fn only_method(&self, object: NodeId, name: Symbol) -> Option<ScopeId> {
        let of = self.value(object);
        if of.shape != Shape::Unknown || self.code.names.text(name).len() < 5 {
            return None;
        }
        match self.helpers.named.get(&name)?.as_slice() {
            [only] if self.language != Language::Python || self.is_method(*only) => Some(*only),
            _ => None,
        }
    }

    /// Python: `images.find(x)` calls no function `find` that stands outside of classes.
    fn is_method(&self, function: ScopeId) -> bool {
        let parent = |id| {
            self.code
                .scope(id)
                .and_then(|own| self.code.scope(own.parent))
        };
        parent(function).is_some_and(|parent| parent.kind == ScopeKind::Class)
    }

    fn class_around(&self, scope: ScopeId) -> Option<ScopeId> {
        let mut at = scope;
        for _ in 0..8 {
            let own = self.code.scope(at)?;
            if own.kind == ScopeKind::Class {
                return Some(at);
            }
            if own.parent == at {
                return None;
            }
            at = own.parent;
        }
        None
    }

    /// What a call of a function of this file gives back.
    pub(super) fn call_local(
        &mut self,
        function: ScopeId,
        call: NodeId,
        callee: NodeId,
        arguments: &[NodeId],
    ) -> Option<Value> {
        let value = self.given_back(function, call, callee, arguments)?;
        Some(match self.code.counting.contains(&function) {
            true if !value.is_constant() => value.number(),
            _ => value,
        })
    }

    fn given_back(
        &mut self,
        function: ScopeId,
        call: NodeId,
        callee: NodeId,
        arguments: &[NodeId],
    ) -> Option<Value> {
        if self.code.scope(function)?.kind != ScopeKind::Function {
            // A new object of a class: its methods are found through the class.
            return Some(Value::of(Shape::Function(function)));
        }
        let given = self.by_position(function, callee, arguments);
        for (position, id) in &given {
            let value = self.value(*id);
            if (value.taint != Taint::NONE || value.params.bits != 0)
                && !value.is_constant()
                && self.helpers.handed.len() < MAX_HANDED
            {
                self.helpers.handed.push(Handed {
                    to: function,
                    position: *position,
                    value,
                    call,
                });
            }
        }
        self.look_into(function);
        self.learn_from_passing(function, call, &given);
        let known = self
            .helpers
            .returns
            .get(function.0 as usize)
            .copied()
            .flatten();
        let Some(returned) = known else {
            return match self.helpers.state.get(function.0 as usize) {
                // Without a body, what it is called says most.
                Some(State::Seen) if self.is_abstract(function) => None,
                // It gives nothing back.
                Some(State::Seen) => Some(Value::UNKNOWN),
                _ => Some(Value::made_of(given.iter().map(|(_, id)| self.value(*id)))),
            };
        };
        let mut value = Value {
            params: Params::NONE,
            via: NodeId::NONE,
            ..returned
        };
        if returned.params.of == function && returned.params.bits != 0 {
            let mut clean = Clean::ALL;
            for position in returned.params.positions() {
                let part = given.iter().find(|(at, _)| *at == position);
                let mut part = part.map_or(Value::UNKNOWN, |(_, id)| self.value(*id));
                if returned.params.is_html(position) {
                    part = part.escaped(Clean::HTML);
                }
                value.taint_by(part);
                clean = clean.both(part.clean);
            }
            value.clean = returned.clean.with(clean);
            value.washed = returned.washed.with(value.washed);
            if self.looks_at_folders(function) {
                value = value.escaped(Clean::PATH);
            }
            let is_own = returned.taint == Taint::NONE
                && given.iter().all(|(_, id)| self.is_written_out(*id));
            if is_own && !given.is_empty() {
                value = value.escaped(Clean::EACH);
            }
        }
        Some(value)
    }

    /// `abstract String escape(String name);`
    fn is_abstract(&self, function: ScopeId) -> bool {
        let scope = self.code.scope(function);
        scope.is_some_and(|scope| self.code.slice(scope.span).ends_with(';'))
    }

    /// Who comes back from a function that stops for all other values has one that it lets through.
    fn learn_from_passing(&mut self, function: ScopeId, call: NodeId, given: &[(usize, NodeId)]) {
        if self.helpers.state.get(function.0 as usize) != Some(&State::Seen) {
            return;
        }
        let scope = self.code.scope_of(call);
        for (position, id) in given {
            let passed = self.helpers.passed.get(&function);
            let clean = passed.and_then(|passed| passed.get(*position)).copied();
            if let Some(clean) = clean.filter(|clean| *clean != Clean::NONE)
                && let Some(path) = self.access(*id)
            {
                self.clean_here(path, clean, scope);
            }
        }
    }

    /// A function comes back from here: what is known of its parameters, as they were given?
    pub(super) fn passes(&mut self, function: ScopeId) {
        if !matches!(
            self.language,
            Language::Python | Language::JavaScript | Language::Php
        ) {
            return;
        }
        let Some(parameters) = self.helpers.parameters.get(function.0 as usize) else {
            return;
        };
        // What is not known of one way out is not known of all of them.
        let passed = self.helpers.passed.get(&function);
        if passed.is_some_and(|passed| passed.iter().all(|clean| *clean == Clean::NONE)) {
            return;
        }
        let mut known = Vec::with_capacity(parameters.len());
        for name in parameters {
            let path = self.code.names.lookup_root(*name);
            let variable = path.and_then(|path| self.variables.get(&(function, path)));
            // What its type says already says nothing about what others give it.
            let own = variable.filter(|variable| variable.ever.clean == Clean::NONE);
            let now = own.and_then(|variable| variable.now);
            let own = now.filter(|value| value.via == NodeId::NONE);
            known.push(own.map_or(Clean::NONE, |value| value.clean));
        }
        match self.helpers.passed.get_mut(&function) {
            Some(passed) => {
                for (before, now) in passed.iter_mut().zip(known) {
                    *before = before.both(now);
                }
            }
            None => {
                self.helpers.passed.insert(function, known);
            }
        }
    }

    /// True for constants and for collections of them.
    fn is_written_out(&mut self, id: NodeId) -> bool {
        let value = self.value(id);
        match value.shape {
            Shape::Collection(of) => self.any_element(of).is_constant(),
            _ => value.is_constant(),
        }
    }

    /// True for functions that refuse a path which leaves its folder, whatever their words for it.
    fn looks_at_folders(&mut self, function: ScopeId) -> bool {
        if let Some(known) = self.helpers.looks.get(&function) {
            return *known;
        }
        let looks = self.reads_like_a_look_at_folders(function);
        self.helpers.looks.insert(function, looks);
        looks
    }

    fn reads_like_a_look_at_folders(&self, function: ScopeId) -> bool {
        const LOOKS: [&str; 13] = [
            "\"..\"",
            "'..'",
            "\"../\"",
            "'../'",
            "Contains(",
            "Clean(\"/\"",
            "IsLocal(",
            "SecureJoin(",
            "getCanonical",
            "toRealPath",
            "GetFullPath",
            "relative_to(",
            "os.path.commonpath(",
        ];
        let Some(scope) = self.code.scope(function) else {
            return false;
        };
        let text = self.code.slice(scope.span);
        LOOKS.iter().any(|word| match *word {
            "Contains(" => text
                .lines()
                .any(|line| line.contains(word) && line.contains("\"/\"")),
            // `filepath.Clean(string(filepath.Separator) + name)`
            "Clean(\"/\"" => text.lines().any(|line| {
                line.contains(word) || line.contains("Clean(string(") && line.contains("Separator")
            }),
            _ => text.contains(word),
        })
    }

    /// The arguments with the positions of the parameters that they become.
    fn by_position(
        &self,
        function: ScopeId,
        callee: NodeId,
        arguments: &[NodeId],
    ) -> Vec<(usize, NodeId)> {
        let empty = Vec::new();
        let parameters = self
            .helpers
            .parameters
            .get(function.0 as usize)
            .unwrap_or(&empty);
        let has_self = parameters
            .first()
            .is_some_and(|first| matches!(self.code.names.text(*first), "self" | "cls" | "&self"));
        let is_method = matches!(self.code.node(callee), Node::Member { .. });
        let mut next = usize::from(has_self && is_method);
        let last = self.helpers.rest.get(&function).copied();
        let mut placed = Vec::new();
        for id in arguments {
            match self.code.node(*id) {
                Node::Entry {
                    key: Key::Name { name, .. },
                    value,
                } => {
                    let at = parameters.iter().position(|own| own == name);
                    placed.extend(at.map(|at| (at, *value)));
                }
                Node::Spread(_) => {}
                _ => {
                    placed.push((last.map_or(next, |last| next.min(last)), *id));
                    next += 1;
                }
            }
        }
        placed
    }

    /// Learns what a function returns before its turn, if that has not come yet.
    fn look_into(&mut self, function: ScopeId) {
        let at = function.0 as usize;
        if self.helpers.state.get(at) != Some(&State::Unseen)
            || self.helpers.ahead >= MAX_AHEAD
            || !self.is_free_standing(function)
        {
            return;
        }
        let Some(nodes) = self.code.scope(function).map(|scope| scope.nodes.clone()) else {
            return;
        };
        self.set_state(function, State::Running);
        self.helpers.ahead += 1;
        let frames = std::mem::take(&mut self.frames);
        let (dead, beyond) = (
            std::mem::take(&mut self.dead),
            std::mem::take(&mut self.beyond),
        );
        let end = nodes
            .end
            .min(u32::try_from(self.code.len()).unwrap_or(u32::MAX));
        for id in (nodes.start..end).map(NodeId) {
            self.visit(id, self.code.scope_of(id));
        }
        self.passes(function);
        self.frames = frames;
        self.dead = dead;
        self.beyond = beyond;
        self.helpers.ahead -= 1;
        self.set_state(function, State::Seen);
    }

    /// A function's end: whatever broken code has left open in it ends, too.
    pub(super) fn leave_function(&mut self, function: ScopeId) {
        self.close_frames(function);
        self.passes(function);
        self.set_state(function, State::Seen);
    }

    fn set_state(&mut self, function: ScopeId, state: State) {
        if let Some(slot) = self.helpers.state.get_mut(function.0 as usize) {
            *slot = state;
        }
    }

    /// True for functions of a module or class: they need nothing of another function.
    fn is_free_standing(&self, function: ScopeId) -> bool {
        let mut at = function;
        for _ in 0..8 {
            let Some(scope) = self.code.scope(at) else {
                return false;
            };
            if scope.parent == ScopeId::MODULE {
                return true;
            }
            at = scope.parent;
            if self
                .code
                .scope(at)
                .is_none_or(|s| s.kind == ScopeKind::Function)
            {
                return false;
            }
        }
        false
    }

    /// What calls hand over reaches what parameters went into.
    pub(super) fn hand_over(&mut self) {
        let mut incoming: NumberMap<(ScopeId, usize), Incoming> = NumberMap::default();
        for _ in 0..ROUNDS {
            let mut changed = false;
            for handed in &self.helpers.handed {
                let mut value = handed.value;
                receive(&mut value, &incoming);
                // Which entry of an array the other side reads is not known.
                if self.language == Language::Php
                    && matches!(value.shape, Shape::Collection(_) | Shape::Items(_))
                {
                    continue;
                }
                if value.taint == Taint::NONE || value.is_constant() {
                    continue;
                }
                let new = Incoming {
                    taint: value.taint,
                    clean: value.clean,
                    washed: value.washed,
                    entry: value.entry,
                    call: handed.call,
                };
                let slot = incoming
                    .entry((handed.to, handed.position))
                    .or_insert_with(|| {
                        changed = true;
                        new
                    });
                slot.taint = slot.taint.union(new.taint);
                slot.clean = slot.clean.both(new.clean);
                slot.washed = slot.washed.both(new.washed);
            }
            if !changed {
                break;
            }
        }
        if incoming.is_empty() {
            return;
        }
        for value in &mut self.learnt.values {
            receive(value, &incoming);
        }
        self.learnt.incoming = incoming;
    }
}

/// Adds to a value what came in through the parameters that went into it.
fn receive(value: &mut Value, incoming: &NumberMap<(ScopeId, usize), Incoming>) {
    if value.params.bits == 0 {
        return;
    }
    let mut is_html = value.taint == Taint::NONE;
    for position in value.params.positions() {
        let Some(found) = incoming.get(&(value.params.of, position)) else {
            continue;
        };
        is_html &= value.params.is_html(position) || found.washed.covers(Clean::HTML);
        if value.taint == Taint::NONE {
            value.entry = found.entry;
            value.clean = value.clean.with(found.clean);
            value.washed = value.washed.with(found.washed);
        }
        value.taint = value.taint.union(found.taint);
    }
    if is_html && value.taint != Taint::NONE {
        value.washed = value.washed.with(Clean::HTML);
    }
}
