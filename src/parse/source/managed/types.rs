//! What declared types say about values.

use super::super::Language;
use super::super::code::{Node, NodeId, ScopeId};
use super::super::eval::Pass;
use super::super::library;
use super::super::names::{Path, Symbol};
use super::super::value::{Clean, Shape, Value};

impl Pass<'_, '_> {
    /// `new Foo`, where the file declares `Foo`.
    pub(in crate::parse::source) fn new_of_file(
        &mut self,
        object: NodeId,
        name: Symbol,
        scope: ScopeId,
    ) -> Option<Value> {
        let Node::Name(new) = self.code.node(object) else {
            return None;
        };
        if !self.language.has_fields_in_scope() || self.code.names.text(*new) != "new" {
            return None;
        }
        let path = self.code.names.root(name);
        let (_, value) = self.find(path, scope)?;
        matches!(value.shape, Shape::Function(_)).then_some(value)
    }

    /// Gives a variable of this scope its declared type.
    pub(in crate::parse::source) fn give_type(&mut self, path: Path, scope: ScopeId, of: Path) {
        let Some(variable) = self.variables.get(&(scope, path)).copied() else {
            return;
        };
        let now = variable.now.map(|now| self.typed(now, of));
        let ever = self.typed(variable.ever, of);
        self.set_now((scope, path), now);
        if let Some(variable) = self.variables.get_mut(&(scope, path)) {
            variable.ever = ever;
            variable.of = Some(of);
        }
    }

    /// A value in a variable of a declared type: numbers cannot carry a text, and of what nothing
    /// better is known has the type's name.
    pub(in crate::parse::source) fn typed(&self, mut value: Value, of: Path) -> Value {
        let name = self.code.names.last(of);
        let name = name.map_or("", |name| self.code.names.text(name));
        if library::is_plain_type(name) {
            return value.number();
        }
        if library::is_open_type(name) {
            return value;
        }
        let is_vague = match value.shape {
            Shape::Unknown => true,
            Shape::Constant(_) => self.is_null(value),
            // What `new` made is at least as exact as what it is declared to be.
            Shape::Reference(path) => !self.code.names.is_type(path),
            _ => false,
        };
        if is_vague {
            if self.is_null(value) {
                value.clean = Clean::NONE;
            }
            value.shape = Shape::Reference(of);
        }
        value
    }

    /// A name that promises something of the program's own.
    pub(in crate::parse::source) fn is_own_name(&self, name: &str) -> bool {
        library::is_constant_name(name)
            || self.language == Language::CSharp && library::csharp::is_name_of_schema(name)
    }
}
