//! Python syntax to [`Code`].

use tree_sitter::{Language, Node as Syntax};

use crate::model::{FileKind, Span};

use super::code::{
    Binding, Code, Flow, Fork, Key, List, Literal, Node, NodeId, Operator, ScopeKind, When,
};
use super::literal;
use super::names::Symbol;
use super::walk::{
    self, Child, Control, Enter, Place, control, entry_key, fields, has, id_of, kinds, last, list,
    name_of, negative,
};

kinds! {
    Identifier = "identifier",
    Text = "string",
    TextContent = "string_content",
    TextStart = "string_start" | "string_end" | "type_conversion" | "format_specifier",
    Interpolation = "interpolation",
    Concatenated = "concatenated_string",
    Number = "integer" | "float",
    True = "true",
    False = "false",
    Null = "none",
    Attribute = "attribute",
    Subscript = "subscript",
    Call = "call",
    Arguments = "argument_list",
    Keyword = "keyword_argument",
    Splat = "list_splat" | "dictionary_splat",
    SplatPattern = "list_splat_pattern" | "dictionary_splat_pattern",
    Binary = "binary_operator",
    Boolean = "boolean_operator",
    Comparison = "comparison_operator",
    Not = "not_operator",
    Unary = "unary_operator",
    Conditional = "conditional_expression",
    Sequence = "list" | "tuple" | "set" | "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern",
    Dictionary = "dictionary",
    Pair = "pair",
    Parenthesized = "parenthesized_expression",
    Await = "await",
    Assignment = "assignment",
    Augmented = "augmented_assignment",
    NamedExpression = "named_expression",
    Lambda = "lambda",
    Function = "function_definition",
    Class = "class_definition",
    Decorated = "decorated_definition",
    Decorator = "decorator",
    Parameters = "parameters" | "lambda_parameters",
    DefaultParameter = "default_parameter" | "typed_default_parameter",
    TypedParameter = "typed_parameter",
    Return = "return_statement",
    For = "for_statement",
    ForIn = "for_in_clause",
    While = "while_statement",
    If = "if_statement" | "elif_clause",
    Try = "try_statement",
    Else = "else_clause",
    Except = "except_clause",
    Finally = "finally_clause",
    Match = "match_statement",
    Case = "case_clause",
    CasePattern = "case_pattern",
    UnionPattern = "union_pattern",
    Raise = "raise_statement",
    Assert = "assert_statement",
    Break = "break_statement",
    Continue = "continue_statement",
    Shared = "global_statement" | "nonlocal_statement",
    AsPattern = "as_pattern",
    AsTarget = "as_pattern_target",
    Comprehension = "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression",
    Import = "import_statement",
    ImportFrom = "import_from_statement",
    FutureImport = "future_import_statement",
    Type = "type",
    Comment = "comment",
    Statement = "module" | "block" | "expression_statement" | "with_statement" | "with_clause" | "with_item"
        | "delete_statement",
}

fields! {
    name, left, right, function, arguments, object, attribute, value, subscript, key, operator, operators, module_name,
    alias, condition, consequence, alternative, subject, guard,
}

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_python::LANGUAGE.into()
}

pub(super) struct Adapter {
    kinds: Kinds,
    fields: Fields,
    /// Decorators that wait for their function or class.
    decorators: Vec<NodeId>,
    /// What the open `match` statements look at.
    subjects: Vec<NodeId>,
    /// The `case` at hand has a condition beside its pattern.
    is_guarded: bool,
}

