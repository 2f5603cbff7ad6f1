//! Rust syntax to [`Code`].
//!
//! Paths are dotted: `std::fs::File::open` is `std.fs.File.open`. What a macro is
//! given is read as far as it is a text with holes; of anything else the names in it count.

use tree_sitter::{Language, Node as Syntax};

use crate::model::{FileKind, Span};

use super::code::{
    Binding, Code, Fork, Key, List, Literal, Node, NodeId, Operator, ScopeKind, When,
};
use super::library::rust::is_number;
use super::literal;
use super::macros;
use super::names::Symbol;
use super::paths;
use super::walk::{
    self, Child, Control, Enter, Place, child_of, control, fields, first, id_of, kinds, last, list,
    name_of, negative,
};

kinds! {
    Identifier = "identifier" | "self" | "super" | "crate",
    TypeName = "type_identifier" | "primitive_type",
    Scoped = "scoped_identifier" | "scoped_type_identifier",
    Generic = "generic_type" | "generic_type_with_turbofish",
    PointedType = "reference_type" | "pointer_type",
    Listed = "array_type" | "tuple_type" | "slice_type" | "dynamic_type" | "abstract_type" | "function_type"
        | "bounded_type" | "qualified_type" | "bracketed_type" | "never_type" | "unit_type",
    Text = "string_literal" | "raw_string_literal",
    Number = "integer_literal" | "float_literal",
    Character = "char_literal",
    Boolean = "boolean_literal",
    Negative = "negative_literal",
    Field = "field_expression",
    Index = "index_expression",
    Call = "call_expression",
    GenericFunction = "generic_function",
    Arguments = "arguments" | "array_expression" | "tuple_expression",
    StructLiteral = "struct_expression",
    Initializers = "field_initializer_list",
    Initializer = "field_initializer",
    Shorthand = "shorthand_field_initializer",
    Base = "base_field_initializer",
    Unsafe = "unsafe_block",
    Macro = "macro_invocation",
    Unary = "unary_expression",
    Binary = "binary_expression",
    Through = "parenthesized_expression" | "try_expression" | "await_expression" | "reference_expression"
        | "type_cast_expression" | "mut_pattern" | "ref_pattern" | "reference_pattern" | "match_pattern"
        | "captured_pattern" | "async_block" | "else_clause" | "const_block",
    TuplePattern = "tuple_pattern" | "slice_pattern" | "or_pattern",
    StructPattern = "struct_pattern",
    FieldPattern = "field_pattern",
    ShorthandPattern = "shorthand_field_identifier",
    VariantPattern = "tuple_struct_pattern",
    Block = "block",
    Let = "let_declaration",
    Condition = "let_condition",
    Chain = "let_chain",
    Assignment = "assignment_expression",
    Compound = "compound_assignment_expr",
    Constant = "const_item" | "static_item",
    Function = "function_item",
    Closure = "closure_expression",
    Parameters = "parameters" | "closure_parameters",
    Parameter = "parameter",
    SelfParameter = "self_parameter",
    Return = "return_expression",
    If = "if_expression",
    While = "while_expression",
    For = "for_expression",
    Loop = "loop_expression",
    Match = "match_expression",
    Arms = "match_block",
    Arm = "match_arm",
    Break = "break_expression",
    Continue = "continue_expression",
    Impl = "impl_item" | "trait_item",
    Struct = "struct_item",
    FieldDeclaration = "field_declaration",
    Module = "mod_item",
    Attribute = "attribute_item",
    Use = "use_declaration",
    Ignored = "line_comment" | "block_comment" | "field_identifier" | "type_arguments" | "type_parameters"
        | "visibility_modifier" | "mutable_specifier" | "lifetime" | "where_clause" | "macro_definition"
        | "inner_attribute_item" | "enum_item" | "union_item" | "type_item" | "function_signature_item"
        | "remaining_field_pattern" | "label" | "function_modifiers" | "extern_crate_declaration" | "trait_bounds"
        | "token_tree" | "associated_type" | "ordered_field_declaration_list" | "shebang",
    Statement = "source_file" | "expression_statement" | "declaration_list" | "foreign_mod_item"
        | "field_declaration_list" | "extern_modifier",
}

fields! {
    name, value, field, function, arguments, body, pattern, left, right, operator, condition,
    consequence, alternative, return_type,
}

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_rust::LANGUAGE.into()
}

