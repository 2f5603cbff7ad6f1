//! Which names are called, and where: looked up once a rule asks.

use std::sync::OnceLock;

use super::code::{Code, Node, NodeId, ScopeId};
use super::names::Symbol;
use super::numbers::{NumberMap, NumberSet};

/// The calls of a file by the last name of what they call.
#[derive(Debug, Default)]
pub(super) struct Called {
    in_scopes: OnceLock<NumberMap<ScopeId, NumberSet<Symbol>>>,
    everywhere: OnceLock<NumberMap<Symbol, Vec<NodeId>>>,
}

impl Called {
    /// The names that a scope calls.
    pub(super) fn in_scope(&self, code: &Code<'_>, scope: ScopeId) -> impl Iterator<Item = Symbol> {
        let scopes = self.in_scopes.get_or_init(|| {
            let mut scopes: NumberMap<ScopeId, NumberSet<Symbol>> = NumberMap::default();
            for (id, name) in calls(code) {
                scopes.entry(code.scope_of(id)).or_default().insert(name);
            }
            scopes
        });
        scopes.get(&scope).into_iter().flatten().copied()
    }

    /// Every call of something of this name, whoever owns it.
    pub(super) fn by_name(&self, code: &Code<'_>, name: Symbol) -> &[NodeId] {
        let everywhere = self.everywhere.get_or_init(|| {
            let mut everywhere: NumberMap<Symbol, Vec<NodeId>> = NumberMap::default();
            for (id, name) in calls(code) {
                everywhere.entry(name).or_default().push(id);
            }
            everywhere
        });
        everywhere.get(&name).map_or(&[], Vec::as_slice)
    }
}

fn calls(code: &Code<'_>) -> impl Iterator<Item = (NodeId, Symbol)> {
    code.ids().filter_map(|id| {
        let Node::Call { callee, .. } = code.node(id) else {
            return None;
        };
        // `(0, path_1.relative)(folder, file)`, as compilers write it.
        let mut callee = *callee;
        while let Node::Same(inner) = code.node(callee) {
            callee = *inner;
        }
        match code.node(callee) {
            Node::Name(name) | Node::Member { name, .. } => Some((id, *name)),
            _ => None,
        }
    })
}