impl Adapter {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            decorators: Vec::new(),
            subjects: Vec::new(),
            is_guarded: false,
        }
    }

    /// A string without interpolation is a literal; one with it is walked into.
    fn text<'s>(code: &mut Code<'s>, node: &Syntax<'_>) -> Enter {
        let span = Span::from(node.byte_range());
        let raw = code.slice(span);
        let prefix = raw.len()
            - raw
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let formatted = raw[..prefix].contains(['f', 'F', 't', 'T']);
        if formatted && raw.contains('{') {
            return Enter::Into;
        }
        let text = literal::python(raw);
        Enter::Done(code.literal(Literal::Text(text), span))
    }

    fn import<'s>(code: &mut Code<'s>, node: &Syntax<'_>, from: bool, fields: Fields) {
        let mut prefix = "";
        let mut cursor = node.walk();
        if !cursor.goto_first_child() {
            return;
        }
        loop {
            let part = cursor.node();
            let field = cursor.field_id().map_or(0, |id| id.get());
            let span = Span::from(part.byte_range());
            if from && field == fields.module_name {
                prefix = code.slice(span);
            } else if field == fields.name {
                let of = |id| {
                    part.child_by_field_id(id)
                        .map(|n| Span::from(n.byte_range()))
                };
                let (name, alias) = match (of(fields.name), of(fields.alias)) {
                    (Some(name), Some(alias)) => (code.slice(name), Some(code.slice(alias))),
                    _ => (code.slice(span), None),
                };
                Self::bind_import(code, prefix, name, alias, from, span);
            }
            if !cursor.goto_next_sibling() {
                return;
            }
        }
    }

    fn bind_import<'s>(
        code: &mut Code<'s>,
        prefix: &'s str,
        name: &'s str,
        alias: Option<&'s str>,
        from: bool,
        span: Span,
    ) {
        // `import a.b` binds `a`; `import a.b as c` binds `a.b`.
        let (local, full) = match (alias, from) {
            (Some(alias), _) => (alias, name),
            (None, true) => (name, name),
            (None, false) => {
                let first = name.split('.').next().unwrap_or(name);
                (first, first)
            }
        };
        // A relative module keeps its dots as one first step, so that it is nobody else's name.
        let relative = prefix.len() - prefix.trim_start_matches('.').len();
        let base = if relative > 0 {
            let dots = code.names.intern(".");
            let mut path = Some(code.names.root(dots));
            for part in prefix[relative..].split('.').filter(|p| !p.is_empty()) {
                let part = code.names.intern(part);
                path = path.and_then(|path| code.names.child(path, part));
            }
            path
        } else {
            code.names.dotted(prefix)
        };
        let path = match base {
            None => code.names.dotted(full),
            Some(base) => {
                let mut path = Some(base);
                for part in full.split('.') {
                    let part = code.names.intern(part.trim());
                    path = path.and_then(|path| code.names.child(path, part));
                }
                path
            }
        };
        let local = code.names.intern(local);
        if let Some(path) = path {
            code.add(Node::Import { local, path }, span);
        }
    }

    fn symbol_of<'s>(code: &mut Code<'s>, children: &[Child<Kind>], field: u16) -> (Symbol, Span) {
        let span = children
            .iter()
            .find(|child| child.field == field && field != 0)
            .map(|child| child.span)
            .unwrap_or_default();
        let text = code.slice(span);
        (code.names.intern(text), span)
    }

    /// When the way of a `case` is taken.
    fn case(&self, code: &mut Code<'_>, pattern: Child<Kind>) -> When {
        let Some(subject) = self.subjects.last().filter(|_| !self.is_guarded) else {
            return When::Maybe;
        };
        if code.slice(pattern.span) == "_" {
            return When::Otherwise;
        }
        let inner = match code.node(pattern.id) {
            Node::Same(inner) => *inner,
            _ => return When::Maybe,
        };
        let cases = match code.node(inner) {
            Node::Literal(_) => vec![inner],
            Node::Sequence(list) => code.list(*list).to_vec(),
            _ => return When::Maybe,
        };
        let are_constant = cases
            .iter()
            .all(|case| matches!(code.node(*case), Node::Literal(_)));
        if !are_constant || cases.is_empty() {
            return When::Maybe;
        }
        When::Is {
            subject: *subject,
            cases: code.add_list(cases),
        }
    }

    fn expression<'s>(
        &mut self,
        code: &mut Code<'s>,
        kind: Kind,
        node: &Syntax<'_>,
        children: &[Child<Kind>],
    ) -> Node<'s> {
        let f = self.fields;
        let span = Span::from(node.byte_range());
        match kind {
            Kind::Attribute => {
                let (name, _) = Self::symbol_of(code, children, f.attribute);
                Node::Member {
                    object: id_of(children, f.object),
                    name,
                }
            }
            Kind::Subscript => Node::Index {
                object: id_of(children, f.value),
                key: id_of(children, f.subscript),
            },
            Kind::Call => {
                let args = match code.node(id_of(children, f.arguments)) {
                    Node::Sequence(list) => *list,
                    _ => {
                        let generator = id_of(children, f.arguments).some();
                        code.add_list(generator)
                    }
                };
                Node::Call {
                    callee: id_of(children, f.function),
                    args,
                }
            }
            Kind::Keyword => {
                let (name, at) = Self::symbol_of(code, children, f.name);
                Node::Entry {
                    key: Key::Name { name, span: at },
                    value: id_of(children, f.value),
                }
            }
            Kind::Pair => {
                let key = id_of(children, f.key);
                Node::Entry {
                    key: entry_key(code, key),
                    value: id_of(children, f.value),
                }
            }
            Kind::Splat => Node::Spread(last(children)),
            Kind::Binary => {
                let left = id_of(children, f.left);
                let right = id_of(children, f.right);
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                match operator {
                    Some("+") => Node::Sum { left, right },
                    Some("%") => Node::Format {
                        template: left,
                        args: right,
                    },
                    Some(text) => match Operator::of(text) {
                        Some(operator) => Node::Binary {
                            operator,
                            left,
                            right,
                        },
                        None => Node::Opaque(list(code, children)),
                    },
                    None => Node::Opaque(list(code, children)),
                }
            }
            Kind::Comparison => {
                let operator = node.child_by_field_id(f.operators).map(|n| n.kind());
                let parts: Vec<NodeId> = children.iter().filter_map(|c| c.id.some()).collect();
                match (operator.and_then(Operator::of), parts.as_slice()) {
                    (Some(operator), [left, right]) => Node::Binary {
                        operator,
                        left: *left,
                        right: *right,
                    },
                    _ => Node::Opaque(list(code, children)),
                }
            }
            Kind::Not => Node::Not(last(children)),
            Kind::Unary => negative(code, span, children),
            Kind::Boolean => {
                let parts = list(code, children);
                match node.child_by_field_id(f.operator).map(|n| n.kind()) {
                    Some("and") => Node::Both(parts),
                    _ => Node::Either(parts),
                }
            }
            Kind::Conditional => {
                // `a if condition else b`
                let parts: Vec<NodeId> = children.iter().filter_map(|c| c.id.some()).collect();
                match parts.as_slice() {
                    [yes, condition, no] => Node::Choose {
                        condition: *condition,
                        yes: *yes,
                        no: *no,
                    },
                    _ => Node::Opaque(list(code, children)),
                }
            }
            Kind::Sequence | Kind::Arguments => Node::Sequence(list(code, children)),
            Kind::Dictionary => Node::Map(list(code, children)),
            Kind::Text => {
                let mut parts = Vec::new();
                for child in children {
                    match child.kind {
                        Kind::TextContent => {
                            let text = literal::unescape(code.slice(child.span));
                            parts.push(code.literal(Literal::Text(text), child.span));
                        }
                        _ => parts.extend(child.id.some()),
                    }
                }
                Node::Text(code.add_list(parts))
            }
            Kind::Concatenated => Node::Text(list(code, children)),
            // `{row:d}` takes numbers and dates, and nothing else.
            Kind::Interpolation if literal::takes_numbers(code.slice(span)) => {
                let callee = code.names.intern("int");
                let callee = code.add(Node::Name(callee), span);
                let args = list(code, children);
                Node::Call { callee, args }
            }
            Kind::Parenthesized | Kind::Await | Kind::Interpolation => {
                match children.iter().find_map(|child| child.id.some()) {
                    Some(inner) => Node::Same(inner),
                    None => Node::Opaque(List::default()),
                }
            }
            _ => Node::Opaque(list(code, children)),
        }
    }
}

