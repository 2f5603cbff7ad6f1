//! What builds ask of a Dockerfile beyond its text.

use super::{Dockerfile, is_development_name};

/// Targets of one file that are told apart.
const MOST_TARGETS: usize = 50;

/// The targets and arguments of the builds that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// None: the last stage, as without `--target`.
    pub targets: Vec<Target>,
    /// What files of the repository ask for by name, whether or not it ships.
    pub named: Vec<Target>,
    /// Values of ARG, where all builds agree.
    pub args: Vec<(String, String)>,
    /// Names that `--from` may have without being a stage or an image.
    pub contexts: Vec<String>,
}

/// A stage that is built into an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `None`: the last one.
    pub name: Option<String>,
    /// Who asks for it: `service web of compose.yaml`.
    pub by: String,
}

impl Wanted {
    /// The same, with the user's word before that of the repository.
    pub fn over(mut self, user: &Self) -> Self {
        if !user.targets.is_empty() {
            self.targets.clone_from(&user.targets);
        }
        self.args.splice(0..0, user.args.iter().cloned());
        self
    }

    pub(super) fn arg(&self, name: &str) -> Option<&str> {
        let mut args = self.args.iter();
        args.find_map(|(n, value)| (n == name).then_some(value.as_str()))
    }

    /// The stages that builds make, and who asks: those that are asked for, or the last one.
    pub(super) fn stages(&self, file: &Dockerfile) -> Vec<(usize, Option<String>)> {
        let count = file.stages.len();
        let last = count.checked_sub(1);
        let mut targets: Vec<(usize, Option<String>)> = Vec::new();
        // The last stage that nobody asks for by name is nobody's image where it is for developers.
        let is_left_out = |target: &Target| {
            let last = file.stages.last().and_then(|stage| stage.name.as_ref());
            let is_implied = target.name.is_none() && target.by.is_empty();
            is_implied && last.is_some_and(|name| is_development_name(&name.raw))
        };
        for target in self.targets.iter().take(MOST_TARGETS) {
            let stage = match &target.name {
                None if is_left_out(target) => None,
                None => last,
                Some(name) => stage(file, name),
            };
            if let Some(stage) = stage
                && !targets.iter().any(|(known, _)| *known == stage)
            {
                let by = Some(target.by.clone()).filter(|by| !by.is_empty());
                targets.push((stage, by));
            }
        }
        if targets.is_empty() {
            targets.extend(last.map(|stage| (stage, None)));
        }
        targets.sort();
        targets
    }

    /// Who asks for stages that the file does not have.
    pub(super) fn without_stage(&self, file: &Dockerfile) -> Vec<Target> {
        let is_missing = |target: &&Target| {
            let name = target.name.as_ref();
            name.is_some_and(|name| stage(file, name).is_none())
        };
        self.named.iter().filter(is_missing).cloned().collect()
    }
}

/// The stage that a build's target means: by its name, or by its number.
fn stage(file: &Dockerfile, target: &str) -> Option<usize> {
    let count = file.stages.len();
    let index = || target.parse().ok().filter(|index| *index < count);
    file.stage_named(target, count).or_else(index)
}
