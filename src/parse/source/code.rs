//! Code in one shape for all languages: a flat list of nodes in evaluation order.
//!
//! An adapter appends a node once its parts are there, so every node comes after what it is made
//! of, and one pass from front to back can judge them all, without recursion.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::Span;

use super::names::{Names, Path, Symbol};
use super::numbers::{NumberMap, NumberSet};
use super::value::Taint;

/// A place in the list of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    pub const NONE: Self = Self(u32::MAX);

    pub fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }

    /// The innermost of what is open.
    pub(super) fn last_of(open: &[Self]) -> Self {
        open.last().copied().unwrap_or(Self::NONE)
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A place in the list of scopes; the module is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub u32);

impl ScopeId {
    pub const MODULE: Self = Self(0);
}

/// Nodes that belong together: arguments, elements, parts of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// What stands in the source as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal<'s> {
    Text(Cow<'s, str>),
    Number(f64),
    Bool(bool),
    Null,
}

/// The key of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A keyword of a call or a constant key of a map.
    Name { name: Symbol, span: Span },
    /// A key that is computed.
    Computed(NodeId),
}

/// How an assignment binds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// `+=`: the old value goes on.
    pub append: bool,
    /// The old value is still possible, for a reason that no [`Flow`] says.
    pub conditional: bool,
    /// Makes a name of this scope, instead of writing to one that may be an outer scope's.
    pub declares: bool,
    /// Binds an element of the value: a loop.
    pub element: bool,
}

impl Binding {
    pub const DECLARES: Self = Self {
        append: false,
        conditional: false,
        declares: true,
        element: false,
    };

    /// What a loop does.
    pub const ELEMENT: Self = Self {
        element: true,
        ..Self::DECLARES
    };
}

/// One expression, or one of the few statements that matter.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<'s> {
    Literal(Literal<'s>),
    Name(Symbol),
    Member {
        object: NodeId,
        name: Symbol,
    },
    Index {
        object: NodeId,
        key: NodeId,
    },
    Call {
        callee: NodeId,
        args: List,
    },
    /// A text with parts filled in: interpolation, template.
    Text(List),
    /// `template % args`.
    Format {
        template: NodeId,
        args: NodeId,
    },
    /// `a + b`: a text, a number, or nobody knows.
    Sum {
        left: NodeId,
        right: NodeId,
    },
    /// One of these: `or`, `??`.
    Either(List),
    /// `a and b`.
    Both(List),
    /// `a ? b : c`.
    Choose {
        condition: NodeId,
        yes: NodeId,
        no: NodeId,
    },
    Not(NodeId),
    /// A comparison, or arithmetic other than a sum.
    Binary {
        operator: Operator,
        left: NodeId,
        right: NodeId,
    },
    Sequence(List),
    /// An object or dictionary; its parts are entries and spreads.
    Map(List),
    /// A keyword argument or one entry of a map.
    Entry {
        key: Key,
        value: NodeId,
    },
    /// `*x`, `**x`, `...x`.
    Spread(NodeId),
    Function(ScopeId),
    /// Something of this type: a declared variable, what a literal or `new` makes.
    Instance(NodeId),
    Parameter(Symbol),
    Assign {
        target: NodeId,
        value: NodeId,
        binding: Binding,
    },
    Import {
        local: Symbol,
        path: Path,
    },
    Return(NodeId),
    /// Parentheses, `await`, a cast: the value goes through.
    Same(NodeId),
    /// Anything else that is made of these.
    Opaque(List),
    /// Ways part or meet.
    Flow(Flow),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
    In,
    NotIn,
    Minus,
    Times,
    Over,
    Modulo,
}

impl Operator {
    /// As the languages of the C family and Python write it.
    pub fn of(text: &str) -> Option<Self> {
        Some(match text {
            "==" | "===" | "is" => Self::Equal,
            "!=" | "!==" | "<>" | "is not" => Self::Unequal,
            "<" => Self::Below,
            "<=" => Self::AtMost,
            ">" => Self::Above,
            ">=" => Self::AtLeast,
            "in" => Self::In,
            "not in" => Self::NotIn,
            "-" => Self::Minus,
            "*" => Self::Times,
            "/" => Self::Over,
            "%" => Self::Modulo,
            _ => return None,
        })
    }
}

