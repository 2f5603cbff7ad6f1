//! JavaScript, TypeScript, JSX and TSX syntax to [`Code`].

use tree_sitter::{Language, Node as Syntax};

use crate::model::{FileKind, Span};

use super::code::{
    Binding, Code, Flow, Fork, From, Key, List, Literal, Node, NodeId, Operator, ScopeKind, When,
};
use super::literal;
use super::names::{Path, Symbol};
use super::walk::{
    self, Child, Control, Enter, Place, child_of, control, entry_key, fields, first, has, id_of,
    kinds, last, list, name_of, negative,
};

kinds! {
    Identifier = "identifier" | "this" | "super" | "undefined" | "import",
    Property = "property_identifier" | "private_property_identifier" | "statement_identifier",
    Shorthand = "shorthand_property_identifier" | "shorthand_property_identifier_pattern",
    Text = "string",
    Template = "template_string",
    Substitution = "template_substitution",
    Number = "number",
    True = "true",
    False = "false",
    Null = "null",
    Member = "member_expression",
    Subscript = "subscript_expression",
    Call = "call_expression",
    New = "new_expression",
    Arguments = "arguments",
    Spread = "spread_element" | "rest_pattern",
    Binary = "binary_expression",
    Unary = "unary_expression",
    Ternary = "ternary_expression",
    Array = "array" | "array_pattern",
    Object = "object" | "object_pattern",
    Pair = "pair" | "pair_pattern" | "field_definition" | "public_field_definition",
    PatternDefault = "assignment_pattern" | "object_assignment_pattern",
    Through = "parenthesized_expression" | "await_expression" | "non_null_expression" | "as_expression"
        | "satisfies_expression" | "jsx_expression" | "required_parameter" | "optional_parameter",
    Cast = "type_assertion",
    Comma = "sequence_expression",
    Declarator = "variable_declarator",
    Assignment = "assignment_expression",
    Augmented = "augmented_assignment_expression",
    Function = "function_declaration" | "function_expression" | "generator_function"
        | "generator_function_declaration" | "method_definition",
    Arrow = "arrow_function",
    Class = "class_declaration" | "class" | "abstract_class_declaration",
    Parameters = "formal_parameters",
    Decorator = "decorator",
    Return = "return_statement",
    Throw = "throw_statement",
    Break = "break_statement",
    Continue = "continue_statement",
    If = "if_statement",
    Else = "else_clause",
    While = "while_statement",
    Loop = "for_statement" | "do_statement",
    ForIn = "for_in_statement",
    Switch = "switch_statement",
    Case = "switch_case" | "switch_default",
    Try = "try_statement",
    Catch = "catch_clause",
    Finally = "finally_clause",
    Import = "import_statement",
    Tag = "jsx_opening_element" | "jsx_self_closing_element",
    Attribute = "jsx_attribute",
    Ignored = "comment" | "type_annotation" | "type_arguments" | "type_parameters" | "interface_declaration"
        | "type_alias_declaration" | "ambient_declaration" | "function_signature" | "method_signature"
        | "predefined_type" | "type_identifier" | "generic_type" | "union_type" | "object_type" | "literal_type"
        | "array_type" | "jsx_text" | "jsx_closing_element" | "optional_chain" | "hash_bang_line"
        | "accessibility_modifier" | "implements_clause" | "export_clause" | "regex_pattern" | "regex_flags",
    Statement = "program" | "statement_block" | "expression_statement" | "lexical_declaration" | "variable_declaration"
        | "switch_body" | "class_body" | "export_statement" | "labeled_statement",
}

fields! {
    name, left, right, function, constructor, arguments, object, property, value, index, key, operator, body,
    parameter, pattern, condition, consequence, alternative, source, alias,
}

pub(super) fn grammar(kind: FileKind) -> Language {
    match kind {
        FileKind::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        FileKind::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        _ => tree_sitter_javascript::LANGUAGE.into(),
    }
}

pub(super) struct Adapter {
    kinds: Kinds,
    fields: Fields,
    decorators: Vec<NodeId>,
    /// What the open `switch` statements look at.
    subjects: Vec<NodeId>,
}

