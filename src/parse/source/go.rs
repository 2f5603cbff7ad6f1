//! Go syntax to [`Code`].
//!
//! A variable of a declared type has the type's name, and so has what a composite literal makes:
//! `r *http.Request` is `net/http.Request`. A composite literal is a call of its type with keywords.

use tree_sitter::{Language, Node as Syntax};

use crate::model::{FileKind, Span};

use super::code::{
    Binding, Code, Fork, Key, List, Literal, Node, NodeId, Operator, ScopeKind, When,
};
use super::literal;
use super::names::Symbol;
use super::walk::{
    self, Child, Control, Enter, Place, child_of, control, fields, first, has, id_of, kinds, last,
    list, name_of, negative,
};

kinds! {
    Identifier = "identifier",
    TypeName = "type_identifier",
    QualifiedType = "qualified_type",
    Pointer = "pointer_type" | "parenthesized_type",
    GenericType = "generic_type",
    ListType = "slice_type" | "array_type" | "implicit_length_array_type",
    MapType = "map_type",
    OtherType = "function_type" | "interface_type" | "channel_type" | "type_arguments" | "type_parameter_list",
    Struct = "struct_type" | "field_declaration_list",
    Field = "field_declaration",
    TypeSpec = "type_spec",
    Text = "interpreted_string_literal" | "raw_string_literal",
    Rune = "rune_literal",
    Number = "int_literal" | "float_literal",
    Iota = "iota",
    True = "true",
    False = "false",
    Nil = "nil",
    Selector = "selector_expression",
    Index = "index_expression",
    Slice = "slice_expression",
    Call = "call_expression",
    Conversion = "type_conversion_expression" | "type_assertion_expression",
    Arguments = "argument_list",
    Variadic = "variadic_argument",
    Composite = "composite_literal",
    Body = "literal_value",
    Keyed = "keyed_element",
    Element = "literal_element",
    Unary = "unary_expression",
    Binary = "binary_expression",
    Parenthesized = "parenthesized_expression",
    Expressions = "expression_list",
    Short = "short_var_declaration",
    Assignment = "assignment_statement",
    Variable = "var_spec" | "const_spec",
    Function = "function_declaration" | "func_literal",
    Method = "method_declaration",
    Parameters = "parameter_list",
    Parameter = "parameter_declaration" | "variadic_parameter_declaration",
    Return = "return_statement",
    Range = "range_clause",
    Receive = "receive_statement",
    If = "if_statement",
    For = "for_statement",
    Switch = "expression_switch_statement" | "type_switch_statement" | "select_statement",
    Case = "expression_case" | "communication_case",
    TypeCase = "type_case",
    Default = "default_case",
    Break = "break_statement",
    Continue = "continue_statement",
    Import = "import_spec",
    Ignored = "comment" | "package_clause" | "field_identifier" | "package_identifier" | "label_name" | "dot"
        | "blank_identifier" | "type_alias",
    Statement = "source_file" | "block" | "statement_list" | "expression_statement" | "var_declaration"
        | "var_spec_list" | "const_declaration" | "type_declaration" | "import_declaration" | "import_spec_list"
        | "for_clause" | "labeled_statement" | "go_statement"
        | "defer_statement" | "send_statement" | "inc_statement" | "dec_statement",
}

fields! {
    name, left, right, function, arguments, operand, field, index, key, value, body, path, operator, result, alias,
    condition, consequence, receiver,
}

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_go::LANGUAGE.into()
}

pub(super) struct Adapter {
    kinds: Kinds,
    fields: Fields,
    /// The grammar's number of the field `type`, which is a word of Rust.
    of_type: u16,
    /// The struct whose fields are read.
    owner: Option<Symbol>,
    /// The parameters at hand are a method's receiver.
    is_receiver: bool,
    /// What the open switches ask for.
    subjects: Vec<NodeId>,
}

