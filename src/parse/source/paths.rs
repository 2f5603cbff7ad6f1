//! Paths of Rust: what a `use` binds, and what a path is made of.

use tree_sitter::Node as Syntax;

use crate::model::Span;

use super::code::{Code, Node, NodeId};
use super::names::Path;

/// `use a::{b, c::{self, d as e}};` binds every leaf; of a glob nobody knows what it binds.
pub(super) fn imports(code: &mut Code<'_>, node: &Syntax<'_>) {
    let Some(argument) = node.child_by_field_name("argument") else {
        return;
    };
    let mut left: Vec<(Syntax<'_>, Option<Path>)> = vec![(argument, None)];
    while let Some((part, prefix)) = left.pop() {
        let span = Span::from(part.byte_range());
        match part.kind() {
            "use_list" => {
                let mut cursor = part.walk();
                left.extend(part.named_children(&mut cursor).map(|part| (part, prefix)));
            }
            "scoped_use_list" => {
                let at = part
                    .child_by_field_name("path")
                    .map(|path| path.byte_range());
                let path = match at {
                    Some(at) => dotted(code, prefix, Span::from(at)),
                    None => prefix,
                };
                left.extend(part.child_by_field_name("list").map(|list| (list, path)));
            }
            "use_as_clause" => {
                let path = part.child_by_field_name("path");
                let alias = part.child_by_field_name("alias");
                if let (Some(path), Some(alias)) = (path, alias) {
                    let path = dotted(code, prefix, Span::from(path.byte_range()));
                    let local = code.slice(Span::from(alias.byte_range()));
                    bind(code, local, path, span);
                }
            }
            "identifier" | "scoped_identifier" => {
                let path = dotted(code, prefix, span);
                let text = code.slice(span);
                let local = text.rsplit("::").next().unwrap_or(text).trim();
                bind(code, local, path, span);
            }
            "self" => {
                let last = prefix.and_then(|path| code.names.last(path));
                if let Some(last) = last {
                    let local = code.names.text(last);
                    bind(code, local, prefix, span);
                }
            }
            _ => {}
        }
    }
}

/// A path as members of its first part.
pub(super) fn members<'s>(code: &mut Code<'s>, node: &Syntax<'_>) -> Option<NodeId> {
    let span = Span::from(node.byte_range());
    let mut whole: Option<NodeId> = None;
    let mut depth = 0;
    let text = code.slice(span);
    let mut at = span.start;
    let mut open = 0_usize;
    for part in text.split("::") {
        let end = at + u32::try_from(part.len()).unwrap_or(0);
        // `Encryptor::<aes::Aes128>::new`: the paths between the brackets are not its own.
        let is_inside = open > 0;
        let count = |bracket: u8| part.bytes().filter(|b| *b == bracket).count();
        open = (open + count(b'<')).saturating_sub(count(b'>'));
        let name = part.split('<').next().unwrap_or(part).trim();
        at = end + 2;
        depth += 1;
        if name.is_empty() || is_inside || depth > 12 {
            continue;
        }
        let name = code.names.intern(name);
        let here = Span::new(span.start, end);
        whole = Some(match whole {
            None => code.add(Node::Name(name), here),
            Some(object) => code.add(Node::Member { object, name }, here),
        });
    }
    whole
}

/// `prefix` and a path as it is written.
fn dotted(code: &mut Code<'_>, prefix: Option<Path>, span: Span) -> Option<Path> {
    let mut path = prefix;
    for part in code.slice(span).split("::") {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let name = code.names.intern(part);
        path = Some(match path {
            None => code.names.root(name),
            Some(path) => code.names.child(path, name)?,
        });
    }
    path
}

fn bind<'s>(code: &mut Code<'s>, local: &'s str, path: Option<Path>, span: Span) {
    if let Some(path) = path {
        let local = code.names.intern(local);
        code.add(Node::Import { local, path }, span);
    }
}
