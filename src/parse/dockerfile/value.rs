//! What a word means once variables are replaced, as far as the file alone can tell.

use crate::model::Span;

/// A text that is known, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    text: Option<String>,
    /// Of the name in the last ARG or ENV that this text depends on.
    pub origin: Option<Span>,
}

impl Value {
    pub const UNKNOWN: Self = Self {
        text: None,
        origin: None,
    };

    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            origin: None,
        }
    }

    pub fn from_binding(text: Option<String>, origin: Span) -> Self {
        Self {
            text,
            origin: Some(origin),
        }
    }

    /// The text, where it is known.
    pub fn known(&self) -> Option<&str> {
        self.text.as_deref()
    }
}
