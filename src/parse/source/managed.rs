//! Java and C# syntax to [`Code`]: two grammars for much the same language.
//!
//! Types have their simple name everywhere, whatever is imported: `java.sql.Statement` is
//! `Statement`. A variable or parameter of a declared type is called as its type is, so that
//! `st.execute` is `Statement.execute`; `new Foo()` calls `new.Foo` and gives a `Foo`.

use std::borrow::Cow;
use std::marker::PhantomData;

use tree_sitter::{Language, Node as Syntax};

use crate::model::Span;

use super::code::{Binding, Code, From, Key, List, Literal, Node, NodeId, Operator, When};
use super::literal;
use super::names::Path;
use super::value::Taint;
use super::walk::{Child, child_of, fields, id_of, kinds, last, list, negative};

mod calls;
mod tree;
mod types;

kinds! {
    Identifier = "identifier" | "this" | "super" | "base" | "this_expression" | "base_expression" | "implicit_parameter"
        | "predefined_type",
    GenericName = "generic_name",
    Text = "string_literal" | "character_literal" | "verbatim_string_literal" | "raw_string_literal",
    Interpolated = "interpolated_string_expression",
    TextContent = "string_content" | "escape_sequence",
    Interpolation = "interpolation",
    Number = "decimal_integer_literal" | "hex_integer_literal" | "octal_integer_literal" | "binary_integer_literal"
        | "decimal_floating_point_literal" | "hex_floating_point_literal" | "integer_literal" | "real_literal",
    True = "true",
    False = "false",
    Bool = "boolean_literal",
    Null = "null_literal",
    Member = "field_access" | "member_access_expression",
    Conditional = "conditional_access_expression",
    Binding = "member_binding_expression",
    Subscript = "array_access" | "element_access_expression",
    Call = "method_invocation" | "invocation_expression" | "annotation" | "marker_annotation" | "attribute",
    SuperCall = "explicit_constructor_invocation" | "constructor_initializer",
    New = "object_creation_expression" | "implicit_object_creation_expression",
    Arguments = "argument_list" | "bracketed_argument_list" | "annotation_argument_list" | "attribute_argument_list",
    Argument = "argument" | "attribute_argument",
    Pair = "element_value_pair",
    Array = "array_initializer" | "element_value_array_initializer" | "collection_expression" | "tuple_expression",
    Initializer = "initializer_expression" | "with_initializer",
    Binary = "binary_expression",
    Unary = "unary_expression" | "prefix_unary_expression",
    Ternary = "ternary_expression" | "conditional_expression",
    Through = "parenthesized_expression" | "await_expression" | "cast_expression" | "checked_expression"
        | "array_creation_expression" | "implicit_array_creation_expression" | "ref_expression" | "expression_element"
        | "class_literal" | "typeof_expression" | "constant_pattern",
    As = "as_expression" | "with_expression",
    InstanceOf = "instanceof_expression",
    Declaration = "local_variable_declaration" | "variable_declaration" | "spread_parameter",
    Field = "field_declaration" | "constant_declaration",
    Declarator = "variable_declarator",
    Resource = "resource",
    Property = "property_declaration",
    Pattern = "declaration_pattern" | "declaration_expression",
    Assignment = "assignment_expression",
    Function = "method_declaration" | "constructor_declaration" | "compact_constructor_declaration"
        | "local_function_statement" | "operator_declaration" | "conversion_operator_declaration"
        | "destructor_declaration" | "accessor_declaration" | "indexer_declaration",
    Lambda = "lambda_expression" | "anonymous_method_expression",
    ArrowBody = "arrow_expression_clause",
    Class = "class_declaration" | "interface_declaration" | "enum_declaration" | "record_declaration"
        | "struct_declaration" | "annotation_type_declaration",
    ClassBody = "class_body",
    Parameters = "formal_parameters" | "inferred_parameters" | "parameter_list" | "bracketed_parameter_list",
    Parameter = "formal_parameter" | "parameter" | "catch_formal_parameter",
    Return = "return_statement",
    Throw = "throw_statement",
    Break = "break_statement",
    Continue = "continue_statement",
    If = "if_statement",
    While = "while_statement",
    Loop = "for_statement" | "do_statement",
    ForEach = "enhanced_for_statement" | "foreach_statement",
    Switch = "switch_statement" | "switch_expression",
    SwitchArm = "switch_expression_arm",
    Section = "switch_section",
    Rule = "switch_rule",
    Label = "switch_label",
    Try = "try_statement" | "try_with_resources_statement",
    Catch = "catch_clause",
    Finally = "finally_clause",
    Import = "import_declaration",
    Ignored = "line_comment" | "block_comment" | "comment" | "package_declaration" | "using_directive"
        | "type_arguments" | "type_parameters" | "type_argument_list" | "type_parameter_list" | "dimensions"
        | "superclass" | "super_interfaces" | "extends_interfaces" | "base_list" | "permits" | "throws"
        | "interpolation_quote" | "interpolation_start" | "interpolation_brace" | "interpolation_format_clause"
        | "integral_type" | "floating_point_type" | "boolean_type" | "void_type" | "type_identifier" | "array_type"
        | "generic_type" | "scoped_type_identifier" | "modifier" | "catch_declaration"
        | "type_parameter_constraints_clause" | "explicit_interface_specifier" | "preproc_region"
        | "preproc_endregion" | "preproc_pragma" | "preproc_nullable" | "preproc_line" | "module_declaration"
        | "extern_alias_directive" | "attribute_target_specifier",
    Statement = "program" | "compilation_unit" | "block" | "constructor_body" | "expression_statement" | "global_statement"
        | "local_declaration_statement"
        | "switch_block" | "switch_block_statement_group" | "switch_body" | "using_statement" | "lock_statement"
        | "synchronized_statement" | "fixed_statement" | "unsafe_statement" | "checked_statement" | "labeled_statement"
        | "static_initializer" | "declaration_list" | "enum_body" | "enum_body_declarations"
        | "interface_body" | "annotation_type_body" | "accessor_list" | "modifiers" | "resource_specification"
        | "namespace_declaration" | "file_scoped_namespace_declaration" | "attribute_list" | "preproc_if"
        | "preproc_else" | "preproc_elif" | "assert_statement" | "event_field_declaration",
}

