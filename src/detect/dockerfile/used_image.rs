//! Every image that a Dockerfile takes something from.

use super::Facts;
use super::known_image::{DefaultUser, default_user};
use super::slip::is_one_slip;
use crate::model::Span;
use crate::parse::dockerfile::{
    Base, Dockerfile, ImageReference, Instruction, Keyword, Origin, Stage, Word,
};

/// How many stages' names are compared with a word; a file with more is made to take time.
const MOST_STAGES: usize = 50;

/// An image as the file names it.
#[derive(Clone, Debug)]
pub(super) struct UsedImage<'f> {
    /// With variables replaced.
    pub reference: String,
    /// As written.
    pub word: Word,
    pub how: How<'f>,
}

/// What the image is used for.
#[derive(Clone, Copy, Debug)]
pub(super) enum How<'f> {
    Base,
    /// COPY or ADD with `--from`, or RUN with a mount.
    Files(&'f Instruction),
}

impl UsedImage<'_> {
    pub fn span(&self) -> Span {
        self.word.span
    }

    pub fn parsed(&self) -> Option<ImageReference<'_>> {
        ImageReference::parse(&self.reference)
    }

    pub fn is_base(&self) -> bool {
        matches!(self.how, How::Base)
    }

    pub fn is_copied(&self) -> bool {
        matches!(self.how, How::Files(i) if i.keyword != Keyword::Run)
    }

    /// True where files are taken from the very stage that takes them.
    pub fn is_own_stage(&self, file: &Dockerfile) -> bool {
        let How::Files(instruction) = self.how else {
            return false;
        };
        file.stage_of(instruction)
            .and_then(|stage| stage.name.as_ref())
            .is_some_and(|name| name.raw.eq_ignore_ascii_case(&self.reference))
    }

    /// True where the name may be that of a build context instead: it is a bare word, and neither a
    /// well-known image's name nor almost a stage's.
    pub fn may_be_context(&self, facts: &Facts<'_>) -> bool {
        let name = self.reference.as_str();
        let is_meant = |stage: &Stage| {
            let stage = stage.name.as_ref().map_or("", |name| name.text());
            stage.eq_ignore_ascii_case(name) || is_one_slip(name, stage) || is_one_slip(stage, name)
        };
        !self.is_base()
            && !name.contains(['/', ':', '@'])
            && default_user(name) == DefaultUser::Unknown
            && !facts.file.stages.iter().take(MOST_STAGES).any(is_meant)
    }
}

impl<'f> Facts<'f> {
    /// The images of FROM and those of every `from=`, in the order of the file; stages and what only
    /// the build's arguments know are left out.
    pub(super) fn images(&self) -> impl Iterator<Item = UsedImage<'f>> {
        let file = self.file;
        file.instructions.iter().flat_map(move |instruction| {
            let mut found = Vec::new();
            if instruction.keyword == Keyword::From {
                if let Some(stage) = file.stage_of(instruction)
                    && let Base::Image(reference) = &stage.base
                {
                    found.push(UsedImage {
                        reference: reference.clone(),
                        word: stage.image.clone(),
                        how: How::Base,
                    });
                }
                return found;
            }
            for word in sources(instruction) {
                let Some(stage) = instruction.stage else {
                    continue;
                };
                if let Origin::Image(reference) = file.origin(stage, &word) {
                    found.push(UsedImage {
                        reference,
                        word,
                        how: How::Files(instruction),
                    });
                }
            }
            found
        })
    }
}

/// The values of `--from=` and of `from=` in mounts.
fn sources(instruction: &Instruction) -> impl Iterator<Item = Word> {
    instruction
        .flags
        .iter()
        .filter_map(|flag| match flag.name.as_str() {
            "from" => flag.value.clone(),
            "mount" => flag.option("from"),
            _ => None,
        })
}