impl Adapter {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            of_type: language.field_id_for_name("type").map_or(0, |id| id.get()),
            owner: None,
            is_receiver: false,
            subjects: Vec::new(),
        }
    }

    /// `import f "fmt"`, `import "net/http"`, `import _ "net/http/pprof"`.
    fn import(&self, code: &mut Code<'_>, node: &Syntax<'_>) {
        let of = |field| {
            node.child_by_field_id(field)
                .map(|part| Span::from(part.byte_range()))
        };
        let Some(path) = of(self.fields.path) else {
            return;
        };
        let full = code.slice(path).trim_matches(['"', '`']);
        // Version two of a module is the same module to who writes rules.
        let (base, version) = full.rsplit_once('/').unwrap_or((full, ""));
        let is_version = version
            .strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let module = if is_version { base } else { full };
        let name = module.rsplit('/').next().unwrap_or(module);
        // The package's name is what its author says; these are the habits.
        let habit = name.split('.').next().unwrap_or(name);
        let habit = habit
            .strip_prefix("go-")
            .or_else(|| habit.strip_suffix("-go"))
            .unwrap_or(habit);
        let local = of(self.fields.name).map_or(habit, |alias| code.slice(alias));
        let local = code.names.intern(local);
        let module = code.names.intern(module);
        let module = code.names.root(module);
        code.add(
            Node::Import {
                local,
                path: module,
            },
            path,
        );
    }

    /// Binds a name to an instance of a type.
    fn typed(code: &mut Code<'_>, name: NodeId, of_type: NodeId, span: Span) {
        if let Some(of_type) = of_type.some() {
            let instance = code.add(Node::Instance(of_type), span);
            code.assign(name, instance, Binding::DECLARES, span);
        }
    }

    /// Names that are declared in one list: `a, b T`, `var a, b = x, y`.
    fn names<'c>(&self, children: &'c [Child<Kind>]) -> impl Iterator<Item = &'c Child<Kind>> {
        let name = self.fields.name;
        children
            .iter()
            .filter(move |child| child.field == name && child.kind != Kind::Other)
    }

    /// `a, b := x, y` pairwise; of one call's results the first is what it is named for, and the
    /// others carry what it carries.
    fn assign_all(
        code: &mut Code<'_>,
        targets: &[NodeId],
        values: &[NodeId],
        binding: Binding,
        span: Span,
    ) {
        let mut rest = None;
        for (at, target) in targets.iter().enumerate() {
            let value = match (values.get(at), values) {
                (Some(value), _) => *value,
                (None, [only]) => *rest.get_or_insert_with(|| {
                    let parts = code.add_list([*only]);
                    code.add(Node::Opaque(parts), span)
                }),
                _ => continue,
            };
            code.assign(*target, value, binding, span);
        }
    }

    /// The type that a method belongs to: `Server` of `(s *Server[T])`.
    fn receiver<'s>(&self, code: &mut Code<'s>, children: &[Child<Kind>]) -> Option<Symbol> {
        let span = child_of(children, self.fields.receiver)?.span;
        let text = code.slice(span).trim_matches(['(', ')', ' ']);
        let text = text.split('[').next().unwrap_or(text);
        let name = text.rsplit([' ', '*']).next().unwrap_or(text);
        Some(code.names.intern(name))
    }

    /// When the way of a `case` is taken.
    fn case(&self, code: &mut Code<'_>, cases: NodeId) -> When {
        let subject = NodeId::last_of(&self.subjects);
        let cases = Self::expressions(code, cases);
        let is_literal = |case: &NodeId| matches!(code.node(*case), Node::Literal(_));
        if subject == NodeId::NONE || !cases.iter().all(is_literal) {
            return When::Maybe;
        }
        When::Is {
            subject,
            cases: code.add_list(cases),
        }
    }

    /// The expressions of a list, or the one expression that stands alone.
    fn expressions(code: &Code<'_>, id: NodeId) -> Vec<NodeId> {
        match code.node(id) {
            _ if id == NodeId::NONE => Vec::new(),
            Node::Sequence(list) => code.list(*list).to_vec(),
            _ => vec![id],
        }
    }

    /// `T{...}`: a list, a map, or an instance of a type with its fields as keywords.
    fn composite<'s>(&self, code: &mut Code<'s>, children: &[Child<Kind>]) -> Node<'s> {
        let entries = match code.node(id_of(children, self.fields.body)) {
            Node::Sequence(list) | Node::Map(list) => *list,
            _ => List::default(),
        };
        let of_type = children.iter().find(|child| child.field == self.of_type);
        match of_type {
            Some(child) if child.kind == Kind::ListType => Node::Sequence(entries),
            Some(child) if child.id != NodeId::NONE => {
                let callee = code.add(Node::Instance(child.id), child.span);
                Node::Call {
                    callee,
                    args: entries,
                }
            }
            _ => Node::Map(entries),
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
            Kind::Selector => {
                let name = children.iter().find(|child| child.field == f.field);
                let name = code.slice(name.map(|child| child.span).unwrap_or_default());
                Node::Member {
                    object: id_of(children, f.operand),
                    name: code.names.intern(name),
                }
            }
            Kind::Index => Node::Index {
                object: id_of(children, f.operand),
                key: id_of(children, f.index),
            },
            Kind::Call => {
                let callee = id_of(children, f.function);
                let args = match code.node(id_of(children, f.arguments)) {
                    Node::Sequence(list) => *list,
                    _ => List::default(),
                };
                let makes = matches!(code.node(callee), Node::Name(name)
                    if matches!(code.names.text(*name), "new" | "make"));
                match code.list(args).first() {
                    Some(of_type) if makes => Node::Instance(*of_type),
                    _ => Node::Call { callee, args },
                }
            }
            Kind::Composite => self.composite(code, children),
            Kind::Body => {
                let parts = list(code, children);
                if children.iter().any(|child| child.kind == Kind::Keyed) {
                    Node::Map(parts)
                } else {
                    Node::Sequence(parts)
                }
            }
            Kind::Keyed => {
                let key = children.iter().find(|child| child.field == f.key);
                let value = id_of(children, f.value);
                match key {
                    Some(key) if key.id == NodeId::NONE => {
                        let name = code.slice(key.span);
                        let name = code.names.intern(name);
                        Node::Entry {
                            key: Key::Name {
                                name,
                                span: key.span,
                            },
                            value,
                        }
                    }
                    Some(key) => {
                        let inner = match code.node(key.id) {
                            Node::Same(inner) => *inner,
                            _ => key.id,
                        };
                        Node::Entry {
                            key: walk::entry_key(code, inner),
                            value,
                        }
                    }
                    None => Node::Opaque(List::default()),
                }
            }
            Kind::Variadic => Node::Spread(last(children)),
            Kind::Unary => match node.child_by_field_id(f.operator).map(|n| n.kind()) {
                Some("&" | "*" | "<-") => Node::Same(last(children)),
                Some("!") => Node::Not(last(children)),
                _ => negative(code, span, children),
            },
            Kind::Binary => {
                let left = id_of(children, f.left);
                let right = id_of(children, f.right);
                match node.child_by_field_id(f.operator).map(|n| n.kind()) {
                    Some("+") => Node::Sum { left, right },
                    Some("||") => Node::Either(list(code, children)),
                    Some("&&") => Node::Both(list(code, children)),
                    operator => match operator.and_then(Operator::of) {
                        Some(operator) => Node::Binary {
                            operator,
                            left,
                            right,
                        },
                        None => Node::Opaque(list(code, children)),
                    },
                }
            }
            Kind::Conversion => {
                let operand = id_of(children, f.operand);
                match operand.some() {
                    Some(operand) => Node::Same(operand),
                    None => Node::Opaque(List::default()),
                }
            }
            Kind::Parenthesized
            | Kind::Pointer
            | Kind::GenericType
            | Kind::ListType
            | Kind::Element => match first(children).some() {
                Some(inner) => Node::Same(inner),
                None => Node::Opaque(List::default()),
            },
            Kind::Expressions | Kind::Arguments => Node::Sequence(list(code, children)),
            _ => Node::Opaque(list(code, children)),
        }
    }
}

