//! Build stages: what each stands on, what it takes from others, and what ships.

use std::ops::Range;

use super::instruction::Word;
use super::value::Value;
use crate::model::Span;

/// One FROM with the instructions after it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// The name after AS, as written.
    pub name: Option<Word>,
    /// The FROM's place among the instructions; where it is missing, that of the first instruction.
    pub from: usize,
    /// The places of the instructions after the FROM.
    pub instructions: Range<usize>,
    /// Those of them that ONBUILD triggers.
    pub triggers: Vec<usize>,
    /// The image as written in the FROM; empty where the FROM is missing.
    pub image: Word,
    pub base: Base,
    /// The stage that stands on an image (or scratch) once local stages are followed; this one
    /// itself where it does so directly.
    pub root: usize,
    /// How many of the local stages below it rules look into.
    pub followed: usize,
    /// The local stages that it stands on for other platforms than the one that `base` is for:
    /// `FROM base-${TARGETARCH}`.
    pub others: Vec<usize>,
    /// Stages that it copies or mounts from.
    pub uses: Vec<usize>,
    /// True for the targets (the last stage where no build asks for others) and all that they stand
    /// on: their files, environment and settings are in an image.
    pub ships: bool,
    /// Those targets.
    pub ships_in: Vec<usize>,
    /// True where another stage stands on it.
    pub is_base: bool,
    /// True where the build of a target needs it.
    pub is_reached: bool,
}

/// What a stage stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    Scratch,
    /// An earlier stage.
    Stage(usize),
    /// An image by its reference, variables replaced.
    Image(String),
    /// A reference that only the build's arguments know.
    Unknown,
}

/// What `--from` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Stage(usize),
    /// An image, or a context that the build is given under this name.
    Image(String),
    Unknown,
}

/// The settings in force at some instruction, as places of the instructions that made them; `None`
/// means that the base image decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub user: Option<usize>,
    pub workdir: Option<usize>,
    pub shell: Option<usize>,
}

/// The default of a variable and where it is set.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub value: Value,
    pub is_env: bool,
    /// An ARG without any default: only the build can set it.
    pub is_open: bool,
    pub span: Span,
}
