//! Names and dotted paths, each stored once per file.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::numbers::NumberMap;

/// A name of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// A dotted path of one file: `subprocess.run`, `paramiko.SSHClient().connect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub u32);

/// Stands in a path for "what the call returns".
pub const CALL: Symbol = Symbol(0);

/// How it is written.
const CALL_TEXT: &str = "()";

/// Longest path, in steps: longer chains are nobody's canonical name.
const MAX_STEPS: u16 = 12;

#[derive(Clone, Copy, Debug)]
struct Step {
    parent: Option<Path>,
    name: Symbol,
    depth: u16,
}

/// The names and paths of a file.
#[derive(Debug)]
pub struct Names<'s> {
    symbols: Vec<&'s str>,
    by_text: HashMap<&'s str, Symbol, RandomState>,
    steps: Vec<Step>,
    by_step: NumberMap<(Option<Path>, Symbol), Path>,
    /// Paths as texts, those that were asked for.
    rendered: RefCell<Vec<Option<Rc<str>>>>,
}

impl Default for Names<'_> {
    fn default() -> Self {
        let mut names = Self {
            symbols: Vec::new(),
            by_text: HashMap::default(),
            steps: Vec::new(),
            by_step: NumberMap::default(),
            rendered: RefCell::default(),
        };
        names.intern(CALL_TEXT);
        names
    }
}

impl<'s> Names<'s> {
    /// Makes room for so many names, and as many paths.
    pub(super) fn make_room(&mut self, names: usize) {
        self.symbols.reserve(names);
        self.by_text.reserve(names);
        self.steps.reserve(names);
        self.by_step.reserve(names);
    }

    pub fn intern(&mut self, text: &'s str) -> Symbol {
        if let Some(symbol) = self.by_text.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.symbols.len()).unwrap_or(u32::MAX));
        self.symbols.push(text);
        self.by_text.insert(text, symbol);
        symbol
    }

    /// The path of one name, if anything has asked for it before.
    pub fn lookup_root(&self, name: Symbol) -> Option<Path> {
        self.by_step.get(&(None, name)).copied()
    }

    pub fn lookup(&self, text: &str) -> Option<Symbol> {
        self.by_text.get(text).copied()
    }

    /// The last name of a path as it is written.
    pub fn last_text(&self, path: Path) -> Option<&'s str> {
        self.last(path).map(|name| self.text(name))
    }

    pub fn text(&self, symbol: Symbol) -> &'s str {
        self.symbols.get(symbol.0 as usize).copied().unwrap_or("")
    }

    /// Every name of the file.
    pub fn symbols(&self) -> impl Iterator<Item = (Symbol, &'s str)> {
        (0..).map(Symbol).zip(self.symbols.iter().copied())
    }

    pub fn root(&mut self, name: Symbol) -> Path {
        self.step(None, name, 1)
    }

    /// `path.name`, or `None` where the chain is too long to be a canonical name.
    pub fn child(&mut self, path: Path, name: Symbol) -> Option<Path> {
        let depth = self.steps.get(path.0 as usize)?.depth;
        (depth < MAX_STEPS).then(|| self.step(Some(path), name, depth + 1))
    }

    /// `a.b.c` as a path.
    pub fn dotted(&mut self, text: &'s str) -> Option<Path> {
        let mut path = None;
        for name in text.split('.').filter(|name| !name.is_empty()) {
            let name = self.intern(name);
            path = Some(match path {
                None => self.root(name),
                Some(path) => self.child(path, name)?,
            });
        }
        path
    }

    fn step(&mut self, parent: Option<Path>, name: Symbol, depth: u16) -> Path {
        let steps = &mut self.steps;
        *self.by_step.entry((parent, name)).or_insert_with(|| {
            steps.push(Step {
                parent,
                name,
                depth,
            });
            Path(u32::try_from(steps.len() - 1).unwrap_or(u32::MAX))
        })
    }

    pub fn last(&self, path: Path) -> Option<Symbol> {
        self.steps.get(path.0 as usize).map(|step| step.name)
    }

    pub fn parent(&self, path: Path) -> Option<Path> {
        self.steps.get(path.0 as usize).and_then(|step| step.parent)
    }

    /// True for the simple name of a type, by the habit of writing it with a capital.
    pub fn is_type(&self, path: Path) -> bool {
        let step = self.steps.get(path.0 as usize);
        step.is_some_and(|step| {
            step.parent.is_none()
                && self
                    .text(step.name)
                    .starts_with(|c: char| c.is_ascii_uppercase())
        })
    }

    /// The names of a path, from its root on.
    pub fn steps(&self, path: Path) -> Vec<&'s str> {
        let mut names = Vec::new();
        let mut at = Some(path);
        while let Some(step) = at.and_then(|path| self.steps.get(path.0 as usize)) {
            names.push(self.text(step.name));
            at = step.parent;
        }
        names.reverse();
        names
    }

    /// The path as text: `a.b().c`.
    pub fn render(&self, path: Path) -> Rc<str> {
        let at = path.0 as usize;
        if let Some(Some(text)) = self.rendered.borrow().get(at) {
            return Rc::clone(text);
        }
        let text = self.spell(path);
        let mut rendered = self.rendered.borrow_mut();
        if rendered.len() <= at {
            rendered.resize(self.steps.len().max(at + 1), None);
        }
        if let Some(slot) = rendered.get_mut(at) {
            *slot = Some(Rc::clone(&text));
        }
        text
    }

    /// What it begins with has been rendered most often: a path is as deep as [`MAX_STEPS`].
    fn spell(&self, path: Path) -> Rc<str> {
        let Some(step) = self.steps.get(path.0 as usize) else {
            return Rc::default();
        };
        let name = self.text(step.name);
        let Some(parent) = step.parent else {
            return name.into();
        };
        let before = self.render(parent);
        let dot = if step.name == CALL { "" } else { "." };
        let mut text = String::with_capacity(before.len() + dot.len() + name.len());
        text.push_str(&before);
        text.push_str(dot);
        text.push_str(name);
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::{CALL, Names};

    #[test]
    fn a_path_renders_as_it_was_built() {
        let mut names = Names::default();
        let path = names.dotted("paramiko.SSHClient").expect("a path");
        let call = names.child(path, CALL).expect("short enough");
        let connect = names.intern("connect");
        let method = names.child(call, connect).expect("short enough");
        assert_eq!(&*names.render(method), "paramiko.SSHClient().connect");
        assert_eq!(names.dotted("paramiko.SSHClient"), Some(path));
    }

    #[test]
    fn endless_chains_have_no_path() {
        let mut names = Names::default();
        let a = names.intern("a");
        let mut path = names.root(a);
        let steps = (0..100).map_while(|_| {
            path = names.child(path, a)?;
            Some(())
        });
        assert!(steps.count() < 100);
    }
}
