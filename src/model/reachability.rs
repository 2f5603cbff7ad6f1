use serde::Serialize;

use super::{Confidence, Ecosystem};

/// Whether the repository's own code uses a package, as far as a cheap look at its text tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reachability {
    pub state: Reached,
    pub confidence: Confidence,
    /// The first places that show it, as `path:line`.
    pub at: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// A function that has the defect is called by its name.
    Called,
    Imported,
    /// No file that was checked imports it.
    NotSeen,
}

/// How code would name a package: what to look for once all files were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traces {
    pub ecosystem: Ecosystem,
    /// The names that code imports; of Go, the path of the module.
    pub modules: Vec<String>,
    /// True where the names follow from the package's by a rule of the ecosystem.
    pub is_certain: bool,
    /// The functions that have the defect, in the words of the advisory.
    pub functions: Vec<String>,
    /// The folder of the project that the package belongs to, with a `/` at its end; the whole
    /// repository where it is empty.
    pub below: Vec<u8>,
    /// True where it tells something that nothing imports it: the project itself asks for it.
    pub is_direct: bool,
}