impl<'s> walk::Adapter<'s> for Adapter {
    type Kind = Kind;

    fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    fn enter(&mut self, code: &mut Code<'s>, place: &Place<'_, Kind>) -> Enter {
        let Place {
            kind,
            field,
            span,
            ref node,
            ..
        } = *place;
        let parent = place.parent_kind();
        match kind {
            Kind::Identifier => {
                let is_label = match parent {
                    Kind::Attribute => field == self.fields.attribute,
                    Kind::Keyword | Kind::Function | Kind::Class => field == self.fields.name,
                    _ => false,
                };
                if is_label {
                    return Enter::Skip;
                }
                let name = code.names.intern(code.slice(span));
                let node = match parent {
                    Kind::Parameters | Kind::TypedParameter | Kind::SplatPattern => {
                        Node::Parameter(name)
                    }
                    Kind::DefaultParameter if field == self.fields.name => Node::Parameter(name),
                    _ => Node::Name(name),
                };
                Enter::Done(code.add(node, span))
            }
            Kind::Text => Self::text(code, node),
            Kind::Number => {
                let number = literal::number(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::True => Enter::Done(code.literal(Literal::Bool(true), span)),
            Kind::False => Enter::Done(code.literal(Literal::Bool(false), span)),
            Kind::Null => Enter::Done(code.literal(Literal::Null, span)),
            Kind::Comment
            | Kind::Type
            | Kind::FutureImport
            | Kind::TextStart
            | Kind::TextContent => Enter::Skip,
            Kind::Import | Kind::ImportFrom => {
                Self::import(code, node, kind == Kind::ImportFrom, self.fields);
                Enter::Skip
            }
            Kind::Function | Kind::Lambda | Kind::Class => {
                let name = name_of(code, node, self.fields.name);
                let scope = ScopeKind::of(kind == Kind::Class);
                let decorators = if kind == Kind::Lambda {
                    Vec::new()
                } else {
                    std::mem::take(&mut self.decorators)
                };
                code.open_scope(scope, name, span, decorators);
                Enter::Into
            }
            Kind::Try => control(code, Control::Try),
            Kind::Case => {
                self.is_guarded = node.child_by_field_id(self.fields.guard).is_some();
                Enter::Into
            }
            Kind::Except => control(code, Control::Handler),
            Kind::Else if parent == Kind::Try => control(code, Control::Handler),
            Kind::Finally => control(code, Control::Finally),
            Kind::Shared => {
                let mut cursor = node.walk();
                for name in node.named_children(&mut cursor) {
                    let name = code.slice(Span::from(name.byte_range()));
                    let name = code.names.intern(name);
                    code.shared.insert(name);
                }
                Enter::Skip
            }
            Kind::Break => control(code, Control::Break),
            Kind::Continue => control(code, Control::Continue),
            _ => Enter::Into,
        }
    }

    fn between(
        &mut self,
        code: &mut Code<'s>,
        parent: Kind,
        done: Child<Kind>,
        own: &[Child<Kind>],
    ) {
        let f = self.fields;
        match parent {
            Kind::If if done.field == f.condition => {
                code.branch(Fork::Choice, When::Holds(done.id))
            }
            Kind::If if done.field == f.consequence => {
                code.arm(When::Fails(id_of(own, f.condition)))
            }
            Kind::While if done.field == f.condition => {
                code.branch(Fork::Loop, When::Holds(done.id))
            }
            Kind::Match
                if done.field == f.subject
                    && own.iter().filter(|c| c.field == f.subject).count() == 1 =>
            {
                code.fork(Fork::Choice);
                self.subjects.push(done.id);
            }
            // The first pattern begins the way; more of them are rare enough to be unknown.
            Kind::Case if done.kind == Kind::CasePattern && own.len() == 1 => {
                let when = self.case(code, done);
                code.arm(when);
            }
            Kind::For | Kind::ForIn if done.field == f.right => {
                if parent == Kind::For && own.iter().filter(|c| c.field == f.right).count() == 1 {
                    code.branch(Fork::Loop, When::Maybe);
                }
                let target = id_of(own, f.left);
                let binding = Binding::ELEMENT;
                code.assign(target, done.id, binding, done.span);
            }
            _ => {}
        }
    }

    fn leave(
        &mut self,
        code: &mut Code<'s>,
        kind: Kind,
        node: &Syntax<'_>,
        children: &[Child<Kind>],
    ) -> NodeId {
        let span = Span::from(node.byte_range());
        let f = self.fields;
        match kind {
            Kind::Statement | Kind::Decorated | Kind::ForIn | Kind::AsTarget => {
                // A target is the one thing in it.
                if kind == Kind::AsTarget {
                    return last(children);
                }
                NodeId::NONE
            }
            Kind::If => {
                // An `elif` is a branch in the `else` of the one before.
                if node.kind() == "if_statement" {
                    for child in children {
                        if child.field == f.condition
                            || (child.kind == Kind::If && child.field == f.alternative)
                        {
                            code.join();
                        }
                    }
                }
                NodeId::NONE
            }
            Kind::Try => {
                if !children.iter().any(|child| child.kind == Kind::Finally) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Match => {
                if has(children, f.subject) {
                    self.subjects.pop();
                    code.join();
                }
                NodeId::NONE
            }
            Kind::For | Kind::While => {
                let head = if kind == Kind::For {
                    f.right
                } else {
                    f.condition
                };
                if has(children, head) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Except | Kind::Else | Kind::Finally | Kind::Case => NodeId::NONE,
            Kind::CasePattern => {
                // `case _` is any; `case "A" | "B"` is these.
                match children.iter().find_map(|child| child.id.some()) {
                    Some(pattern) => code.add(Node::Same(pattern), span),
                    None => NodeId::NONE,
                }
            }
            Kind::UnionPattern => {
                let parts = list(code, children);
                code.add(Node::Sequence(parts), span)
            }
            Kind::Raise => {
                code.flow(Flow::Stop);
                NodeId::NONE
            }
            Kind::Assert => {
                if let Some(condition) = children.first().and_then(|child| child.id.some()) {
                    code.flow(Flow::Require(condition));
                }
                NodeId::NONE
            }
            Kind::Function | Kind::Lambda | Kind::Class => {
                if kind == Kind::Lambda
                    && let Some(value) = children.last().and_then(|child| child.id.some())
                {
                    code.add(Node::Return(value), span);
                }
                code.close_declared(None, span, span)
            }
            Kind::Decorator => {
                let inner = last(children);
                self.decorators.extend(inner.some());
                NodeId::NONE
            }
            Kind::Parameters | Kind::TypedParameter | Kind::DefaultParameter => NodeId::NONE,
            Kind::Return => {
                let value = last(children);
                code.add(Node::Return(value), span)
            }
            Kind::Assignment | Kind::Augmented | Kind::NamedExpression => {
                let (target, value) = if kind == Kind::NamedExpression {
                    (f.name, f.value)
                } else {
                    (f.left, f.right)
                };
                let target = id_of(children, target);
                let Some(value) = id_of(children, value).some() else {
                    return NodeId::NONE;
                };
                // `a = b = x` assigns `x` twice.
                let value = code.assigned(value);
                let binding = Binding {
                    append: kind == Kind::Augmented,
                    declares: true,
                    ..Binding::default()
                };
                let assign = code.assign(target, value, binding, span);
                if kind == Kind::NamedExpression {
                    return code.add(Node::Same(value), span);
                }
                assign
            }
            Kind::AsPattern => {
                // `with open(x) as f`, `except E as e`, `case x as y`.
                let value = children.first().map_or(NodeId::NONE, |child| child.id);
                let target = children.last().map_or(NodeId::NONE, |child| child.id);
                let binding = Binding::DECLARES;
                code.assign(target, value, binding, span)
            }
            _ => {
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
        }
    }
}