impl Adapter {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            decorators: Vec::new(),
            subjects: Vec::new(),
        }
    }

    fn import<'s>(&self, code: &mut Code<'s>, node: &Syntax<'_>) {
        let f = self.fields;
        let source = node.child_by_field_id(f.source);
        let mut pending = Vec::new();
        let mut cursor = node.walk();
        // Clauses nest three deep at most, so a list of what is left to look at is enough.
        let mut queue: Vec<Syntax<'_>> = node.named_children(&mut cursor).collect();
        let mut module = source;
        while let Some(part) = queue.pop() {
            match part.kind() {
                "import_clause" | "named_imports" => {
                    queue.extend(part.named_children(&mut part.walk()));
                }
                "identifier" => pending.push((part, None)),
                "namespace_import" => pending.extend(part.named_child(0).map(|name| (name, None))),
                "import_require_clause" => {
                    module = part.child_by_field_id(f.source);
                    pending.extend(part.named_child(0).map(|name| (name, None)));
                }
                "import_specifier" => {
                    if let Some(name) = part.child_by_field_id(f.name) {
                        let local = part.child_by_field_id(f.alias).unwrap_or(name);
                        pending.push((local, Some(name)));
                    }
                }
                _ => {}
            }
        }
        let Some(module) = module else { return };
        let Some(module) = module_path(code, Span::from(module.byte_range())) else {
            return;
        };
        for (local, name) in pending {
            let span = Span::from(local.byte_range());
            let local = code.slice(span);
            let local = code.names.intern(local);
            let name = name.map(|name| code.slice(Span::from(name.byte_range())));
            let path = match name {
                None | Some("default") => Some(module),
                Some(name) => {
                    let name = code.names.intern(name);
                    code.names.child(module, name)
                }
            };
            if let Some(path) = path {
                code.add(Node::Import { local, path }, span);
            }
        }
    }

    /// `@Query("name") name: string`: the framework puts a part of the request there.
    fn decorated_parameter<'s>(code: &mut Code<'s>, children: &[Child<Kind>], span: Span) {
        let is_part = children.iter().any(|child| {
            let text = code.slice(child.span).trim_start_matches('@');
            let name = text.split('(').next().unwrap_or("");
            child.kind == Kind::Decorator
                && matches!(
                    name,
                    "Query"
                        | "Body"
                        | "Param"
                        | "Headers"
                        | "QueryParam"
                        | "BodyParam"
                        | "PathParams"
                        | "QueryParams"
                        | "BodyParams"
                        | "HeaderParam"
                        | "CookieParam"
                        | "Cookies"
                )
        });
        let target = children
            .iter()
            .filter(|child| child.kind != Kind::Decorator)
            .find_map(|child| child.id.some());
        let (true, Some(target)) = (is_part, target) else {
            return;
        };
        let (request, query) = (code.names.intern("req"), code.names.intern("query"));
        let object = code.add(Node::Name(request), span);
        let value = code.add(
            Node::Member {
                object,
                name: query,
            },
            span,
        );
        let binding = Binding::DECLARES;
        code.assign(target, value, binding, span);
    }

    /// The name of a function that has none of its own: what it is assigned to.
    fn name_from_parent<'s>(
        &self,
        code: &mut Code<'s>,
        parent: Option<(Kind, Syntax<'_>)>,
    ) -> Option<Symbol> {
        let (kind, parent) = parent?;
        let f = self.fields;
        let name = match kind {
            Kind::Declarator => parent.child_by_field_id(f.name),
            Kind::Pair => parent
                .child_by_field_id(f.key)
                .or_else(|| parent.child_by_field_id(f.property)),
            Kind::Assignment => parent.child_by_field_id(f.left),
            _ => None,
        }?;
        let text = code.slice(Span::from(name.byte_range()));
        let text = text.rsplit('.').next().unwrap_or(text);
        Some(code.names.intern(text))
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
            Kind::Member => {
                let at = child_of(children, f.property).map(|child| child.span);
                let name = code.slice(at.unwrap_or_default());
                Node::Member {
                    object: id_of(children, f.object),
                    name: code.names.intern(name),
                }
            }
            Kind::Subscript => Node::Index {
                object: id_of(children, f.object),
                key: id_of(children, f.index),
            },
            Kind::Call | Kind::New => {
                let callee = if kind == Kind::Call {
                    f.function
                } else {
                    f.constructor
                };
                let args = match code.node(id_of(children, f.arguments)) {
                    Node::Sequence(list) => *list,
                    // A tagged template is not a call with a text: the tag sees the parts apart.
                    _ => List::default(),
                };
                Node::Call {
                    callee: id_of(children, callee),
                    args,
                }
            }
            Kind::Spread => Node::Spread(last(children)),
            Kind::Binary => {
                let left = id_of(children, f.left);
                let right = id_of(children, f.right);
                match node.child_by_field_id(f.operator).map(|n| n.kind()) {
                    Some("+") => Node::Sum { left, right },
                    Some("||" | "??") => Node::Either(list(code, children)),
                    Some("&&") => Node::Both(list(code, children)),
                    // A number, whatever it was.
                    Some("|" | "&" | "^" | "<<" | ">>" | ">>>" | "**") => Node::Binary {
                        operator: Operator::Times,
                        left,
                        right,
                    },
                    // `key in object` asks for a name, not for a piece of text.
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
            Kind::Unary => match (code.slice(span).bytes().next(), first(children)) {
                (Some(b'!'), inner) if !matches!(code.node(inner), Node::Literal(_)) => {
                    Node::Not(inner)
                }
                // A number, whatever it was.
                (Some(b'+' | b'-' | b'~'), inner)
                    if !matches!(code.node(inner), Node::Literal(_)) =>
                {
                    let right = code.literal(Literal::Number(1.0), span);
                    Node::Binary {
                        operator: Operator::Times,
                        left: inner,
                        right,
                    }
                }
                _ => negative(code, span, children),
            },
            Kind::Ternary => Node::Choose {
                condition: id_of(children, f.condition),
                yes: id_of(children, f.consequence),
                no: id_of(children, f.alternative),
            },
            Kind::Array | Kind::Arguments => Node::Sequence(list(code, children)),
            Kind::Object | Kind::Tag => Node::Map(list(code, children)),
            Kind::Pair => {
                let key = children.iter().find(|child| {
                    child.field == f.key || child.field == f.property || child.field == f.name
                });
                let value = id_of(children, f.value);
                match key {
                    Some(key) if key.id == NodeId::NONE => Node::Entry {
                        key: named(code, key.span),
                        value,
                    },
                    Some(key) => Node::Entry {
                        key: entry_key(code, key.id),
                        value,
                    },
                    None => Node::Opaque(list(code, children)),
                }
            }
            Kind::Attribute => match children.first() {
                Some(name) => Node::Entry {
                    key: named(code, name.span),
                    value: last(children.get(1..).unwrap_or(&[])),
                },
                None => Node::Opaque(List::default()),
            },
            Kind::Template => {
                let mut parts = Vec::new();
                let mut from = span.start + 1;
                for child in children.iter().filter(|c| c.kind == Kind::Substitution) {
                    template_text(code, Span::new(from, child.span.start), &mut parts);
                    parts.extend(child.id.some());
                    from = child.span.end;
                }
                let end = span.end.saturating_sub(1).max(from);
                template_text(code, Span::new(from, end), &mut parts);
                Node::Text(code.add_list(parts))
            }
            Kind::Through | Kind::Substitution | Kind::PatternDefault => {
                Node::Same(first(children))
            }
            Kind::Cast | Kind::Comma => Node::Same(last(children)),
            _ => Node::Opaque(list(code, children)),
        }
    }
}

