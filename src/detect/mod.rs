//! Documents and rules to findings. Pure: no input, output, clock, environment or network.

mod allowed;
mod dependency;
pub mod dockerfile;
mod given;
pub mod secret;
pub mod shell;
mod sink;
pub mod source;

pub use allowed::{Allowed, Place as AllowedPlace};
pub use dependency::{Ban, LicencePolicy, NamedLicence, ReleasePolicy};
pub use dependency::{installed, stale_lockfile};
pub use given::{Given, LabelFormat, LabelSchema};
pub use sink::{Collected, Reported, Sink};

use crate::advisory::Advisories;
use crate::model::KindSet;
use crate::parse::Document;
use crate::rules::ActiveRules;

/// What every detector may look at beside the document.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub rules: &'a ActiveRules,
    pub advisories: &'a Advisories,
    pub given: &'a Given,
}

/// One family of checks.
pub trait Detector: Sync {
    /// The rule family, the first part of its rules' ids.
    fn family(&self) -> &'static str;
    /// The files it wants to see.
    fn kinds(&self) -> KindSet;
    /// True where it reads text without parsing it, and so may see files over the parse limit.
    fn reads_large_files(&self) -> bool {
        false
    }
    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>);
}

/// Every family.
pub static DETECTORS: &[&dyn Detector] = &[
    &dockerfile::DockerfileDetector,
    &dockerfile::IgnoreFiles,
    &dockerfile::BuildFiles,
    &secret::Secrets,
    &shell::ImageCommands,
    &shell::Scripts,
    &source::SourceCode,
    &dependency::Dependency,
    &dependency::Manifests,
    &installed::Installs,
];
