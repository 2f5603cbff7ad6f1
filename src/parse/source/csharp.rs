//! C# syntax to [`Code`](super::Code).

use std::borrow::Cow;

use tree_sitter::Language;

use crate::model::FileKind;

use super::library::csharp;
use super::literal;
use super::managed::{self, Declaration, Dialect};
use super::value::Taint;

pub(super) type Adapter<'s> = managed::Adapter<'s, CSharp>;

pub(super) struct CSharp;

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_c_sharp::LANGUAGE.into()
}

impl Dialect for CSharp {
    /// Namespaces look like types: those that rules know are listed.
    fn qualified(text: &str) -> Option<&str> {
        let (namespace, name) = text.rsplit_once('.')?;
        let namespace = namespace.strip_prefix("global::").unwrap_or(namespace);
        csharp::is_namespace(namespace).then_some(name)
    }

    fn text(raw: &str) -> Cow<'_, str> {
        literal::csharp(raw)
    }

    fn parameter(parameter: &Declaration<'_>) -> Taint {
        csharp::parameter(parameter)
    }
}
