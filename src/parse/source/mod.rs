//! Source code to facts: what is called with what, what is assigned, where data comes from.
//!
//! One adapter per language turns its syntax tree into [`Code`], the same for all; one pass over
//! that resolves names through imports, folds constants and follows foreign data within a
//! function. Rules see [`Facts`], and the tree only through a [`Query`].

mod called;
mod calls;
mod code;
mod eval;
mod events;
mod facts;
mod flow;
mod fold;
mod helpers;
mod items;
mod library;
mod literal;
mod macros;
mod managed;
mod names;
mod numbers;
mod paths;
mod patterns;
mod pieces;
mod query;
mod routes;
mod texts;
mod told;
mod trace;
mod unpack;
mod value;
mod variables;
mod walk;

pub use code::{
    Binding, Code, Flow, Fork, From, Key, List, Literal, Node, NodeId, Operator, Scope, ScopeId,
    ScopeKind, When,
};
pub use facts::{Argument, Facts};
pub use names::{CALL, Names, Path, Symbol};
pub use pieces::Pieces;
pub use query::{Matches, Query, QueryMistake};
pub use trace::Hop;
pub use value::{Clean, HOLE, Shape, Taint, Value};

use tree_sitter::Tree;

use crate::model::{FileKind, KindSet, SkipReason};

use super::grammar;
use library::Library;

/// Declares the languages, each in one line: its name, its module here and in `library`, which is
/// also the folder of its rules under `rules/source/`, and the kinds of its files.
macro_rules! languages {
    ($($(#[$doc:meta])* $language:ident = $module:ident: $($kind:ident),+;)+) => {
        $(mod $module;)+

        /// A family of languages that share rules and facts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Language {
            $($(#[$doc])* $language,)+
        }

        /// The files that have a language.
        pub const KINDS: KindSet = KindSet::of(&[$($(FileKind::$kind,)+)+]);

        impl Language {
            pub const ALL: &'static [Self] = &[$(Self::$language,)+];

            pub fn of(kind: FileKind) -> Option<Self> {
                match kind {
                    $($(FileKind::$kind)|+ => Some(Self::$language),)+
                    _ => None,
                }
            }

            /// The kinds of its files.
            pub fn kinds(self) -> &'static [FileKind] {
                match self {
                    $(Self::$language => &[$(FileKind::$kind),+],)+
                }
            }

            /// The folder of its rules under `rules/source/`.
            pub fn folder(self) -> &'static str {
                match self {
                    $(Self::$language => stringify!($module),)+
                }
            }

            fn library(self) -> &'static Library {
                match self {
                    $(Self::$language => &library::$module::LIBRARY,)+
                }
            }

            /// The grammar for a file of this language.
            pub fn grammar(self, kind: FileKind) -> tree_sitter::Language {
                match self {
                    $(Self::$language => $module::grammar(kind),)+
                }
            }

            fn read<'s>(self, tree: &Tree, grammar: &tree_sitter::Language, code: &mut Code<'s>) {
                match self {
                    $(Self::$language => {
                        walk::walk(tree, &mut $module::Adapter::new(grammar), code);
                    })+
                }
            }
        }
    };
}

languages! {
    Python = python: Python, SetupPy;
    /// JavaScript, TypeScript, JSX and TSX.
    JavaScript = javascript: JavaScript, TypeScript, Tsx;
    Go = go: Go;
    Rust = rust: Rust;
    Php = php: Php;
    Ruby = ruby: Ruby;
    Java = java: Java;
    CSharp = csharp: CSharp;
}

impl Language {
    /// True where methods see the fields of their class by name, and a block's variables end with
    /// it.
    fn has_fields_in_scope(self) -> bool {
        matches!(self, Self::Java | Self::CSharp)
    }

    /// Words of which a file that gets hold of a request contains one.
    pub fn request_words(self) -> &'static [&'static str] {
        self.library().request_words
    }
}

/// How many pieces of a file the grammar cannot make sense of.
pub fn syntax_errors(kind: FileKind, text: &[u8]) -> Result<usize, SkipReason> {
    let language = Language::of(kind).ok_or_else(not_parsed)?;
    Ok(grammar::errors(&grammar::parse(
        &language.grammar(kind),
        text,
    )?))
}

/// The facts of a file that is read whole, or why it cannot be.
pub fn facts(kind: FileKind, text: &[u8]) -> Result<Facts<'_>, SkipReason> {
    let language = Language::of(kind).ok_or_else(not_parsed)?;
    let grammar = language.grammar(kind);
    let held = pieces::AT_WORK.hold(text.len() as u64);
    let tree = grammar::parse(&grammar, text)?;
    Ok(Facts::learn(
        language,
        &grammar,
        tree,
        Code::new(text),
        held,
        Vec::new(),
    ))
}

fn not_parsed() -> SkipReason {
    SkipReason::Other("no language that is parsed".to_owned())
}
