//! The kinds of nodes and fields of a grammar, by its numbers: comparing numbers is cheap, and every
//! node of every file is looked at.

use std::sync::{Arc, PoisonError, RwLock};

use tree_sitter::Language;

/// What is worked out once for a grammar: its tables are made by comparing names.
#[derive(Debug)]
pub(in crate::parse) struct ByGrammar<T>(RwLock<Vec<(Language, Arc<T>)>>);

impl<T> ByGrammar<T> {
    pub const fn new() -> Self {
        Self(RwLock::new(Vec::new()))
    }

    pub fn get(&self, language: &Language, make: impl FnOnce() -> T) -> Arc<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, made)) = known.iter().find(|(own, _)| own == language) {
            return Arc::clone(made);
        }
        drop(known);
        let made = Arc::new(make());
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.push((language.clone(), Arc::clone(&made)));
        made
    }
}

/// Declares the kinds of nodes that an adapter knows, with a table from the grammar's numbers.
macro_rules! kinds {
    ($($kind:ident = $($name:literal)|+),* $(,)?) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(super) enum Kind { $($kind,)* #[default] Other }

        type Kinds = std::sync::Arc<Vec<Kind>>;

        fn kind_table(language: &tree_sitter::Language) -> Kinds {
            static TABLES: $crate::parse::kinds::ByGrammar<Vec<Kind>> =
                $crate::parse::kinds::ByGrammar::new();
            let kind = |id| match language.node_kind_for_id(u16::try_from(id).unwrap_or(0)) {
                $($(Some($name))|+ => Kind::$kind,)*
                _ => Kind::Other,
            };
            TABLES.get(language, || (0..language.node_kind_count()).map(kind).collect())
        }
    };
}
pub(in crate::parse) use kinds;

/// Declares the fields that an adapter asks for, as the grammar's numbers.
macro_rules! fields {
    ($($field:ident),* $(,)?) => {
        #[derive(Clone, Copy, Debug, Default)]
        pub(super) struct Fields { $(pub $field: u16,)* }

        impl Fields {
            pub fn of(language: &tree_sitter::Language) -> Self {
                static FIELDS: $crate::parse::kinds::ByGrammar<Fields> =
                    $crate::parse::kinds::ByGrammar::new();
                *FIELDS.get(language, || Self { $($field: language
                    .field_id_for_name(stringify!($field))
                    .map_or(0, |id| id.get()),)* })
            }
        }
    };
}
pub(in crate::parse) use fields;