pub(super) struct Adapter {
    kinds: Kinds,
    fields: Fields,
    /// The grammar's number of the field `type`, which is a word of Rust.
    of_type: u16,
    /// The types whose `impl` or fields are read.
    owners: Vec<Symbol>,
    /// What the open `match`es ask for.
    subjects: Vec<NodeId>,
    /// Attributes that wait for their function.
    attributes: Vec<NodeId>,
    /// What follows is for tests.
    is_test: bool,
}

impl Adapter {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            of_type: language.field_id_for_name("type").map_or(0, |id| id.get()),
            owners: Vec::new(),
            subjects: Vec::new(),
            attributes: Vec::new(),
            is_test: false,
        }
    }

    /// `#[cfg(test)] mod tests`, `#[test] fn`: outermost first, the rest is within.
    fn note_test(&mut self, code: &mut Code<'_>, span: Span) {
        let is_within = code.tests.last().is_some_and(|test| test.contains(span));
        if std::mem::take(&mut self.is_test) && !is_within {
            code.tests.push(span);
        }
    }

    /// Binds a pattern to an instance of a type.
    fn typed(code: &mut Code<'_>, target: NodeId, of_type: NodeId, span: Span) {
        // `&str` says no more than `str`.
        let says_nothing = |id: NodeId| matches!(code.node(id), Node::Opaque(_));
        if let (Some(_), Some(of_type)) = (target.some(), of_type.some())
            && !says_nothing(of_type)
        {
            let instance = code.add(Node::Instance(of_type), span);
            code.assign(target, instance, Binding::DECLARES, span);
        }
    }

    /// `#[get("/users/<name>")]` as a call, so that who asks for routes finds one.
    fn attribute(code: &mut Code<'_>, node: &Syntax<'_>) -> Option<NodeId> {
        let span = Span::from(node.byte_range());
        let text = code.slice(span);
        let inner = text.strip_prefix("#[")?.trim_end_matches(']');
        let (name, rest) = inner.split_once('(')?;
        let name = name.trim().rsplit("::").next()?;
        let path = rest.trim_start().strip_prefix('"')?.split('"').next()?;
        let object = code.names.intern("app");
        let object = code.add(Node::Name(object), span);
        let name = code.names.intern(name);
        let callee = code.add(Node::Member { object, name }, span);
        let path = code.add(Node::Literal(Literal::Text(path.into())), span);
        let args = code.add_list([path]);
        Some(code.add(Node::Call { callee, args }, span))
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
            Kind::Field => {
                let name = child_of(children, f.field).map(|child| child.span);
                let name = code.slice(name.unwrap_or_default());
                Node::Member {
                    object: id_of(children, f.value),
                    name: code.names.intern(name),
                }
            }
            Kind::Index => match children {
                [object, key] if object.id != NodeId::NONE && key.id != NodeId::NONE => {
                    Node::Index {
                        object: object.id,
                        key: key.id,
                    }
                }
                _ => Node::Opaque(list(code, children)),
            },
            Kind::Call => {
                let args = match code.node(id_of(children, f.arguments)) {
                    Node::Sequence(list) => *list,
                    _ => List::default(),
                };
                Node::Call {
                    callee: id_of(children, f.function),
                    args,
                }
            }
            Kind::StructLiteral => {
                let args = match code.node(id_of(children, f.body)) {
                    Node::Map(list) => *list,
                    _ => List::default(),
                };
                match child_of(children, f.name) {
                    Some(name) if name.id != NodeId::NONE => {
                        let callee = code.add(Node::Instance(name.id), name.span);
                        Node::Call { callee, args }
                    }
                    _ => Node::Map(args),
                }
            }
            Kind::Initializers => Node::Map(list(code, children)),
            Kind::Initializer | Kind::FieldPattern => {
                let (key, value) = match kind {
                    Kind::Initializer => (f.field, f.value),
                    _ => (f.name, f.pattern),
                };
                let span = child_of(children, key).map(|child| child.span);
                let span = span.unwrap_or_default();
                let name = code.slice(span);
                let name = code.names.intern(name);
                let value = match id_of(children, value).some() {
                    Some(value) => value,
                    None => code.add(Node::Name(name), span),
                };
                Node::Entry {
                    key: Key::Name { name, span },
                    value,
                }
            }
            Kind::Shorthand => {
                let value = last(children);
                let span = code.span(value);
                let name = code.slice(span);
                let name = code.names.intern(name);
                Node::Entry {
                    key: Key::Name { name, span },
                    value,
                }
            }
            Kind::Base => Node::Spread(last(children)),
            Kind::StructPattern => Node::Map(list(code, children)),
            Kind::Negative => negative(code, span, children),
            Kind::Unary => match code.slice(span).bytes().next() {
                Some(b'*') => Node::Same(last(children)),
                Some(b'!') => Node::Not(last(children)),
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
            Kind::If => {
                let arms = [f.consequence, f.alternative].map(|field| id_of(children, field));
                Node::Either(code.add_list(arms.into_iter().filter_map(NodeId::some)))
            }
            Kind::Arms => Node::Either(list(code, children)),
            Kind::Through | Kind::Generic | Kind::PointedType => match first(children).some() {
                Some(inner) => Node::Same(inner),
                None => Node::Opaque(List::default()),
            },
            Kind::VariantPattern => {
                let patterns: Vec<NodeId> = children
                    .iter()
                    .filter(|child| child.field != self.of_type)
                    .filter_map(|child| child.id.some())
                    .collect();
                match patterns.as_slice() {
                    [only] => Node::Same(*only),
                    _ => Node::Sequence(code.add_list(patterns)),
                }
            }
            Kind::Arguments | Kind::TuplePattern => Node::Sequence(list(code, children)),
            Kind::Chain => Node::Both(list(code, children)),
            _ => Node::Opaque(list(code, children)),
        }
    }
}

