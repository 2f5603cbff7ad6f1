//! Shell texts to facts: the flat list of the commands that would run, in the order of the text,
//! each with its words, its redirections and where its output goes.
//!
//! One [`Script`] holds one script file, or the RUN instructions of one build stage in order.
//! Strings that a shell runs (`sh -c`, `eval`, heredocs of a shell) are parsed again, so that
//! nobody who asks for commands has to know where they were written.

mod backlog;
mod builder;
mod command;
mod kind;
mod options;
mod phrase;
mod place;
mod remark;
mod variables;
mod walk;
mod word;
mod wrapper;

pub use builder::{Builder, SHELLS, Settings};
pub use command::{Assignment, Command, Function, LONGEST_FOLDER, Redirect, RedirectKind, Text};
pub use options::{Opt, Options, PLAIN, Syntax};
pub use place::{Output, Pipeline};
pub use variables::{Layers, Variables};
pub use word::{Part, PartKind, Word};

use std::collections::HashSet;

use crate::model::{SkipReason, Span};
use crate::text::Mapped;
use place::Context;

/// Deepest nesting of shell texts within shell texts that is followed.
const NESTING: u32 = 3;

/// Everything that one or several shell texts would run.
#[derive(Debug, Default)]
pub struct Script {
    /// In the order of the text.
    pub commands: Vec<Command>,
    /// In the order of the text.
    pub assignments: Vec<Assignment>,
    pub redirects: Vec<Redirect>,
    pub pipelines: Vec<Pipeline>,
    pub functions: Vec<Function>,
    /// Texts within texts stand before what they are in.
    pub texts: Vec<Text>,
    /// Pieces that the grammar could not make sense of.
    pub errors: Vec<Span>,
    /// Why a text was not parsed at all.
    pub refused: Option<SkipReason>,
    /// Variables that some condition looks at, and those of loops.
    pub tested: HashSet<String>,
    contexts: Vec<Context>,
}

impl Script {
    /// The facts of one script file.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut text = Mapped::new();
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            text.push(chunk.valid(), at);
            at += u32::try_from(chunk.valid().len()).unwrap_or(0);
            for _ in chunk.invalid() {
                text.push_for("\u{fffd}", Span::new(at, at + 1));
                at += 1;
            }
        }
        let mut builder = Builder::default();
        builder.text(&text);
        builder.finish().0
    }

    /// The commands of one program name.
    pub fn named<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = &'a Command> {
        self.commands
            .iter()
            .filter(|command| names.contains(&command.name.as_str()))
    }
}

#[cfg(test)]
mod tests;
