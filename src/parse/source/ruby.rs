//! Ruby syntax to [`Code`].
//!
//! `a.b` without arguments is a member, so that `params.id` and `config.force_ssl = true` read as
//! they are written; methods that turn a text into another, or end in `!` or `?`, are calls. A
//! block shares the variables of what is around it; one that answers a request is a function.

use std::borrow::Cow;

use tree_sitter::{Language, Node as Syntax};

use crate::model::{FileKind, Span};

use super::code::{
    Binding, Code, Flow, Fork, List, Literal, Node, NodeId, Operator, ScopeKind, When,
};
use super::library::ruby as library;
use super::literal;
use super::walk::{
    self, Child, Control, Enter, Place, child_of, control, entry_key, fields, has, id_of, kinds,
    name_of, negative,
};

/// Longest text of a heredoc that is looked at.
const MAX_HEREDOC: usize = 1 << 15;

kinds! {
    Identifier = "identifier" | "instance_variable" | "class_variable" | "global_variable" | "constant" | "self"
        | "super" | "file",
    Text = "string" | "bare_string" | "bare_symbol" | "delimited_symbol",
    Symbol = "simple_symbol" | "hash_key_symbol",
    Shell = "subshell",
    TextContent = "string_content" | "escape_sequence" | "heredoc_content",
    Interpolation = "interpolation",
    Chained = "chained_string",
    Heredoc = "heredoc_beginning",
    HeredocBody = "heredoc_body",
    Number = "integer" | "float",
    True = "true",
    False = "false",
    Null = "nil",
    Scope = "scope_resolution",
    Call = "call",
    Super = "yield",
    Arguments = "argument_list" | "array" | "left_assignment_list" | "right_assignment_list" | "string_array"
        | "symbol_array" | "destructured_left_assignment" | "exceptions",
    Hash = "hash",
    Pair = "pair",
    Spread = "splat_argument" | "hash_splat_argument" | "rest_assignment",
    Element = "element_reference",
    Binary = "binary",
    Unary = "unary",
    Ternary = "conditional",
    If = "if" | "elsif",
    Unless = "unless",
    Case = "case" | "case_match",
    Modifier = "if_modifier" | "unless_modifier" | "while_modifier" | "until_modifier",
    RescueModifier = "rescue_modifier",
    Loop = "while" | "until",
    For = "for",
    When = "when" | "in_clause",
    Rescue = "rescue",
    Assignment = "assignment",
    Augmented = "operator_assignment",
    Method = "method" | "singleton_method",
    Lambda = "lambda",
    Block = "block" | "do_block",
    Class = "class" | "module" | "singleton_class",
    Parameters = "method_parameters" | "lambda_parameters" | "block_parameters" | "destructured_parameter",
    Parameter = "optional_parameter" | "keyword_parameter" | "splat_parameter" | "hash_splat_parameter"
        | "block_parameter",
    Return = "return",
    Next = "next" | "break",
    Last = "body_statement" | "block_body" | "then" | "else" | "begin" | "parenthesized_statements" | "ensure",
    Ignored = "comment" | "heredoc_end" | "superclass" | "block_argument" | "empty_statement" | "alias" | "undef"
        | "operator" | "setter" | "uninterpreted" | "encoding" | "line" | "exception_variable" | "forward_argument"
        | "forward_parameter" | "pattern",
    Statement = "program" | "do" | "begin_block" | "end_block",
}

fields! {
    name, left, right, operator, object, scope, receiver, method, arguments, body, parameters, key, value,
    condition, consequence, alternative, pattern,
}

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_ruby::LANGUAGE.into()
}

pub(super) struct Adapter {
    kinds: Kinds,
    fields: Fields,
    /// The receivers of the open calls, once they are known.
    receivers: Vec<NodeId>,
    /// Where the text of the last heredoc ended.
    heredoc: usize,
    /// For each open operator with two sides whether the right one runs only after the left one
    /// held, or failed.
    shortcuts: Vec<Option<bool>>,
    /// For each open block whether it is a function of its own.
    blocks: Vec<bool>,
    /// What the open `case` expressions ask about.
    subjects: Vec<NodeId>,
}