/// Where control goes, as far as values depend on it. Stands in the list of nodes where it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Ways part; every way is an [`Flow::Arm`], until they meet at [`Flow::Join`].
    Fork(Fork),
    /// A way begins, and the one before it ends.
    Arm {
        when: When,
        from: From,
    },
    Join,
    /// `return`, `throw`: what follows in this way does not run.
    Stop,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// What follows runs only if this holds: `assert`.
    Require(NodeId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    Choice,
    /// `break` leads to the join.
    Switch,
    /// So do `break` and `continue`, and the body may run again.
    Loop,
}

/// When a way is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nobody knows.
    Maybe,
    /// Always, from its beginning: the body of a `try`.
    Always,
    Holds(NodeId),
    Fails(NodeId),
    /// The subject is one of these.
    Is {
        subject: NodeId,
        cases: List,
    },
    /// No other way is.
    Otherwise,
}

/// The values that a way begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// As they were at the fork.
    Fork,
    /// The way before leads here, too, if nothing ended it: a `switch` in the family of C.
    Previous,
    /// Somewhere within the first way: a handler of a `try`.
    First,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
}

impl ScopeKind {
    pub(super) fn of(is_class: bool) -> Self {
        match is_class {
            true => Self::Class,
            false => Self::Function,
        }
    }
}

/// A module, class or function.
#[derive(Clone, Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    pub parent: ScopeId,
    pub name: Option<Symbol>,
    pub span: Span,
    /// The nodes of its decorators or annotations.
    pub decorators: Vec<NodeId>,
    /// The numbers of the nodes in it, those of inner scopes included.
    pub nodes: Range<u32>,
}

/// All nodes of a file.
#[derive(Debug)]
pub struct Code<'s> {
    pub text: &'s [u8],
    /// Its beginning, as far as that is UTF-8: mostly all of it.
    valid: &'s str,
    pub names: Names<'s>,
    pub(super) nodes: Vec<Node<'s>>,
    pub(super) spans: Vec<Span>,
    pub(super) scope_of: Vec<ScopeId>,
    pub(super) lists: Vec<NodeId>,
    pub(super) scopes: Vec<Scope>,
    /// Names that some scope takes from an outer one in order to write to it.
    pub(super) shared: NumberSet<Symbol>,
    /// Functions and modules that only tests run.
    pub(super) tests: Vec<Span>,
    /// The declared types of parameters and of what assignments bind.
    pub(super) types: NumberMap<NodeId, Path>,
    /// Functions that are declared to give back a number.
    pub(super) counting: NumberSet<ScopeId>,
    /// Parameters that hold foreign data.
    pub(super) foreign: NumberMap<NodeId, Taint>,
    /// Where the nodes of this piece of the file begin.
    pub(super) own: usize,
    scope: ScopeId,
    outer: Vec<ScopeId>,
}

/// The beginning of a text that is UTF-8.
pub(super) fn valid(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_else(|error| {
        let head = text.get(..error.valid_up_to()).map(std::str::from_utf8);
        head.and_then(Result::ok).unwrap_or("")
    })
}

impl<'s> Code<'s> {
    pub fn new(text: &'s [u8]) -> Self {
        Self::of_valid(text, valid(text))
    }

    /// Code of a text of which is known already how far it is UTF-8.
    pub(super) fn of_valid(text: &'s [u8], valid: &'s str) -> Self {
        Self {
            text,
            valid,
            names: Names::default(),
            nodes: Vec::new(),
            spans: Vec::new(),
            scope_of: Vec::new(),
            lists: Vec::new(),
            scopes: vec![Scope {
                kind: ScopeKind::Module,
                parent: ScopeId::MODULE,
                name: None,
                span: Span::from_usize(0, text.len()),
                decorators: Vec::new(),
                nodes: 0..u32::MAX,
            }],
            shared: NumberSet::default(),
            tests: Vec::new(),
            types: NumberMap::default(),
            counting: NumberSet::default(),
            foreign: NumberMap::default(),
            own: 0,
            scope: ScopeId::MODULE,
            outer: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Makes room for what a tree of so many nodes holds: names and parts that mean something are
    /// about half of them, and most names are used often.
    pub(super) fn make_room(&mut self, in_tree: usize) {
        let nodes = in_tree / 2;
        self.nodes.reserve(nodes);
        self.spans.reserve(nodes);
        self.scope_of.reserve(nodes);
        self.names.make_room(in_tree / 16);
    }

    /// What is added from here on stands in this piece of the file.
    pub(super) fn begin_own(&mut self) {
        self.own = self.nodes.len();
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every node in order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX - 1)).map(NodeId)
    }

