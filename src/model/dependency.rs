use serde::Serialize;

use super::{Ecosystem, Package};

/// The package that a finding is about, where no advisory is: for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dependency {
    pub purl: String,
    pub ecosystem: Ecosystem,
    pub name: String,
    pub version: String,
    /// From the direct dependency to the package itself; empty where the lockfile cannot tell.
    pub path: Vec<String>,
}

impl Dependency {
    pub fn of(package: &Package) -> Self {
        Self {
            purl: package.purl(),
            ecosystem: package.ecosystem,
            name: package.name.clone(),
            version: package.version.clone(),
            path: package.dependency_path.clone(),
        }
    }

    /// Everything that was read from files of the repository.
    pub(super) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.purl, &mut self.name, &mut self.version]
            .into_iter()
            .chain(&mut self.path)
    }
}
