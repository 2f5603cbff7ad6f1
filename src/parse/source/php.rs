//! PHP syntax to [`Code`], with the HTML around it.
//!
//! Variables keep their `$`, so that they never hide a function. What PHP has as statements is a
//! call here: `echo`, `<?=`, `print`, `exit`, `include`, and the backtick; a callee that is computed
//! is the first argument of `$`, a computed class that of `new`.

mod expression;

use std::borrow::Cow;
use std::collections::HashMap;

use tree_sitter::{Language, Node as Syntax};

use crate::model::{FileKind, Span};

use super::code::{Binding, Code, Flow, Fork, From, List, Literal, Node, NodeId, ScopeKind, When};
use super::library::php as library;
use super::literal;
use super::walk::{
    self, Child, Control, Enter, Place, child_of, control, fields, has, id_of, kinds, name_of,
};

kinds! {
    Name = "name" | "relative_scope",
    Qualified = "qualified_name" | "relative_name",
    Variable = "variable_name",
    DynamicVariable = "dynamic_variable_name",
    Text = "string",
    Encapsed = "encapsed_string" | "heredoc_body" | "shell_command_expression",
    Heredoc = "heredoc" | "nowdoc",
    Nowdoc = "nowdoc_body",
    TextContent = "string_content" | "escape_sequence" | "nowdoc_string",
    Number = "integer" | "float",
    Boolean = "boolean",
    Null = "null",
    Member = "member_access_expression" | "nullsafe_member_access_expression" | "scoped_property_access_expression",
    Constant = "class_constant_access_expression",
    Subscript = "subscript_expression",
    Call = "function_call_expression",
    MethodCall = "member_call_expression" | "nullsafe_member_call_expression" | "scoped_call_expression",
    New = "object_creation_expression",
    AnonymousClass = "anonymous_class",
    Arguments = "arguments" | "array_creation_expression" | "attribute_group",
    Argument = "argument",
    Spread = "variadic_unpacking",
    Element = "array_element_initializer",
    ListLiteral = "list_literal",
    Binary = "binary_expression",
    Unary = "unary_op_expression",
    Cast = "cast_expression",
    Conditional = "conditional_expression",
    Match = "match_expression",
    MatchArm = "match_conditional_expression" | "match_default_expression",
    MatchCondition = "match_condition_list",
    Either = "match_block",
    Comma = "sequence_expression",
    Pair = "pair",
    Through = "parenthesized_expression" | "error_suppression_expression" | "by_ref" | "clone_expression"
        | "reference_modifier",
    Assignment = "assignment_expression" | "reference_assignment_expression" | "static_variable_declaration"
        | "property_element" | "const_element" | "enum_case",
    Augmented = "augmented_assignment_expression",
    Function = "function_definition" | "method_declaration" | "anonymous_function" | "arrow_function",
    Class = "class_declaration" | "trait_declaration" | "interface_declaration" | "enum_declaration",
    Parameter = "simple_parameter" | "property_promotion_parameter" | "variadic_parameter",
    Attribute = "attribute",
    AttributeList = "attribute_list",
    Return = "return_statement",
    Echo = "echo_statement" | "print_intrinsic" | "exit_statement",
    Include = "include_expression" | "include_once_expression" | "require_expression" | "require_once_expression",
    Expression = "expression_statement",
    If = "if_statement",
    ElseIf = "else_if_clause",
    Else = "else_clause",
    While = "while_statement",
    Loop = "for_statement" | "do_statement",
    Foreach = "foreach_statement",
    Switch = "switch_statement",
    Case = "case_statement" | "default_statement",
    Try = "try_statement",
    Catch = "catch_clause",
    Finally = "finally_clause",
    Throw = "throw_expression",
    Break = "break_statement",
    Continue = "continue_statement",
    Use = "namespace_use_declaration",
    Tag = "php_tag",
    Base = "base_clause",
    Ignored = "comment" | "text" | "php_end_tag" | "visibility_modifier" | "static_modifier" | "abstract_modifier"
        | "final_modifier" | "readonly_modifier" | "var_modifier" | "cast_type" | "class_interface_clause"
        | "use_declaration" | "named_type" | "optional_type" | "primitive_type" | "union_type" | "intersection_type"
        | "type_list" | "disjunctive_normal_form_type" | "bottom_type" | "heredoc_start" | "heredoc_end"
        | "variadic_placeholder" | "goto_statement" | "named_label_statement" | "namespace_name"
        | "anonymous_function_use_clause" | "global_declaration",
    Statement = "program" | "compound_statement" | "colon_block" | "switch_block" | "declaration_list" | "enum_declaration_list"
        | "property_declaration" | "const_declaration" | "function_static_declaration" | "namespace_definition"
        | "formal_parameters" | "text_interpolation" | "declare_statement" | "unset_statement",
}

