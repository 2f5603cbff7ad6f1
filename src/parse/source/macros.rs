//! Macros of Rust: what `format!` and its like are given, read from their tokens.

use tree_sitter::Node as Syntax;

use crate::model::Span;

use super::code::{Code, List, Literal, Node, NodeId};
use super::literal;

/// Most arguments that are looked at, and most names within one.
const MAX_ARGUMENTS: usize = 64;

/// A macro's call: a text for `format!`, a list for `vec!`, a call with a text for those that
/// write or log one, and else a call with what its arguments are.
pub(super) fn read<'s>(code: &mut Code<'s>, node: &Syntax<'_>) -> NodeId {
    let span = Span::from(node.byte_range());
    let Some(path) = node.child(0) else {
        return code.add(Node::Opaque(List::default()), span);
    };
    let path = Span::from(path.byte_range());
    let written = code.slice(path);
    let name = written.rsplit("::").next().unwrap_or(written);
    let tokens = (0..node.child_count()).rev().find_map(|at| {
        let child = node.child(at)?;
        (child.kind() == "token_tree").then_some(child)
    });
    let arguments = tokens.map_or_else(Vec::new, |tokens| arguments(&tokens));
    match name {
        "env" | "option_env" | "include_str" | "include_bytes" | "file" | "line" | "stringify"
        | "module_path" => {
            // The compiler puts it in.
            let known = code.literal(Literal::Null, span);
            let parts = code.add_list([known]);
            return code.add(Node::Opaque(parts), span);
        }
        "vec" | "concat" => {
            let parts: Vec<NodeId> = arguments
                .iter()
                .map(|argument| expression(code, argument))
                .collect();
            let parts = code.add_list(parts);
            let node = match name {
                "vec" => Node::Sequence(parts),
                _ => Node::Text(parts),
            };
            return code.add(node, span);
        }
        _ => {}
    }
    let template = arguments.iter().position(|argument| is_text(argument));
    let mut given: Vec<NodeId> = Vec::new();
    if let Some(at) = template.filter(|at| *at < 4) {
        let before = arguments.get(..at).unwrap_or(&[]);
        given.extend(before.iter().map(|argument| expression(code, argument)));
        let rest = arguments.get(at + 1..).unwrap_or(&[]);
        let first = arguments.get(at).and_then(|argument| argument.first());
        if let Some(first) = first {
            given.push(fill(code, Span::from(first.byte_range()), rest, span));
        }
        if matches!(name, "format" | "format_args")
            && let Some(text) = given.last()
        {
            return *text;
        }
    } else {
        given.extend(arguments.iter().map(|argument| expression(code, argument)));
    }
    let callee = callee(code, path);
    let args = code.add_list(given);
    code.add(Node::Call { callee, args }, span)
}

/// `log::info!` as a name of its own, the sign included.
fn callee(code: &mut Code<'_>, path: Span) -> NodeId {
    let with_sign = Span::new(path.start, path.end + 1);
    let span = match code.slice(with_sign).ends_with('!') {
        true => with_sign,
        false => path,
    };
    let mut whole: Option<NodeId> = None;
    for part in code.slice(span).split("::").take(8) {
        let name = code.names.intern(part.trim());
        whole = Some(match whole {
            None => code.add(Node::Name(name), span),
            Some(object) => code.add(Node::Member { object, name }, span),
        });
    }
    whole.unwrap_or(NodeId::NONE)
}

/// The tokens between the commas.
fn arguments<'t>(tokens: &Syntax<'t>) -> Vec<Vec<Syntax<'t>>> {
    let mut found = vec![Vec::new()];
    let mut cursor = tokens.walk();
    for token in tokens.children(&mut cursor) {
        match token.kind() {
            "," => {
                if found.len() >= MAX_ARGUMENTS {
                    break;
                }
                found.push(Vec::new());
            }
            "(" | ")" | "[" | "]" | "{" | "}" | "line_comment" | "block_comment" => {}
            _ => {
                if let Some(last) = found.last_mut() {
                    last.push(token);
                }
            }
        }
    }
    found.retain(|argument| !argument.is_empty());
    found
}

