//! Java syntax to [`Code`](super::Code).

use std::borrow::Cow;

use tree_sitter::Language;

use crate::model::FileKind;

use super::library::java;
use super::literal;
use super::managed::{self, Declaration, Dialect};
use super::value::Taint;

pub(super) type Adapter<'s> = managed::Adapter<'s, Java>;

pub(super) struct Java;

pub(super) fn grammar(_: FileKind) -> Language {
    tree_sitter_java::LANGUAGE.into()
}

impl Dialect for Java {
    /// Packages are in lower case, types begin with a capital: `java.util.Map`.
    fn qualified(text: &str) -> Option<&str> {
        let (package, name) = text.rsplit_once('.')?;
        let is_package = package.split('.').all(|part| {
            part.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        });
        let is_known = package.contains('.') && !package.starts_with("this.");
        let is_type = name.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (is_package && is_known && is_type).then_some(name)
    }

    fn text(raw: &str) -> Cow<'_, str> {
        literal::java(raw)
    }

    fn parameter(parameter: &Declaration<'_>) -> Taint {
        java::parameter(parameter)
    }
}