/// A module's name as one first step: `node:fs` and `fs` are the same.
fn module_path(code: &mut Code<'_>, span: Span) -> Option<Path> {
    let name = code.slice(span).trim_matches(['\'', '"', '`']);
    let name = name.strip_prefix("node:").unwrap_or(name);
    if name.is_empty() {
        return None;
    }
    let name = code.names.intern(name);
    Some(code.names.root(name))
}

/// True for a parameter's name, with a type or without.
fn is_parameter(code: &Code<'_>, id: NodeId) -> bool {
    match code.node(id) {
        Node::Same(inner) => matches!(code.node(*inner), Node::Parameter(_)),
        node => matches!(node, Node::Parameter(_)),
    }
}

/// What a parameter is that is taken apart where it is declared, `({ body }, res) => {}`, if it is
/// what a framework calls a handler with: `count` parameters are read, it is the last.
fn request_apart(code: &Code<'_>, count: usize, span: Span) -> Option<&'static str> {
    const PARTS: [&str; 6] = ["body", "query", "params", "headers", "cookies", "method"];
    let handler = code.open_function();
    let answers = matches!(
        handler,
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS"
    );
    let holds = |word: &str| code.slice(span).contains(word);
    match count {
        1 => {
            let rest = code.text.get(span.end as usize..).unwrap_or(&[]);
            let rest = rest.get(..40).unwrap_or(rest).trim_ascii_start();
            let next = rest
                .strip_prefix(b",")
                .map_or(&[][..], <[u8]>::trim_ascii_start);
            let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
            let end = next.iter().position(|b| !is_word(b)).unwrap_or(next.len());
            match next.get(..end)? {
                b"res" | b"_res" | b"resp" | b"response" | b"reply" | b"_reply" => {
                    PARTS.into_iter().any(holds).then_some("req")
                }
                b"next" => Some("ctx"),
                // What frameworks of pages call: `loader({ request, params })`.
                _ if answers || handler == "getServerSideProps" => Some("req"),
                _ if matches!(handler, "loader" | "action") && holds("params") => Some("req"),
                _ => holds("searchParams").then_some("req"),
            }
        }
        2 => answers.then_some("req"),
        _ => None,
    }
}

fn named(code: &mut Code<'_>, span: Span) -> Key {
    let name = code.slice(span).trim_matches(['\'', '"', '`']);
    let name = code.names.intern(name);
    Key::Name { name, span }
}

fn template_text(code: &mut Code<'_>, span: Span, parts: &mut Vec<NodeId>) {
    if !span.is_empty() {
        let text = literal::unescape(code.slice(span));
        parts.push(code.literal(Literal::Text(text), span));
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
            parent,
        } = *place;
        let f = self.fields;
        let parent_kind = place.parent_kind();
        match kind {
            Kind::Identifier => {
                if matches!(parent_kind, Kind::Function | Kind::Class | Kind::Tag)
                    && field == f.name
                {
                    return Enter::Skip;
                }
                let name = code.names.intern(code.slice(span));
                let is_parameter = match parent_kind {
                    Kind::Parameters | Kind::Catch => true,
                    Kind::Arrow => field == f.parameter,
                    Kind::Through => field == f.pattern && f.pattern != 0,
                    _ => false,
                };
                Enter::Done(code.named(name, is_parameter, span))
            }
            Kind::Property | Kind::Ignored => Enter::Skip,
            Kind::Shorthand => {
                let key = named(code, span);
                let Key::Name { name, .. } = key else {
                    return Enter::Skip;
                };
                let value = code.add(Node::Name(name), span);
                // `{a = 1}` as a pattern has its default around it, which reads the name alone.
                let node = Node::Entry { key, value };
                Enter::Done(code.add(node, span))
            }
            Kind::Text => {
                let text = literal::javascript(code.slice(span));
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Template if !code.slice(span).contains("${") => {
                let text = literal::javascript(code.slice(span));
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Number => {
                let number = literal::number(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::True => Enter::Done(code.literal(Literal::Bool(true), span)),
            Kind::False => Enter::Done(code.literal(Literal::Bool(false), span)),
            Kind::Null => Enter::Done(code.literal(Literal::Null, span)),
            Kind::Import => {
                self.import(code, node);
                Enter::Skip
            }
            Kind::Function | Kind::Arrow | Kind::Class => {
                let name = name_of(code, node, f.name);
                let name = name.or_else(|| self.name_from_parent(code, parent));
                let scope = ScopeKind::of(kind == Kind::Class);
                let decorators = std::mem::take(&mut self.decorators);
                code.open_scope(scope, name, span, decorators);
                Enter::Into
            }
            Kind::Loop => control(code, Control::of_loop(node)),
            Kind::Try => control(code, Control::Try),
            Kind::Catch => control(code, Control::Handler),
            Kind::Finally => control(code, Control::Finally),
            Kind::Case if node.kind() == "switch_default" => control(code, Control::Default),
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
        let binding = Binding::DECLARES;
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
            Kind::Switch if done.field == f.value => {
                code.fork(Fork::Switch);
                self.subjects.push(done.id);
            }
            Kind::Case if done.field == f.value => {
                let subject = NodeId::last_of(&self.subjects);
                let when = code.when_is(subject, done.id);
                code.arm_from(when, From::Previous);
            }
            Kind::ForIn if done.field == f.right => {
                code.branch(Fork::Loop, When::Maybe);
                let target = id_of(own, self.fields.left);
                let element = Binding {
                    element: true,
                    ..binding
                };
                code.assign(target, done.id, element, done.span);
            }
            // A destructured parameter binds names of something unknown, or of a request.
            Kind::Parameters if done.id != NodeId::NONE && !is_parameter(code, done.id) => {
                let whole = match request_apart(code, own.len(), done.span) {
                    Some(name) => {
                        let name = code.names.intern(name);
                        code.add(Node::Name(name), done.span)
                    }
                    None => code.add(Node::Opaque(List::default()), done.span),
                };
                code.assign(done.id, whole, binding, done.span);
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
        let declares = Binding::DECLARES;
        match kind {
            Kind::Statement => NodeId::NONE,
            Kind::Parameters => {
                self.decorators.clear();
                NodeId::NONE
            }
            Kind::If | Kind::While | Kind::ForIn | Kind::Switch => {
                let head = match kind {
                    Kind::ForIn => f.right,
                    Kind::Switch => f.value,
                    _ => f.condition,
                };
                if has(children, head) {
                    code.join();
                    if kind == Kind::Switch {
                        self.subjects.pop();
                    }
                }
                NodeId::NONE
            }
            Kind::Loop => {
                code.join();
                NodeId::NONE
            }
            Kind::Try => {
                if !children.iter().any(|child| child.kind == Kind::Finally) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Throw => {
                code.flow(Flow::Stop);
                NodeId::NONE
            }
            Kind::Case | Kind::Catch | Kind::Else | Kind::Finally => NodeId::NONE,
            Kind::Function | Kind::Arrow | Kind::Class => {
                // An arrow's expression is what it returns.
                if kind == Kind::Arrow
                    && let Some(value) = id_of(children, f.body).some()
                {
                    code.add(Node::Return(value), span);
                }
                if matches!(node.kind(), "function_declaration" | "class_declaration") {
                    code.close_declared(None, span, span)
                } else {
                    code.close_function(span)
                }
            }
            Kind::Decorator => {
                let inner = last(children);
                self.decorators.extend(inner.some());
                NodeId::NONE
            }
            Kind::Return => {
                let value = last(children);
                code.add(Node::Return(value), span)
            }
            Kind::Declarator => {
                let target = id_of(children, f.name);
                match id_of(children, f.value).some() {
                    Some(value) => code.assign(target, value, declares, span),
                    None => {
                        let nothing = code.literal(Literal::Null, span);
                        code.assign(target, nothing, declares, span)
                    }
                }
            }
            Kind::Assignment | Kind::Augmented => {
                let target = id_of(children, f.left);
                let value = id_of(children, f.right);
                let value = code.assigned(value);
                let binding = Binding {
                    append: kind == Kind::Augmented,
                    ..Binding::default()
                };
                code.assign(target, value, binding, span)
            }
            Kind::Through if children.iter().any(|child| child.kind == Kind::Decorator) => {
                Self::decorated_parameter(code, children, span);
                NodeId::NONE
            }
            _ => {
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
        }
    }
}