/// Go's number: a leading zero means octal.
fn number(raw: &str) -> Option<f64> {
    let is_octal = raw.len() > 1 && raw.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    match raw.strip_prefix('0') {
        Some(rest) if is_octal => literal::number(&format!("0o{rest}")),
        _ => literal::number(raw),
    }
}

/// Types that say nothing about what a variable may hold.
fn is_plain(name: &str) -> bool {
    matches!(name, "string" | "byte" | "rune" | "error" | "any")
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
        let f = self.fields;
        if field == f.result && f.result != 0 {
            return Enter::Skip;
        }
        let parent_kind = place.parent_kind();
        match kind {
            Kind::Identifier => {
                if field == f.name && matches!(parent_kind, Kind::Function | Kind::Method) {
                    return Enter::Skip;
                }
                let name = code.names.intern(code.slice(span));
                let node = match parent_kind {
                    Kind::Parameter if !self.is_receiver => Node::Parameter(name),
                    _ => Node::Name(name),
                };
                Enter::Done(code.add(node, span))
            }
            Kind::TypeName => {
                let text = code.slice(span);
                let is_name = field == f.name && parent_kind == Kind::TypeSpec;
                if is_name || is_plain(text) || parent_kind == Kind::TypeCase {
                    return Enter::Skip;
                }
                let name = code.names.intern(text);
                Enter::Done(code.add(Node::Name(name), span))
            }
            Kind::QualifiedType => {
                let part = |at| {
                    node.named_child(at)
                        .map(|part| Span::from(part.byte_range()))
                };
                let (Some(at), Some(name)) = (part(0), part(1)) else {
                    return Enter::Skip;
                };
                if parent_kind == Kind::TypeCase {
                    return Enter::Skip;
                }
                let package = code.slice(at);
                let package = code.names.intern(package);
                let object = code.add(Node::Name(package), at);
                let name = code.slice(name);
                let name = code.names.intern(name);
                Enter::Done(code.add(Node::Member { object, name }, span))
            }
            // `{Key: value}`: of a struct's key only the name counts.
            Kind::Element if field == f.key => match node.named_child(0).map(|key| key.kind()) {
                Some("identifier") => Enter::Skip,
                _ => Enter::Into,
            },
            Kind::Text => {
                let text = literal::go(code.slice(span));
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Number | Kind::Rune => {
                let number = number(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::True => Enter::Done(code.literal(Literal::Bool(true), span)),
            Kind::False => Enter::Done(code.literal(Literal::Bool(false), span)),
            Kind::Nil => Enter::Done(code.literal(Literal::Null, span)),
            Kind::Iota => {
                // Some number.
                let zero = code.add(Node::Literal(Literal::Number(0.0)), span);
                let parts = code.add_list([zero]);
                Enter::Done(code.add(Node::Opaque(parts), span))
            }
            Kind::Ignored | Kind::OtherType | Kind::MapType => Enter::Skip,
            Kind::Import => {
                self.import(code, node);
                Enter::Skip
            }
            Kind::TypeSpec => {
                let name = node.child_by_field_id(f.name);
                let name = name.map(|name| code.slice(Span::from(name.byte_range())));
                self.owner = name.map(|name| code.names.intern(name));
                Enter::Into
            }
            Kind::Function | Kind::Method => {
                let name = name_of(code, node, f.name);
                code.open_scope(ScopeKind::Function, name, span, Vec::new());
                Enter::Into
            }
            Kind::Parameters => {
                self.is_receiver = field == f.receiver;
                Enter::Into
            }
            Kind::For => control(code, Control::Loop),
            Kind::Switch => {
                if node.child_by_field_id(f.value).is_none() {
                    code.fork(Fork::Switch);
                    self.subjects.push(NodeId::NONE);
                }
                Enter::Into
            }
            Kind::Case if node.child_by_field_id(f.value).is_some() => Enter::Into,
            Kind::Case | Kind::TypeCase => {
                code.arm(When::Maybe);
                Enter::Into
            }
            Kind::Default => {
                code.arm(When::Otherwise);
                Enter::Into
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
            Kind::Switch if done.field == f.value => {
                // `switch v := x.(type)` binds before its cases run.
                for target in Self::expressions(code, id_of(own, f.alias)) {
                    code.assign(target, done.id, Binding::DECLARES, done.span);
                }
                code.fork(Fork::Switch);
                self.subjects.push(done.id);
            }
            Kind::Case if done.field == f.value => {
                let when = self.case(code, done.id);
                code.arm(when);
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
            Kind::Statement | Kind::Struct | Kind::Case | Kind::TypeCase | Kind::Default => {
                NodeId::NONE
            }
            Kind::Parameters => {
                self.is_receiver = false;
                NodeId::NONE
            }
            Kind::If => {
                if has(children, f.condition) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::For => {
                code.join();
                NodeId::NONE
            }
            Kind::Switch => {
                self.subjects.pop();
                code.join();
                NodeId::NONE
            }
            Kind::TypeSpec => {
                self.owner = None;
                NodeId::NONE
            }
            Kind::Field => {
                if let Some(owner) = self.owner {
                    let of_type = id_of(children, self.of_type);
                    for field in self.names(children) {
                        let object = code.add(Node::Name(owner), field.span);
                        let name = code.slice(field.span);
                        let name = code.names.intern(name);
                        let target = code.add(Node::Member { object, name }, field.span);
                        Self::typed(code, target, of_type, field.span);
                    }
                }
                NodeId::NONE
            }
            Kind::Parameter => {
                let of_type = id_of(children, self.of_type);
                for parameter in self.names(children) {
                    let name = code.slice(parameter.span);
                    let name = code.names.intern(name);
                    let target = code.add(Node::Name(name), parameter.span);
                    Self::typed(code, target, of_type, parameter.span);
                }
                NodeId::NONE
            }
            Kind::Function | Kind::Method => {
                let owner = self.receiver(code, children);
                let at = child_of(children, f.name).map_or(span, |child| child.span);
                code.close_declared(owner, at, span)
            }
            Kind::Return => {
                // Of several results the first is what a function is called for.
                let values = Self::expressions(code, last(children));
                let value = values.first().copied().unwrap_or(NodeId::NONE);
                code.add(Node::Return(value), span)
            }
            Kind::Short | Kind::Assignment => {
                let targets = Self::expressions(code, id_of(children, f.left));
                let values = Self::expressions(code, id_of(children, f.right));
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                let binding = Binding {
                    append: operator == Some("+="),
                    declares: kind == Kind::Short,
                    ..Binding::default()
                };
                Self::assign_all(code, &targets, &values, binding, span);
                NodeId::NONE
            }
            Kind::Variable => {
                let targets: Vec<NodeId> = self.names(children).map(|child| child.id).collect();
                let values = Self::expressions(code, id_of(children, f.value));
                let of_type = id_of(children, self.of_type);
                if values.is_empty() {
                    for target in targets {
                        Self::typed(code, target, of_type, span);
                    }
                } else {
                    Self::assign_all(code, &targets, &values, Binding::DECLARES, span);
                }
                NodeId::NONE
            }
            Kind::Range | Kind::Receive => {
                let value = id_of(children, f.right);
                let binding = Binding {
                    element: kind == Kind::Range,
                    ..Binding::DECLARES
                };
                for target in Self::expressions(code, id_of(children, f.left)) {
                    code.assign(target, value, binding, span);
                }
                NodeId::NONE
            }
            _ => {
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
        }
    }
}