    /// The node of an id; an id from elsewhere reads as nothing.
    pub fn node(&self, id: NodeId) -> &Node<'s> {
        self.nodes
            .get(id.index())
            .unwrap_or(&Node::Literal(Literal::Null))
    }

    pub fn span(&self, id: NodeId) -> Span {
        self.spans.get(id.index()).copied().unwrap_or_default()
    }

    pub fn scope_of(&self, id: NodeId) -> ScopeId {
        self.scope_of
            .get(id.index())
            .copied()
            .unwrap_or(ScopeId::MODULE)
    }

    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    pub fn list(&self, list: List) -> &[NodeId] {
        let start = list.start as usize;
        self.lists
            .get(start..start + list.len as usize)
            .unwrap_or(&[])
    }

    /// True within what only tests run, though its file is no test.
    pub fn is_test(&self, span: Span) -> bool {
        self.tests.iter().any(|test| test.contains(span))
    }

    /// The text of a span where it is UTF-8.
    pub fn slice(&self, span: Span) -> &'s str {
        let range = span.range();
        if range.end <= self.valid.len() {
            return self.valid.get(range).unwrap_or("");
        }
        let bytes = self.text.get(range);
        bytes
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or("")
    }

    /// The nodes a node is made of.
    pub fn for_each_part(&self, id: NodeId, mut see: impl FnMut(NodeId)) {
        match self.node(id) {
            Node::Member { object, .. } => see(*object),
            Node::Index { object, key } => {
                see(*object);
                see(*key);
            }
            Node::Call { callee, args } => {
                see(*callee);
                self.list(*args).iter().copied().for_each(see);
            }
            Node::Format { template, args } => {
                see(*template);
                see(*args);
            }
            Node::Sum { left, right } | Node::Binary { left, right, .. } => {
                see(*left);
                see(*right);
            }
            Node::Choose { condition, yes, no } => {
                see(*condition);
                see(*yes);
                see(*no);
            }
            Node::Text(list)
            | Node::Either(list)
            | Node::Both(list)
            | Node::Sequence(list)
            | Node::Map(list)
            | Node::Opaque(list) => self.list(*list).iter().copied().for_each(see),
            Node::Entry { key, value } => {
                if let Key::Computed(key) = key {
                    see(*key);
                }
                see(*value);
            }
            Node::Spread(inner)
            | Node::Return(inner)
            | Node::Same(inner)
            | Node::Not(inner)
            | Node::Instance(inner) => see(*inner),
            Node::Assign { target, value, .. } => {
                see(*target);
                see(*value);
            }
            Node::Literal(_)
            | Node::Name(_)
            | Node::Function(_)
            | Node::Parameter(_)
            | Node::Import { .. }
            | Node::Flow(_) => {}
        }
    }

    pub(super) fn add(&mut self, node: Node<'s>, span: Span) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        self.spans.push(span);
        self.scope_of.push(self.scope);
        id
    }

    pub(super) fn add_list(&mut self, ids: impl IntoIterator<Item = NodeId>) -> List {
        let start = self.lists.len();
        self.lists.extend(ids);
        List {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            len: u32::try_from(self.lists.len() - start).unwrap_or(0),
        }
    }

    pub(super) fn literal(&mut self, literal: Literal<'s>, span: Span) -> NodeId {
        self.add(Node::Literal(literal), span)
    }

    pub(super) fn named(&mut self, name: Symbol, is_parameter: bool, span: Span) -> NodeId {
        let node = match is_parameter {
            true => Node::Parameter(name),
            false => Node::Name(name),
        };
        self.add(node, span)
    }

    /// A number, as far as it could be read.
    pub(super) fn number(&mut self, number: Option<f64>, span: Span) -> NodeId {
        match number {
            Some(number) => self.literal(Literal::Number(number), span),
            None => self.add(Node::Opaque(List::default()), span),
        }
    }

    /// What an assignment within an assignment gives on: `x` of `b = x` in `a = b = x`.
    pub(super) fn assigned(&self, value: NodeId) -> NodeId {
        match self.node(value) {
            Node::Assign { value, .. } => *value,
            _ => value,
        }
    }

    pub(super) fn assign(
        &mut self,
        target: NodeId,
        value: NodeId,
        binding: Binding,
        span: Span,
    ) -> NodeId {
        self.add(
            Node::Assign {
                target,
                value,
                binding,
            },
            span,
        )
    }

    /// Says what type a parameter, or what an assignment binds, is declared to have.
    pub(super) fn declare(&mut self, id: NodeId, of: Path) {
        self.types.insert(id, of);
    }

    /// Says that a function gives back a number.
    pub(super) fn declare_number(&mut self, function: ScopeId) {
        self.counting.insert(function);
    }

    /// Says that a parameter holds foreign data.
    pub(super) fn mark_foreign(&mut self, id: NodeId, taint: Taint) {
        if taint != Taint::NONE {
            self.foreign.insert(id, taint);
        }
    }

    /// True where the innermost scope has exactly this span.
    pub(super) fn is_scope(&self, span: Span) -> bool {
        self.scope(self.scope)
            .is_some_and(|scope| scope.span == span)
    }

    /// Opens a class or function; what is added until [`Code::close_scope`] belongs to it.
    pub(super) fn open_scope(
        &mut self,
        kind: ScopeKind,
        name: Option<Symbol>,
        span: Span,
        decorators: Vec<NodeId>,
    ) -> ScopeId {
        let id = ScopeId(u32::try_from(self.scopes.len()).unwrap_or(0));
        let start = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.scopes.push(Scope {
            kind,
            parent: self.scope,
            name,
            span,
            decorators,
            nodes: start..u32::MAX,
        });
        self.outer.push(self.scope);
        self.scope = id;
        id
    }

    /// What the innermost open scope is called; empty where it has no name.
    pub(super) fn open_function(&self) -> &'s str {
        let open = self.scopes.get(self.scope.0 as usize);
        let name = open.and_then(|scope| scope.name);
        name.map_or("", |name| self.names.text(name))
    }

    /// Closes the innermost scope and returns it.
    pub(super) fn close_scope(&mut self) -> ScopeId {
        let closed = self.scope;
        let end = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        if let Some(scope) = self.scopes.get_mut(closed.0 as usize) {
            scope.nodes.end = end;
        }
        if let Some(scope) = self.outer.pop() {
            self.scope = scope;
        }
        closed
    }

    /// Closes the innermost function or class, which is a value.
    pub(super) fn close_function(&mut self, span: Span) -> NodeId {
        let scope = self.close_scope();
        self.add(Node::Function(scope), span)
    }

    /// The same for one that declares its name, which may be a member of its owner.
    pub(super) fn close_declared(
        &mut self,
        owner: Option<Symbol>,
        name_at: Span,
        span: Span,
    ) -> NodeId {
        let scope = self.close_scope();
        let function = self.add(Node::Function(scope), span);
        if let Some(name) = self.scope(scope).and_then(|scope| scope.name) {
            let target = match owner {
                Some(owner) => {
                    let object = self.add(Node::Name(owner), name_at);
                    Node::Member { object, name }
                }
                None => Node::Name(name),
            };
            let target = self.add(target, name_at);
            self.assign(target, function, Binding::DECLARES, span);
        }
        function
    }

    /// Ways part here; [`Code::arm`] begins each, [`Code::join`] ends them.
    pub(super) fn fork(&mut self, fork: Fork) {
        self.flow(Flow::Fork(fork));
    }

    pub(super) fn arm(&mut self, when: When) {
        self.arm_from(when, From::Fork);
    }

    pub(super) fn arm_from(&mut self, when: When, from: From) {
        self.flow(Flow::Arm { when, from });
    }

    pub(super) fn join(&mut self) {
        self.flow(Flow::Join);
    }

    /// `return`, `throw`, `break`, `continue`, `assert`: stands after what they evaluate.
    pub(super) fn flow(&mut self, flow: Flow) {
        let span = self.spans.last().copied().unwrap_or_default();
        self.add(Node::Flow(flow), Span::new(span.end, span.end));
    }

    /// Ways part, and the first begins.
    pub(super) fn branch(&mut self, fork: Fork, when: When) {
        self.fork(fork);
        self.arm(when);
    }

    /// When a subject is what a `case` says, as far as that is constant.
    pub(super) fn when_is(&mut self, subject: NodeId, case: NodeId) -> When {
        match self.node(case) {
            Node::Literal(_) => When::Is {
                subject,
                cases: self.add_list([case]),
            },
            _ => When::Maybe,
        }
    }
}
