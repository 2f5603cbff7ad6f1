//! What shell commands do wrong, wherever they are written: in a script, or in what an image's
//! build runs. One judgement a file; families and languages only name the rule that it reports.

mod account;
mod apt_setting;
mod asked;
mod brought;
mod call;
mod clone;
mod clone_use;
pub mod fetch;
mod flow;
mod foreign;
mod image;
pub mod install;
mod keeper;
mod lineage;
pub mod mention;
mod program;
mod removal;
mod script;
mod secret_flow;
mod setting;
mod shipping;
mod stage_script;
mod step;
pub(super) mod switch;
mod verification;
mod written;

pub use flow::{Download, Flow, Placed, Usage, UsageKind};
pub use image::{Image, ImageCommands};
pub use program::Use;
pub use script::Scripts;
pub use secret_flow::Leak;
pub use stage_script::{StageScript, stage_scripts};
pub use written::Written;

use std::cell::OnceCell;
use std::collections::HashSet;

use super::Sink;
use crate::model::Span;
use crate::parse::shell::{Assignment, Command, Part, PartKind, Script, Word};
use install::Call;

/// A judgement: reports under the name of the rule that asks for it.
pub type Check = fn(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>);

// One module for each judgement, and the tables `IN_SCRIPTS` and `IN_IMAGES` of rules that use them.
include!(concat!(env!("OUT_DIR"), "/checks_shell.rs"));

/// Runs those rules of a table that are switched on.
pub fn judge(checks: &[(&str, Check)], shell: &Shell<'_>, out: &mut Sink<'_>) {
    for (rule, check) in checks {
        if out.is_enabled(rule) {
            check(rule, shell, out);
        }
    }
}

/// The variable that a word is made of as a whole: `$OPTIONS`.
fn variable_of(word: &Word) -> Option<&str> {
    match word.parts.as_slice() {
        [
            Part {
                kind: PartKind::Variable { name, .. },
                ..
            },
        ] => Some(name),
        _ => None,
    }
}

/// What a fix deletes so that a command loses one word: the word and the blank before it. `None`
/// where the word does not stand in the text as it is.
fn without(command: &Command, word: &Word) -> Option<Span> {
    let at = command.words.iter().position(|w| w.span == word.span)?;
    let before = command.words.get(at.checked_sub(1)?)?.span.end;
    (word.is_literal() && before < word.span.start).then(|| Span::new(before, word.span.end))
}

/// Most assignments of a variable that are looked at for who asked for them.
const MOST_ASSIGNMENTS: usize = 16;

/// The facts of one script, or of one build stage.
#[derive(Debug)]
pub struct Shell<'a> {
    pub script: &'a Script,
    /// True where the commands make an image.
    pub in_image: bool,
    /// Where in a Dockerfile they stand.
    pub image: Option<Image<'a>>,
    /// The text of a script file.
    text: &'a [u8],
    tested: OnceCell<HashSet<String>>,
    made: OnceCell<HashSet<String>>,
    flow: OnceCell<Flow>,
    written: OnceCell<Vec<Written>>,
    leaks: OnceCell<Vec<Leak>>,
    calls: OnceCell<Vec<Call<'a>>>,
}

/// The variables of a text: `$name` or `${name...}`.
fn variables_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|piece| {
        let rest = piece.strip_prefix('{').unwrap_or(piece);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        rest.split_at(end.unwrap_or(rest.len())).0
    })
}

impl<'a> Shell<'a> {
    /// The facts of a script file.
    pub fn of_script(script: &'a Script) -> Self {
        Self {
            script,
            in_image: false,
            image: None,
            text: &[],
            tested: OnceCell::new(),
            made: OnceCell::new(),
            flow: OnceCell::new(),
            written: OnceCell::new(),
            leaks: OnceCell::new(),
            calls: OnceCell::new(),
        }
    }

    /// The same, with the file's text, which tells what was asked before a command.
    pub fn of_file(script: &'a Script, text: &'a [u8]) -> Self {
        Self {
            text,
            ..Self::of_script(script)
        }
    }

    /// True where a line of the script tests a variable, whatever the grammar makes of the line.
    pub fn is_tested(&self, name: &str) -> bool {
        let tested = self.tested.get_or_init(|| {
            let text = String::from_utf8_lossy(self.text);
            let tests = text.lines().flat_map(|line| line.split("[ ").skip(1));
            let tests = tests.filter_map(|rest| rest.split_once(" ]"));
            let names = tests.flat_map(|(test, _)| variables_in(test));
            names.map(str::to_owned).collect()
        });
        tested.contains(name)
    }