/// When an arm of a `match` is taken.
fn case(code: &mut Code<'_>, subject: NodeId, pattern: NodeId, span: Span) -> When {
    let text = code.slice(span);
    if text == "_" {
        return When::Otherwise;
    }
    let inner = match code.node(pattern) {
        Node::Same(inner) => *inner,
        _ => pattern,
    };
    let cases = match code.node(inner) {
        Node::Literal(_) => vec![inner],
        Node::Sequence(list) => code.list(*list).to_vec(),
        _ => Vec::new(),
    };
    let is_literal = |case: &NodeId| matches!(code.node(*case), Node::Literal(_));
    // With an `if` of its own an arm need not be taken.
    if cases.is_empty() || text.contains(" if ") || !cases.iter().all(is_literal) {
        return When::Maybe;
    }
    When::Is {
        subject,
        cases: code.add_list(cases),
    }
}

/// True for a block with a comment on its safety, in the lines before it or as its first.
fn is_explained(text: &[u8], block: Span) -> bool {
    let start = block.start as usize;
    let near = text.get(start.saturating_sub(400)..start + 200);
    let near = near.or_else(|| text.get(start.saturating_sub(400)..));
    let near = String::from_utf8_lossy(near.unwrap_or(&[]));
    let at = near.len().min(start.min(400));
    let before = near.get(..at).unwrap_or("");
    let inside = near.get(at..).unwrap_or("");
    let says = |line: &str| {
        let comment = line.split_once("//").map_or("", |(_, comment)| comment);
        comment.to_ascii_lowercase().contains("safety")
    };
    // A statement may begin a line or two above its block.
    let above = before.split('\n').rev().enumerate();
    above
        .take_while(|(at, line)| *at < 3 || line.trim_start().starts_with("//"))
        .any(|(_, line)| says(line))
        || inside.lines().take(2).any(says)
}

/// A number without the suffix that says its type.
fn number(raw: &str) -> Option<f64> {
    let is_hexadecimal = raw.starts_with("0x");
    let suffix = raw.find(|c: char| match is_hexadecimal {
        true => matches!(c, 'u' | 'i'),
        false => matches!(c, 'u' | 'i' | 'f'),
    });
    literal::number(raw.get(..suffix.unwrap_or(raw.len())).unwrap_or(raw))
}

/// Types that say nothing about what a variable may hold.
fn is_plain(name: &str) -> bool {
    matches!(name, "str" | "String" | "char" | "Self")
}

