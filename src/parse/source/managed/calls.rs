//! What calls give in Java and C#.

use super::super::code::{Node, NodeId};
use super::super::eval::Pass;
use super::super::library;
use super::super::names::Path;
use super::super::value::{Clean, Shape, Taint, Value};

impl Pass<'_, '_> {
    /// What `new Foo()` and the formatting functions of Java and C# give.
    pub(in crate::parse::source) fn managed_call(
        &mut self,
        name: &str,
        callee: NodeId,
        arguments: &[NodeId],
    ) -> Option<Value> {
        let given: Vec<Value> = arguments.iter().map(|id| self.value(*id)).collect();
        let given = given.as_slice();
        let scope = self.code.scope_of(callee);
        let (receiver, method) = match self.code.node(callee) {
            Node::Member { object, name } => (self.value(*object), self.code.names.text(*name)),
            _ => (Value::UNKNOWN, ""),
        };
        if let Some(of) = name.strip_prefix("new.") {
            let of = self.code.names.lookup(of)?;
            let mut value = Value {
                shape: Shape::Reference(self.code.names.root(of)),
                ..Value::made_of(given.iter().copied())
            };
            // An object is no constant, whatever it was made with.
            value.clean = match given.is_empty() {
                true => Clean::NONE,
                false => value.clean,
            };
            value.taint = value.taint.union((self.language.library().entry)(name));
            return Some(value);
        }
        if matches!(method, "nextBytes" | "NextBytes")
            && let Some(path) = arguments.first().and_then(|id| self.access(*id))
        {
            // It fills the array that it is given.
            let mut filled = Value::UNKNOWN;
            filled.taint_by(receiver);
            self.change(path, filled, scope);
            return Some(Value::UNKNOWN);
        }
        if method == "getProperty"
            && let [_, default] = given
        {
            // What somebody may set, or else the default.
            return Some(Value {
                clean: Clean::NONE,
                ..*default
            });
        }
        let style = match name {
            "String.format" => '%',
            "string.Format" | "String.Format" | "MessageFormat.format" => '{',
            "String.join" | "string.Join" | "String.Join" => {
                let (separator, parts) = given.split_first()?;
                return Some(match parts {
                    [list] => self.joined(*separator, &[*list]),
                    parts => Value::made_of(parts.iter().copied()),
                });
            }
            "string.Concat" | "String.Concat" => return Some(self.compose(given)),
            _ => return None,
        };
        let at = given.iter().position(|value| self.is_text(*value))?;
        let args = given.get(at + 1..).unwrap_or(&[]).to_vec();
        Some(self.fill(*given.get(at)?, args, style))
    }

    /// What a method gives that nothing else is known about.
    pub(in crate::parse::source) fn managed_result(
        &mut self,
        mut value: Value,
        (name, path, method): (&str, Option<Path>, &str),
        receiver: Value,
        given: &[Value],
    ) -> Value {
        // A method of a text gives a text that is as clean.
        let parts = Value::made_of(given.iter().copied());
        value.clean = value.clean.with(receiver.clean.both(parts.clean));
        let owner = path.and_then(|path| self.code.names.parent(path));
        if let Some(of) = library::returns(self.language, &format!("{name}()")) {
            let of = self.code.names.intern(of);
            value.shape = Shape::Reference(self.code.names.root(of));
        } else if let Some(owner) = owner
            && library::makes_its_own(method)
            && self.code.names.is_type(owner)
        {
            value.shape = Shape::Reference(owner);
        }
        if library::hands_on(method) && !given.is_empty() {
            given.iter().for_each(|given| value.taint_by(*given));
            if receiver.taint == Taint::NONE {
                value.clean = value.clean.with(parts.clean);
            }
        }
        value
    }
}
