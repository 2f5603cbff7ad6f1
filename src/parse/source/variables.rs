//! Variables and fields: what they hold where they are read.

use super::code::{Binding, Literal, ScopeId};
use super::eval::{Pass, Slot};
use super::names::Path;
use super::value::{Shape, Value};

/// Most constants that one variable may hold to be told apart.
pub(super) const MAX_CHOICES: usize = 8;

/// How many functions around a name are asked what it is.
const MOST_SCOPES: usize = 40;

impl Pass<'_, '_> {
    pub(super) fn find(&self, path: Path, scope: ScopeId) -> Option<(ScopeId, Value)> {
        let mut at = scope;
        for _ in 0..MOST_SCOPES {
            if let Some(variable) = self.variables.get(&(at, path))
                && !self.is_outdated(path, at, variable.serial)
            {
                if at != scope && !variable.assumed {
                    return Some((at, variable.seen_within()));
                }
                if let (true, Some(now)) = (at == scope, variable.now) {
                    return Some((at, now));
                }
            }
            if at == ScopeId::MODULE {
                return None;
            }
            at = self
                .function_of
                .get(at.0 as usize)
                .copied()
                .unwrap_or(ScopeId::MODULE);
        }
        None
    }

    /// True for a field whose owner was set anew after it.
    fn is_outdated(&self, path: Path, scope: ScopeId, serial: u32) -> bool {
        let mut owner = self.code.names.parent(path);
        while let Some(path) = owner {
            let set = self.variables.get(&(scope, path));
            if set.is_some_and(|variable| variable.serial > serial) {
                return true;
            }
            owner = self.code.names.parent(path);
        }
        false
    }

    /// What is known about a variable has changed, and its fields know nothing of it.
    pub(super) fn refresh(&mut self, slot: Slot) {
        if let Some(variable) = self.variables.get_mut(&slot)
            && variable.serial == 0
        {
            self.serial += 1;
            variable.serial = self.serial;
        }
    }

    pub(super) fn bind(&mut self, path: Path, mut value: Value, scope: ScopeId, binding: Binding) {
        let is_shared = self
            .code
            .names
            .last(path)
            .is_some_and(|name| self.code.shared.contains(&name));
        let mut home = scope;
        let own = self.variables.get(&(scope, path));
        if own.is_none_or(|variable| variable.now.is_none())
            && (!binding.declares || is_shared)
            && let Some((found, _)) = self.find(path, scope)
        {
            home = found;
        }
        let slot = (home, path);
        let before = self.variables.get(&slot).copied();
        let now = before.and_then(|variable| variable.now);
        if binding.append {
            let old = match self.find(path, scope) {
                Some((_, old)) => old,
                None => Value::UNKNOWN,
            };
            value = self.add(old, value);
        }
        // A block's variable is a new one, whatever a sibling calls its own.
        let is_new = binding.declares && self.language.has_fields_in_scope();
        let of = before
            .and_then(|variable| variable.of)
            .filter(|_| !is_new || home != scope);
        if let Some(of) = of {
            value = self.typed(value, of);
        }
        let certain = is_new || (!binding.conditional && home == scope && !self.is_beyond());
        let new = match now {
            Some(old) if !certain => self.join(old, value),
            _ => value,
        };
        let mut ever = match before {
            Some(before) => self.join(before.ever, value),
            None => value,
        };
        if let Some(of) = of {
            ever = self.typed(ever, of);
        }
        self.set_now(slot, Some(new));
        self.serial += 1;
        if let Some(variable) = self.variables.get_mut(&slot) {
            variable.ever = ever;
            variable.serial = self.serial;
            variable.of = of;
            variable.assumed = false;
        }
    }

    /// What a variable holds has changed in place: its owner is the same as before.
    pub(super) fn change(&mut self, path: Path, value: Value, scope: ScopeId) {
        let Some((home, _)) = self.find(path, scope) else {
            return;
        };
        let slot = (home, path);
        let Some(before) = self.variables.get(&slot).copied() else {
            return;
        };
        let ever = self.join(before.ever, value);
        let now = match before.now {
            Some(old) if home != scope || self.is_beyond() => self.join(old, value),
            _ => value,
        };
        self.set_now(slot, Some(now));
        if let Some(variable) = self.variables.get_mut(&slot) {
            variable.ever = ever;
        }
    }

    /// Either of two values.
    pub(super) fn join(&mut self, a: Value, b: Value) -> Value {
        let mut joined = Value::made_of([a, b]);
        joined.via = b.via.some().unwrap_or(a.via);
        let (ca, cb) = (self.constants_of(a), self.constants_of(b));
        joined.shape = match (a.shape, b.shape) {
            (x, y) if x == y => x,
            _ => match (ca, cb) {
                (Some(mut all), Some(more)) => {
                    for at in more {
                        let same = |other: &u32| {
                            self.learnt.constants.get(*other as usize)
                                == self.learnt.constants.get(at as usize)
                        };
                        if !all.iter().any(same) {
                            all.push(at);
                        }
                    }
                    match all.as_slice() {
                        [one] => Shape::Constant(*one),
                        many if many.len() <= MAX_CHOICES => {
                            let start = self.learnt.choices.len();
                            self.learnt.choices.extend(many);
                            Shape::Choice(
                                u32::try_from(start).unwrap_or(u32::MAX),
                                u32::try_from(many.len()).unwrap_or(0),
                            )
                        }
                        _ => Shape::Unknown,
                    }
                }
                // `x = None` before the real value says nothing about it.
                _ if self.is_null(a) => b.shape,
                _ if self.is_null(b) => a.shape,
                (_, _) => match (a.shape, b.shape) {
                    (Shape::Composed(_), _) => a.shape,
                    (_, Shape::Composed(_)) => b.shape,
                    (Shape::Reference(_), Shape::Reference(_)) => b.shape,
                    (
                        Shape::Items(_) | Shape::Collection(_),
                        Shape::Items(_) | Shape::Collection(_),
                    ) => self
                        .join_items(a, b)
                        .map_or(Shape::Unknown, |both| both.shape),
                    _ => Shape::Unknown,
                },
            },
        };
        joined
    }

    fn constants_of(&self, value: Value) -> Option<Vec<u32>> {
        match value.shape {
            Shape::Constant(at) => Some(vec![at]),
            Shape::Choice(start, len) => self
                .learnt
                .choices
                .get(start as usize..(start + len) as usize)
                .map(<[u32]>::to_vec),
            _ => None,
        }
    }

    pub(super) fn is_null(&self, value: Value) -> bool {
        matches!(value.shape, Shape::Constant(at)
            if self.learnt.constants.get(at as usize) == Some(&Literal::Null))
    }
}