/// True for `<u32>`, `<(i64, Uuid)>`: nothing of it holds a text.
fn holds_numbers(arguments: &str) -> bool {
    let mut words = arguments
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_some()
        && words.all(|word| is_number(word) || matches!(word, "Uuid" | "uuid" | "IpAddr"))
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
        let parent = place.parent_kind();
        match kind {
            Kind::Identifier => {
                let is_label = match parent {
                    Kind::Function => field == f.name,
                    Kind::VariantPattern => field == self.of_type,
                    _ => false,
                };
                if is_label {
                    return Enter::Skip;
                }
                let name = code.names.intern(code.slice(span));
                let is_parameter = match parent {
                    Kind::Parameter => field == f.pattern,
                    Kind::Parameters => true,
                    _ => false,
                };
                Enter::Done(code.named(name, is_parameter, span))
            }
            Kind::TypeName => {
                let text = code.slice(span);
                let is_name = matches!(parent, Kind::Struct | Kind::Impl) || is_plain(text);
                if is_name {
                    return Enter::Skip;
                }
                let name = code.names.intern(text);
                Enter::Done(code.add(Node::Name(name), span))
            }
            Kind::Scoped if parent == Kind::VariantPattern && field == self.of_type => Enter::Skip,
            Kind::Scoped => match paths::members(code, node) {
                Some(path) => Enter::Done(path),
                None => Enter::Skip,
            },
            Kind::Generic => {
                // Of `Path<u32>` nothing but a number comes.
                let text = code.slice(span);
                let arguments = text.find('<').and_then(|at| text.get(at..)).unwrap_or("");
                if holds_numbers(arguments) {
                    let number = code.names.intern("u64");
                    return Enter::Done(code.add(Node::Name(number), span));
                }
                Enter::Into
            }
            Kind::ShorthandPattern => {
                let name = code.names.intern(code.slice(span));
                Enter::Done(code.add(Node::Name(name), span))
            }
            Kind::Text => {
                let text = literal::rust(code.slice(span));
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Number => {
                let number = number(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::Character => {
                let text = code.slice(span).trim_matches('\'');
                Enter::Done(code.add(Node::Literal(Literal::Text(text.into())), span))
            }
            Kind::Boolean => {
                let holds = code.slice(span) == "true";
                Enter::Done(code.literal(Literal::Bool(holds), span))
            }
            Kind::Macro => Enter::Done(macros::read(code, node)),
            Kind::Attribute => {
                let text = code.slice(span);
                self.is_test |= text.contains("cfg(test)")
                    || text.contains("cfg(all(test")
                    || text.ends_with("test]");
                self.attributes.extend(Self::attribute(code, node));
                Enter::Skip
            }
            Kind::Ignored | Kind::Listed => Enter::Skip,
            Kind::Use => {
                paths::imports(code, node);
                Enter::Skip
            }
            _ if field == f.return_type && f.return_type != 0 => Enter::Skip,
            Kind::Impl | Kind::Struct => {
                let owner = node
                    .child_by_field_id(self.of_type)
                    .or_else(|| node.child_by_field_id(f.name));
                let owner = owner.map_or("", |owner| code.slice(Span::from(owner.byte_range())));
                let owner = owner.split('<').next().unwrap_or(owner);
                let owner = owner.rsplit("::").next().unwrap_or(owner);
                self.owners.push(code.names.intern(owner));
                Enter::Into
            }
            Kind::Module => {
                // Of a later piece of a long file only the module's head is known.
                let name = node.child_by_field_id(f.name);
                let name = name.map_or("", |name| code.slice(Span::from(name.byte_range())));
                self.is_test |= matches!(name, "tests" | "test");
                self.note_test(code, span);
                Enter::Into
            }
            Kind::Function | Kind::Closure => {
                if kind == Kind::Function {
                    self.note_test(code, span);
                }
                let name = name_of(code, node, f.name);
                let attributes = match kind {
                    Kind::Function => std::mem::take(&mut self.attributes),
                    _ => Vec::new(),
                };
                code.open_scope(ScopeKind::Function, name, span, attributes);
                Enter::Into
            }
            Kind::Loop | Kind::For => control(code, Control::Loop),
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
            Kind::Match if done.field == f.value => {
                code.fork(Fork::Choice);
                self.subjects.push(done.id);
            }
            Kind::Arm if done.field == f.pattern => {
                let subject = NodeId::last_of(&self.subjects);
                let when = case(code, subject, done.id, done.span);
                code.arm(when);
                if when == When::Maybe && done.id != NodeId::NONE {
                    code.assign(done.id, subject, Binding::DECLARES, done.span);
                }
            }
            Kind::For if done.field == f.value => {
                let binding = Binding::ELEMENT;
                code.assign(id_of(own, f.pattern), done.id, binding, done.span);
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
            Kind::Statement | Kind::Parameters | Kind::Module => NodeId::NONE,
            Kind::Impl | Kind::Struct => {
                self.owners.pop();
                NodeId::NONE
            }
            Kind::If => {
                if child_of(children, f.condition).is_some() {
                    code.join();
                }
                let value = self.expression(code, kind, node, children);
                code.add(value, span)
            }
            Kind::While | Kind::Loop | Kind::For => {
                if kind != Kind::While || child_of(children, f.condition).is_some() {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Match => {
                if child_of(children, f.value).is_some() {
                    self.subjects.pop();
                    code.join();
                }
                match id_of(children, f.body).some() {
                    Some(arms) => code.add(Node::Same(arms), span),
                    None => NodeId::NONE,
                }
            }
            Kind::Arm => id_of(children, f.value),
            Kind::GenericFunction => first(children),
            Kind::Block => match children.last().and_then(|child| child.id.some()) {
                Some(value) => code.add(Node::Same(value), span),
                None => NodeId::NONE,
            },
            Kind::Unsafe => {
                if !is_explained(code.text, span) {
                    let sign = Span::new(span.start, span.start + 6);
                    let name = code.slice(sign);
                    let name = code.names.intern(name);
                    let callee = code.add(Node::Name(name), sign);
                    let args = List::default();
                    code.add(Node::Call { callee, args }, span);
                }
                match last(children).some() {
                    Some(value) => code.add(Node::Same(value), span),
                    None => NodeId::NONE,
                }
            }
            Kind::SelfParameter => {
                if let Some(owner) = self.owners.last().copied() {
                    let name = code.names.intern("self");
                    let target = code.add(Node::Name(name), span);
                    let of_type = code.add(Node::Name(owner), span);
                    Self::typed(code, target, of_type, span);
                }
                NodeId::NONE
            }
            Kind::Parameter => {
                let pattern = id_of(children, f.pattern);
                let of_type = id_of(children, self.of_type);
                let target = match code.node(pattern) {
                    Node::Parameter(name) => {
                        let name = *name;
                        code.add(Node::Name(name), span)
                    }
                    _ => pattern,
                };
                Self::typed(code, target, of_type, span);
                NodeId::NONE
            }
            Kind::FieldDeclaration => {
                if let Some(owner) = self.owners.last().copied() {
                    let of_type = id_of(children, self.of_type);
                    let at = child_of(children, f.name).map(|child| child.span);
                    let at = at.unwrap_or(span);
                    let name = code.slice(at);
                    let name = code.names.intern(name);
                    let object = code.add(Node::Name(owner), at);
                    let target = code.add(Node::Member { object, name }, at);
                    Self::typed(code, target, of_type, at);
                }
                NodeId::NONE
            }
            Kind::Function | Kind::Closure => {
                // What a function ends with is what it returns.
                if let Some(value) = id_of(children, f.body).some() {
                    code.add(Node::Return(value), span);
                }
                let owner = self.owners.last().copied();
                let at = child_of(children, f.name).map_or(span, |child| child.span);
                let function = code.close_declared(owner, at, span);
                match kind {
                    Kind::Closure => function,
                    _ => NodeId::NONE,
                }
            }
            Kind::Return => {
                let value = last(children);
                code.add(Node::Return(value), span);
                NodeId::NONE
            }
            Kind::Let | Kind::Constant => {
                let target = match kind {
                    Kind::Let => id_of(children, f.pattern),
                    _ => {
                        let at = child_of(children, f.name).map(|child| child.span);
                        id_of(children, f.name).some().unwrap_or_else(|| {
                            let name = code.slice(at.unwrap_or_default());
                            let name = code.names.intern(name);
                            code.add(Node::Name(name), span)
                        })
                    }
                };
                match id_of(children, f.value).some() {
                    Some(value) => {
                        code.assign(target, value, Binding::DECLARES, span);
                    }
                    None => Self::typed(code, target, id_of(children, self.of_type), span),
                }
                NodeId::NONE
            }
            Kind::Condition => {
                let value = id_of(children, f.value);
                code.assign(id_of(children, f.pattern), value, Binding::DECLARES, span);
                code.add(Node::Opaque(List::default()), span)
            }
            Kind::Assignment | Kind::Compound => {
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                let binding = Binding {
                    append: operator == Some("+="),
                    ..Binding::default()
                };
                let target = id_of(children, f.left);
                code.assign(target, id_of(children, f.right), binding, span);
                NodeId::NONE
            }
            _ => {
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
        }
    }
}
