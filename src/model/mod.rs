//! The types that every layer shares: plain data, no input, no output.

mod advice;
mod appearance;
mod dependency;
mod file_kind;
mod finding;
mod fingerprint;
mod fix;
mod names;
mod package;
mod path;
mod purl;
mod reachability;
mod redacted;
mod report;
mod rule;
mod severity;
mod skipped;
mod source;
mod span;

pub use advice::{Advice, Asked};
pub use appearance::{Appearance, AuthorDate, CommitName};
pub use dependency::Dependency;
pub use file_kind::{FileKind, KindSet};
pub use finding::{Evidence, Finding, Label, Role};
pub use fingerprint::{Fingerprint, Mark};
pub use fix::{Edit, Fix, NewFile, Safety};
pub use names::Names;
pub use package::{
    Ecosystem, Package, PackageFacts, PackageSource, PlacedPackage, Requested, Requirement, Scope,
};
pub use path::RepoPath;
pub use purl::Purl;
pub use reachability::{Reachability, Reached, Traces};
pub use redacted::Redacted;
pub use report::{
    AdvisoryInfo, Report, SourceTable, Stale, Stats, Suppressed, SuppressedBy, ToolInfo,
    UnusedSuppression,
};
pub use rule::{Docs, Rule, RuleId};
pub use severity::{Confidence, Level, Profile, Severity};
pub use skipped::{SkipReason, Skipped};
pub use source::{ChangedLines, Origin, Source, SourceId};
pub use span::Span;
