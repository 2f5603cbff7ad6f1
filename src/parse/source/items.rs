//! Lists and maps that methods fill: which value stands under which constant key.

use super::code::{Key, Literal, Node, NodeId, ScopeId};
use super::eval::Pass;
use super::library::{self, Makes};
use super::names::Path;
use super::value::{Shape, Taint, Value};

/// Most entries that are told apart.
const MAX_ITEMS: usize = 32;

/// Most states of collections that are told apart in one file: a generated one has no end of them.
const MAX_STATES: usize = 4000;

/// What a collection holds.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// By position; else by key.
    is_list: bool,
    pub entries: Vec<Item>,
    /// It may hold more, and positions mean nothing.
    is_open: bool,
    /// What the rest is made of.
    rest: Value,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub key: Option<String>,
    pub value: Value,
    /// The expression that was put in.
    pub node: NodeId,
}

impl Items {
    fn empty(is_list: bool) -> Self {
        Self {
            is_list,
            entries: Vec::new(),
            is_open: false,
            rest: Value::of(Shape::Unknown).harmless(),
        }
    }

    /// True for a map whose keys are all written out.
    pub fn is_written_map(&self) -> bool {
        !self.is_list
            && !self.is_open
            && !self.entries.is_empty()
            && self.entries.iter().all(|item| item.key.is_some())
    }

    fn push(&mut self, item: Item) {
        if self.entries.len() < MAX_ITEMS {
            self.entries.push(item);
        } else {
            self.blur();
            self.rest = Value::made_of([self.rest, item.value]);
        }
    }

    fn put(&mut self, item: Item) {
        match self.entries.iter_mut().find(|old| old.key == item.key) {
            Some(old) => *old = item,
            None => self.push(item),
        }
    }

    fn blur(&mut self) {
        self.is_open = true;
    }

    /// All that may be in it, as one.
    fn whole(&self) -> Value {
        let parts = self.entries.iter().map(|item| item.value);
        Value::made_of(parts.chain([self.rest]))
    }

    /// The position that a constant number means.
    fn position(&self, number: f64) -> Option<usize> {
        if self.is_open || number.fract() != 0.0 || number.abs() > MAX_ITEMS as f64 {
            return None;
        }
        let at = if number < 0.0 {
            self.entries.len() as f64 + number
        } else {
            number
        };
        let at = (at >= 0.0).then_some(at as usize)?;
        (at < self.entries.len()).then_some(at)
    }
}

/// What a method does to the collection that it is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Append,
    Insert,
    Prepend,
    Put,
    /// Takes out one by position or key; without an argument the last.
    Remove,
    RemoveFirst,
    Clear,
    Get,
    First,
    Last,
    /// Puts in what another one holds, or in an order that nobody knows.
    Blur,
}

fn change(method: &str, given: usize) -> Option<Change> {
    Some(match (method, given) {
        (
            "append" | "add" | "push" | "addLast" | "push_back" | "Add" | "offer" | "add_last"
            | "addElement" | "Push" | "Enqueue" | "enqueue" | "<<",
            1,
        ) => Change::Append,
        ("add" | "insert" | "Insert" | "add_at", 2) => Change::Insert,
        ("unshift" | "addFirst" | "prepend" | "push_front" | "appendleft" | "push_first", 1) => {
            Change::Prepend
        }
        (
            "put" | "set" | "Add" | "setdefault" | "putIfAbsent" | "__setitem__" | "store"
            | "setAttribute" | "setProperty" | "TryAdd" | "offsetSet",
            2 | 3,
        ) => Change::Put,
        ("remove" | "pop" | "RemoveAt" | "removeAt" | "delete" | "delete_at" | "Pop", 0 | 1)
        | ("removeLast" | "pop_back", 0) => Change::Remove,
        ("shift" | "removeFirst" | "popleft" | "pop_front" | "poll" | "Dequeue", 0) => {
            Change::RemoveFirst
        }
        ("clear" | "Clear", 0) => Change::Clear,
        (
            "get" | "at" | "elementAt" | "ElementAt" | "fetch" | "getOrDefault" | "getProperty"
            | "__getitem__" | "get_item" | "dig" | "getAttribute" | "offsetGet",
            1..=3,
        ) => Change::Get,
        ("first" | "getFirst" | "First" | "peekFirst" | "firstElement", 0) => Change::First,
        ("last" | "getLast" | "Last" | "peek" | "peekLast" | "lastElement", 0) => Change::Last,
        (
            "extend" | "update" | "addAll" | "putAll" | "AddRange" | "merge!" | "sort" | "reverse"
            | "shuffle" | "splice" | "Sort" | "Reverse" | "append",
            _,
        ) => Change::Blur,
        _ => return None,
    })
}

