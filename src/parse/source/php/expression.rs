//! Expressions of PHP.

use std::borrow::Cow;

use tree_sitter::Node as Syntax;

use crate::model::Span;

use super::super::code::{Binding, Code, Key, List, Literal, Node, NodeId, Operator};
use super::super::literal;
use super::super::walk::{self, Child, child_of, entry_key, id_of, negative};
use super::{Adapter, Kind, library};

impl<'s> Adapter<'s> {
    /// What operators and casts give that cannot carry a text.
    fn number(code: &mut Code<'s>, span: Span, children: &[Child<Kind>]) -> Node<'s> {
        let args = walk::list(code, children);
        Self::call(code, "intval", span, args)
    }

    /// The text parts and the parts between them.
    fn parts(code: &mut Code<'s>, children: &[Child<Kind>]) -> List {
        let mut parts = Vec::new();
        for child in children {
            if child.kind == Kind::TextContent {
                let text = literal::unescape(code.slice(child.span));
                parts.push(code.literal(Literal::Text(text), child.span));
            } else {
                parts.extend(child.id.some());
            }
        }
        code.add_list(parts)
    }

    /// Calls that mean something else than their name says.
    fn plain_call(code: &mut Code<'s>, callee: NodeId, args: List, span: Span) -> Node<'s> {
        let at = code.span(callee);
        let given = code.list(args).to_vec();
        let Node::Name(name) = code.node(callee) else {
            let args = code.add_list(std::iter::once(callee).chain(given));
            return Self::call(code, "$", at, args);
        };
        let name = code.names.text(*name);
        if name.starts_with('$') {
            let args = code.add_list(std::iter::once(callee).chain(given));
            return Self::call(code, "$", at, args);
        }
        let text = |at: usize| match given.get(at).map(|id| code.node(*id)) {
            Some(Node::Literal(Literal::Text(Cow::Borrowed(text)))) => Some(*text),
            _ => None,
        };
        match (name, text(0)) {
            ("define", Some(constant)) if given.len() > 1 => {
                let value = given.get(1).copied().unwrap_or(NodeId::NONE);
                let target = Self::named(code, constant, at);
                let declares = Binding::DECLARES;
                code.assign(target, value, declares, span);
            }
            ("file_get_contents" | "fopen", Some("php://input")) => {
                let name = code.names.intern("$HTTP_RAW_POST_DATA");
                return Node::Name(name);
            }
            ("array_map", Some(function)) => {
                return Self::call(code, function, at, args);
            }
            ("filter_var" | "filter_input", _) => {
                let filter = code.slice(span);
                if let Some(like) = library::filter(filter) {
                    return Self::call(code, like, at, args);
                }
            }
            // A scheme or a port is no text of anybody, nor is what WordPress makes a number of.
            ("parse_url", _)
                if ["PHP_URL_SCHEME", "PHP_URL_PORT"]
                    .iter()
                    .any(|part| code.slice(span).contains(part)) =>
            {
                return Self::call(code, "intval", at, args);
            }
            (
                "get_query_var",
                Some(
                    "m" | "year" | "monthnum" | "day" | "hour" | "minute" | "second" | "paged"
                    | "page" | "p" | "page_id" | "attachment_id" | "w",
                ),
            ) => {
                return Self::call(code, "intval", at, args);
            }
            ("request", Some(_)) => {
                return Self::call(code, "get_query_var", at, args);
            }
            _ => {}
        }
        Node::Call { callee, args }
    }

    pub(super) fn expression(
        &mut self,
        code: &mut Code<'s>,
        kind: Kind,
        node: &Syntax<'_>,
        children: &[Child<Kind>],
    ) -> Node<'s> {
        let f = self.fields;
        let span = Span::from(node.byte_range());
        match kind {
            Kind::Member | Kind::MethodCall | Kind::Constant => {
                let object = walk::first(children);
                let name = child_of(children, f.name)
                    .or_else(|| children.get(1))
                    .copied();
                let at = name.map(|child| child.span).unwrap_or_default();
                let written = code.slice(at);
                let is_dynamic = kind != Kind::Member && written.starts_with('$');
                let name = code.names.intern(written);
                let member = Node::Member { object, name };
                if kind != Kind::MethodCall {
                    return member;
                }
                let args = Self::arguments(code, children, f.arguments);
                if is_dynamic {
                    let method = Self::named(code, written, at);
                    let given = code.list(args).to_vec();
                    let args = code.add_list(std::iter::once(method).chain(given));
                    return Self::call(code, "$", at, args);
                }
                let whole = Span::new(span.start, at.end);
                Node::Call {
                    callee: code.add(member, whole),
                    args,
                }
            }
            Kind::Subscript => match (walk::first(children), children.get(1)) {
                (object, Some(key)) if key.id != NodeId::NONE => Node::Index {
                    object,
                    key: key.id,
                },
                (object, _) => Node::Same(object),
            },
            Kind::Call => {
                let callee = id_of(children, f.function);
                let args = Self::arguments(code, children, f.arguments);
                Self::plain_call(code, callee, args, span)
            }
            Kind::New | Kind::Attribute => {
                let callee = walk::first(children);
                let args = children
                    .iter()
                    .find_map(|child| match (child.kind, code.node(child.id)) {
                        (Kind::Arguments, Node::Sequence(list)) => Some(*list),
                        _ => None,
                    })
                    .unwrap_or_default();
                let is_named = matches!(code.node(callee), Node::Name(name)
                    if !code.names.text(*name).starts_with('$'));
                if is_named
                    || children
                        .first()
                        .is_some_and(|c| c.kind == Kind::AnonymousClass)
                {
                    return Node::Call { callee, args };
                }
                let given = code.list(args).to_vec();
                let args = code.add_list(std::iter::once(callee).chain(given));
                Self::call(code, "new", code.span(callee), args)
            }
            Kind::Argument => {
                let at = child_of(children, f.name).map(|child| child.span);
                let at = at.unwrap_or_default();
                let name = code.names.intern(code.slice(at));
                Node::Entry {
                    key: Key::Name { name, span: at },
                    value: walk::last(children),
                }
            }
            Kind::Spread => Node::Spread(walk::last(children)),
            Kind::Element => match children {
                [key, value] => {
                    let key = match code.node(key.id) {
                        // A constant of the language or a library: `CURLOPT_URL => $url`.
                        Node::Name(name) if !code.names.text(*name).starts_with('$') => {
                            let (name, span) = (*name, key.span);
                            Key::Name { name, span }
                        }
                        _ => entry_key(code, key.id),
                    };
                    let value = value.id;
                    Node::Entry { key, value }
                }
                _ => Node::Same(walk::last(children)),
            },
            Kind::Arguments => {
                let is_map = children.iter().any(|child| {
                    child.kind == Kind::Element && matches!(code.node(child.id), Node::Entry { .. })
                });
                let list = walk::list(code, children);
                if is_map {
                    Node::Map(list)
                } else {
                    Node::Sequence(list)
                }
            }
            Kind::ListLiteral => {
                // `['a' => $a]`: a constant is the key of what follows.
                let mut parts = Vec::new();
                let mut key = None;
                for child in children.iter().filter(|child| child.id != NodeId::NONE) {
                    if matches!(code.node(child.id), Node::Literal(_)) {
                        key = Some(entry_key(code, child.id));
                    } else if let Some(key) = key.take() {
                        let value = child.id;
                        parts.push(code.add(Node::Entry { key, value }, child.span));
                    } else {
                        parts.push(child.id);
                    }
                }
                let is_map = parts
                    .iter()
                    .any(|id| matches!(code.node(*id), Node::Entry { .. }));
                let list = code.add_list(parts);
                if is_map {
                    Node::Map(list)
                } else {
                    Node::Sequence(list)
                }
            }
            Kind::Pair => Node::Sequence(walk::list(code, children)),
            Kind::Binary => {
                let list = walk::list(code, children);
                let operator = node.child_by_field_id(f.operator).map(|n| n.kind());
                let [left, right] = [children.first(), children.last()]
                    .map(|child| child.map_or(NodeId::NONE, |child| child.id));
                match operator {
                    Some(".") => Node::Text(list),
                    Some("??" | "||" | "or" | "|>") => Node::Either(list),
                    Some("&&" | "and") => Node::Both(list),
                    Some("|" | "&" | "^") => Node::Opaque(list),
                    Some("+") => Node::Sum { left, right },
                    // Hashes that look like numbers are compared as such.
                    Some("==" | "!=")
                        if [left, right].iter().any(|side| {
                            Self::is_hash(code, *side) || Self::is_given_secret(code, *side)
                        }) =>
                    {
                        Self::call(code, "==", span, list)
                    }
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
            Kind::Unary => match code.slice(span).bytes().next() {
                Some(b'!') => Node::Not(walk::first(children)),
                Some(b'~') => Self::number(code, span, children),
                _ => negative(code, span, children),
            },
            Kind::Cast => {
                let cast = children.first().map(|child| code.slice(child.span));
                match cast.map(str::to_ascii_lowercase).as_deref() {
                    Some("int" | "integer" | "float" | "double" | "real" | "bool" | "boolean") => {
                        Self::number(code, span, children)
                    }
                    _ => Node::Same(walk::last(children)),
                }
            }
            Kind::Conditional => {
                let condition = id_of(children, f.condition);
                match (id_of(children, f.body), id_of(children, f.alternative)) {
                    (NodeId::NONE, no) => Node::Either(code.add_list([condition, no])),
                    (yes, no) => Node::Choose { condition, yes, no },
                }
            }
            Kind::Either => Node::Either(walk::list(code, children)),
            Kind::MatchArm => Node::Same(id_of(children, f.return_expression)),
            Kind::Encapsed => {
                let parts = Self::parts(code, children);
                if node.kind() != "shell_command_expression" {
                    return Node::Text(parts);
                }
                let text = code.add(Node::Text(parts), span);
                let args = code.add_list([text]);
                Self::call(code, "`", span, args)
            }
            Kind::Echo => {
                let mut printed = Vec::new();
                for child in children.iter().filter(|child| child.id != NodeId::NONE) {
                    match code.node(child.id) {
                        Node::Sequence(list) if child.kind == Kind::Comma => {
                            printed.extend_from_slice(code.list(*list));
                        }
                        _ => printed.push(child.id),
                    }
                }
                let args = code.add_list(printed);
                Self::keyword(code, span, args)
            }
            Kind::Include => {
                let args = walk::list(code, children);
                Self::keyword(code, span, args)
            }
            Kind::Comma => {
                // Commas nest to the right.
                let mut list = Vec::new();
                for child in children.iter().filter(|child| child.id != NodeId::NONE) {
                    match code.node(child.id) {
                        Node::Sequence(inner) if child.kind == Kind::Comma => {
                            list.extend_from_slice(code.list(*inner));
                        }
                        _ => list.push(child.id),
                    }
                }
                Node::Sequence(code.add_list(list))
            }
            Kind::Match | Kind::Through | Kind::Heredoc => Node::Same(walk::last(children)),
            _ => Node::Opaque(walk::list(code, children)),
        }
    }

    /// `$_GET['token']`
    fn is_given_secret(code: &Code<'_>, side: NodeId) -> bool {
        let written = code.slice(code.span(side));
        let words = ["token", "passw", "secret", "signature", "hash", "hmac"];
        written.starts_with("$_")
            && words
                .iter()
                .any(|word| written.to_ascii_lowercase().contains(word))
    }

    fn is_hash(code: &Code<'s>, id: NodeId) -> bool {
        let Node::Call { callee, .. } = code.node(id) else {
            return false;
        };
        matches!(code.node(*callee), Node::Name(name)
            if matches!(code.names.text(*name), "md5" | "sha1" | "hash" | "hash_hmac"))
    }

    fn arguments(code: &Code<'s>, children: &[Child<Kind>], field: u16) -> List {
        match code.node(id_of(children, field)) {
            Node::Sequence(list) | Node::Map(list) => *list,
            _ => List::default(),
        }
    }
}