    /// True where a command of the script makes a folder.
    pub fn makes_folder(&self, path: &str) -> bool {
        let made = self.made.get_or_init(|| {
            let makers = self.script.named(&["mkdir", "install"]);
            let makers = makers.filter(|c| c.name == "mkdir" || c.has_arg("-d"));
            let words = makers.flat_map(|c| c.args().iter().map(|word| c.path(&word.text)));
            words.collect()
        });
        made.contains(path)
    }

    /// True where the script does what stands at a place because an option asks for it.
    pub fn is_asked_for(&self, span: Span) -> bool {
        asked::is_asked_for(self.text, span)
    }

    /// The same for what a word says; what a variable holds may have been asked for where it was set.
    pub fn is_word_asked_for(&self, word: &Word) -> bool {
        let is_asked_where_set = |name: &str| {
            self.set_before(name, word)
                .filter(|set| {
                    let text = self.text.get(set.span.range()).unwrap_or_default();
                    String::from_utf8_lossy(text).contains(&word.text)
                })
                .any(|set| self.is_asked_for(set.span))
        };
        self.is_asked_for(word.span) || word.variables().any(is_asked_where_set)
    }

    /// What sets a variable before a word, the nearest first.
    fn set_before(&self, name: &str, word: &Word) -> impl Iterator<Item = &'a Assignment> {
        let assignments = self.script.assignments.iter().rev();
        assignments
            .filter(move |set| set.name == name && set.span.start < word.span.start)
            .take(MOST_ASSIGNMENTS)
    }

    /// Where something is said that a word has from a variable alone.
    pub fn where_set(&self, word: &Word, says: impl Fn(&Word) -> Option<Span>) -> Option<Span> {
        self.set_before(variable_of(word)?, word)
            .filter_map(|set| says(&set.value))
            // Not `$options` again, which had it already.
            .find(|span| {
                !self
                    .text
                    .get(span.range())
                    .unwrap_or_default()
                    .starts_with(b"$")
            })
    }

    /// The facts of a build stage.
    pub fn of_stage(image: Image<'a>) -> Self {
        Self {
            in_image: true,
            image: Some(image),
            ..Self::of_script(&image.own.script)
        }
    }

    /// True where the same text, after a command, removes a path again: no layer keeps it.
    pub fn is_removed(&self, command: &Command, path: &str) -> bool {
        let after = self
            .script
            .commands
            .get(command.id + 1..)
            .unwrap_or_default();
        after
            .iter()
            .take_while(|later| later.unit == command.unit)
            .any(|later| removal::removes(later, path).is_some())
    }

    /// Where secrets of the build leave the step that needs them; followed on first use.
    pub fn leaks(&self) -> &[Leak] {
        self.leaks.get_or_init(|| {
            self.image
                .map_or_else(Vec::new, |image| secret_flow::leaks(&image))
        })
    }

    /// Downloads and what becomes of them.
    pub fn flow(&self) -> &Flow {
        match &self.image {
            Some(image) => &image.own.flow,
            None => self.flow.get_or_init(|| Flow::of(self.script, Vec::new())),
        }
    }

    /// The texts that are written into files, by commands and by here-documents of COPY.
    pub fn written(&self) -> &[Written] {
        self.written.get_or_init(|| {
            let copied = self.image.iter().flat_map(|image| &image.own.written);
            let mut written: Vec<_> = copied.cloned().collect();
            written.extend(written::by_commands(self.script));
            written
        })
    }

    /// What package managers are told; read on first use.
    pub fn calls(&self) -> &[Call<'a>] {
        self.calls.get_or_init(|| Call::all(self.script))
    }

    /// The same without what only containers run.
    pub fn build_calls(&self) -> impl Iterator<Item = &Call<'a>> {
        self.calls()
            .iter()
            .filter(|call| self.is_built(call.command))
    }

    /// The commands without those that only containers run.
    pub fn built(&self) -> impl Iterator<Item = &'a Command> {
        self.script
            .commands
            .iter()
            .filter(|command| self.is_built(command))
    }

    fn is_built(&self, command: &Command) -> bool {
        self.image.is_none_or(|image| image.is_built(command))
    }
}
