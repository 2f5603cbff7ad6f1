//! Parameters that hold nothing but what their file has written out: those of private functions
//! to which every call gives a literal.

use super::Language;
use super::code::{Code, Node, ScopeId};
use super::helpers::Helpers;
use super::library;
use super::names::Symbol;
use super::numbers::{NumberMap, NumberSet};

impl Helpers {
    pub(super) fn told_by_all(
        &self,
        code: &Code<'_>,
        language: Language,
    ) -> NumberSet<(ScopeId, Symbol)> {
        if language == Language::Python {
            return self.told_of_module(code);
        }
        if !language.has_fields_in_scope() {
            return NumberSet::default();
        }
        // By function: the positions to which every call so far gave a literal.
        let mut literals: NumberMap<ScopeId, u16> = NumberMap::default();
        for id in code.ids() {
            let Node::Call { callee, args } = code.node(id) else {
                continue;
            };
            let (Node::Name(name) | Node::Member { name, .. }) = code.node(*callee) else {
                continue;
            };
            let given = code.list(*args).iter().take(16).enumerate();
            let written = given
                .filter(|(_, id)| matches!(code.node(**id), Node::Literal(_)))
                .fold(0_u16, |bits, (at, _)| bits | 1 << at);
            for function in self.named.get(name).into_iter().flatten() {
                let bits = literals.entry(*function).or_insert(u16::MAX);
                *bits &= written;
            }
        }
        let mut told = NumberSet::default();
        for (function, bits) in literals {
            if bits == 0 || !is_private(code, function, language) {
                continue;
            }
            let names = self.parameters.get(function.0 as usize);
            let names = names.into_iter().flatten().enumerate();
            told.extend(
                names
                    .filter(|(at, _)| bits & (1 << at) != 0)
                    .map(|(_, name)| (function, *name)),
            );
        }
        told
    }

    /// The same for functions of a module that are called `_name` and that nobody hands on.
    fn told_of_module(&self, code: &Code<'_>) -> NumberSet<(ScopeId, Symbol)> {
        let is_own = |scope: ScopeId| {
            let of = code.scope(scope);
            of.is_some_and(|of| of.parent == ScopeId::MODULE && of.decorators.is_empty())
        };
        // By name: the positions to which every call so far gave what is written out, and how
        // often the name stands beside those calls.
        let mut private: NumberMap<Symbol, (ScopeId, u16, i32)> = NumberMap::default();
        for (name, functions) in &self.named {
            let text = code.names.text(*name);
            if let [only] = functions.as_slice()
                && text.starts_with('_')
                && !text.starts_with("__")
                && is_own(*only)
                && !self.parameters_of(*only).is_empty()
            {
                private.insert(*name, (*only, u16::MAX, 0));
            }
        }
        if private.is_empty() {
            return NumberSet::default();
        }
        for id in code.ids() {
            match code.node(id) {
                Node::Name(name) => {
                    if let Some((_, _, beside)) = private.get_mut(name) {
                        *beside += 1;
                    }
                }
                Node::Call { callee, args } => {
                    let Node::Name(name) = code.node(*callee) else {
                        continue;
                    };
                    let Some((_, bits, beside)) = private.get_mut(name) else {
                        continue;
                    };
                    let given = code.list(*args).iter().take(16).enumerate();
                    let written = given.filter(|(_, id)| match code.node(**id) {
                        Node::Literal(_) => true,
                        Node::Name(name) => library::is_constant_name(code.names.text(*name)),
                        _ => false,
                    });
                    *bits &= written.fold(0_u16, |bits, (at, _)| bits | 1 << at);
                    *beside -= 1;
                }
                _ => {}
            }
        }
        let mut told = NumberSet::default();
        for (function, bits, beside) in private.into_values() {
            // Its definition names it, too; and without a call all bits are still there.
            if beside > 1 || bits == u16::MAX {
                continue;
            }
            let names = self.parameters_of(function).iter().enumerate();
            let given = names.filter(|(at, _)| bits & (1 << at) != 0);
            told.extend(given.map(|(_, name)| (function, *name)));
        }
        told
    }

    fn parameters_of(&self, function: ScopeId) -> &[Symbol] {
        self.parameters
            .get(function.0 as usize)
            .map_or(&[], Vec::as_slice)
    }
}

/// True for what nothing outside of its class calls.
fn is_private(code: &Code<'_>, function: ScopeId, language: Language) -> bool {
    let Some(scope) = code.scope(function) else {
        return false;
    };
    let text = code.slice(scope.span);
    let head = text.split_once('(').map_or("", |(head, _)| head);
    let has = |words: &[&str]| head.split_whitespace().any(|word| words.contains(&word));
    match language {
        Language::Java => has(&["private"]),
        Language::CSharp => !has(&["public", "protected", "internal", "override", "partial"]),
        _ => false,
    }
}