fields! {
    name, left, right, function, object, field, expression, value, array, operator, body,
    consequence, alternative, key, parameters, condition, returns,
}

/// What the adapter cannot know without its language.
pub(super) trait Dialect {
    /// The simple name of what is written with its package or namespace, if it is.
    fn qualified(text: &str) -> Option<&str>;
    fn text(raw: &str) -> Cow<'_, str>;
    fn parameter(parameter: &Declaration<'_>) -> Taint;
}

/// What decides whether a parameter is request data.
#[derive(Debug)]
pub(super) struct Declaration<'d> {
    /// Its annotations, its method's, and those of its class with the class's bases.
    pub own: &'d [&'d str],
    pub method: &'d [&'d str],
    pub class: &'d [&'d str],
    /// The simple name of its type; empty for an array.
    pub of: &'d str,
}

/// What is being declared.
#[derive(Clone, Copy, Debug, Default)]
struct Declared {
    of: Option<Path>,
    /// A field that may change later.
    is_open_field: bool,
}

pub(super) struct Adapter<'s, D> {
    kinds: Kinds,
    fields: Fields,
    type_field: u16,
    dialect: PhantomData<D>,
    declared: Vec<Declared>,
    /// The annotations and bases of the classes around.
    classes: Vec<Vec<&'s str>>,
    /// The annotations and parameters of the functions around.
    functions: Vec<(Vec<&'s str>, Vec<&'s str>)>,
    /// What `?.` was asked of.
    conditions: Vec<NodeId>,
    is_open_field: bool,
    /// What the open `switch` statements look at, and whether a case falls into the next.
    subjects: Vec<(NodeId, bool)>,
    /// Whether the assignments around are entries of an initializer.
    entries: Vec<bool>,
}

/// Longest chain of names that is looked at for a package.
const MAX_QUALIFIED: u32 = 120;

impl<'s, D: Dialect> Adapter<'s, D> {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            type_field: language.field_id_for_name("type").map_or(0, |id| id.get()),
            dialect: PhantomData,
            declared: Vec::new(),
            classes: Vec::new(),
            functions: Vec::new(),
            conditions: Vec::new(),
            is_open_field: false,
            subjects: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// The declared type of a node as a path, `None` for texts and what is inferred.
    fn type_of(&self, code: &mut Code<'s>, node: &Syntax<'_>) -> Option<Path> {
        let written = node.child_by_field_id(self.type_field)?;
        let name = simple_type(code.slice(Span::from(written.byte_range())))?;
        let name = code.names.intern(name);
        Some(code.names.root(name))
    }