fn is_text(argument: &[Syntax<'_>]) -> bool {
    matches!(argument, [only] if matches!(only.kind(), "string_literal" | "raw_string_literal"))
}

/// `name = value`.
fn named<'s>(code: &Code<'s>, argument: &[Syntax<'_>]) -> Option<&'s str> {
    match argument {
        [name, sign, ..] if name.kind() == "identifier" && sign.kind() == "=" => {
            Some(code.slice(Span::from(name.byte_range())))
        }
        _ => None,
    }
}

/// The template with what its placeholders stand for.
fn fill(code: &mut Code<'_>, literal: Span, rest: &[Vec<Syntax<'_>>], whole: Span) -> NodeId {
    let raw = code.slice(literal);
    let body = literal::rust_body(raw);
    let is_raw = !raw.starts_with(['"', 'b']);
    let mut names = Vec::new();
    let mut given = Vec::new();
    for argument in rest {
        match named(code, argument) {
            Some(name) => {
                let value = expression(code, argument.get(2..).unwrap_or(&[]));
                names.push((name, value));
            }
            None => given.push(expression(code, argument)),
        }
    }
    let mut parts = Vec::new();
    let mut next = 0;
    let mut left = body;
    let mut text = String::new();
    while let Some(at) = left.find(['{', '}']) {
        let (before, tail) = left.split_at(at);
        text.push_str(before);
        if tail.starts_with("{{") || tail.starts_with("}}") {
            text.push_str(&tail[..1]);
            left = &tail[2..];
            continue;
        }
        let Some(end) = tail.find('}').filter(|_| tail.starts_with('{')) else {
            left = &tail[1..];
            continue;
        };
        let inside = &tail[1..end];
        left = &tail[end + 1..];
        let name = inside.split(':').next().unwrap_or("").trim();
        let value = if name.is_empty() {
            next += 1;
            given.get(next - 1).copied()
        } else if let Ok(position) = name.parse::<usize>() {
            given.get(position).copied()
        } else {
            let known = names.iter().find(|(own, _)| *own == name);
            Some(match known {
                Some((_, value)) => *value,
                None => {
                    let name = code.names.intern(name);
                    code.add(Node::Name(name), literal)
                }
            })
        };
        piece(code, &mut text, is_raw, literal, &mut parts);
        parts.push(match value {
            Some(value) => value,
            None => code.add(Node::Opaque(List::default()), literal),
        });
    }
    text.push_str(left);
    piece(code, &mut text, is_raw, literal, &mut parts);
    let parts = code.add_list(parts);
    code.add(Node::Text(parts), whole)
}

fn piece(
    code: &mut Code<'_>,
    text: &mut String,
    is_raw: bool,
    span: Span,
    parts: &mut Vec<NodeId>,
) {
    if text.is_empty() {
        return;
    }
    let text = std::mem::take(text);
    let text = match is_raw {
        true => text,
        false => literal::unescape(&text).into_owned(),
    };
    parts.push(code.add(Node::Literal(Literal::Text(text.into())), span));
}

/// What tokens are as an expression: a constant, a chain of names and calls, or something made of
/// the names in it.
fn expression(code: &mut Code<'_>, tokens: &[Syntax<'_>]) -> NodeId {
    let start = tokens.first().map_or(0, |token| token.start_byte());
    let end = tokens.last().map_or(start, |token| token.end_byte());
    let span = Span::from_usize(start, end);
    let signs = tokens
        .iter()
        .take_while(|token| matches!(token.kind(), "&" | "*" | "mutable_specifier"))
        .count();
    let tokens = tokens.get(signs..).unwrap_or(&[]);
    if let [only] = tokens {
        let own = Span::from(only.byte_range());
        let text = code.slice(own);
        let known = match only.kind() {
            "string_literal" | "raw_string_literal" => Some(Literal::Text(literal::rust(text))),
            "integer_literal" | "float_literal" => literal::number(text).map(Literal::Number),
            "boolean_literal" => Some(Literal::Bool(text == "true")),
            _ => None,
        };
        if let Some(known) = known {
            return code.add(Node::Literal(known), own);
        }
    }
    match chain(code, tokens, span) {
        Some(chain) => chain,
        None => mixture(code, tokens, span),
    }
}

/// `request.query.get("x")?`
fn chain(code: &mut Code<'_>, tokens: &[Syntax<'_>], span: Span) -> Option<NodeId> {
    let is_name = |token: &Syntax<'_>| matches!(token.kind(), "identifier" | "self" | "crate");
    let is_known = tokens.first().is_some_and(is_name)
        && tokens.len() <= 32
        && tokens.iter().all(|token| {
            is_name(token) || matches!(token.kind(), "." | "::" | "?" | "token_tree" | "await")
        });
    if !is_known {
        return None;
    }
    let mut whole: Option<NodeId> = None;
    for token in tokens {
        let own = Span::from(token.byte_range());
        let here = Span::new(span.start, own.end);
        if is_name(token) {
            let name = code.slice(own);
            let name = code.names.intern(name);
            whole = Some(match whole {
                None => code.add(Node::Name(name), here),
                Some(object) => code.add(Node::Member { object, name }, here),
            });
        } else if token.kind() == "token_tree" {
            let callee = whole?;
            let inner: Vec<NodeId> = arguments(token)
                .iter()
                .map(|argument| mixture(code, argument, own))
                .collect();
            let args = code.add_list(inner);
            whole = Some(code.add(Node::Call { callee, args }, here));
        }
    }
    whole
}

/// Something made of the names and texts in it.
fn mixture(code: &mut Code<'_>, tokens: &[Syntax<'_>], span: Span) -> NodeId {
    let mut parts = Vec::new();
    let mut left: Vec<Syntax<'_>> = tokens.iter().rev().copied().collect();
    while let Some(token) = left.pop() {
        if parts.len() >= MAX_ARGUMENTS {
            break;
        }
        let own = Span::from(token.byte_range());
        match token.kind() {
            "identifier" | "self" => {
                let name = code.slice(own);
                let name = code.names.intern(name);
                parts.push(code.add(Node::Name(name), own));
            }
            "string_literal" | "raw_string_literal" => {
                let text = literal::rust(code.slice(own));
                parts.push(code.add(Node::Literal(Literal::Text(text)), own));
            }
            "token_tree" if left.len() < 1000 => {
                let mut cursor = token.walk();
                let inner: Vec<Syntax<'_>> = token.named_children(&mut cursor).collect();
                left.extend(inner.into_iter().rev());
            }
            _ => {}
        }
    }
    match parts.as_slice() {
        [only] => code.add(Node::Same(*only), span),
        _ => {
            let parts = code.add_list(parts);
            code.add(Node::Opaque(parts), span)
        }
    }
}