impl Adapter {
    pub fn new(language: &Language) -> Self {
        Self {
            kinds: kind_table(language),
            fields: Fields::of(language),
            receivers: Vec::new(),
            heredoc: 0,
            blocks: Vec::new(),
            subjects: Vec::new(),
            shortcuts: Vec::new(),
        }
    }

    fn named<'s>(code: &mut Code<'s>, name: &'s str, span: Span) -> NodeId {
        let name = code.names.intern(name);
        code.add(Node::Name(name), span)
    }

    fn literal<'s>(code: &mut Code<'s>, text: Cow<'s, str>, span: Span) -> NodeId {
        code.literal(Literal::Text(text), span)
    }

    /// A string without interpolation; its kind of quotation tells what a backslash does.
    fn plain<'s>(code: &mut Code<'s>, span: Span) -> NodeId {
        let raw = code.slice(span);
        let text = match raw.as_bytes() {
            [b'\'', ..] => literal::single_quoted(raw),
            [b'%', rest @ ..] => {
                let skip = 2 + usize::from(rest.first().is_some_and(u8::is_ascii_alphabetic));
                let body = raw.get(skip..raw.len().saturating_sub(1)).unwrap_or("");
                Cow::Borrowed(body)
            }
            [b':', ..] => literal::javascript(raw.get(1..).unwrap_or("")),
            _ => literal::javascript(raw),
        };
        Self::literal(code, text, span)
    }

    fn parts(code: &mut Code<'_>, children: &[Child<Kind>]) -> List {
        let mut parts = Vec::new();
        for child in children {
            if child.kind == Kind::TextContent {
                let text = literal::unescape(code.slice(child.span));
                parts.push(Self::literal(code, text, child.span));
            } else {
                parts.extend(child.id.some());
            }
        }
        code.add_list(parts)
    }

    /// The text that belongs to `<<~NAME`. It stands below its line, where it is too late: what
    /// is filled in is read from the source, as far as a name tells where it comes from.
    fn heredoc<'s>(&mut self, code: &mut Code<'s>, span: Span) -> NodeId {
        let opening = code.slice(span);
        let is_raw = opening.contains('\'');
        let label = opening.trim_start_matches(['<', '~', '-']);
        let label = label.trim_matches(['\'', '"', '`']);
        let end = span.range().end;
        let rest = code.text.get(end..).unwrap_or(&[]);
        let line = memchr::memchr(b'\n', rest).map_or(code.text.len(), |at| end + at + 1);
        let start = line.max(self.heredoc).min(code.text.len());
        let limit = (start + MAX_HEREDOC).min(code.text.len());
        let mut at = start;
        let mut stop = limit;
        while at < limit {
            let next = memchr::memchr(b'\n', code.text.get(at..limit).unwrap_or(&[]));
            let next = next.map_or(limit, |found| at + found + 1);
            let written = code.slice(Span::from_usize(at, next));
            if written.trim() == label {
                stop = at;
                self.heredoc = next;
                break;
            }
            at = next;
        }
        let body = code.slice(Span::from_usize(start, stop));
        let text = |code: &mut Code<'s>, from: usize, to: usize| {
            let piece = body.get(from..to).unwrap_or("");
            Self::literal(code, Cow::Borrowed(piece), span)
        };
        let mut parts = Vec::new();
        let mut from = 0;
        while !is_raw
            && let Some(found) = body.get(from..).and_then(|rest| rest.find("#{"))
            && let Some(close) = body.get(from + found..).and_then(|rest| rest.find('}'))
        {
            parts.push(text(code, from, from + found));
            let inner = body.get(from + found + 2..from + found + close);
            parts.push(Self::filled_in(code, inner.unwrap_or(""), span));
            from += found + close + 1;
        }
        parts.push(text(code, from, body.len()));
        let list = code.add_list(parts);
        code.add(Node::Text(list), span)
    }

    /// `name`, `@name` or `params[...]` in a text that is not walked.
    fn filled_in<'s>(code: &mut Code<'s>, inner: &'s str, span: Span) -> NodeId {
        let inner = inner.trim();
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '@';
        if !inner.is_empty() && inner.chars().all(is_name) {
            return Self::named(code, inner, span);
        }
        let cleaned = [
            ".to_i", "quote", "sanitize", "escape", ".count", ".size", ".id",
        ];
        let root = inner.split(['[', '.']).next().unwrap_or(inner);
        if cleaned.iter().any(|call| inner.contains(call)) || !root.chars().all(is_name) {
            // Nobody looks into it here: what may be escaped is no finding.
            let list = List::default();
            let callee = Self::named(code, "Integer", span);
            return code.add(Node::Call { callee, args: list }, span);
        }
        let object = Self::named(code, root, span);
        code.add(Node::Same(object), span)
    }

    /// What comparing and counting give.
    fn number<'s>(code: &mut Code<'s>, span: Span, children: &[Child<Kind>]) -> Node<'s> {
        let args = walk::list(code, children);
        let callee = Self::named(code, "Integer", span);
        Node::Call { callee, args }
    }

    fn call<'s>(code: &mut Code<'s>, node: Span, f: Fields, children: &[Child<Kind>]) -> Node<'s> {
        let method = child_of(children, f.method).copied();
        let arguments = child_of(children, f.arguments);
        let at = method.map(|child| child.span).unwrap_or_default();
        let written = code.slice(at);
        let args = match arguments.map(|child| code.node(child.id)) {
            Some(Node::Sequence(list)) => *list,
            _ => List::default(),
        };
        let has_block = children.iter().any(|child| child.kind == Kind::Block);
        let Some(receiver) = id_of(children, f.receiver).some() else {
            let callee = Self::named(code, written, at);
            return Node::Call { callee, args };
        };
        let name = code.names.intern(written);
        let member = Node::Member {
            object: receiver,
            name,
        };
        if arguments.is_none() && !has_block && !library::is_call(written) {
            return member;
        }
        let callee = code.add(member, Span::new(node.start, at.end.max(node.start)));
        Node::Call { callee, args }
    }

    fn expression<'s>(
        code: &mut Code<'s>,
        kind: Kind,
        node: &Syntax<'_>,
        children: &[Child<Kind>],
        f: Fields,
    ) -> Node<'s> {
        let span = Span::from(node.byte_range());
        match kind {
            Kind::Scope => {
                let at = child_of(children, f.name).map(|child| child.span);
                let name = code.names.intern(code.slice(at.unwrap_or_default()));
                match id_of(children, f.scope).some() {
                    Some(object) => Node::Member { object, name },
                    None => Node::Name(name),
                }
            }
            Kind::Call => Self::call(code, span, f, children),
            Kind::Element => {
                let object = id_of(children, f.object);
                let key = children.iter().find(|child| {
                    child.field != f.object && child.id != NodeId::NONE && child.kind != Kind::Block
                });
                match key {
                    Some(key) => Node::Index {
                        object,
                        key: key.id,
                    },
                    None => Node::Same(object),
                }
            }
            Kind::Arguments => Node::Sequence(walk::list(code, children)),
            Kind::Hash => Node::Map(walk::list(code, children)),
            Kind::Pair => {
                let key = id_of(children, f.key);
                let value = match id_of(children, f.value).some() {
                    Some(value) => value,
                    // `{ name: }` is `{ name: name }`.
                    None => {
                        let name = code.slice(code.span(key));
                        Self::named(code, name, span)
                    }
                };
                match key.some() {
                    Some(key) => Node::Entry {
                        key: entry_key(code, key),
                        value,
                    },
                    None => Node::Same(value),
                }
            }
            Kind::Spread => Node::Spread(walk::last(children)),
            Kind::Text | Kind::Chained => Node::Text(Self::parts(code, children)),
            Kind::Shell => {
                let parts = Self::parts(code, children);
                let text = code.add(Node::Text(parts), span);
                let args = code.add_list([text]);
                let callee = Self::named(code, "`", span);
                Node::Call { callee, args }
            }
            Kind::Binary => {
                let (left, right) = (id_of(children, f.left), id_of(children, f.right));
                match node.child_by_field_id(f.operator).map(|n| n.kind()) {
                    Some("+") => Node::Sum { left, right },
                    Some("%") => Node::Format {
                        template: left,
                        args: right,
                    },
                    Some("||" | "or") => Node::Either(walk::list(code, children)),
                    Some("&&" | "and") => Node::Both(walk::list(code, children)),
                    Some("*" | "|" | "&" | "-") => Node::Opaque(walk::list(code, children)),
                    operator => match operator.and_then(Operator::of) {
                        Some(operator) => Node::Binary {
                            operator,
                            left,
                            right,
                        },
                        None => Self::number(code, span, children),
                    },
                }
            }
            Kind::Unary => match code.slice(span).as_bytes() {
                [b'!', ..] | [b'n', b'o', b't', ..] => Node::Not(walk::first(children)),
                _ => negative(code, span, children),
            },
            Kind::Ternary | Kind::If | Kind::Unless => {
                let condition = id_of(children, f.condition);
                let (yes, no) = (
                    id_of(children, f.consequence),
                    id_of(children, f.alternative),
                );
                let (yes, no) = if kind == Kind::Unless {
                    (no, yes)
                } else {
                    (yes, no)
                };
                match (yes, no) {
                    (NodeId::NONE, other) | (other, NodeId::NONE) => Node::Same(other),
                    (yes, no) => Node::Choose { condition, yes, no },
                }
            }
            Kind::Case => {
                let arms = children
                    .iter()
                    .filter(|child| matches!(child.kind, Kind::When | Kind::Last))
                    .filter_map(|child| child.id.some());
                Node::Either(code.add_list(arms))
            }
            Kind::RescueModifier => Node::Either(walk::list(code, children)),
            Kind::Interpolation => Node::Same(walk::last(children)),
            _ => Node::Opaque(walk::list(code, children)),
        }
    }

    /// After `when "a", :b`, what the `case` is about is one of them.
    fn require_case(&self, code: &mut Code<'_>, node: &Syntax<'_>) {
        let Some(subject) = self.subjects.last().and_then(|subject| subject.some()) else {
            return;
        };
        let mut cursor = node.walk();
        let mut patterns = node.children_by_field_name("pattern", &mut cursor);
        let is_written_out = |pattern: &Syntax<'_>| {
            let kind = pattern.child(0).map_or("", |inner| inner.kind());
            matches!(kind, "string" | "simple_symbol" | "integer")
                && !code.slice(Span::from(pattern.byte_range())).contains("#{")
        };
        let Some(first) = patterns.next().filter(is_written_out) else {
            return;
        };
        if !patterns.all(|pattern| is_written_out(&pattern)) {
            return;
        }
        let span = Span::from(first.byte_range());
        let right = Self::literal(code, Cow::Borrowed("case"), span);
        let equal = Node::Binary {
            operator: Operator::Equal,
            left: subject,
            right,
        };
        let equal = code.add(equal, span);
        code.flow(Flow::Require(equal));
    }

    /// After `return unless x`, x holds.
    fn require(&self, code: &mut Code<'_>, node: &Syntax<'_>, children: &[Child<Kind>]) {
        let f = self.fields;
        let condition = id_of(children, f.condition);
        let leaves = child_of(children, f.body).is_some_and(|body| {
            let written = code.slice(body.span);
            let first = written.split([' ', '(']).next().unwrap_or(written);
            matches!(body.kind, Kind::Return | Kind::Next)
                || matches!(first, "raise" | "halt" | "abort" | "exit")
                || written.ends_with("and return")
        });
        if !leaves || condition == NodeId::NONE {
            return;
        }
        let holds = match node.kind() {
            "unless_modifier" => condition,
            "if_modifier" => code.add(Node::Not(condition), code.span(condition)),
            _ => return,
        };
        code.flow(Flow::Require(holds));
    }

    /// `get '/path' do`: a handler of Sinatra, with variables of its own.
    fn is_own_function(code: &Code<'_>, parent: Option<(Kind, Syntax<'_>)>, f: Fields) -> bool {
        let Some((Kind::Call, call)) = parent else {
            return false;
        };
        let method = call.child_by_field_id(f.method);
        let method = method.map(|method| code.slice(Span::from(method.byte_range())));
        call.child_by_field_id(f.receiver).is_none()
            && matches!(
                method,
                Some(
                    "get"
                        | "post"
                        | "put"
                        | "patch"
                        | "delete"
                        | "options"
                        | "before"
                        | "after"
                        | "lambda"
                        | "proc"
                        | "it"
                        | "helpers"
                )
            )
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
                let is_label = match parent_kind {
                    Kind::Call => field == f.method,
                    Kind::Method | Kind::Class | Kind::Scope => field == f.name,
                    _ => false,
                };
                if is_label {
                    return Enter::Skip;
                }
                let name = code.names.intern(code.slice(span));
                let is_parameter = match parent_kind {
                    Kind::Parameters => true,
                    Kind::Parameter => field == f.name,
                    _ => false,
                };
                Enter::Done(code.named(name, is_parameter, span))
            }
            Kind::Text if !code.slice(span).contains("#{") => Enter::Done(Self::plain(code, span)),
            Kind::Symbol => {
                let written = code.slice(span);
                let name = written.trim_start_matches(':');
                let skipped = u32::try_from(written.len() - name.len()).unwrap_or(0);
                let at = Span::new(span.start + skipped, span.end);
                Enter::Done(Self::literal(code, Cow::Borrowed(name), at))
            }
            Kind::Heredoc => Enter::Done(self.heredoc(code, span)),
            Kind::Number => {
                let number = literal::number(code.slice(span));
                Enter::Done(code.number(number, span))
            }
            Kind::True => Enter::Done(code.literal(Literal::Bool(true), span)),
            Kind::False => Enter::Done(code.literal(Literal::Bool(false), span)),
            Kind::Null => Enter::Done(code.literal(Literal::Null, span)),
            Kind::Ignored | Kind::TextContent => Enter::Skip,
            Kind::Call => {
                self.receivers.push(NodeId::NONE);
                Enter::Into
            }
            Kind::Method | Kind::Lambda | Kind::Class => {
                let name = name_of(code, node, f.name);
                let scope = ScopeKind::of(kind == Kind::Class);
                code.open_scope(scope, name, span, Vec::new());
                Enter::Into
            }
            Kind::Block => {
                let own = parent_kind != Kind::Lambda && Self::is_own_function(code, parent, f);
                self.blocks.push(own);
                if own {
                    code.open_scope(ScopeKind::Function, None, span, Vec::new());
                } else {
                    code.branch(Fork::Loop, When::Maybe);
                }
                Enter::Into
            }
            Kind::Binary => {
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                self.shortcuts.push(match operator {
                    Some("&&" | "and") => Some(true),
                    Some("||" | "or") => Some(false),
                    _ => None,
                });
                Enter::Into
            }
            Kind::Loop => control(code, Control::Loop),
            Kind::When => {
                code.arm(When::Maybe);
                self.require_case(code, node);
                Enter::Into
            }
            Kind::Last if parent_kind == Kind::Case => {
                code.arm(When::Otherwise);
                Enter::Into
            }
            // The body stands before the condition.
            Kind::Modifier | Kind::Rescue => {
                code.branch(Fork::Choice, When::Maybe);
                Enter::Into
            }
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
        let element = Binding::ELEMENT;
        match parent {
            Kind::Call if done.field == f.receiver && done.field != 0 => {
                if let Some(receiver) = self.receivers.last_mut() {
                    *receiver = done.id;
                }
            }
            // `list.each do |item|`.
            Kind::Block if done.field == f.parameters && done.field != 0 => {
                let of = self.receivers.last().copied().unwrap_or(NodeId::NONE);
                if let (Some(of), Node::Sequence(list)) = (of.some(), code.node(done.id)) {
                    for id in code.list(*list).to_vec() {
                        if let Node::Parameter(name) = code.node(id) {
                            let target = code.add(Node::Name(*name), done.span);
                            code.assign(target, of, element, done.span);
                        }
                    }
                }
            }
            Kind::If | Kind::Unless if done.field == f.condition => {
                code.branch(Fork::Choice, way(parent, done.id, true))
            }
            Kind::If | Kind::Unless if done.field == f.consequence => {
                let condition = id_of(own, f.condition);
                code.arm(way(parent, condition, false));
            }
            Kind::Modifier if done.field == f.body => code.join(),
            Kind::Case if done.field == f.value => {
                self.subjects.push(done.id);
                code.fork(Fork::Choice);
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
            Kind::For if done.field == f.value && done.field != 0 => {
                code.branch(Fork::Loop, When::Maybe);
                let target = id_of(own, f.pattern);
                code.assign(target, done.id, element, done.span);
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
            Kind::Statement | Kind::Parameter | Kind::HeredocBody => NodeId::NONE,
            Kind::Parameters => {
                let list = walk::list(code, children);
                code.add(Node::Sequence(list), span)
            }
            // The last expression is the value of all.
            Kind::Last | Kind::When => walk::last(children),
            Kind::Loop | Kind::Rescue => {
                code.join();
                NodeId::NONE
            }
            Kind::For => {
                if has(children, f.value) {
                    code.join();
                }
                NodeId::NONE
            }
            Kind::Modifier => {
                if !has(children, f.body) {
                    code.join();
                }
                self.require(code, node, children);
                id_of(children, f.body)
            }
            Kind::If | Kind::Unless | Kind::Case => {
                let head = if kind == Kind::Case {
                    f.value
                } else {
                    f.condition
                };
                if has(children, head) {
                    if kind == Kind::Case {
                        self.subjects.pop();
                    }
                    code.join();
                }
                let expression = Self::expression(code, kind, node, children, f);
                code.add(expression, span)
            }
            Kind::Next => {
                code.flow(match node.kind() {
                    "break" => Flow::Break,
                    _ => Flow::Continue,
                });
                NodeId::NONE
            }
            Kind::Block => {
                let value = id_of(children, f.body);
                if self.blocks.pop() == Some(true) {
                    return code.close_function(span);
                }
                code.join();
                value
            }
            Kind::Method | Kind::Lambda | Kind::Class => {
                if kind != Kind::Class
                    && let Some(value) = id_of(children, f.body).some()
                {
                    code.add(Node::Return(value), span);
                }
                if node.kind() == "method" {
                    code.close_declared(None, span, span)
                } else {
                    code.close_function(span)
                }
            }
            Kind::Return => {
                let value = walk::last(children);
                let value = match code.node(value) {
                    Node::Sequence(list) if list.len == 1 => {
                        code.list(*list).first().copied().unwrap_or(value)
                    }
                    _ => value,
                };
                code.add(Node::Return(value), span)
            }
            Kind::Assignment | Kind::Augmented => {
                let target = id_of(children, f.left);
                let Some(value) = id_of(children, f.right).some() else {
                    return NodeId::NONE;
                };
                let value = code.assigned(value);
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                let binding = Binding {
                    append: matches!(operator, Some("+=" | "<<=")),
                    conditional: matches!(operator, Some("||=" | "&&=")),
                    ..Binding::default()
                };
                code.assign(target, value, binding, span)
            }
            Kind::Binary => {
                if let Some(Some(_)) = self.shortcuts.pop()
                    && !children.is_empty()
                {
                    code.join();
                }
                let operator = node.child_by_field_id(f.operator);
                if operator.map(|n| n.kind()) == Some("<<") {
                    let object = id_of(children, f.left);
                    let name = code.names.intern("<<");
                    let callee = code.add(Node::Member { object, name }, span);
                    let args = code.add_list(id_of(children, f.right).some());
                    return code.add(Node::Call { callee, args }, span);
                }
                let expression = Self::expression(code, kind, node, children, f);
                code.add(expression, span)
            }
            Kind::Call => {
                self.receivers.pop();
                let expression = Self::expression(code, kind, node, children, f);
                code.add(expression, span)
            }
            _ => {
                let expression = Self::expression(code, kind, node, children, f);
                code.add(expression, span)
            }
        }
    }
}

/// When the first or second way of an `if` or `unless` is taken.
fn way(kind: Kind, condition: NodeId, first: bool) -> When {
    if (kind == Kind::Unless) == first {
        When::Fails(condition)
    } else {
        When::Holds(condition)
    }
}
