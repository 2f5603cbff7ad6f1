//! The way that foreign data takes to where it matters, for people to follow.

use super::Facts;
use super::code::{Key, Node, NodeId, ScopeId};
use super::names::Path;
use super::numbers::{NumberMap, NumberSet};
use super::value::{Shape, Taint, Value};

/// Nodes that are looked at on one way.
const MOST_NODES: usize = 2000;

/// Places where a variable is set that are looked at for one use of it.
const MOST_PLACES: usize = 100;

/// What happens to foreign data at a place on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// A variable is set to it, or to something that it is part of.
    Set,
    /// It becomes part of a text.
    Joined,
    /// It is put into a collection or an object.
    Put,
    /// A call hands it to a function of the same file.
    Handed,
    /// It goes through such a function, or comes out of it.
    Helper,
}

/// Where variables are set and what is put into them, by their names.
pub(super) type Settings = NumberMap<Path, Vec<NodeId>>;

impl<'s> Facts<'s> {
    /// The part of a request that foreign data came in by: `body` of `req.body` and of
    /// `({ body }) => {}`.
    pub fn part_of_request(&self, value: Value) -> Option<&'s str> {
        let mut entry = value.entry;
        while let Node::Same(inner) = self.code.node(entry) {
            entry = *inner;
        }
        match self.code.node(entry) {
            Node::Member { name, .. }
            | Node::Entry {
                key: Key::Name { name, .. },
                ..
            } => Some(self.code.names.text(*name)),
            _ => None,
        }
    }

    /// Where the foreign data in a value entered, and the places that it came by from there on.
    pub fn trace(&self, value: NodeId) -> Option<(NodeId, Vec<(NodeId, Hop)>)> {
        let mut entry = self.value(value).entry.some()?;
        let mut hops = Vec::new();
        let mut seen = NumberSet::default();
        let mut at = value;
        while seen.len() < MOST_NODES && seen.insert(at) {
            if at == entry {
                // What a request's data is asked for is as foreign as it: look for the request.
                let Some((place, from)) = self.owner_set_before(at) else {
                    break;
                };
                hops.push((place, Hop::Set));
                entry = self.value(from).entry;
                at = from;
            } else if let Some((place, hop, from)) = self.set_before(at, entry) {
                hops.push((place, hop));
                at = from;
            } else if let Some((call, from)) = self.handed(at, entry) {
                hops.push((call, Hop::Handed));
                at = from;
            } else {
                if self.is_helper(at) {
                    hops.push((at, Hop::Helper));
                }
                match self.carrier(at, entry) {
                    Some(part) => at = part,
                    None => break,
                }
            }
        }
        hops.reverse();
        Some((entry, hops))
    }

    /// Where the variable was set that an expression begins with, if foreign data went into it.
    fn owner_set_before(&self, whole: NodeId) -> Option<(NodeId, NodeId)> {
        let mut owner = whole;
        for _ in 0..32 {
            owner = match self.code.node(owner) {
                Node::Member { object, .. } | Node::Index { object, .. } => *object,
                Node::Call { callee, .. } => *callee,
                Node::Same(inner) => *inner,
                _ => break,
            };
        }
        if owner == whole {
            return None;
        }
        let entry = self.value(owner).entry.some()?;
        let (place, _, from) = self.set_before(owner, entry)?;
        Some((place, from))
    }

    fn carries(&self, id: NodeId, entry: NodeId) -> bool {
        let value = self.value(id);
        value.entry == entry && value.taint != Taint::NONE
    }

    /// The part of an expression through which the data came.
    fn carrier(&self, whole: NodeId, entry: NodeId) -> Option<NodeId> {
        let mut found = None;
        self.code.for_each_part(whole, |part| {
            if found.is_none() && (part == entry || self.carries(part, entry)) {
                found = Some(part);
            }
        });
        found
    }

    fn is_helper(&self, id: NodeId) -> bool {
        match self.code.node(id) {
            Node::Call { callee, .. } => matches!(self.value(*callee).shape, Shape::Function(_)),
            _ => false,
        }
    }

    /// Where a variable was last set to something that carries the data, before it is used.
    fn set_before(&self, used: NodeId, entry: NodeId) -> Option<(NodeId, Hop, NodeId)> {
        if !matches!(
            self.code.node(used),
            Node::Name(_) | Node::Member { .. } | Node::Index { .. }
        ) {
            return None;
        }
        let places = self.settings().get(&self.access(used)?)?;
        let before = places.partition_point(|place| *place < used);
        let scope = self.code.scope_of(used);
        let earlier = places.get(..before).unwrap_or_default().iter().rev();
        let own = earlier
            .take(MOST_PLACES)
            .filter(|place| self.code.scope_of(**place) == scope);
        // A function runs at another time than what it is in: any place out there counts.
        let outer = places.iter().take(MOST_PLACES).filter(|place| {
            let of = self.code.scope_of(**place);
            of != scope && self.is_around(of, scope)
        });
        own.chain(outer)
            .filter(|place| !self.is_dead(**place))
            .find_map(|place| self.setting(*place, entry))
    }

    /// The hop that an assignment or a call is for the data, if it carries it.
    fn setting(&self, place: NodeId, entry: NodeId) -> Option<(NodeId, Hop, NodeId)> {
        match self.code.node(place) {
            Node::Assign { value, binding, .. } => {
                let is_text =
                    || matches!(self.value(*value).shape, Shape::Composed(_)) || binding.append;
                let is_carried = *value == entry || self.carries(*value, entry);
                is_carried.then(|| {
                    let hop = if is_text() { Hop::Joined } else { Hop::Set };
                    (*value, hop, *value)
                })
            }
            Node::Call { .. } => {
                let mut arguments = self.arguments(place);
                let found = arguments.find(|a| a.value == entry || self.carries(a.value, entry))?;
                Some((place, Hop::Put, found.value))
            }
            _ => None,
        }
    }

    /// The call that hands the data to the parameter that a name is, with the argument.
    fn handed(&self, used: NodeId, entry: NodeId) -> Option<(NodeId, NodeId)> {
        if !matches!(self.code.node(used), Node::Name(_)) {
            return None;
        }
        let call = self.handed_over(self.value(used))?;
        let mut arguments = self.arguments(call);
        let found = arguments.find(|a| a.value == entry || self.carries(a.value, entry))?;
        Some((call, found.value))
    }

    fn is_around(&self, outer: ScopeId, inner: ScopeId) -> bool {
        let mut at = inner;
        for _ in 0..32 {
            match self.code.scope(at) {
                Some(scope) if at != ScopeId::MODULE => at = scope.parent,
                _ => return false,
            }
            if at == outer {
                return true;
            }
        }
        false
    }

    fn settings(&self) -> &Settings {
        self.settings.get_or_init(|| {
            let mut settings = Settings::default();
            let mut targets = Vec::new();
            for place in self.code.ids() {
                match self.code.node(place) {
                    Node::Assign { target, .. } => targets.push(*target),
                    Node::Call { callee, .. } => {
                        if let Node::Member { object, .. } = self.code.node(*callee) {
                            targets.push(*object);
                        }
                    }
                    _ => {}
                }
                while let Some(target) = targets.pop() {
                    if let Some(path) = self.access(target) {
                        let places = settings.entry(path).or_default();
                        if places.last() != Some(&place) {
                            places.push(place);
                        }
                    } else if !matches!(
                        self.code.node(target),
                        Node::Call { .. } | Node::Function(_)
                    ) {
                        // `a, b = ...`, `{ a: b } = ...`
                        self.code.for_each_part(target, |part| targets.push(part));
                    }
                }
            }
            settings
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::FileKind;
    use crate::parse::source::facts;

    use super::*;

    /// The hops to the argument of the last `sink(x)`.
    fn hops(kind: FileKind, text: &str) -> Vec<String> {
        let facts = facts(kind, text.as_bytes()).expect("facts");
        let calls = facts.code.ids().filter(|id| match facts.code.node(*id) {
            Node::Call { callee, .. } => facts.text(facts.code.span(*callee)) == "sink",
            _ => false,
        });
        let last = calls.last().expect("a sink");
        let argument = facts.arguments(last).next().expect("an argument").value;
        let (_, hops) = facts.trace(argument).expect("foreign data");
        hops.into_iter()
            .map(|(id, hop)| format!("{hop:?} {}", facts.text(facts.code.span(id))))
            .collect()
    }

    const HEAD: &str = "from flask import request\ndef view(other):\n  x = request.args['x']\n";

    fn python(body: &str) -> Vec<String> {
        let lines: Vec<String> = body.lines().map(|line| format!("  {line}\n")).collect();
        hops(FileKind::Python, &format!("{HEAD}{}", lines.concat()))
    }

    #[test]
    fn every_variable_on_the_way_is_a_hop() {
        assert_eq!(
            python("a = x.strip()\nb = a\nq = 'select ' + b\nsink(q)"),
            [
                "Set request.args['x']",
                "Set x.strip()",
                "Set a",
                "Joined 'select ' + b"
            ]
        );
    }

    #[test]
    fn what_is_added_or_put_in_is_a_hop() {
        assert_eq!(
            python("q = 'a'\nq += x\nq += 'b'\nsink(q)"),
            ["Set request.args['x']", "Joined x"]
        );
        assert_eq!(
            python("l = []\nl.append(x)\nsink(l)"),
            ["Set request.args['x']", "Put l.append(x)"]
        );
    }

    #[test]
    fn helpers_are_hops_on_the_way_in_and_out() {
        let text = "from flask import request\ndef run(c):\n  d = c + 'x'\n  sink(d)\n\
                    def view():\n  x = request.args['x']\n  run(x)\n";
        assert_eq!(
            hops(FileKind::Python, text),
            ["Set request.args['x']", "Handed run(x)", "Joined c + 'x'"]
        );
        let text = "from flask import request\ndef same(v):\n  return v\n\
                    def view():\n  x = same(request.args['x'])\n  sink(x)\n";
        let found = hops(FileKind::Python, text);
        assert!(
            found.contains(&"Helper same(request.args['x'])".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn a_value_of_another_variable_or_scope_is_no_hop() {
        assert_eq!(
            python("y = other\ndef inner():\n  x = 'b'\nsink(x)"),
            ["Set request.args['x']"]
        );
        let script = "app.get('/', (req, res) => { const { q } = req.query; let a = `x${q}`; a = `y${q}`; sink(a); });";
        let found = hops(FileKind::JavaScript, script);
        assert_eq!(found.last().map(String::as_str), Some("Joined `y${q}`"));
    }

    #[test]
    fn a_way_that_turns_in_circles_ends() {
        let body = "while other:\n  a = b\n  b = a + x\n  a = b + a\nsink(a)";
        let _ = python(body);
        let long = format!("a = x\n{}sink(a)", "a = a + 'b'\n".repeat(5000));
        assert!(python(&long).len() <= MOST_NODES);
    }
}