    /// True for a declaration without annotations and modifiers.
    fn begins_with_its_type(&self, node: &Syntax<'_>) -> bool {
        let written = node.child_by_field_id(self.type_field);
        written.is_some_and(|written| written.start_byte() == node.start_byte())
    }

    /// What a function is marked with, and its class.
    fn decorators(&self, code: &mut Code<'s>, own: &[&'s str], span: Span) -> Vec<NodeId> {
        let class = self.classes.last().map_or(&[][..], Vec::as_slice);
        let at = Span::new(span.start, span.start);
        own.iter()
            .chain(class)
            .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
            .map(|name| {
                let name = code.names.intern(name);
                code.add(Node::Name(name), at)
            })
            .collect()
    }

    /// The simple names of a declaration's annotations, and of a class's bases.
    fn annotations(code: &Code<'s>, node: &Syntax<'_>) -> Vec<&'s str> {
        let mut found = Vec::new();
        let mut cursor = node.walk();
        let parts = node.named_children(&mut cursor).take(12);
        let mut queue: Vec<(Syntax<'_>, bool)> = parts.map(|part| (part, false)).collect();
        while let Some((part, is_base)) = queue.pop() {
            match part.kind() {
                "modifiers" | "attribute_list" | "base_list" | "superclass"
                | "super_interfaces" | "type_list" => {
                    let parts = part
                        .named_children(&mut part.walk())
                        .take(32)
                        .collect::<Vec<_>>();
                    queue.extend(parts.into_iter().map(|part| (part, true)));
                }
                "modifier" => found.push(code.slice(Span::from(part.byte_range()))),
                "annotation" | "marker_annotation" | "attribute" => {
                    if let Some(name) = part.child_by_field_name("name") {
                        let name = code.slice(Span::from(name.byte_range()));
                        found.push(name.rsplit('.').next().unwrap_or(name));
                    }
                }
                "type_identifier"
                | "generic_type"
                | "scoped_type_identifier"
                | "identifier"
                | "generic_name"
                | "qualified_name"
                    if is_base =>
                {
                    found.extend(simple_type(code.slice(Span::from(part.byte_range()))));
                }
                _ => {}
            }
        }
        found
    }

    fn static_import(code: &mut Code<'s>, node: &Syntax<'_>) {
        let span = Span::from(node.byte_range());
        let text = code.slice(span).trim_start_matches("import").trim_start();
        let Some(name) = text.strip_prefix("static ") else {
            return;
        };
        let name = name.trim().trim_end_matches(';').trim_end();
        let mut parts = name.rsplitn(3, '.');
        let (Some(member), Some(of)) = (parts.next(), parts.next()) else {
            return;
        };
        if member != "*"
            && let Some(start) = name.len().checked_sub(member.len() + of.len() + 1)
            && let Some(path) = name.get(start..).and_then(|path| code.names.dotted(path))
        {
            let local = code.names.intern(member);
            code.add(Node::Import { local, path }, span);
        }
    }

    fn name_node(code: &mut Code<'s>, span: Span) -> NodeId {
        let name = code.slice(span);
        let name = name.split(['<', ' ']).next().unwrap_or(name);
        let name = code.names.intern(name);
        code.add(Node::Name(name), span)
    }

    fn key(code: &mut Code<'s>, span: Span) -> Key {
        let name = code.slice(span);
        let name = code.names.intern(name);
        Key::Name { name, span }
    }

    fn arguments(&self, code: &mut Code<'s>, children: &[Child<Kind>]) -> List {
        let mut all = Vec::new();
        for child in children {
            let wanted = matches!(child.kind, Kind::Arguments | Kind::Initializer);
            if wanted && let Node::Sequence(list) | Node::Map(list) = code.node(child.id) {
                all.extend_from_slice(code.list(*list));
            }
        }
        code.add_list(all)
    }

    fn call(&self, code: &mut Code<'s>, children: &[Child<Kind>]) -> Node<'s> {
        let f = self.fields;
        let args = self.arguments(code, children);
        let callee = match id_of(children, f.function).some() {
            Some(function) => function,
            None => {
                let at = child_of(children, f.name).map_or(Span::default(), |c| c.span);
                match child_of(children, f.object).filter(|c| c.id != NodeId::NONE) {
                    Some(object) => {
                        let name = code.slice(at);
                        let name = code.names.intern(name);
                        let node = Node::Member {
                            object: object.id,
                            name,
                        };
                        code.add(node, Span::new(object.span.start, at.end))
                    }
                    None => Self::name_node(code, at),
                }
            }
        };
        Node::Call { callee, args }
    }

    fn new_object(
        &self,
        code: &mut Code<'s>,
        node: &Syntax<'_>,
        children: &[Child<Kind>],
    ) -> Node<'s> {
        let args = self.arguments(code, children);
        let span = Span::from(node.byte_range());
        let written = child_of(children, self.type_field).map(|child| child.span);
        let of = written
            .and_then(|at| simple_type(code.slice(at)))
            .map(|name| code.names.intern(name));
        let of = of.or_else(|| {
            let declared = self.declared.last().and_then(|declared| declared.of)?;
            code.names.last(declared)
        });
        let end = written.map_or(span.start + 3, |at| at.end);
        let at = Span::new(span.start, end.min(span.end));
        let callee = match of {
            Some(name) => {
                let new = code.names.intern("new");
                let object = code.add(Node::Name(new), at);
                code.add(Node::Member { object, name }, at)
            }
            None => code.add(Node::Opaque(List::default()), at),
        };
        Node::Call { callee, args }
    }

    fn expression(
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
                let object = [f.object, f.expression]
                    .into_iter()
                    .find_map(|field| id_of(children, field).some());
                let at = child_of(children, f.field)
                    .or_else(|| child_of(children, f.name))
                    .map_or(Span::default(), |child| child.span);
                let name = code.slice(at);
                let name = name.split('<').next().unwrap_or(name);
                Node::Member {
                    object: object.unwrap_or(NodeId::NONE),
                    name: code.names.intern(name),
                }
            }
            Kind::Binding => {
                let at = child_of(children, f.name).map_or(span, |child| child.span);
                let name = code.slice(at);
                Node::Member {
                    object: self.conditions.last().copied().unwrap_or(NodeId::NONE),
                    name: code.names.intern(name),
                }
            }
            Kind::Subscript => {
                let object = [f.array, f.expression]
                    .into_iter()
                    .find_map(|field| id_of(children, field).some());
                let key = last(children);
                let key = match code.node(key) {
                    Node::Sequence(list) => code.list(*list).first().copied().unwrap_or(key),
                    _ => key,
                };
                Node::Index {
                    object: object.unwrap_or(NodeId::NONE),
                    key,
                }
            }
            Kind::Call => self.call(code, children),
            Kind::New => self.new_object(code, node, children),
            Kind::Argument => match child_of(children, f.name) {
                Some(name) => Node::Entry {
                    key: Self::key(code, name.span),
                    value: last(children),
                },
                // `[Attribute(Key = value)]` parses as an assignment.
                None => match code.node(last(children)) {
                    Node::Assign { target, value, .. } => {
                        let (target, value) = (*target, *value);
                        Node::Entry {
                            key: Self::key(code, code.span(target)),
                            value,
                        }
                    }
                    other => other.clone(),
                },
            },
            Kind::Pair => {
                let at = child_of(children, f.key).map_or(span, |child| child.span);
                Node::Entry {
                    key: Self::key(code, at),
                    value: id_of(children, f.value),
                }
            }
            Kind::Binary => {
                let left = id_of(children, f.left);
                let right = id_of(children, f.right);
                match node.child_by_field_id(f.operator).map(|n| n.kind()) {
                    Some("+") => Node::Sum { left, right },
                    Some("??" | "||") => Node::Either(list(code, children)),
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
            Kind::Unary => match (code.slice(span).bytes().next(), last(children)) {
                (Some(b'!'), inner) if !matches!(code.node(inner), Node::Literal(_)) => {
                    Node::Not(inner)
                }
                _ => negative(code, span, children),
            },
            Kind::Ternary => Node::Choose {
                condition: id_of(children, f.condition),
                yes: id_of(children, f.consequence),
                no: id_of(children, f.alternative),
            },
            Kind::Arguments | Kind::Array => Node::Sequence(list(code, children)),
            Kind::Initializer => Node::Map(list(code, children)),
            Kind::Interpolated => {
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
            Kind::Through | Kind::Interpolation | Kind::Conditional => {
                match last(children).some() {
                    Some(inner) => Node::Same(inner),
                    None => Node::Opaque(List::default()),
                }
            }
            Kind::As => match children.iter().find_map(|child| child.id.some()) {
                Some(inner) => Node::Same(inner),
                None => Node::Opaque(List::default()),
            },
            _ => Node::Opaque(list(code, children)),
        }
    }

    /// True for what a `switch` statement looks at.
    fn is_subject(&self, child: Child<Kind>) -> bool {
        let f = self.fields;
        (child.field == f.condition && f.condition != 0 && child.kind != Kind::SwitchArm)
            || (child.field == f.value && f.value != 0)
    }

    /// A case of a `switch` begins; without values it is the default.
    fn case(&self, code: &mut Code<'s>, values: &[NodeId]) {
        let (subject, falls) = self
            .subjects
            .last()
            .copied()
            .unwrap_or((NodeId::NONE, true));
        let cases = code.add_list(values.iter().copied());
        let is_constant = |id: &NodeId| {
            let id = match code.node(*id) {
                Node::Same(inner) => *inner,
                _ => *id,
            };
            matches!(code.node(id), Node::Literal(_))
        };
        let when = match values {
            [] => When::Otherwise,
            values if values.iter().all(is_constant) => When::Is { subject, cases },
            _ => When::Maybe,
        };
        let from = match falls {
            true => From::Previous,
            false => From::Fork,
        };
        code.arm_from(when, from);
    }

    /// Gives a name a value and perhaps a type.
    fn bind(&self, code: &mut Code<'s>, target: NodeId, value: NodeId, span: Span) -> NodeId {
        let declared = self.declared.last().copied().unwrap_or_default();
        let declares = Binding::DECLARES;
        let has_value = value != NodeId::NONE;
        let value = value
            .some()
            .unwrap_or_else(|| code.add(Node::Opaque(List::default()), code.span(target)));
        let assign = code.assign(target, value, declares, span);
        if let Some(of) = declared.of {
            code.declare(assign, of);
        }
        if has_value
            && declared.is_open_field
            && let Node::Name(name) = code.node(target).clone()
        {
            // Others may set it before it is read.
            let target = code.add(Node::Name(name), span);
            let unknown = code.add(Node::Opaque(List::default()), span);
            code.assign(target, unknown, Binding::default(), span);
        }
        assign
    }

    /// `this.name`, read or written: the field, unless a parameter has the name.
    fn own_field(&self, code: &Code<'s>, span: Span) -> Option<&'s str> {
        let text = code.slice(span);
        let name = text.strip_prefix("this.")?;
        let is_parameter = self
            .functions
            .last()
            .is_some_and(|(_, parameters)| parameters.contains(&name));
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_name && !is_parameter).then_some(name)
    }
}

/// `java.util.Map<String, X>` is a `Map`; an array is nothing that has a name.
fn simple_type(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('@');
    let name = text.split(['<', '[', '?', '(', ' ']).next()?;
    let name = name.rsplit(['.', ':']).next()?;
    (!name.is_empty() && !text.ends_with(']') && name != "var").then_some(name)
}

/// `app.MapGet("/", (string q) => ...)`: what marks a handler that is a lambda.
fn handler_of_route<'s>(code: &Code<'s>, lambda: &Syntax<'_>) -> Vec<&'s str> {
    let call = lambda
        .parent()
        .and_then(|argument| argument.parent())
        .and_then(|list| list.parent());
    let name = call
        .and_then(|call| call.child_by_field_name("function"))
        .and_then(|callee| callee.child_by_field_name("name"));
    let name = name.map(|name| code.slice(Span::from(name.byte_range())));
    match name {
        Some("MapGet" | "MapPost" | "MapPut" | "MapDelete" | "MapPatch" | "MapMethods") => {
            vec!["Route"]
        }
        _ => Vec::new(),
    }
}
