//! One pass over the nodes, front to back: names, constants, composed texts, foreign data.

use std::collections::HashMap;

use super::Language;
use super::code::{Binding, Code, Key, List, Literal, Node, NodeId, ScopeId, ScopeKind};
use super::library;
use super::names::{Path, Symbol};
use super::value::{Clean, Shape, Taint, Value};

/// Most constants that one variable may hold to be told apart.
const MAX_CHOICES: usize = 8;

/// What the pass has learnt.
#[derive(Debug, Default)]
pub(super) struct Learnt<'s> {
    pub values: Vec<Value>,
    /// The access path of an expression as it is written: `self.cursor`.
    pub access: Vec<Option<Path>>,
    pub constants: Vec<Literal<'s>>,
    pub choices: Vec<u32>,
    pub composed: Vec<String>,
}

#[derive(Clone, Copy)]
struct Variable {
    /// Its value here.
    now: Value,
    /// Everything it may ever hold, for functions that run at another time.
    ever: Value,
}

pub(super) struct Pass<'c, 's> {
    pub(super) code: &'c mut Code<'s>,
    pub(super) language: Language,
    pub(super) learnt: Learnt<'s>,
    variables: HashMap<(ScopeId, Path), Variable>,
    /// Which scope every scope's code runs within: a class body is no scope for its methods.
    function_of: Vec<ScopeId>,
}

pub(super) fn run<'s>(code: &mut Code<'s>, language: Language) -> Learnt<'s> {
    let count = code.len();
    let runs_at_import: Vec<bool> = {
        let mut flags: Vec<bool> = Vec::with_capacity(code.scopes.len());
        for scope in &code.scopes {
            let outer = flags.get(scope.parent.0 as usize).copied().unwrap_or(true);
            flags.push(outer && scope.kind != ScopeKind::Function);
        }
        flags
    };
    let mut pass = Pass {
        function_of: Vec::new(),
        learnt: Learnt {
            values: vec![Value::UNKNOWN; count],
            access: vec![None; count],
            ..Learnt::default()
        },
        variables: HashMap::new(),
        language,
        code,
    };
    pass.learn_scopes();
    // A function runs when the module has run: its constants are known by then.
    for at_import in [true, false] {
        for id in pass.code.ids() {
            let scope = pass.code.scope_of(id);
            let when = runs_at_import
                .get(scope.0 as usize)
                .copied()
                .unwrap_or(true);
            if when == at_import {
                pass.visit(id, scope);
            }
        }
    }
    pass.learnt
}