/// True for methods that put their arguments into what they are called on.
fn fills(method: &str) -> bool {
    matches!(
        method,
        "append" | "add" | "put" | "push" | "extend" | "addAll" | "putAll" | "unshift" | "Add"
    )
}

impl<'s> Pass<'_, 's> {
    /// What a collection holds, if it is one whose contents are known.
    pub(super) fn items(&self, value: Value) -> Option<Items> {
        match value.shape {
            Shape::Items(at) => self.learnt.items.get(at as usize).cloned(),
            Shape::Collection(node) => self.written_items(node),
            _ => None,
        }
    }

    fn written_items(&self, node: NodeId) -> Option<Items> {
        let (list, is_list) = match self.code.node(node) {
            Node::Sequence(list) => (*list, true),
            Node::Map(list) => (*list, false),
            Node::Call { args, .. } => (*args, false),
            _ => return None,
        };
        if list.len as usize > MAX_ITEMS {
            return None;
        }
        let mut items = Items::empty(is_list);
        for id in self.code.list(list) {
            let own = self.value(*id);
            match self.code.node(*id) {
                Node::Entry { key, value } => {
                    let key = match key {
                        Key::Name { name, .. } => Some(self.code.names.text(*name).to_owned()),
                        Key::Computed(key) => self.key_of(&[self.value(*key)]),
                    };
                    match key {
                        Some(key) => items.put(Item {
                            key: Some(key),
                            value: self.value(*value),
                            node: *value,
                        }),
                        None => {
                            items.blur();
                            items.rest = Value::made_of([items.rest, self.value(*value)]);
                        }
                    }
                }
                Node::Spread(_) => {
                    items.blur();
                    items.rest = Value::made_of([items.rest, own]);
                }
                _ => items.push(Item {
                    key: None,
                    value: own,
                    node: *id,
                }),
            }
        }
        Some(items)
    }

    /// A collection as a value.
    fn collect(&mut self, items: Items) -> Value {
        let whole = items.whole();
        if self.learnt.items.len() >= MAX_STATES {
            return whole;
        }
        let at = u32::try_from(self.learnt.items.len()).unwrap_or(u32::MAX);
        self.learnt.items.push(items);
        Value {
            shape: Shape::Items(at),
            ..whole
        }
    }

    /// One of two collections that hold as many things, under the same keys: `["sh"]` or `["bash"]`.
    pub(super) fn join_items(&mut self, a: Value, b: Value) -> Option<Value> {
        let (mut joined, other) = (self.items(a)?, self.items(b)?);
        let is_same = joined.is_list == other.is_list
            && !joined.is_open
            && !other.is_open
            && !joined.entries.is_empty()
            && joined.entries.len() == other.entries.len();
        if !is_same {
            return None;
        }
        let is_nested =
            |value: Value| matches!(value.shape, Shape::Items(_) | Shape::Collection(_));
        for (one, two) in joined.entries.iter_mut().zip(&other.entries) {
            if one.key != two.key {
                return None;
            }
            one.value = match is_nested(one.value) || is_nested(two.value) {
                true => Value::made_of([one.value, two.value]),
                false => self.join(one.value, two.value),
            };
        }
        Some(self.collect(joined))
    }

    /// Constant keys as one text: the section and option of a configuration, or one key.
    fn key_of(&self, keys: &[Value]) -> Option<String> {
        let mut text = String::new();
        for key in keys {
            if !text.is_empty() {
                text.push('\u{1}');
            }
            text.push_str(&self.constant_text(*key)?);
        }
        (!text.is_empty()).then_some(text)
    }

    fn number(&self, value: Value) -> Option<f64> {
        match value.shape {
            Shape::Constant(at) => match self.learnt.constants.get(at as usize) {
                Some(Literal::Number(number)) => Some(*number),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value under a key, as exactly as it is known; nothing where the collection is not.
    pub(super) fn item(&mut self, of: Value, keys: &[Value]) -> Option<Value> {
        if let (Shape::Constant(_), [key]) = (of.shape, keys) {
            return self.character(of, *key);
        }
        let items = self.items(of)?;
        if items.is_list {
            let number = keys.first().and_then(|key| self.number(*key));
            if let Some(at) = number.and_then(|number| items.position(number)) {
                return items.entries.get(at).map(|item| item.value);
            }
        } else if let Some(key) = self.key_of(keys) {
            let found = items.entries.iter().find(|i| i.key.as_ref() == Some(&key));
            match found {
                Some(item) => return Some(item.value),
                // Nothing was put there.
                None if !items.is_open => return Some(Value::UNKNOWN),
                None => return Some(items.rest),
            }
        }
        let mut parts = items.entries.iter().map(|item| item.value);
        let first = parts.next()?;
        let rest: Vec<Value> = parts.collect();
        if rest.len() >= 8 {
            return Some(items.whole());
        }
        let all = rest.into_iter().fold(first, |a, b| self.join(a, b));
        match items.is_open {
            true => Some(Value::made_of([all, items.rest])),
            false => Some(all),
        }
    }

    /// `"ABC"[1]`, `guess.charAt(1)`.
    fn character(&mut self, of: Value, key: Value) -> Option<Value> {
        let number = self.number(key).filter(|n| n.fract() == 0.0)?;
        let text = self.constant_text(of)?;
        let count = text.chars().count();
        let at = if number < 0.0 {
            count as f64 + number
        } else {
            number
        };
        let found = (at >= 0.0)
            .then(|| text.chars().nth(at as usize))
            .flatten()?;
        Some(self.constant(Literal::Text(found.to_string().into())))
    }

    /// `map[key] = value`: true where the map is one whose contents are followed.
    pub(super) fn put_item(
        &mut self,
        object: NodeId,
        key: Value,
        value: Value,
        node: NodeId,
        scope: ScopeId,
    ) -> bool {
        let Some(mut items) = self.items(self.value_here(object, scope)) else {
            return false;
        };
        let item = |key| Item { key, value, node };
        if items.is_list && items.entries.is_empty() && self.number(key).is_none() {
            // An empty one is what it is used as.
            items.is_list = false;
        }
        if items.is_list {
            match self.number(key).and_then(|number| items.position(number)) {
                Some(at) => {
                    if let Some(old) = items.entries.get_mut(at) {
                        *old = item(None);
                    }
                }
                None => {
                    items.blur();
                    items.push(item(None));
                }
            }
        } else {
            match self.key_of(&[key]) {
                Some(key) => items.put(item(Some(key))),
                None => {
                    items.blur();
                    items.rest = Value::made_of([items.rest, value]);
                }
            }
        }
        let collected = self.collect(items);
        self.rebind(object, collected, scope);
        true
    }

    /// The value of a name as it is now, not as it was where the expression was read.
    fn value_here(&self, object: NodeId, scope: ScopeId) -> Value {
        self.access(object)
            .and_then(|path| self.find(path, scope))
            .map_or_else(|| self.value(object), |(_, value)| value)
    }

    /// What a variable holds has changed in place.
    fn rebind(&mut self, object: NodeId, value: Value, scope: ScopeId) {
        if let Some(path) = self.root_of(object) {
            self.change(path, value, scope);
        }
    }

    /// `sb` in `sb.append(a).append(b)`.
    fn root_of(&self, object: NodeId) -> Option<Path> {
        let mut at = object;
        for _ in 0..64 {
            match self.code.node(at) {
                Node::Call { callee, .. } => match self.code.node(*callee) {
                    Node::Member { object, .. } => at = *object,
                    _ => return None,
                },
                Node::Same(inner) => at = *inner,
                _ => return self.access(at),
            }
        }
        None
    }

    /// What a constructor of something whose contents are followed makes.
    pub(super) fn made(&mut self, name: &str, given: &[Value]) -> Option<Value> {
        match library::makes(name)? {
            Makes::Text => {
                let first = given.first().copied().filter(|v| self.number(*v).is_none());
                let empty = self.constant(Literal::Text("".into()));
                Some(match first {
                    Some(text) => self.compose(&[text, empty]),
                    None => empty,
                })
            }
            Makes::Collection => {
                let is_size = given.iter().all(|value| self.number(*value).is_some());
                (is_size && given.len() < 2).then(|| {
                    // What is put in first tells a list from a map.
                    self.collect(Items::empty(true))
                })
            }
        }
    }

    /// A method that changes or reads a collection or a text that grows.
    pub(super) fn method(
        &mut self,
        receiver: NodeId,
        method: &str,
        given: &[Value],
        nodes: &[NodeId],
        scope: ScopeId,
    ) -> Option<Value> {
        let own = self.value_here(receiver, scope);
        if self.is_text(own) && grows(method) {
            let parts: Vec<Value> = std::iter::once(own).chain(given.first().copied()).collect();
            let grown = self.compose(&parts);
            self.rebind(receiver, grown, scope);
            return Some(grown);
        }
        if matches!(method, "charAt" | "char_at" | "elementAt" | "at")
            && let [key] = given
            && matches!(own.shape, Shape::Constant(_))
        {
            return self.character(own, *key);
        }
        let Some(items) = self.items(own) else {
            self.spoil(receiver, own, method, given, scope);
            return None;
        };
        self.apply(
            items,
            receiver,
            change(method, given.len())?,
            given,
            nodes,
            scope,
        )
    }

    fn apply(
        &mut self,
        mut items: Items,
        receiver: NodeId,
        change: Change,
        given: &[Value],
        nodes: &[NodeId],
        scope: ScopeId,
    ) -> Option<Value> {
        let last = given.last().copied().unwrap_or(Value::UNKNOWN);
        let node = nodes.last().copied().unwrap_or(NodeId::NONE);
        let item = |key| Item {
            key,
            value: last,
            node,
        };
        let keys = given.split_last().map_or(&[][..], |(_, keys)| keys);
        let mut result = Value::UNKNOWN;
        match change {
            Change::Get => {
                return self.item(self.value_here(receiver, scope), self.keys(given, &items));
            }
            Change::First | Change::Last => {
                let at = match change {
                    Change::First => items.entries.first(),
                    _ => items.entries.last(),
                };
                return Some(match at.filter(|_| !items.is_open) {
                    Some(item) => item.value,
                    None => items.whole(),
                });
            }
            Change::Append => items.push(item(None)),
            Change::Prepend => items.entries.insert(0, item(None)),
            Change::Insert | Change::Put => {
                if items.entries.is_empty() && change == Change::Put {
                    items.is_list = false;
                }
                let number = keys.first().and_then(|key| self.number(*key));
                match (items.is_list, number, change) {
                    (true, Some(number), Change::Insert)
                        if number >= 0.0 && number as usize <= items.entries.len() =>
                    {
                        items.entries.insert(number as usize, item(None));
                    }
                    (true, Some(number), Change::Put) => match items.position(number) {
                        Some(at) => {
                            if let Some(old) = items.entries.get_mut(at) {
                                *old = item(None);
                            }
                        }
                        None => items.blur(),
                    },
                    _ => {
                        items.is_list = items.is_list && !items.entries.is_empty();
                        match self.key_of(keys) {
                            Some(key) => items.put(item(Some(key))),
                            None => {
                                items.blur();
                                items.rest = Value::made_of([items.rest, last]);
                            }
                        }
                    }
                }
            }
            Change::Remove => result = self.remove(&mut items, given.first().copied()),
            Change::RemoveFirst => {
                result = items.whole();
                if !items.is_open && !items.entries.is_empty() {
                    result = items.entries.remove(0).value;
                }
            }
            Change::Clear => items = Items::empty(items.is_list),
            Change::Blur => {
                items.blur();
                items.rest = Value::made_of(given.iter().copied().chain([items.rest]));
            }
        }
        items.entries.truncate(MAX_ITEMS + 1);
        let collected = self.collect(items);
        self.rebind(receiver, collected, scope);
        Some(match change {
            Change::Remove | Change::RemoveFirst => result,
            _ => collected,
        })
    }

    /// The keys among the arguments of a `get`: the second of two is a default, unless the
    /// collection has sections.
    fn keys<'g>(&self, given: &'g [Value], items: &Items) -> &'g [Value] {
        let has_sections = items
            .entries
            .iter()
            .any(|item| item.key.as_ref().is_some_and(|key| key.contains('\u{1}')));
        let count = if has_sections { 2 } else { 1 };
        given.get(..count.min(given.len())).unwrap_or(given)
    }

    fn remove(&self, items: &mut Items, which: Option<Value>) -> Value {
        let at = match which {
            None => items.entries.len().checked_sub(1),
            Some(key) if items.is_list => match self.number(key) {
                Some(number) => items.position(number),
                None => {
                    let same = |item: &Item| {
                        self.constant_text(item.value).is_some()
                            && self.constant_text(item.value) == self.constant_text(key)
                    };
                    items.entries.iter().position(same)
                }
            },
            Some(key) => {
                let key = self.key_of(&[key]);
                items.entries.iter().position(|item| item.key == key)
            }
        };
        match at.filter(|at| !items.is_open && *at < items.entries.len()) {
            Some(at) => items.entries.remove(at).value,
            None => {
                let whole = items.whole();
                items.blur();
                whole
            }
        }
    }

    /// Foreign data that goes into something unknown stays in there.
    fn spoil(
        &mut self,
        receiver: NodeId,
        own: Value,
        method: &str,
        given: &[Value],
        scope: ScopeId,
    ) {
        if own.shape != Shape::Unknown || !fills(method) {
            return;
        }
        let Some(tainted) = given.iter().find(|v| v.taint != Taint::NONE) else {
            return;
        };
        let mut spoiled = own;
        spoiled.taint_by(*tainted);
        spoiled.clean = spoiled.clean.both(tainted.clean);
        self.rebind(receiver, spoiled, scope);
    }
}

/// Methods that add to a text that can grow.
fn grows(method: &str) -> bool {
    matches!(
        method,
        "append"
            | "Append"
            | "AppendLine"
            | "push_str"
            | "WriteString"
            | "write"
            | "push"
            | "<<"
            | "print"
    )
}
