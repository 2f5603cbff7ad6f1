//! Source code to facts: what is called with what, what is assigned, where data comes from.
//!
//! One adapter per language turns its syntax tree into [`Code`], the same for all; one pass over
//! that resolves names through imports, folds constants and follows foreign data within a
//! function. Rules see [`Facts`] and never a tree.

mod calls;
mod catalogue;
mod code;
mod eval;
mod facts;
mod javascript;
mod literal;
mod names;
mod python;
mod texts;
mod value;
mod walk;

pub use code::{Binding, Code, Key, List, Literal, Node, NodeId, Scope, ScopeId, ScopeKind};
pub use facts::{Argument, Facts};
pub use names::{CALL, Names, Path, Symbol};
pub use value::{Clean, HOLE, Shape, Taint, Value};

use crate::model::{FileKind, SkipReason};

use super::grammar;

/// A family of languages that share rules and facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    Python,
    /// JavaScript, TypeScript, JSX and TSX.
    JavaScript,
}

impl Language {
    pub fn of(kind: FileKind) -> Option<Self> {
        match kind.syntax() {
            FileKind::Python => Some(Self::Python),
            FileKind::JavaScript | FileKind::TypeScript | FileKind::Tsx => Some(Self::JavaScript),
            _ => None,
        }
    }

    /// The folder of its rules under `rules/source/`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }
}

fn grammar_of(kind: FileKind) -> tree_sitter::Language {
    match kind.syntax() {
        FileKind::Python => tree_sitter_python::LANGUAGE.into(),
        FileKind::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        FileKind::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        _ => tree_sitter_javascript::LANGUAGE.into(),
    }
}

/// How many pieces of a file the grammar cannot make sense of.
pub fn syntax_errors(kind: FileKind, text: &[u8]) -> Result<usize, SkipReason> {
    Ok(grammar::errors(&grammar::parse(&grammar_of(kind), text)?))
}

/// Parses a file and learns its facts, or says why it cannot.
pub fn facts(kind: FileKind, text: &[u8]) -> Result<Facts<'_>, SkipReason> {
    let Some(language) = Language::of(kind) else {
        return Err(SkipReason::Other("no language that is parsed".to_owned()));
    };
    let grammar = grammar_of(kind);
    let tree = grammar::parse(&grammar, text)?;
    let mut code = Code::new(text);
    match language {
        Language::Python => walk::walk(&tree, &mut python::Python::new(&grammar), &mut code),
        Language::JavaScript => {
            walk::walk(&tree, &mut javascript::JavaScript::new(&grammar), &mut code);
        }
    }
    let learnt = eval::run(&mut code, language);
    Ok(Facts::new(language, code, learnt))
}