impl<'s> Pass<'_, 's> {
    fn learn_scopes(&mut self) {
        for (at, scope) in self.code.scopes.iter().enumerate() {
            let own = ScopeId(u32::try_from(at).unwrap_or(0));
            let mut outer = scope.parent;
            while let Some(parent) = self.code.scopes.get(outer.0 as usize) {
                if parent.kind != ScopeKind::Class || outer == own {
                    break;
                }
                outer = parent.parent;
            }
            self.function_of.push(outer);
        }
    }

    pub(super) fn value(&self, id: NodeId) -> Value {
        self.learnt
            .values
            .get(id.index())
            .copied()
            .unwrap_or(Value::UNKNOWN)
    }

    fn visit(&mut self, id: NodeId, scope: ScopeId) {
        let node = self.code.node(id).clone();
        let value = match node {
            Node::Literal(literal) => self.constant(literal),
            Node::Name(name) => {
                let path = self.code.names.root(name);
                self.set_access(id, Some(path));
                self.read_name(path, scope, id)
            }
            Node::Member { object, name } => self.member(id, object, name, scope),
            Node::Index { object, key } => self.index(id, object, key, scope),
            Node::Call { callee, args } => self.call(id, callee, args),
            Node::Text(list) => self.text(list),
            Node::Format { template, args } => self.format(template, args),
            Node::Sum { left, right } => self.sum(left, right),
            Node::Either(list) => {
                let parts: Vec<Value> = self.parts(list);
                parts
                    .into_iter()
                    .reduce(|a, b| self.join(a, b))
                    .unwrap_or(Value::UNKNOWN)
            }
            Node::Sequence(list) | Node::Map(list) => {
                let parts = self.parts(list);
                Value {
                    shape: Shape::Collection(id),
                    ..Value::made_of(parts)
                }
            }
            Node::Entry { value, .. } | Node::Return(value) => self.value(value),
            Node::Spread(inner) => self.value(inner),
            Node::Same(inner) => {
                let access = self.learnt.access.get(inner.index()).copied().flatten();
                self.set_access(id, access);
                self.value(inner)
            }
            Node::Function(scope) => Value::of(Shape::Function(scope)),
            Node::Parameter(name) => {
                let path = self.code.names.root(name);
                self.set_access(id, Some(path));
                let value = self.parameter(id, scope);
                self.bind(
                    path,
                    value,
                    scope,
                    Binding {
                        declares: true,
                        ..Binding::default()
                    },
                );
                value
            }
            Node::Assign {
                target,
                value,
                binding,
            } => {
                let new = self.value(value);
                self.assign(target, value, new, binding, scope);
                new
            }
            Node::Import { local, path } => {
                let value = Value::of(Shape::Reference(path));
                let local = self.code.names.root(local);
                self.bind(
                    local,
                    value,
                    scope,
                    Binding {
                        declares: true,
                        ..Binding::default()
                    },
                );
                value
            }
            Node::Opaque(list) => {
                let parts = self.parts(list);
                let mut made = Value::made_of(parts);
                if list == List::default() {
                    made.clean = Clean::NONE;
                }
                made
            }
        };
        if let Some(slot) = self.learnt.values.get_mut(id.index()) {
            *slot = value;
        }
    }

    pub(super) fn set_access(&mut self, id: NodeId, path: Option<Path>) {
        if let Some(slot) = self.learnt.access.get_mut(id.index()) {
            *slot = path;
        }
    }

    pub(super) fn access(&self, id: NodeId) -> Option<Path> {
        self.learnt.access.get(id.index()).copied().flatten()
    }

    pub(super) fn parts(&self, list: List) -> Vec<Value> {
        self.code
            .list(list)
            .iter()
            .map(|id| self.value(*id))
            .collect()
    }

    pub(super) fn constant(&mut self, literal: Literal<'s>) -> Value {
        let at = u32::try_from(self.learnt.constants.len()).unwrap_or(u32::MAX);
        self.learnt.constants.push(literal);
        Value::of(Shape::Constant(at))
    }

    // Names.

    fn find(&self, path: Path, scope: ScopeId) -> Option<(ScopeId, Value)> {
        let mut at = scope;
        loop {
            if let Some(variable) = self.variables.get(&(at, path)) {
                let value = if at == scope {
                    variable.now
                } else {
                    variable.ever
                };
                return Some((at, value));
            }
            if at == ScopeId::MODULE {
                return None;
            }
            at = self
                .function_of
                .get(at.0 as usize)
                .copied()
                .unwrap_or(ScopeId::MODULE);
        }
    }

    fn read_name(&mut self, path: Path, scope: ScopeId, id: NodeId) -> Value {
        if let Some((_, value)) = self.find(path, scope) {
            return self.by_convention(path, value);
        }
        self.reference(path, id)
    }

    /// A name in capitals is what its author calls a constant, if nothing foreign went into it.
    fn by_convention(&self, path: Path, mut value: Value) -> Value {
        if value.taint == Taint::NONE
            && let Some(name) = self.code.names.last(path)
            && library::is_constant_name(self.code.names.text(name))
        {
            value.clean = Clean::ALL;
        }
        value
    }

    pub(super) fn reference(&mut self, path: Path, id: NodeId) -> Value {
        let text = self.code.names.render(path);
        let mut value = Value::of(Shape::Reference(path));
        value.taint = (self.language.library().entry)(&text);
        if value.taint != Taint::NONE {
            value.entry = id;
        } else if self.language.library().is_own(&text) {
            value.clean = Clean::ALL;
        }
        value
    }

    fn member(&mut self, id: NodeId, object: NodeId, name: Symbol, scope: ScopeId) -> Value {
        let of = self.value(object);
        let access = self
            .access(object)
            .and_then(|path| self.code.names.child(path, name));
        self.set_access(id, access);
        if let Some(access) = access
            && let Some((_, value)) = self.find(access, scope)
        {
            return value;
        }
        let mut value = match of.shape {
            Shape::Reference(path) => {
                let text = self.code.names.text(name);
                let root = self.code.names.render(path);
                let path = match (self.language, root.as_str(), text) {
                    (Language::JavaScript, "window" | "globalThis" | "global" | "self", _) => {
                        Some(self.code.names.root(name))
                    }
                    (Language::JavaScript, _, "default") => Some(path),
                    _ => self.code.names.child(path, name),
                };
                match path {
                    Some(path) => self.reference(path, id),
                    None => Value::UNKNOWN,
                }
            }
            Shape::Collection(of) => self.entry(of, name).unwrap_or(Value::UNKNOWN),
            _ => Value::UNKNOWN,
        };
        value.taint_by(of);
        if let Some(path) = access {
            value = self.by_convention(path, value);
        }
        if library::is_number_member(self.code.names.text(name)) {
            value.clean = Clean::ALL;
            value.taint = Taint::NONE;
        }
        if value.taint == Taint::NONE
            && let Some(object) = self.access(object)
        {
            let object = self.code.names.render(object);
            let member = self.code.names.text(name);
            if (self.language.library().request_member)(&object, member) {
                value.taint = Taint::REQUEST;
                value.entry = id;
            }
        }
        value
    }

    fn index(&mut self, id: NodeId, object: NodeId, key: NodeId, scope: ScopeId) -> Value {
        let of = self.value(object);
        if let Key::Name { name, .. } = super::python::entry_key(self.code, key) {
            return self.member(id, object, name, scope);
        }
        let mut value = match of.shape {
            Shape::Collection(of) => self.any_element(of),
            // `sys.argv[1]` is no name of anything, but what it is taken from stays known.
            _ => Value::UNKNOWN,
        };
        value.taint_by(of);
        value
    }

    /// The value under a constant key of a collection that was written out.
    fn entry(&self, collection: NodeId, wanted: Symbol) -> Option<Value> {
        let list = match self.code.node(collection) {
            Node::Map(list) => *list,
            Node::Call { args, .. } => *args,
            _ => return None,
        };
        self.code
            .list(list)
            .iter()
            .find_map(|id| match self.code.node(*id) {
                Node::Entry {
                    key: Key::Name { name, .. },
                    value,
                } if *name == wanted => Some(self.value(*value)),
                _ => None,
            })
    }

    fn any_element(&mut self, collection: NodeId) -> Value {
        let list = match self.code.node(collection) {
            Node::Sequence(list) | Node::Map(list) => *list,
            _ => return Value::UNKNOWN,
        };
        let parts = self.parts(list);
        if parts.len() > MAX_CHOICES {
            return Value::made_of(parts);
        }
        parts
            .into_iter()
            .reduce(|a, b| self.join(a, b))
            .unwrap_or(Value::UNKNOWN)
    }

    // Variables.

    fn parameter(&self, id: NodeId, scope: ScopeId) -> Value {
        let mut value = Value::UNKNOWN;
        let decorators = self
            .code
            .scope(scope)
            .map(|scope| scope.decorators.clone())
            .unwrap_or_default();
        if decorators.iter().any(|decorator| self.is_route(*decorator)) {
            value.taint = Taint::REQUEST;
            value.entry = id;
        }
        value
    }

    /// `@app.route("/users/<name>")`, `@router.get("/x/{id}")`.
    fn is_route(&self, decorator: NodeId) -> bool {
        let Node::Call { callee, args } = self.code.node(decorator) else {
            return false;
        };
        let Node::Member { name, .. } = self.code.node(*callee) else {
            return false;
        };
        let routes = matches!(
            self.code.names.text(*name),
            "route" | "get" | "post" | "put" | "delete" | "patch" | "websocket"
        );
        let path = self.code.list(*args).first().copied();
        routes
            && path
                .and_then(|id| self.constant_text(self.value(id)))
                .is_some_and(|text| text.contains(['<', '{']))
    }

    fn assign(
        &mut self,
        target: NodeId,
        source: NodeId,
        mut value: Value,
        binding: Binding,
        scope: ScopeId,
    ) {
        if binding.element {
            let taint = value;
            value = match value.shape {
                Shape::Collection(of) => self.any_element(of),
                _ => Value::UNKNOWN,
            };
            value.taint_by(taint);
        }
        if value.via == NodeId::NONE {
            value.via = source;
        }
        // Targets nest as deep as their author wrote them: a list, not recursion.
        let mut left = vec![(target, value)];
        while let Some((target, value)) = left.pop() {
            match self.code.node(target).clone() {
                Node::Name(_) | Node::Member { .. } | Node::Index { .. } => {
                    if let Some(path) = self.access(target) {
                        self.bind(path, value, scope, binding);
                    }
                }
                Node::Same(inner) | Node::Spread(inner) => left.push((inner, value)),
                Node::Map(list) => {
                    for id in self.code.list(list).to_vec() {
                        let part = self.destructured(id, value);
                        match self.code.node(id) {
                            Node::Entry { value: target, .. } => left.push((*target, part)),
                            Node::Same(inner) => {
                                if let Node::Entry { value: target, .. } = self.code.node(*inner) {
                                    left.push((*target, part));
                                }
                            }
                            Node::Spread(rest) => left.push((
                                *rest,
                                Value {
                                    shape: Shape::Unknown,
                                    ..value
                                },
                            )),
                            _ => {}
                        }
                    }
                }
                Node::Sequence(list) => {
                    let sources = match value.shape {
                        Shape::Collection(of) => match self.code.node(of) {
                            Node::Sequence(list) => self.parts(*list),
                            _ => Vec::new(),
                        },
                        _ => Vec::new(),
                    };
                    let targets = self.code.list(list).to_vec();
                    let exact = sources.len() == targets.len();
                    for (at, id) in targets.into_iter().enumerate() {
                        let mut part = match sources.get(at) {
                            Some(part) if exact => *part,
                            _ => Value::UNKNOWN,
                        };
                        if !exact {
                            part.taint_by(value);
                        }
                        left.push((id, part));
                    }
                }
                _ => {}
            }
        }
    }

    /// What `{key: target} = value` gives the target.
    fn destructured(&mut self, entry: NodeId, value: Value) -> Value {
        let inner = match self.code.node(entry) {
            Node::Same(inner) => *inner,
            _ => entry,
        };
        let Node::Entry {
            key: Key::Name { name, .. },
            ..
        } = self.code.node(inner)
        else {
            return Value::UNKNOWN;
        };
        let name = *name;
        let mut part = match value.shape {
            Shape::Reference(path) => match self.code.names.child(path, name) {
                Some(path) => self.reference(path, entry),
                None => Value::UNKNOWN,
            },
            Shape::Collection(of) => self.entry(of, name).unwrap_or(Value::UNKNOWN),
            _ => Value::UNKNOWN,
        };
        part.taint_by(value);
        // `const { query } = req` is request data as `req.query` is.
        if part.taint == Taint::NONE
            && let Some(object) = value.via.some().and_then(|via| self.access(via))
        {
            let object = self.code.names.render(object);
            let member = self.code.names.text(name);
            if (self.language.library().request_member)(&object, member) {
                part.taint = Taint::REQUEST;
                part.entry = entry;
            }
        }
        part
    }

    fn bind(&mut self, path: Path, mut value: Value, scope: ScopeId, binding: Binding) {
        let mut home = scope;
        let mut before = self.variables.get(&(scope, path)).copied();
        if before.is_none()
            && !binding.declares
            && let Some((found, _)) = self.find(path, scope)
        {
            home = found;
            before = self.variables.get(&(found, path)).copied();
        }
        if binding.append {
            let old = before.map_or(Value::UNKNOWN, |variable| variable.now);
            value = self.add(old, value);
        }
        let variable = match before {
            None => Variable {
                now: value,
                ever: value,
            },
            Some(old) => {
                let now = if binding.conditional || home != scope {
                    self.join(old.now, value)
                } else {
                    value
                };
                Variable {
                    now,
                    ever: self.join(old.ever, value),
                }
            }
        };
        self.variables.insert((home, path), variable);
    }

    /// Either of two values.
    fn join(&mut self, a: Value, b: Value) -> Value {
        let mut joined = Value::made_of([a, b]);
        joined.via = b.via.some().unwrap_or(a.via);
        let (ca, cb) = (self.constants_of(a), self.constants_of(b));
        joined.shape = match (a.shape, b.shape) {
            (x, y) if x == y => x,
            _ => match (ca, cb) {
                (Some(mut all), Some(more)) => {
                    for at in more {
                        let same = |other: &u32| {
                            self.learnt.constants.get(*other as usize)
                                == self.learnt.constants.get(at as usize)
                        };
                        if !all.iter().any(same) {
                            all.push(at);
                        }
                    }
                    match all.as_slice() {
                        [one] => Shape::Constant(*one),
                        many if many.len() <= MAX_CHOICES => {
                            let start = self.learnt.choices.len();
                            self.learnt.choices.extend(many);
                            Shape::Choice(
                                u32::try_from(start).unwrap_or(u32::MAX),
                                u32::try_from(many.len()).unwrap_or(0),
                            )
                        }
                        _ => Shape::Unknown,
                    }
                }
                // `x = None` before the real value says nothing about it.
                _ if self.is_null(a) => b.shape,
                _ if self.is_null(b) => a.shape,
                (_, _) => match (a.shape, b.shape) {
                    (Shape::Composed(_), _) => a.shape,
                    (_, Shape::Composed(_)) => b.shape,
                    (Shape::Reference(_), Shape::Reference(_)) => b.shape,
                    _ => Shape::Unknown,
                },
            },
        };
        joined
    }

    fn constants_of(&self, value: Value) -> Option<Vec<u32>> {
        match value.shape {
            Shape::Constant(at) => Some(vec![at]),
            Shape::Choice(start, len) => self
                .learnt
                .choices
                .get(start as usize..(start + len) as usize)
                .map(<[u32]>::to_vec),
            _ => None,
        }
    }

    fn is_null(&self, value: Value) -> bool {
        matches!(value.shape, Shape::Constant(at)
            if self.learnt.constants.get(at as usize) == Some(&Literal::Null))
    }
}
