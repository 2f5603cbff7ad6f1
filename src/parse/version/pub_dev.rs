//! Pub: Semantic Versioning in which build metadata takes part in the order.

use std::cmp::Ordering;

use super::number::Identifier;
use super::semver::SemVer;

#[derive(Clone, Debug)]
pub struct PubDev {
    version: SemVer,
    build: Vec<Identifier>,
}

impl PubDev {
    pub fn parse(text: &str) -> Self {
        Self {
            version: SemVer::parse(text),
            build: text
                .split_once('+')
                .map(|(_, build)| Identifier::list(build))
                .unwrap_or_default(),
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.version.is_parsable()
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        // No build stands below any build: an empty list is the lowest.
        self.version
            .cmp(&other.version)
            .then_with(|| self.build.cmp(&other.build))
    }
}
