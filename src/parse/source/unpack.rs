//! What is taken apart as it is bound: rows of a table, pairs of a map, fields of an object.

use super::Language;
use super::code::{Binding, Key, Literal, Node, NodeId, ScopeId};
use super::eval::Pass;
use super::items::Items;
use super::library;
use super::value::{Clean, Shape, Taint, Value};

/// Most rows of a table that stands in the source and is read column by column.
const MOST_ROWS: u32 = 64;

impl<'s> Pass<'_, 's> {
    /// Python: what `for key, value in {"a": x}.items()` gives both names.
    fn key_and_value(&mut self, target: NodeId, source: NodeId) -> Option<Vec<(NodeId, Value)>> {
        let (Node::Sequence(targets), Node::Call { callee, .. }) =
            (self.code.node(target), self.code.node(source))
        else {
            return None;
        };
        let (&[key, value], Node::Member { object, name }) =
            (self.code.list(*targets), self.code.node(*callee))
        else {
            return None;
        };
        if self.language != Language::Python || self.code.names.text(*name) != "items" {
            return None;
        }
        let of = self.value(*object);
        let items = self.items(of).filter(Items::is_written_map)?;
        let any = Value::made_of(items.entries.iter().map(|item| item.value));
        Some(vec![(key, Value::UNKNOWN.harmless()), (value, any)])
    }

    /// What `for a, b in [(1, x), (2, y)]` gives each name: of every row what stands at its place.
    pub(super) fn columns(
        &mut self,
        target: NodeId,
        source: NodeId,
        rows: Value,
    ) -> Vec<(NodeId, Value)> {
        let list = |node: &Node<'s>| match node {
            Node::Sequence(list) => Some(*list),
            _ => None,
        };
        if let Some(pairs) = self.key_and_value(target, source) {
            return pairs;
        }
        let (Some(targets), Shape::Collection(of)) = (list(self.code.node(target)), rows.shape)
        else {
            return Vec::new();
        };
        let Some(rows) = list(self.code.node(of)).filter(|rows| rows.len <= MOST_ROWS) else {
            return Vec::new();
        };
        let targets = self.code.list(targets).to_vec();
        let mut columns: Vec<Value> = Vec::new();
        for row in self.code.list(rows).to_vec() {
            let cells = match self.value(row).shape {
                Shape::Collection(of) => list(self.code.node(of)).map(|cells| self.parts(cells)),
                _ => None,
            };
            let Some(cells) = cells.filter(|cells| cells.len() == targets.len()) else {
                return Vec::new();
            };
            columns = match columns.is_empty() {
                true => cells,
                false => columns
                    .into_iter()
                    .zip(cells)
                    .map(|(a, b)| self.join(a, b))
                    .collect(),
            };
        }
        targets.into_iter().zip(columns).collect()
    }

    /// What `{key: target} = value` gives the target.
    pub(super) fn destructured(&mut self, entry: NodeId, value: Value) -> Value {
        let inner = match self.code.node(entry) {
            Node::Same(inner) => *inner,
            _ => entry,
        };
        let Node::Entry {
            key: Key::Name { name, .. },
            ..
        } = self.code.node(inner)
        else {
            return Value::UNKNOWN;
        };
        let name = *name;
        let mut part = match value.shape {
            Shape::Reference(path) => match self.code.names.child(path, name) {
                Some(path) => self.reference(path, entry),
                None => Value::UNKNOWN,
            },
            Shape::Collection(_) | Shape::Items(_) => {
                let key = self.constant(Literal::Text(self.code.names.text(name).into()));
                match self.item(value, &[key]) {
                    Some(part) => return part,
                    None => Value::UNKNOWN,
                }
            }
            _ => Value::UNKNOWN,
        };
        part.taint_by(value);
        let member = self.code.names.text(name);
        if self.language == Language::JavaScript && library::javascript::is_behind_host(member) {
            part = part.open_as_url();
        }
        // `const { query } = req` is request data as `req.query` is.
        if part.taint == Taint::NONE
            && let Some(object) = value.via.some().and_then(|via| self.access(via))
        {
            let object = self.code.names.render(object);
            let member = self.code.names.text(name);
            let event = self.brought_by_event(&object, member, self.code.scope_of(entry));
            if event != Taint::NONE {
                part.taint = event;
                part.entry = entry;
            }
            if (self.language.library().request_member)(&object, member) {
                part.taint = Taint::REQUEST;
                part.entry = entry;
            }
        }
        part
    }

    /// Binds what a value is assigned to, which may be several names.
    pub(super) fn assign(
        &mut self,
        target: NodeId,
        source: NodeId,
        mut value: Value,
        binding: Binding,
        scope: ScopeId,
    ) {
        let mut columns = Vec::new();
        if binding.element {
            columns = self.columns(target, source, value);
            let taint = value;
            value = match value.shape {
                Shape::Collection(of) => self.any_element(of),
                _ => Value::UNKNOWN,
            };
            value.taint_by(taint);
            if self.is_package_variable(source, value) {
                value = value.escaped(Clean::EACH);
            }
        }
        if value.via == NodeId::NONE {
            value.via = source;
        }
        // Targets nest as deep as their author wrote them: a list, not recursion.
        let mut left = vec![(target, value)];
        if !columns.is_empty() {
            let made = |value: Value| Value {
                via: value.via.some().unwrap_or(source),
                ..value
            };
            left = columns
                .into_iter()
                .map(|(target, value)| (target, made(value)))
                .collect();
        }
        while let Some((target, value)) = left.pop() {
            if let Node::Index { object, key } = self.code.node(target)
                && !binding.append
            {
                let (object, key) = (*object, *key);
                let at = self.value(key);
                if self.put_item(object, at, value, source, scope) {
                    continue;
                }
            }
            match self.code.node(target).clone() {
                Node::Name(_) | Node::Parameter(_) | Node::Member { .. } | Node::Index { .. } => {
                    if let Some(path) = self.access(target) {
                        // What was taken apart came from the whole.
                        let via = value.via.some().unwrap_or(source);
                        self.bind(path, Value { via, ..value }, scope, binding);
                    }
                }
                Node::Same(inner) | Node::Spread(inner) => left.push((inner, value)),
                Node::Map(list) => {
                    for id in self.code.list(list).to_vec() {
                        let part = self.destructured(id, value);
                        match self.code.node(id) {
                            Node::Entry { value: target, .. } => {
                                // `{ query: { url } } = req` has it of `query`.
                                let is_nested = matches!(self.code.node(*target), Node::Map(_));
                                let via = match is_nested && part.taint != Taint::NONE {
                                    true => id,
                                    false => part.via,
                                };
                                left.push((*target, Value { via, ..part }));
                            }
                            Node::Same(inner) => {
                                if let Node::Entry { value: target, .. } = self.code.node(*inner) {
                                    left.push((*target, part));
                                }
                            }
                            Node::Spread(rest) => left.push((
                                *rest,
                                Value {
                                    shape: Shape::Unknown,
                                    ..value
                                },
                            )),
                            _ => {}
                        }
                    }
                }
                Node::Sequence(list) => {
                    let sources = match value.shape {
                        Shape::Collection(of) => match self.code.node(of) {
                            Node::Sequence(list) => self.parts(*list),
                            _ => Vec::new(),
                        },
                        _ => Vec::new(),
                    };
                    let targets = self.code.list(list).to_vec();
                    let exact = sources.len() == targets.len();
                    for (at, id) in targets.into_iter().enumerate() {
                        let mut part = match sources.get(at) {
                            Some(part) if exact => *part,
                            _ => Value::UNKNOWN,
                        };
                        if !exact {
                            part.taint_by(value);
                        }
                        left.push((id, part));
                    }
                }
                _ => {}
            }
        }
    }
}
