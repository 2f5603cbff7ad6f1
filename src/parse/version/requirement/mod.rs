//! Which versions somebody asks for: one file a grammar, one form for all. What a grammar does not
//! say, or what is no range at all (a tag, a path, a commit), is `None`: nothing is guessed.

mod composer;
mod interval;
mod npm;
mod part;
mod plain;
mod python;
mod ruby;
mod semver;

use super::{Scheme, Version};
use crate::model::Ecosystem;

pub use plain::Named;

/// Versions that are asked for: all bounds of at least one set must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    any_of: Vec<Vec<Bound>>,
    before_release: BeforeRelease,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    op: Op,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Less,
    AtMost,
    Exactly,
    Not,
    AtLeast,
    More,
}

/// Which pre-releases a range means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BeforeRelease {
    /// All that lie in it.
    Any,
    /// Those of a release of which it names a pre-release itself (npm, Cargo).
    OfNamed,
    /// Any, but only where it names a pre-release itself.
    IfNamed,
}

/// Longest text that is read as a range.
const LONGEST: usize = 1000;

impl Requirement {
    /// Reads a range in the grammar of an ecosystem; `None` for what is none, and for grammars
    /// that are not known here.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        match ecosystem {
            Ecosystem::Npm | Ecosystem::Jsr => npm::parse(text),
            Ecosystem::CratesIo => semver::cargo(text),
            Ecosystem::PyPI => python::parse(text),
            Ecosystem::RubyGems | Ecosystem::CocoaPods => ruby::gems(ecosystem, text),
            Ecosystem::Hex => ruby::hex(text),
            Ecosystem::Packagist => composer::parse(text),
            Ecosystem::Pub => semver::dart(text),
            Ecosystem::Maven => interval::maven(text),
            Ecosystem::NuGet => interval::nuget(text),
            // The least version; whatever needs more gets more.
            Ecosystem::Go => {
                let least = Bound::read(Op::AtLeast, Scheme::Go, text)?;
                Some(Self::all(vec![least], BeforeRelease::Any))
            }
            _ => None,
        }
    }

    fn all(bounds: Vec<Bound>, before_release: BeforeRelease) -> Self {
        Self::any(vec![bounds], before_release)
    }

    fn any(any_of: Vec<Vec<Bound>>, before_release: BeforeRelease) -> Self {
        Self {
            any_of,
            before_release,
        }
    }

    /// True where an update may choose the version.
    pub fn allows(&self, version: &Version) -> bool {
        self.any_of.iter().any(|bounds| {
            bounds.iter().all(|bound| bound.holds(version)) && self.takes(bounds, version)
        })
    }

    /// True where the version lies between the bounds, pre-releases like all others.
    pub fn contains(&self, version: &Version) -> bool {
        let holds = |bounds: &Vec<Bound>| bounds.iter().all(|bound| bound.holds(version));
        self.any_of.iter().any(holds)
    }

    fn takes(&self, bounds: &[Bound], version: &Version) -> bool {
        let (release, is_before) = part::release(version.as_str());
        if !is_before {
            return true;
        }
        let mut named = bounds.iter().filter_map(Bound::names_before_release);
        match self.before_release {
            BeforeRelease::Any => true,
            BeforeRelease::OfNamed => named.any(|of| of == release),
            BeforeRelease::IfNamed => named.next().is_some(),
        }
    }
}

impl Bound {
    /// A bound at a version; `None` where that is none.
    fn read(op: Op, scheme: Scheme, text: &str) -> Option<Self> {
        let version = scheme.parse(text);
        version.is_parsable().then_some(Self { op, version })
    }

    /// The release of which it names a pre-release itself.
    fn names_before_release(&self) -> Option<Vec<&str>> {
        let text = self.version.as_str();
        let (of, is_before) = part::release(text);
        // `-0`, `.A` and `.dev0` are bounds of ours: below every pre-release.
        let is_ours = [".A", "-0", ".dev0"].iter().any(|end| text.ends_with(end));
        (is_before && !is_ours).then_some(of)
    }

    fn holds(&self, version: &Version) -> bool {
        let order = version.cmp(&self.version);
        match self.op {
            Op::Less => order.is_lt(),
            Op::AtMost => order.is_le(),
            Op::Exactly => order.is_eq(),
            Op::Not => order.is_ne(),
            Op::AtLeast => order.is_ge(),
            Op::More => order.is_gt(),
        }
    }
}

impl Op {
    /// An operator at the beginning, and what follows it.
    fn split(text: &str) -> (Option<Self>, &str) {
        for (written, op) in [
            (">=", Self::AtLeast),
            ("<=", Self::AtMost),
            ("!=", Self::Not),
            ("<>", Self::Not),
            ("==", Self::Exactly),
            (">", Self::More),
            ("<", Self::Less),
            ("=", Self::Exactly),
        ] {
            if let Some(rest) = text.strip_prefix(written) {
                return (Some(op), rest.trim_start());
            }
        }
        (None, text)
    }
}

#[cfg(test)]
mod tests;
