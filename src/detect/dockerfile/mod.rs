//! Checks of Dockerfiles. Each rule is a function of the file's facts, in the file of its name.

mod control_port;
pub(super) mod credential;
mod end_of_life;
mod exposed_port;
pub(in crate::detect) mod hadolint;
pub(super) mod known_image;
mod label;
pub(crate) mod sensitive_path;
mod slip;
mod used_image;
mod variable;
mod windows;

// The build context, and who builds.
mod build_file;
mod credential_file;
mod ignore_file;
mod landing;

pub use build_file::BuildFiles;
pub use ignore_file::IgnoreFiles;

use super::{Context, Detector, Given, Sink};
use crate::model::{FileKind, KindSet, Safety, SkipReason, Source, Span};
use crate::parse::Document;
use crate::parse::dockerfile::{Dockerfile, Instruction, Keyword, Stage, is_development_name};
use crate::parse::surroundings::UsedContext;

/// True for names of files that hold credentials.
pub(crate) fn is_sensitive(path: &str) -> bool {
    sensitive_path::judge(path).is_some()
}

/// What a rule may ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'f> {
    pub(super) file: &'f Dockerfile,
    pub(super) source: &'f Source,
    pub(super) given: &'f Given,
    /// What it may copy from; none where that is not known.
    pub(super) contexts: &'f [UsedContext],
}

impl<'f> Facts<'f> {
    /// The stages that become images. Rules about what a container is judge each of them.
    pub(super) fn targets(&self) -> impl Iterator<Item = &'f Stage> {
        self.file.target_stages()
    }

    /// Who asks for a stage to be built, in words.
    pub(super) fn asked_by(&self, stage: &Stage) -> Option<&'f str> {
        let mut targets = self.file.targets.iter();
        targets.find_map(|(target, by)| by.as_deref().filter(|_| *target == stage.index))
    }

    /// The instructions whose effect is in an image that is not for developers alone.
    pub(super) fn deployed(&self) -> impl Iterator<Item = &'f Instruction> {
        let facts = *self;
        let all = self.file.instructions.iter();
        all.filter(move |i| {
            let stage = facts.file.stage_of(i).filter(|_| i.is_direct());
            stage.is_some_and(|stage| {
                let mut targets = facts.file.targets_on(stage);
                targets.any(|target| facts.is_deployed(target))
            })
        })
    }

    /// True where every image is for developers.
    pub(super) fn is_for_development(&self) -> bool {
        !self.targets().any(|target| self.is_deployed(target))
    }

    /// True for a target that is not for developers, as far as its name and the file's tell.
    fn is_deployed(&self, target: &Stage) -> bool {
        let name = target.name.as_ref();
        !self.source.path.as_str().is_some_and(is_development_name)
            && !name.is_some_and(|name| is_development_name(&name.raw))
    }

    /// The name or number of the stage that an instruction belongs to.
    pub(super) fn stage_shown(&self, instruction: &Instruction) -> String {
        let stage = self.file.stage_of(instruction);
        stage.map_or_else(String::new, |stage| match &stage.name {
            Some(name) => name.raw.clone(),
            None => stage.index.to_string(),
        })
    }
}

/// A rule: reports to the sink what the facts say.
pub(super) type Check = fn(&Facts<'_>, &mut Sink<'_>);

// One module for each native rule, and `CHECKS` with their ids and functions.
include!(concat!(env!("OUT_DIR"), "/checks_dockerfile.rs"));

/// The family `dockerfile`.
#[derive(Debug)]
pub struct DockerfileDetector;

impl Detector for DockerfileDetector {
    fn family(&self) -> &'static str {
        "dockerfile"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Dockerfile])
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let file = doc.dockerfile();
        for error in &file.errors {
            let finding = out.report("dockerfile/syntax-error", error.span, error.message.clone());
            match meant(file, doc.source, error.span) {
                Some(meant) => finding
                    .help(format!("the build stops here; write {meant}"))
                    .fix(format!("Write {meant}"), Safety::Unsafe, error.span, meant),
                None => finding.help("the build stops here; correct the instruction"),
            };
        }
        if !file.is_followed {
            out.skip(SkipReason::Other(
                "stages stand on more stages than rules look into".into(),
            ));
        }
        credential::mask(file, out);
        for used in &doc.contexts {
            if let Some(limit) = &used.context.limit {
                out.skip(SkipReason::Other(limit.clone()));
            }
        }
        let facts = Facts {
            file,
            source: doc.source,
            given: cx.given,
            contexts: &doc.contexts,
        };
        for (id, check) in CHECKS {
            if out.is_enabled(id) {
                check(&facts, out);
            }
        }
        hadolint::narrow(file, out);
    }
}

/// The instruction that a word which is none was meant to be.
fn meant(file: &Dockerfile, source: &Source, error: Span) -> Option<&'static str> {
    let after = file
        .instructions
        .partition_point(|i| i.span.start <= error.start);
    let instruction = file.instructions.get(after.checked_sub(1)?)?;
    if instruction.keyword != Keyword::Unknown || instruction.keyword_span != error {
        return None;
    }
    let word = source.text(error).to_ascii_uppercase();
    variable::nearest(&word, Keyword::ALL.map(|(name, _)| name))
}
