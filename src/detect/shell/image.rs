use std::cell::Cell;

use super::stage_script::{StageScript, stage_scripts};
use super::{IN_IMAGES, IN_SCRIPTS, Shell, judge};
use crate::detect::dependency::installed;
use crate::detect::dockerfile::hadolint;
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, SkipReason, Source};
use crate::parse::Document;
use crate::parse::dockerfile::{Dockerfile, Instruction, Stage};
use crate::parse::shell::Command;

/// Stages and instructions that are looked at, in one file, to follow files and accounts
/// from stage to stage.
const MOST_STEPS: usize = 5_000_000;

/// The part of the family `dockerfile` that judges what an image's build and its containers run.
#[derive(Debug)]
pub struct ImageCommands;

impl Detector for ImageCommands {
    fn family(&self) -> &'static str {
        "dockerfile"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Dockerfile])
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let file = doc.dockerfile();
        let stages = stage_scripts(file);
        let steps = Cell::new(MOST_STEPS);
        for (stage, own) in file.stages.iter().zip(&stages) {
            if let Some(reason) = &own.script.refused {
                out.skip(reason.clone());
            }
            let image = Image {
                source: doc.source,
                file,
                stage,
                own,
                stages: &stages,
                steps: &steps,
            };
            judge(IN_IMAGES, &Shell::of_stage(image), out);
            for wrapper in &own.wrappers {
                judge_wrapper(&Shell::of_script(wrapper), out);
            }
        }
        if steps.get() == 0 {
            out.skip(SkipReason::Other(
                "more files and accounts are shared by stages, mounted or deleted than are followed".into(),
            ));
        }
        if cx.rules.any_of("dependency") {
            let installed = installed::of_stages(file, &stages);
            installed::check(cx, doc.source, installed, out);
        }
        hadolint::narrow_commands(stages.iter().map(|own| &own.script), out);
        hadolint::narrow(file, out);
    }
}

/// Judges a script that an instruction writes into the image: as the script files that it is one
/// of, but under the names of the rules about images.
fn judge_wrapper(shell: &Shell<'_>, out: &mut Sink<'_>) {
    let slug = |rule: &str| rule.rsplit('/').next().unwrap_or_default().to_owned();
    let is_shared = |rule: &str| IN_SCRIPTS.iter().any(|(twin, _)| slug(twin) == slug(rule));
    for (rule, check) in IN_IMAGES {
        if is_shared(rule) && out.is_enabled(rule) {
            check(rule, shell, out);
        }
    }
}

/// Where the commands of a stage stand.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    pub source: &'a Source,
    pub file: &'a Dockerfile,
    pub stage: &'a Stage,
    pub own: &'a StageScript,
    /// Of every stage, in order.
    pub stages: &'a [StageScript],
    steps: &'a Cell<usize>,
}

impl<'a> Image<'a> {
    /// Takes from the work that may go into following things from stage to stage; false where none is left.
    pub fn may_take(&self, steps: usize) -> bool {
        let left = self.steps.get().saturating_sub(steps);
        self.steps.set(left);
        left > 0
    }

    /// The place, among the file's instructions, of the one that runs a command of this stage.
    pub fn place(&self, command: &Command) -> Option<usize> {
        self.own.units.get(command.unit).copied()
    }

    /// The instruction that runs a command of this stage.
    pub fn instruction(&self, command: &Command) -> Option<&'a Instruction> {
        self.file.instructions.get(self.place(command)?)
    }
}
