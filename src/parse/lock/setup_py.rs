//! setup.py: the lists that the call of `setup` is given, as far as they are written out. Nothing
//! is run: what is read from files or computed is not known.

use std::collections::HashSet;

use super::pep508::Demand;
use super::pyproject::{self, Wish};
use super::{Ask, Input, Lockfile};
use crate::model::{FileKind, Package, Scope, Span};
use crate::parse::source::{self, Facts, Literal, Node, NodeId, Shape};
use crate::parse::toml::place;
use crate::text::LineIndex;

/// Lists within lists, and names for names.
const MOST_STEPS: u32 = 16;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    pyproject::wants(input)
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    if pyproject::has_lock(input) {
        return lockfile;
    }
    let facts = match source::facts(FileKind::SetupPy, input.text.as_bytes()) {
        Ok(facts) => facts,
        Err(reason) => {
            lockfile.unknown.push(reason.to_string());
            return lockfile;
        }
    };
    let mut reader = Reader {
        input,
        facts: &facts,
        lines: LineIndex::new(input.text.as_bytes()),
        lockfile: &mut lockfile,
        left: input.text.len(),
    };
    for id in facts.code.ids() {
        match facts.code.node(id) {
            Node::Call { callee, .. } if reader.is_setup(*callee) => reader.take_call(id),
            Node::Assign { target, value, .. } => reader.take_assignment(*target, *value),
            _ => {}
        }
    }
    // What is put into a dictionary is seen there, and again where it is handed over.
    let mut seen = HashSet::new();
    let is_new = |package: &Package| seen.insert((package.span, package.name.clone()));
    lockfile.packages.retain(is_new);
    if source::syntax_errors(FileKind::SetupPy, input.text.as_bytes()) != Ok(0) {
        let unknown = "not all of it is Python as it is understood here";
        lockfile.unknown.push(unknown.to_owned());
    }
    lockfile
}

struct Reader<'r> {
    input: &'r Input<'r>,
    facts: &'r Facts<'r>,
    lines: LineIndex,
    lockfile: &'r mut Lockfile,
    /// Expressions that are looked at: names for lists of names must not cost more than the file
    /// is long.
    left: usize,
}

impl Reader<'_> {
    /// `setup(...)` or `setuptools.setup(...)`.
    fn is_setup(&self, callee: NodeId) -> bool {
        match self.facts.code.node(callee) {
            Node::Name(name) | Node::Member { name, .. } => {
                self.facts.code.names.text(*name) == "setup"
            }
            _ => false,
        }
    }

    fn take_call(&mut self, call: NodeId) {
        let facts = self.facts;
        for argument in facts.arguments(call) {
            // `**options`: the entries of a dictionary that is written out.
            let several = match argument.spread {
                true => facts.entries(argument.value),
                false => vec![argument],
            };
            if several.is_empty() {
                self.say_computed("what setup is told");
            }
            for argument in several {
                if let Some(keyword) = argument.keyword {
                    self.take_keyword(facts.code.names.text(keyword), argument.value);
                }
            }
        }
    }

    /// `options["install_requires"] = [...]`, for `setup(**options)`.
    fn take_assignment(&mut self, target: NodeId, value: NodeId) {
        if let Node::Index { key, .. } = self.facts.code.node(target)
            && let Node::Literal(Literal::Text(keyword)) = self.facts.code.node(*key)
        {
            self.take_keyword(keyword, value);
        }
    }

    fn say_computed(&mut self, what: &str) {
        let unknown = format!("{what} is computed, at least in part");
        if !self.lockfile.unknown.contains(&unknown) {
            self.lockfile.unknown.push(unknown);
        }
    }

    fn take_keyword(&mut self, keyword: &str, value: NodeId) {
        let is_known = match keyword {
            "install_requires" => self.take_list(value, Scope::Prod, MOST_STEPS),
            "setup_requires" | "tests_require" => self.take_list(value, Scope::Dev, MOST_STEPS),
            "extras_require" => self.take_extras(value),
            _ => return,
        };
        if !is_known {
            self.say_computed(keyword);
        }
    }

    /// A dictionary of lists; false where not all of it is written out.
    fn take_extras(&mut self, value: NodeId) -> bool {
        let facts = self.facts;
        if !matches!(facts.value(value).shape, Shape::Collection(_)) {
            return false;
        }
        let mut is_known = true;
        for entry in facts.entries(value) {
            is_known &= match entry.spread {
                true => false,
                false => self.take_list(self.entry_value(entry.value), Scope::Optional, MOST_STEPS),
            };
        }
        is_known
    }

    /// The value of an entry, where its key is computed.
    fn entry_value(&self, id: NodeId) -> NodeId {
        match self.facts.code.node(id) {
            Node::Entry { value, .. } => *value,
            _ => id,
        }
    }

    /// A list of texts, a sum of such lists or one text of several lines; false where not all of it
    /// is written out.
    fn take_list(&mut self, id: NodeId, scope: Scope, steps: u32) -> bool {
        let (Some(steps), Some(left)) = (steps.checked_sub(1), self.left.checked_sub(1)) else {
            return false;
        };
        self.left = left;
        let value = self.facts.value(id);
        match (value.shape, self.facts.code.node(id)) {
            (Shape::Constant(_), _) => {
                let constants = self.facts.constants(value);
                let Some(Literal::Text(text)) = constants.first() else {
                    return false;
                };
                let written = value.via.some().unwrap_or(id);
                let span = place(self.input.text, text);
                self.take_text(text, span, self.facts.code.span(written), scope)
            }
            (Shape::Collection(_), _) => {
                let mut is_known = true;
                for entry in self.facts.entries(id) {
                    is_known &= self.take_list(entry.value, scope, steps);
                }
                is_known
            }
            (_, Node::Sum { left, right }) => {
                let (left, right) = (*left, *right);
                let left = self.take_list(left, scope, steps);
                self.take_list(right, scope, steps) && left
            }
            (_, Node::Same(inner)) => self.take_list(*inner, scope, steps),
            (_, Node::Choose { yes, no, .. }) => {
                self.take_list(*yes, scope, steps);
                self.take_list(*no, scope, steps);
                // Only one of them is asked for.
                false
            }
            (_, Node::Either(list)) => {
                let facts = self.facts;
                for &one in facts.code.list(*list) {
                    self.take_list(one, scope, steps);
                }
                // Only one of them is asked for.
                false
            }
            _ => match value.via.some() {
                Some(via) if via != id => self.take_list(via, scope, steps),
                _ => false,
            },
        }
    }

    /// One requirement a line. `span` is the place of the text itself, `around` of what holds it.
    fn take_text(&mut self, text: &str, span: Option<Span>, around: Span, scope: Scope) -> bool {
        let mut is_known = true;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let code = line.trim();
            let start = offset + line.find(code).unwrap_or(0);
            offset += line.len();
            if code.is_empty() || code.starts_with('#') {
                continue;
            }
            let span = span.map_or(around, |span| {
                let start = span.start as usize + start;
                Span::from_usize(start, start + code.len())
            });
            match Demand::read(code) {
                Ok(demand) => {
                    let wish = Wish::of(&demand, scope, span);
                    let package = wish.package(self.input.path, &self.lines);
                    self.lockfile.packages.push(package);
                }
                Err(_) => is_known = false,
            }
        }
        is_known
    }
}