fields! {
    name, operator, body, value, alternative, condition, arguments, function, object, scope, attributes, alias,
    return_expression,
}

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_php::LANGUAGE_PHP.into()
}

pub(super) struct Adapter<'s> {
    kinds: Kinds,
    fields: Fields,
    /// What `use Full\Name as Alias` calls a type in this file.
    aliases: HashMap<&'s str, &'s str>,
    /// `<?=`: the next statement is printed.
    echoes: bool,
    /// For each open call whether a function in it handles requests.
    routes: Vec<bool>,
    /// The attributes of what comes next have a route with a placeholder.
    routed: bool,
    /// For each open class whether it is a controller.
    controllers: Vec<bool>,
    /// What the open `switch` statements look at.
    subjects: Vec<NodeId>,
    /// For each open `if` how many of its `elseif` are open.
    elses: Vec<usize>,
    /// For each open operator with two sides whether the right one runs only after the left one
    /// held, or failed.
    shortcuts: Vec<Option<bool>>,
    /// For each open function whether its parameters come from a request.
    handlers: Vec<bool>,
}

impl<'s> Adapter<'s> {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            aliases: HashMap::new(),
            echoes: false,
            routes: Vec::new(),
            routed: false,
            controllers: Vec::new(),
            handlers: Vec::new(),
            subjects: Vec::new(),
            elses: Vec::new(),
            shortcuts: Vec::new(),
        }
    }

    /// The last part of a type's or function's name, through its alias.
    fn simple(&self, name: &'s str) -> &'s str {
        let last = name.rsplit('\\').next().unwrap_or(name);
        if last.len() < name.len() {
            return last;
        }
        self.aliases.get(name).copied().unwrap_or(last)
    }

    fn learn_aliases(&mut self, code: &Code<'s>, node: &Syntax<'_>) {
        let mut left = vec![*node];
        while let Some(part) = left.pop() {
            if part.kind() == "namespace_use_clause"
                && let Some(alias) = part.child_by_field_id(self.fields.alias)
                && let Some(full) = part.named_child(0)
            {
                let full = code.slice(Span::from(full.byte_range()));
                let last = full.rsplit('\\').next().unwrap_or(full);
                let alias = code.slice(Span::from(alias.byte_range()));
                self.aliases.insert(alias, last);
            } else if part.kind() != "namespace_use_clause" {
                left.extend(part.named_children(&mut part.walk()));
            }
        }
    }

    fn named(code: &mut Code<'s>, name: &'s str, span: Span) -> NodeId {
        let name = code.names.intern(name);
        code.add(Node::Name(name), span)
    }

    /// A call of a function that the source does not name, or not so.
    fn call(code: &mut Code<'s>, name: &'s str, at: Span, args: List) -> Node<'s> {
        let callee = Self::named(code, name, at);
        Node::Call { callee, args }
    }

    /// The variable that a call cleans where it stands, since nobody takes what it gives back:
    /// `$data->fieldClean($column);`
    fn cleaned_in_place(code: &Code<'s>, call: NodeId) -> Option<NodeId> {
        let Node::Call { callee, args } = code.node(call) else {
            return None;
        };
        let name = match code.node(*callee) {
            Node::Name(name) | Node::Member { name, .. } => code.names.text(*name),
            _ => return None,
        };
        let first = *code.list(*args).first()?;
        let is_variable = matches!(code.node(first), Node::Name(_));
        (is_variable && library::cleans_in_place(name)).then_some(first)
    }

    /// A call of the keyword that stands at the beginning: `echo`, `include`.
    fn keyword(code: &mut Code<'s>, span: Span, args: List) -> Node<'s> {
        let written = code.slice(span);
        let is_word = |c: char| c.is_ascii_alphabetic() || c == '_';
        let word = written.split(|c| !is_word(c)).next().unwrap_or(written);
        let length = u32::try_from(word.len()).unwrap_or(0);
        let at = Span::new(span.start, span.start + length);
        Self::call(code, word, at, args)
    }

    fn parameter(&mut self, code: &mut Code<'s>, node: &Syntax<'_>) {
        let Some(name) = node.child_by_field_id(self.fields.name) else {
            return;
        };
        let span = Span::from(name.byte_range());
        let local = code.names.intern(code.slice(span));
        code.add(Node::Parameter(local), span);
        let declared = node
            .child_by_field_name("type")
            .map(|declared| code.slice(Span::from(declared.byte_range())));
        let path = match declared.map(|declared| declared.trim_start_matches('?')) {
            None | Some("string" | "array" | "mixed") => {
                if self.handlers.last() != Some(&true) {
                    return;
                }
                let input = code.names.intern("$_REQUEST");
                Some(code.names.root(input))
            }
            Some(declared) if declared.contains(['|', '&', '(']) => None,
            Some("int" | "float" | "bool" | "callable" | "iterable" | "object" | "self") => None,
            Some(declared) => {
                let declared = self.simple(declared);
                let declared = code.names.intern(declared);
                let declared = code.names.root(declared);
                code.names.child(declared, super::CALL)
            }
        };
        if let Some(path) = path {
            code.add(Node::Import { local, path }, span);
        }
    }

    /// `Route::get('/x/{id}', function ($id) { ... })`, `$app->get(...)`.
    fn is_route_call(code: &Code<'s>, node: &Syntax<'_>, fields: Fields) -> bool {
        let text = |field| {
            node.child_by_field_id(field)
                .map(|part: Syntax<'_>| code.slice(Span::from(part.byte_range())))
        };
        let object = text(fields.scope).or_else(|| text(fields.object));
        matches!(
            object,
            Some("Route" | "$app" | "$router" | "$group" | "$routes" | "$this->router")
        ) && matches!(
            text(fields.name),
            Some("get" | "post" | "put" | "patch" | "delete" | "any" | "map" | "match" | "options")
        )
    }
}

impl<'s> walk::Adapter<'s> for Adapter<'s> {
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
        let parent_kind = place.parent_kind();
        match kind {
            Kind::Name | Kind::Qualified => {
                let is_label = field != 0
                    && (field == f.name && parent_kind != Kind::Assignment
                        || field == f.attributes)
                    || parent_kind == Kind::Constant && code.slice(span) == "class";
                if is_label {
                    return Enter::Skip;
                }
                let written = code.slice(span);
                if parent_kind == Kind::Subscript {
                    // `"$a[key]"`.
                    let text = Literal::Text(Cow::Borrowed(written));
                    return Enter::Done(code.add(Node::Literal(text), span));
                }
                let name = self.simple(written);
                if matches!(name, "exit" | "die") && field == 0 {
                    let call = Self::call(code, name, span, List::default());
                    return Enter::Done(code.add(call, span));
                }
                Enter::Done(Self::named(code, name, span))
            }
            Kind::Variable => {
                if field != 0
                    && field == f.name
                    && matches!(parent_kind, Kind::Member | Kind::MethodCall)
                {
                    return Enter::Skip;
                }
                Enter::Done(Self::named(code, code.slice(span), span))
            }
            Kind::Text | Kind::Nowdoc => {
                let raw = code.slice(span);
                let text = match kind {
                    Kind::Text => literal::single_quoted(raw),
                    _ => Cow::Borrowed(raw.trim_start_matches(['\r', '\n'])),
                };
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Encapsed
                if node.kind() == "encapsed_string" && !code.slice(span).contains('$') =>
            {
                let text = literal::javascript(code.slice(span));
                Enter::Done(code.literal(Literal::Text(text), span))
            }
            Kind::Number => {
                let number = literal::number(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::Boolean => {
                let value = code.slice(span).eq_ignore_ascii_case("true");
                Enter::Done(code.literal(Literal::Bool(value), span))
            }
            Kind::Null => Enter::Done(code.literal(Literal::Null, span)),
            Kind::Ignored | Kind::TextContent | Kind::MatchCondition => Enter::Skip,
            Kind::Tag => {
                self.echoes = code.slice(span) == "<?=";
                Enter::Skip
            }
            Kind::Use => {
                self.learn_aliases(code, node);
                Enter::Skip
            }
            Kind::Base => {
                let written = code.slice(span);
                if let Some(last) = self.controllers.last_mut() {
                    *last |= library::is_controller(written);
                }
                Enter::Skip
            }
            Kind::Parameter => {
                self.parameter(code, node);
                Enter::Skip
            }
            Kind::Call | Kind::MethodCall | Kind::New => {
                let route = kind == Kind::MethodCall && Self::is_route_call(code, node, f);
                self.routes.push(route);
                Enter::Into
            }
            Kind::Class | Kind::AnonymousClass => {
                let name = name_of(code, node, f.name);
                self.controllers.push(false);
                self.routed = false;
                code.open_scope(ScopeKind::Class, name, span, Vec::new());
                Enter::Into
            }
            Kind::Function => {
                let name = node
                    .child_by_field_id(f.name)
                    .map(|name| code.slice(Span::from(name.byte_range())));
                let is_method = node.kind() == "method_declaration";
                let is_action = is_method
                    && self.controllers.last() == Some(&true)
                    && !code.slice(span).starts_with("pr")
                    && name.is_some_and(|name| !name.starts_with('_'));
                let is_closure = !is_method
                    && parent_kind == Kind::Argument
                    && self.routes.last() == Some(&true);
                self.handlers.push(is_action || is_closure);
                let name = name.map(|name| code.names.intern(name));
                code.open_scope(ScopeKind::Function, name, span, Vec::new());
                Enter::Into
            }
            Kind::If => {
                self.elses.push(0);
                Enter::Into
            }
            Kind::Binary => {
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                self.shortcuts.push(match operator {
                    Some("&&" | "and") => Some(true),
                    Some("||" | "or" | "??") => Some(false),
                    _ => None,
                });
                Enter::Into
            }
            Kind::Loop => control(code, Control::of_loop(node)),
            Kind::Try => control(code, Control::Try),
            Kind::Catch => control(code, Control::Handler),
            Kind::Finally => control(code, Control::Finally),
            Kind::Case if node.kind() == "default_statement" => control(code, Control::Default),
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
            Kind::Function if done.field == self.fields.attributes && done.field != 0 => {
                if std::mem::take(&mut self.routed)
                    && let Some(handler) = self.handlers.last_mut()
                {
                    *handler = true;
                }
            }
            Kind::If if done.field == f.condition => {
                code.branch(Fork::Choice, When::Holds(done.id))
            }
            Kind::If if done.field == f.body => code.arm(When::Fails(id_of(own, f.condition))),
            Kind::ElseIf if done.field == f.condition => {
                code.branch(Fork::Choice, When::Holds(done.id));
                if let Some(open) = self.elses.last_mut() {
                    *open += 1;
                }
            }
            Kind::ElseIf if done.field == f.body => code.arm(When::Fails(id_of(own, f.condition))),
            Kind::While if done.field == f.condition => {
                code.branch(Fork::Loop, When::Holds(done.id))
            }
            Kind::Switch if done.field == f.condition => {
                code.fork(Fork::Switch);
                self.subjects.push(done.id);
            }
            Kind::Case if done.field == f.value => {
                let subject = NodeId::last_of(&self.subjects);
                let when = code.when_is(subject, done.id);
                code.arm_from(when, From::Previous);
            }
            Kind::Binary if own.len() == 1 => {
                if let Some(Some(holds)) = self.shortcuts.last() {
                    code.branch(
                        Fork::Choice,
                        match holds {
                            true => When::Holds(done.id),
                            false => When::Fails(done.id),
                        },
                    );
                }
            }
            Kind::Foreach if own.len() == 2 => {
                code.branch(Fork::Loop, When::Maybe);
                let element = Binding::ELEMENT;
                let of = own.first().map_or(NodeId::NONE, |child| child.id);
                let targets = match (done.kind, code.node(done.id)) {
                    (Kind::Pair, Node::Sequence(list)) => code.list(*list).to_vec(),
                    _ => vec![done.id],
                };
                for target in targets {
                    code.assign(target, of, element, done.span);
                }
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
            Kind::Statement | Kind::AttributeList => NodeId::NONE,
            Kind::Case | Kind::Catch | Kind::Else | Kind::ElseIf | Kind::Finally => NodeId::NONE,
            Kind::If | Kind::While | Kind::Switch => {
                if kind == Kind::If {
                    for _ in 0..self.elses.pop().unwrap_or(0) {
                        code.join();
                    }
                }
                if has(children, f.condition) {
                    code.join();
                    if kind == Kind::Switch {
                        self.subjects.pop();
                    }
                }
                NodeId::NONE
            }
            Kind::Foreach => {
                if children.len() > 1 {
                    code.join();
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
            Kind::Binary => {
                if let Some(Some(_)) = self.shortcuts.pop()
                    && !children.is_empty()
                {
                    code.join();
                }
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
            Kind::Expression => {
                if std::mem::take(&mut self.echoes)
                    && let Some(child) = children.first().filter(|child| child.id != NodeId::NONE)
                {
                    let args = match code.node(child.id) {
                        Node::Sequence(list) if child.kind == Kind::Comma => *list,
                        _ => code.add_list([child.id]),
                    };
                    let echo = Self::call(code, "<?=", child.span, args);
                    code.add(echo, child.span);
                } else if let Some(target) = children
                    .first()
                    .and_then(|child| Self::cleaned_in_place(code, child.id))
                {
                    // What it leaves is clean, whatever it gives back.
                    let args = code.add_list([walk::last(children)]);
                    let left = Self::call(code, "escaped_in_place", span, args);
                    let value = code.add(left, span);
                    code.assign(target, value, Binding::default(), span);
                }
                NodeId::NONE
            }
            Kind::Function | Kind::Class | Kind::AnonymousClass => {
                if kind == Kind::Function {
                    self.handlers.pop();
                } else {
                    self.controllers.pop();
                }
                if node.kind() == "arrow_function"
                    && let Some(value) = id_of(children, f.body).some()
                {
                    code.add(Node::Return(value), span);
                }
                if matches!(node.kind(), "function_definition" | "class_declaration") {
                    code.close_declared(None, span, span)
                } else {
                    code.close_function(span)
                }
            }
            Kind::Return => code.add(Node::Return(walk::last(children)), span),
            Kind::Assignment | Kind::Augmented => {
                let target = walk::first(children);
                let value = match children {
                    [_, .., value] => value.id,
                    _ => return NodeId::NONE,
                };
                if value == NodeId::NONE {
                    return NodeId::NONE;
                }
                let value = code.assigned(value);
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                // `$list[] = x` adds to what is there.
                if matches!(code.node(target), Node::Same(_))
                    && children
                        .first()
                        .is_some_and(|child| child.kind == Kind::Subscript)
                {
                    let name = code.names.intern("push");
                    let object = target;
                    let callee = code.add(Node::Member { object, name }, span);
                    let args = code.add_list([value]);
                    return code.add(Node::Call { callee, args }, span);
                }
                let binding = Binding {
                    append: kind == Kind::Augmented && operator != Some("??="),
                    conditional: operator == Some("??="),
                    ..declares
                };
                code.assign(target, value, binding, span)
            }
            Kind::Attribute => {
                let call = self.expression(code, kind, node, children);
                let written = code.slice(span);
                self.routed |= written.contains('{')
                    && matches!(&call, Node::Call { callee, .. }
                        if matches!(code.slice(code.span(*callee)), "Route" | "Get" | "Post" | "Put" | "Delete" | "Patch"));
                code.add(call, span)
            }
            Kind::Call | Kind::MethodCall | Kind::New => {
                self.routes.pop();
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
            Kind::Argument if child_of(children, f.name).is_none() => walk::last(children),
            _ => {
                let expression = self.expression(code, kind, node, children);
                code.add(expression, span)
            }
        }
    }
}
