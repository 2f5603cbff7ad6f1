//! Dockerfiles, read as BuildKit reads them.
//!
//! Logical lines decide where instructions begin and end, so that nothing inside one instruction
//! can cost another; the grammar is asked where an instruction that is wrong goes wrong. Every piece knows its place in the source, across continuations, comments and
//! here-documents.

mod body;
mod build;
mod directive;
mod expand;
mod flag;
mod grammar;
mod heredoc;
mod image;
mod inside;
mod instruction;
mod json;
mod line;
mod lineage;
mod mount;
mod platform;
mod pragma;
mod reach;
mod stage;
mod value;
mod wanted;
mod whole;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_facts;
#[cfg(test)]
mod tests_spans;
#[cfg(test)]
mod tests_validity;

pub use directive::{Directive, DirectiveName};
pub use heredoc::Heredoc;
pub use image::ImageReference;
pub use instruction::{
    Body, Command, Dialect, Flag, Instruction, Keyword, Pair, Reference, Script, Word,
};
pub use line::Comment;
pub use stage::{Base, Origin, Stage, State};
pub use value::Value;
pub use wanted::{Target, Wanted};

use std::collections::HashMap;

use super::SyntaxError;
use crate::model::Span;

/// A parsed Dockerfile with the facts that rules ask for.
#[derive(Debug)]
pub struct Dockerfile {
    pub directives: Vec<Directive>,
    /// `\` unless a directive says otherwise.
    pub escape: char,
    /// In the order of the file, those inside ONBUILD included.
    pub instructions: Vec<Instruction>,
    pub stages: Vec<Stage>,
    /// Those between instructions, directives included.
    pub comments: Vec<Comment>,
    /// The empty lines inside instructions, each with its line end.
    pub empty_continuations: Vec<Span>,
    pub errors: Vec<SyntaxError>,
    /// The stages that become images, in order, and who asks for them where somebody does.
    pub targets: Vec<(usize, Option<String>)>,
    /// Builds that ask for a stage that is not there.
    pub unknown_targets: Vec<Target>,
    /// Contexts that builds give names.
    contexts: Vec<String>,
    /// False where stages stand on more than rules look into: see [`Self::ancestry`].
    pub is_followed: bool,
    /// The state before each instruction.
    states: Vec<State>,
    /// The state at the end of each stage.
    final_states: Vec<State>,
    /// Lower-case stage names to the stages that bear them, in order.
    names: HashMap<String, Vec<usize>>,
}

impl Dockerfile {
    /// Reads a file. Never fails: what is not understood is among `errors`, and costs only the
    /// instruction that it stands in.
    pub fn parse(bytes: &[u8]) -> Self {
        Self::parse_wanted(bytes, &Wanted::default())
    }

    /// The same, for the builds that are known.
    pub fn parse_wanted(bytes: &[u8], wanted: &Wanted) -> Self {
        build::dockerfile(bytes, wanted)
    }

    /// The stages that become images: those that builds ask for, or the last one.
    pub fn target_stages(&self) -> impl Iterator<Item = &Stage> {
        let targets = self.targets.iter();
        targets.filter_map(|(stage, _)| self.stages.get(*stage))
    }

    /// The targets whose images a stage's effect is in.
    pub fn targets_on(&self, stage: &Stage) -> impl Iterator<Item = &Stage> {
        let targets = stage.ships_in.iter();
        targets.filter_map(|target| self.stages.get(*target))
    }

    /// The instructions of a stage after its FROM, ONBUILD triggers left out.
    pub fn instructions_of(&self, stage: &Stage) -> impl DoubleEndedIterator<Item = &Instruction> {
        self.instructions
            .get(stage.instructions.clone())
            .unwrap_or_default()
            .iter()
            .filter(|instruction| instruction.is_direct())
    }

    /// The FROM of a stage.
    pub fn from_of(&self, stage: &Stage) -> Option<&Instruction> {
        self.instructions.get(stage.from)
    }

    /// The stage that an instruction belongs to.
    pub fn stage_of(&self, instruction: &Instruction) -> Option<&Stage> {
        self.stages.get(instruction.stage?)
    }

    /// True where an instruction's effect is in an image that some build makes.
    pub fn ships(&self, instruction: &Instruction) -> bool {
        self.stage_of(instruction).is_some_and(|stage| stage.ships)
    }

    /// The settings before the instruction at a place among `instructions`.
    pub fn state_before(&self, place: usize) -> State {
        self.states.get(place).copied().unwrap_or_default()
    }

    /// The settings at the end of a stage.
    pub fn state_of(&self, stage: &Stage) -> State {
        self.final_states
            .get(stage.index)
            .copied()
            .unwrap_or_default()
    }

    /// The stage and everything it stands on inside this file, from the top down; of a file that
    /// is made to take time, no more than bounds the work of all its stages.
    pub fn ancestry<'d>(&'d self, stage: &'d Stage) -> impl Iterator<Item = &'d Stage> {
        let followed = stage.followed;
        self.whole_ancestry(stage).take(followed.saturating_add(1))
    }

    fn whole_ancestry<'d>(&'d self, stage: &'d Stage) -> impl Iterator<Item = &'d Stage> {
        std::iter::successors(Some(stage), |stage| match stage.base {
            // Only earlier stages can be bases, so this ends.
            Base::Stage(parent) if parent < stage.index => self.stages.get(parent),
            _ => None,
        })
    }

    /// What a stage stands on once local stages are followed.
    pub fn root_of<'d>(&'d self, stage: &'d Stage) -> &'d Stage {
        self.stages.get(stage.root).unwrap_or(stage)
    }

    /// What the value of `--from` means inside a stage.
    pub fn origin(&self, stage: usize, from: &Word) -> Origin {
        // BuildKit takes this flag literally: a variable in it names nothing.
        if from.raw.contains('$') {
            return Origin::Unknown;
        }
        let name = from.text();
        if let Some(found) = self.stage_named(name, stage) {
            return Origin::Stage(found);
        }
        if self.contexts.iter().any(|context| context == name) {
            return Origin::Unknown;
        }
        match name.parse::<usize>() {
            Ok(index) if index < stage => Origin::Stage(index),
            Ok(_) => Origin::Unknown,
            Err(_) => Origin::Image(name.to_owned()),
        }
    }

    /// The latest stage of a name among those before `limit`.
    pub fn stage_named(&self, name: &str, limit: usize) -> Option<usize> {
        let bearers = self.names.get(&name.to_lowercase())?;
        let after = bearers.partition_point(|stage| *stage < limit);
        bearers.get(after.checked_sub(1)?).copied()
    }
}

/// True for names of stages and files that say that only developers build them.
pub fn is_development_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        matches!(
            word,
            "dev"
                | "devel"
                | "development"
                | "devcontainer"
                | "debug"
                | "lint"
                | "local"
                | "test"
                | "tests"
        )
    })
}
