//! One pass over the nodes, front to back: names, constants, composed texts, foreign data.

use std::cell::OnceCell;

use super::Language;
use super::code::{Binding, Code, Key, List, Literal, Node, NodeId, ScopeId, ScopeKind};
use super::flow::Frame;
use super::fold::Unsteady;
use super::helpers::{Helpers, Incoming};
use super::items::Items;
use super::library;
use super::names::{Path, Symbol};
use super::numbers::NumberMap;
use super::patterns::Assigned;
use super::routes::Classes;
use super::value::{Clean, Params, Shape, Taint, Value};
use super::variables::MAX_CHOICES;

/// What the pass has learnt.
#[derive(Debug, Default)]
pub(super) struct Learnt<'s> {
    pub values: Vec<Value>,
    /// The access path of an expression as it is written: `self.cursor`.
    pub access: Vec<Option<Path>>,
    pub constants: Vec<Literal<'s>>,
    pub choices: Vec<u32>,
    pub composed: Vec<String>,
    /// Bytes of the texts that were put together.
    pub texts: usize,
    pub items: Vec<Items>,
    /// What calls in the file hand over to its functions' parameters.
    pub incoming: NumberMap<(ScopeId, usize), Incoming>,
    /// Nodes that never run.
    pub dead: Vec<bool>,
}

/// A variable of a scope, or a field as it is written there.
pub(super) type Slot = (ScopeId, Path);

#[derive(Clone, Copy)]
pub(super) struct Variable {
    /// Its value here; none where this way has not set it.
    pub now: Option<Value>,
    /// Everything it may ever hold, for functions that run at another time.
    pub ever: Value,
    /// When it was last set: a field that was set before its owner says nothing any more.
    pub serial: u32,
    /// The type that it is declared to have.
    pub of: Option<Path>,
    /// Nothing was ever set: a condition told something about it.
    pub assumed: bool,
}

impl Variable {
    /// What a function within sees: everything that was ever set, and where that is one value, what
    /// was asked about it on the way to the function.
    pub(super) fn seen_within(&self) -> Value {
        let is_same = |now: &Value| {
            let (a, b) = (now, &self.ever);
            (a.shape, a.taint, a.via, a.entry) == (b.shape, b.taint, b.via, b.entry)
        };
        self.now.filter(is_same).unwrap_or(self.ever)
    }
}

pub(super) struct Pass<'c, 's> {
    pub(super) code: &'c mut Code<'s>,
    pub(super) language: Language,
    pub(super) learnt: Learnt<'s>,
    pub(super) variables: NumberMap<Slot, Variable>,
    pub(super) frames: Vec<Frame>,
    /// How many of the open ways never run.
    pub(super) dead: u32,
    /// How many forks are open that stand too deep to be followed.
    pub(super) beyond: u32,
    pub(super) unsteady: Unsteady,
    pub(super) helpers: Helpers,
    pub(super) serial: u32,
    /// What the library says of the paths that were asked for.
    kept: Vec<Option<(Taint, bool)>>,
    /// Which scope every scope's code runs within: a class body is no scope for its methods.
    pub(super) function_of: Vec<ScopeId>,
    /// Whether this is the round in which only the module runs.
    is_importing: bool,
    /// The classes of the file, and whether it names FastAPI, once somebody has asked.
    pub(super) classes: OnceCell<Classes<'s>>,
    pub(super) is_fastapi: OnceCell<bool>,
    /// What the names of the file are set to, once a regular expression was asked by its name.
    pub(super) assigned: OnceCell<Assigned<'s>>,
    /// Room for the arguments of a call and their values, which is used again by the next call.
    pub(super) room: (Vec<NodeId>, Vec<Value>),
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
        kept: Vec::new(),
        learnt: Learnt {
            values: vec![Value::UNKNOWN; count],
            access: vec![None; count],
            dead: vec![false; count],
            ..Learnt::default()
        },
        variables: NumberMap::default(),
        frames: Vec::new(),
        dead: 0,
        beyond: 0,
        unsteady: Unsteady::of(code),
        helpers: Helpers::of(code, language),
        serial: 0,
        is_importing: true,
        classes: OnceCell::new(),
        is_fastapi: OnceCell::new(),
        assigned: OnceCell::new(),
        room: <_>::default(),
        language,
        code,
    };
    pass.learn_scopes();
    // A function runs when the module has run: its constants are known by then.
    for at_import in [true, false] {
        pass.is_importing = at_import;
        pass.frames.clear();
        (pass.dead, pass.beyond) = (0, 0);
        let mut at = 0;
        while at < count {
            let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            at += 1;
            let scope = pass.code.scope_of(id);
            let when = runs_at_import
                .get(scope.0 as usize)
                .copied()
                .unwrap_or(true);
            if when == at_import {
                pass.visit(id, scope);
            } else if at_import {
                // Nothing that stands in a function runs in this round.
                let nodes = pass.code.scope(scope).map(|scope| scope.nodes.end);
                at = at.max(nodes.map_or(at, |end| end as usize));
            } else if let Node::Function(function) = pass.code.node(id) {
                pass.leave_function(*function);
            }
        }
    }
    pass.hand_over();
    pass.learnt
}

