//! NuGet: Semantic Versioning with a fourth number and pre-releases without case.

use std::cmp::Ordering;

use super::number::{Identifier, Number, compare_padded};
use super::semver::{compare_pre, numbers};

#[derive(Clone, Debug)]
pub struct NuGet {
    parts: Vec<Number>,
    pre: Vec<Identifier>,
    parsable: bool,
}

impl NuGet {
    pub fn parse(text: &str) -> Self {
        let lower = text.to_lowercase();
        let text = lower.strip_prefix('v').unwrap_or(&lower);
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let (parts, rest) = numbers(text);
        let pre = rest.strip_prefix('-');
        Self {
            parsable: !parts.is_empty() && parts.len() <= 4 && (rest.is_empty() || pre.is_some()),
            parts,
            pre: pre.map(Identifier::list).unwrap_or_default(),
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.parsable
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        compare_padded(&self.parts, &other.parts).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}