impl<'s> Pass<'_, 's> {
    fn learn_scopes(&mut self) {
        for (at, scope) in self.code.scopes.iter().enumerate() {
            let own = ScopeId(u32::try_from(at).unwrap_or(0));
            let mut outer = scope.parent;
            while let Some(parent) = self.code.scopes.get(outer.0 as usize) {
                // Ruby's methods see the constants of their class.
                let is_seen =
                    self.language.has_fields_in_scope() || self.language == Language::Ruby;
                if parent.kind != ScopeKind::Class || outer == own || is_seen {
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

    pub(super) fn visit(&mut self, id: NodeId, scope: ScopeId) {
        let node = self.code.node(id).clone();
        if self.is_dead() {
            // What a case is called counts even where the way before it never runs.
            if !matches!(node, Node::Flow(_) | Node::Literal(_)) {
                if let Some(slot) = self.learnt.dead.get_mut(id.index()) {
                    *slot = true;
                }
                return;
            }
        }
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
            Node::Either(list) | Node::Both(list) => self.any_of(list),
            Node::Sequence(list) | Node::Map(list) => Value {
                shape: Shape::Collection(id),
                ..self.made_of(list)
            },
            Node::Choose { condition, yes, no } => self.choose(condition, yes, no),
            Node::Not(inner) => match self.decide(inner) {
                Some(holds) => self.constant(Literal::Bool(!holds)),
                None => self.value(inner).harmless_unknown(),
            },
            Node::Binary {
                operator,
                left,
                right,
            } => self.binary(operator, left, right),
            Node::Flow(flow) => {
                self.flow(flow, scope);
                return;
            }
            Node::Return(value) => {
                let value = self.value(value);
                self.returned(value, scope);
                self.passes(scope);
                self.stop();
                value
            }
            Node::Entry { value, .. } => self.value(value),
            Node::Spread(inner) => self.value(inner),
            Node::Same(inner) => {
                let access = self.learnt.access.get(inner.index()).copied().flatten();
                self.set_access(id, access);
                self.value(inner)
            }
            Node::Instance(of_type) => self.instance(of_type),
            Node::Function(scope) => {
                if !self.is_importing {
                    self.leave_function(scope);
                }
                Value::of(Shape::Function(scope))
            }
            Node::Parameter(name) => {
                let path = self.code.names.root(name);
                self.set_access(id, Some(path));
                let mut value = self.parameter(id, scope);
                value.params = self.parameter_bit(name, scope);
                let of = self.code.types.get(&id).copied();
                if let Some(of) = of {
                    value = self.typed(value, of);
                }
                if self.is_told(name, scope) {
                    value = value.harmless();
                }
                self.bind(path, value, scope, Binding::DECLARES);
                value
            }
            Node::Assign {
                target,
                value,
                binding,
            } => {
                let mut new = self.value(value);
                if matches!(self.code.node(value), Node::Instance(_)) {
                    self.declare(&mut new, target, scope);
                }
                self.assign(target, value, new, binding, scope);
                if let Some(of) = self.code.types.get(&id).copied()
                    && let Some(path) = self.access(target)
                {
                    self.give_type(path, scope, of);
                }
                new
            }
            Node::Import { local, path } => {
                let value = self.reference(path, id);
                let local = self.code.names.root(local);
                self.bind(local, value, scope, Binding::DECLARES);
                value
            }
            Node::Opaque(list) => {
                let mut made = self.made_of(list);
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

    /// Nothing is known but that these went into it.
    fn made_of(&self, list: List) -> Value {
        Value::made_of(self.code.list(list).iter().map(|id| self.value(*id)))
    }

    /// Any one of these.
    fn any_of(&mut self, list: List) -> Value {
        let mut any = None;
        for at in 0..list.len as usize {
            let Some(id) = self.code.list(list).get(at) else {
                break;
            };
            let value = self.value(*id);
            any = Some(any.map_or(value, |any| self.join(any, value)));
        }
        any.unwrap_or(Value::UNKNOWN)
    }

    pub(super) fn constant(&mut self, literal: Literal<'s>) -> Value {
        let at = u32::try_from(self.learnt.constants.len()).unwrap_or(u32::MAX);
        self.learnt.constants.push(literal);
        Value::of(Shape::Constant(at))
    }

    // Names.

    fn read_name(&mut self, path: Path, scope: ScopeId, id: NodeId) -> Value {
        if let Some((_, value)) = self.find(path, scope) {
            return self.by_convention(path, value);
        }
        self.reference(path, id)
    }

    /// A name in capitals is what its author calls a constant, if nothing foreign went into it;
    /// so is the name of a table.
    fn by_convention(&self, path: Path, mut value: Value) -> Value {
        if value.taint == Taint::NONE
            && let Some(name) = self.code.names.last(path)
            && self.is_own_name(self.code.names.text(name))
        {
            value.clean = Clean::ALL;
        }
        value
    }

    pub(super) fn reference(&mut self, path: Path, id: NodeId) -> Value {
        let mut value = Value::of(Shape::Reference(path));
        let (entry, is_own) = self.kept(path);
        value.taint = entry;
        if value.taint != Taint::NONE {
            value.entry = id;
            let of = self.code.names.parent(path);
            let last = |path: Path| self.code.names.last_text(path);
            if matches!(of.and_then(last), Some("request" | "req"))
                && last(path).is_some_and(library::is_own_address)
            {
                value.clean = Clean::URL;
            }
        } else if is_own {
            value.clean = Clean::ALL;
        }
        value
    }

    /// What the library says of a name: the foreign data that it stands for, and whether its value
    /// is the program's own.
    fn kept(&mut self, path: Path) -> (Taint, bool) {
        let at = path.0 as usize;
        if let Some(Some(kept)) = self.kept.get(at) {
            return *kept;
        }
        let text = self.code.names.render(path);
        let library = self.language.library();
        let kept = ((library.entry)(&text), library.is_own(&text));
        if self.kept.len() <= at {
            self.kept.resize(at + 1, None);
        }
        if let Some(slot) = self.kept.get_mut(at) {
            *slot = Some(kept);
        }
        kept
    }

    fn member(&mut self, id: NodeId, object: NodeId, name: Symbol, scope: ScopeId) -> Value {
        if let Some(class) = self.new_of_file(object, name, scope) {
            return class;
        }
        let of = self.value(object);
        let access = self
            .access(object)
            .and_then(|path| self.code.names.child(path, name));
        self.set_access(id, access);
        if let Some(access) = access
            && let Some((_, value)) = self.find(access, scope)
        {
            // `link.href = location.href`: the page's own address, to change a part of it.
            return match value.taint == Taint::INPUT && self.is_address_of_page(object, name, value)
            {
                true => value.escaped(Clean::URL),
                false => value,
            };
        }
        let mut value = match of.shape {
            Shape::Reference(path) => {
                let path = match self.language == Language::JavaScript {
                    true if self.is_global(path) => Some(self.code.names.root(name)),
                    true if self.code.names.text(name) == "default" => Some(path),
                    _ => self.code.names.child(path, name),
                };
                match path {
                    Some(path) => match self.field(of, name, path) {
                        Some(value) => value,
                        None => self.reference(path, id),
                    },
                    None => Value::UNKNOWN,
                }
            }
            Shape::Collection(_) | Shape::Items(_) => {
                let key = self.constant(Literal::Text(self.code.names.text(name).into()));
                match self.item(of, &[key]) {
                    // What stands under another key has nothing to do with it.
                    Some(value) => return value,
                    None => Value::UNKNOWN,
                }
            }
            Shape::Function(class) if self.language.has_fields_in_scope() => {
                let path = self.code.names.root(name);
                let field = self.variables.get(&(class, path));
                field.map_or(Value::UNKNOWN, |field| field.ever)
            }
            _ => Value::UNKNOWN,
        };
        value.taint_by(of);
        // `in.URL` is a field of what came in: in Go, capitals promise no constant.
        if self.language == Language::Go
            && of.taint != Taint::NONE
            && library::is_constant_name(self.code.names.text(name))
        {
            value.clean = of.clean;
        }
        if let Some(path) = access {
            value = self.by_convention(path, value);
        }
        let member = self.code.names.text(name);
        if self.language == Language::JavaScript && library::javascript::is_behind_host(member) {
            value = value.open_as_url();
        }
        // What was escaped still is: `escape(page).strip`.
        if self.language == Language::Ruby && (member == "untaint" || library::keeps_text(member)) {
            value = value.escaped(of.clean);
        }
        let is_key = match self.language {
            Language::Ruby => library::is_key_of_row(member),
            Language::Python => member == "pk" || self.last_name(object) == "_meta",
            _ => false,
        };
        let is_number = match value.taint == Taint::NONE {
            true => is_key,
            false => self.language == Language::Python && self.is_plain_field(of, name),
        };
        if is_number || library::is_number_member(member) {
            value = value.harmless();
        }
        if self.language == Language::Python
            && value.taint != Taint::NONE
            && library::python::is_last_part(member)
            && matches!(of.shape, Shape::Reference(path)
                if &*self.code.names.render(path) == "pathlib.Path()")
        {
            value = value.escaped(Clean::PATH);
        }
        if value.taint.overlaps(Taint::REQUEST) && library::is_referrer(member) {
            value = value.escaped(Clean::URL);
        }
        if self.language == Language::JavaScript
            && value.taint != Taint::NONE
            && let Some(object) = self.access(object)
        {
            let object = self.code.names.render(object);
            if library::is_place_of_upload(&object, member) {
                value = value.escaped(Clean::PATH);
            }
            if library::javascript::is_of_payload(&object, member) {
                value = value.harmless();
            }
        }
        if value.taint == Taint::NONE
            && let Some(object) = self.access(object)
        {
            let object = self.code.names.render(object);
            let member = self.code.names.text(name);
            // Express hands the program itself over with each request.
            if self.language == Language::JavaScript
                && library::javascript::is_program(&object, member)
            {
                value.params = Params::NONE;
            }
            let is_asked = (self.language.library().request_member)(&object, member)
                && !self.is_request_to_send(&object, scope)
                && !self.is_own_request(&object, of, scope);
            let event = self.brought_by_event(&object, member, scope);
            if event != Taint::NONE {
                value.taint = event;
                value.entry = id;
            }
            if is_asked
                || (library::is_part_of_request(member) && self.is_made_of_request(of.via))
                || self.is_field_of_form(id, &object, member)
            {
                value.taint = Taint::REQUEST;
                value.entry = id;
                // `request.url` of the browser's own kind of request is a whole address.
                let is_own = match self.language {
                    Language::Python => library::is_own_address(member),
                    Language::JavaScript => &*object == "request" && member == "url",
                    _ => false,
                };
                if is_own {
                    value = value.escaped(Clean::URL);
                }
            }
        }
        value
    }

    /// PHP: a `RequestInterface` is what a client sends; what a server gets is more than that.
    fn is_request_to_send(&self, object: &str, scope: ScopeId) -> bool {
        const HEAD: usize = 400;
        if self.language != Language::Php || object != "$request" {
            return false;
        }
        let text = self.code.scope(scope).map(|own| self.code.slice(own.span));
        let head = text.and_then(|text| text.get(..HEAD).or(Some(text)));
        head.and_then(|head| head.split_once(" $request"))
            .and_then(|(before, _)| before.rsplit(['(', ' ', ',', '\\', '?']).next())
            == Some("RequestInterface")
    }

    /// What the key alone says of a part of a request: the page that somebody comes from is where
    /// they go back to.
    pub(super) fn told_by_key(&self, key: Value) -> Clean {
        match self.constant_text(key) {
            Some(key) if library::is_referrer(&key) => Clean::URL,
            _ => Clean::NONE,
        }
    }

    /// True for what holds all that is global in JavaScript.
    fn is_global(&self, path: Path) -> bool {
        let names = &self.code.names;
        names.parent(path).is_none()
            && matches!(
                names.last_text(path),
                Some("window" | "globalThis" | "global" | "self")
            )
    }

    /// True where a call was given the request: `wrapper(request)`.
    fn is_made_of_request(&self, made: NodeId) -> bool {
        let Node::Call { args, .. } = self.code.node(made) else {
            return false;
        };
        self.code.list(*args).iter().any(|id| {
            let named = |path| matches!(self.code.names.last_text(path), Some("request" | "req"));
            self.access(*id).is_some_and(named)
        })
    }

    /// What a field of an instance was made with, or what its type declares.
    fn field(&self, of: Value, name: Symbol, path: Path) -> Option<Value> {
        let mut made = of.via;
        while let Node::Same(inner) = self.code.node(made) {
            made = *inner;
        }
        let is_instance = |callee: NodeId| matches!(self.code.node(callee), Node::Instance(_));
        let given = match self.code.node(made) {
            Node::Call { callee, .. } if is_instance(*callee) => {
                self.items(Value::of(Shape::Collection(made)))
            }
            _ => None,
        };
        let key = Some(self.code.names.text(name));
        let given = given.and_then(|items| {
            let mut entries = items.entries.into_iter();
            entries.find(|item| item.key.as_deref() == key)
        });
        let given = given.map(|item| item.value);
        let declared = || self.variables.get(&(ScopeId::MODULE, path));
        given.or_else(|| declared().map(|variable| variable.ever))
    }

    fn index(&mut self, id: NodeId, object: NodeId, key: NodeId, scope: ScopeId) -> Value {
        let of = self.value(object);
        if let Key::Name { name, .. } = super::walk::entry_key(self.code, key)
            && !matches!(of.shape, Shape::Constant(_))
        {
            return self.member(id, object, name, scope);
        }
        let at = self.value(key);
        if let Some(value) = self.item(of, &[at]) {
            return value;
        }
        let told = self.told_by_key(at);
        let mut value = match of.shape {
            Shape::Collection(of) => self.any_element(of),
            // A piece of something is no name of anything: `sys.argv[1]`.
            _ => Value {
                shape: Shape::Unknown,
                ..of
            },
        };
        value.taint_by(of);
        if self.language == Language::Python && self.code.slice(self.code.span(id)) == "sys.argv[0]"
        {
            // What the program itself is called.
            return value.harmless();
        }
        if self.language == Language::JavaScript
            && value.taint != Taint::NONE
            && library::javascript::is_program_or_page(self.code.slice(self.code.span(id)))
        {
            return value.harmless();
        }
        if told != Clean::NONE {
            value = value.escaped(told);
        }
        if self.language == Language::Python
            && library::python::is_last_step(self.code.slice(self.code.span(id)))
        {
            value = value.escaped(Clean::PATH);
        }
        value
    }

    /// True for what a package of Go holds for all who import it: `for name := range config.Known`.
    pub(super) fn is_package_variable(&self, source: NodeId, value: Value) -> bool {
        if self.language != Language::Go || value.taint != Taint::NONE || value.is_given() {
            return false;
        }
        let name = match self.code.node(source) {
            Node::Name(name) => *name,
            Node::Member { object, name } if matches!(self.code.node(*object), Node::Name(_)) => {
                let Shape::Reference(of) = self.value(*object).shape else {
                    return false;
                };
                // A package, and nothing of one: `net/http`, not `net/http.Request`.
                let of = self.code.names.render(of);
                let last = of.rsplit('/').next().unwrap_or("");
                if last.contains('.') || last.starts_with(|c: char| c.is_ascii_uppercase()) {
                    return false;
                }
                *name
            }
            _ => return false,
        };
        let name = self.code.names.text(name);
        name.starts_with(|c: char| c.is_ascii_uppercase())
    }

    pub(super) fn any_element(&mut self, collection: NodeId) -> Value {
        let list = match self.code.node(collection) {
            Node::Sequence(list) | Node::Map(list) => *list,
            _ => return Value::UNKNOWN,
        };
        if list.len as usize > MAX_CHOICES {
            return self.made_of(list);
        }
        self.any_of(list)
    }

    /// A parameter of a declared type is still a parameter.
    fn declare(&self, new: &mut Value, target: NodeId, scope: ScopeId) {
        let path = self.access(target);
        if let Some((home, before)) = path.and_then(|path| self.find(path, scope))
            && home == scope
        {
            new.params = before.params;
        }
    }

    /// Something of a type has the type's name, and is no constant unless it is a number.
    fn instance(&mut self, of_type: NodeId) -> Value {
        let of = self.value(of_type);
        let Shape::Reference(path) = of.shape else {
            return Value {
                clean: Clean::NONE,
                ..of
            };
        };
        if matches!(
            &*self.code.names.render(path),
            "strings.Builder" | "bytes.Buffer"
        ) {
            return self.constant(Literal::Text("".into()));
        }
        let is_number = self.language.library().is_number;
        let clean = match is_number(&self.code.names.render(path)) {
            true => Clean::ALL,
            false => Clean::NONE,
        };
        Value {
            clean,
            ..self.reference(path, of_type)
        }
    }

    // Variables.

    fn parameter(&self, id: NodeId, scope: ScopeId) -> Value {
        let mut value = Value::UNKNOWN;
        if let Some(taint) = self.code.foreign.get(&id) {
            value.taint = *taint;
            value.entry = id;
        }
        let decorators = self
            .code
            .scope(scope)
            .map(|scope| scope.decorators.clone())
            .unwrap_or_default();
        let is_event = matches!(self.code.node(id), Node::Parameter(name)
            if self.is_cloud_event(*name, scope));
        if is_event
            || decorators
                .iter()
                .any(|decorator| self.is_route(*decorator, id))
        {
            value.taint = Taint::REQUEST;
            value.entry = id;
        }
        if decorators
            .iter()
            .any(|decorator| self.makes_a_number(*decorator, id))
            || self.language == Language::Python && self.is_declared_plain(id)
        {
            value.clean = Clean::ALL;
        }
        value
    }
}
