//! Versions as their ecosystems order them: one file an ordering, one type for all.
//!
//! Every text is a version: what its ecosystem would not accept is kept, ordered as well as it can
//! be, and says so through [`Version::is_parsable`]. Nothing is dropped for being odd.

mod alpine;
mod cran;
mod debian;
mod hackage;
mod maven;
mod nuget;
mod number;
mod packagist;
mod pep440;
mod pub_dev;
mod redhat;
pub mod requirement;
mod rubygems;
mod semver;

use std::cmp::Ordering;
use std::fmt;

use crate::model::Ecosystem;

/// An ordering of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// npm, crates.io, Hex and what else follows Semantic Versioning, read tolerantly.
    SemVer,
    /// Semantic Versioning with Go's own prefixes (`v1.2.3`, `go1.21rc2`).
    Go,
    Pep440,
    Maven,
    RubyGems,
    Packagist,
    NuGet,
    Pub,
    Cran,
    Hackage,
    Debian,
    RedHat,
    Alpine,
}

impl Scheme {
    pub fn for_ecosystem(ecosystem: Ecosystem) -> Self {
        match ecosystem {
            // Of the last ones nobody says how they are ordered; releases look like this.
            Ecosystem::CratesIo
            | Ecosystem::Npm
            | Ecosystem::Hex
            | Ecosystem::SwiftUrl
            | Ecosystem::Julia
            | Ecosystem::GitHubActions
            | Ecosystem::Jsr
            | Ecosystem::ConanCenter
            | Ecosystem::CocoaPods
            | Ecosystem::Conda => Self::SemVer,
            Ecosystem::Cran | Ecosystem::Bioconductor => Self::Cran,
            Ecosystem::Hackage => Self::Hackage,
            Ecosystem::Go => Self::Go,
            Ecosystem::PyPI => Self::Pep440,
            Ecosystem::Maven => Self::Maven,
            Ecosystem::RubyGems => Self::RubyGems,
            Ecosystem::Packagist => Self::Packagist,
            Ecosystem::NuGet => Self::NuGet,
            Ecosystem::Pub => Self::Pub,
        }
    }

    /// Whose order it is, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::SemVer => "Semantic Versioning",
            Self::Go => "Go",
            Self::Pep440 => "PEP 440",
            Self::Maven => "Maven",
            Self::RubyGems => "RubyGems",
            Self::Packagist => "Composer",
            Self::NuGet => "NuGet",
            Self::Pub => "Dart",
            Self::Cran => "R",
            Self::Hackage => "Hackage",
            Self::Debian => "Debian",
            Self::RedHat => "RPM",
            Self::Alpine => "Alpine",
        }
    }

    /// Reads a version. Never fails: see [`Version::is_parsable`].
    pub fn parse(self, text: &str) -> Version {
        let text = text.trim();
        let parsed = match self {
            Self::SemVer => Parsed::SemVer(semver::SemVer::parse(text)),
            Self::Go => Parsed::SemVer(semver::SemVer::parse_go(text)),
            Self::Pep440 => Parsed::Pep440(Box::new(pep440::Pep440::parse(text))),
            Self::Maven => Parsed::Maven(maven::Maven::parse(text)),
            Self::RubyGems => Parsed::RubyGems(rubygems::RubyGems::parse(text)),
            Self::Packagist => Parsed::Packagist(packagist::Packagist::parse(text)),
            Self::NuGet => Parsed::NuGet(nuget::NuGet::parse(text)),
            Self::Pub => Parsed::Pub(pub_dev::PubDev::parse(text)),
            Self::Cran => Parsed::Cran(cran::Cran::parse(text)),
            Self::Hackage => Parsed::Hackage(hackage::Hackage::parse(text)),
            Self::Debian => Parsed::Debian(debian::Debian::parse(text)),
            Self::RedHat => Parsed::RedHat(redhat::RedHat::parse(text)),
            Self::Alpine => Parsed::Alpine(Box::new(alpine::Alpine::parse(text))),
        };
        Version {
            text: text.to_owned(),
            scheme: self,
            parsed,
        }
    }
}

/// A version with its text and its place in its ecosystem's order. Two versions are equal where
/// the ecosystem calls them equal (`1.0` and `1.0.0` in PyPI), whatever their texts.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
    scheme: Scheme,
    parsed: Parsed,
}

#[derive(Clone, Debug)]
enum Parsed {
    SemVer(semver::SemVer),
    Pep440(Box<pep440::Pep440>),
    Maven(maven::Maven),
    RubyGems(rubygems::RubyGems),
    Packagist(packagist::Packagist),
    NuGet(nuget::NuGet),
    Pub(pub_dev::PubDev),
    Cran(cran::Cran),
    Hackage(hackage::Hackage),
    Debian(debian::Debian),
    RedHat(redhat::RedHat),
    Alpine(Box<alpine::Alpine>),
}

impl Version {
    /// The text as written, without surrounding white space.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// False where the ecosystem would not accept the text as a version: its place in the order is
    /// then a guess, and whoever judges by it must say so.
    pub fn is_parsable(&self) -> bool {
        match &self.parsed {
            Parsed::SemVer(version) => version.is_parsable(),
            Parsed::Pep440(version) => version.is_parsable(),
            Parsed::RubyGems(version) => version.is_parsable(),
            Parsed::Packagist(version) => version.is_parsable(),
            Parsed::NuGet(version) => version.is_parsable(),
            Parsed::Pub(version) => version.is_parsable(),
            Parsed::Cran(version) => version.is_parsable(),
            Parsed::Hackage(version) => version.is_parsable(),
            Parsed::Debian(version) => version.is_parsable(),
            Parsed::Alpine(version) => version.is_parsable(),
            // These order every text by definition.
            Parsed::Maven(_) | Parsed::RedHat(_) => !self.text.is_empty(),
        }
    }

    /// The version without what a distributor appended: PyPI's local part (`2.0.1+cu118` is the
    /// public `2.0.1`, and advisories speak of public versions). Other versions stay as they are.
    pub fn public(&self) -> Self {
        match (&self.parsed, self.text.split_once('+')) {
            (Parsed::Pep440(_), Some((public, _))) => self.scheme.parse(public),
            _ => self.clone(),
        }
    }
}

impl Ord for Version {
    /// Versions of one scheme follow its order; of two, they only keep apart.
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.parsed, &other.parsed) {
            (Parsed::SemVer(a), Parsed::SemVer(b)) => a.cmp(b),
            (Parsed::Pep440(a), Parsed::Pep440(b)) => a.cmp(b),
            (Parsed::Maven(a), Parsed::Maven(b)) => a.cmp(b),
            (Parsed::RubyGems(a), Parsed::RubyGems(b)) => a.cmp(b),
            (Parsed::Packagist(a), Parsed::Packagist(b)) => a.cmp(b),
            (Parsed::NuGet(a), Parsed::NuGet(b)) => a.cmp(b),
            (Parsed::Pub(a), Parsed::Pub(b)) => a.cmp(b),
            (Parsed::Cran(a), Parsed::Cran(b)) => a.cmp(b),
            (Parsed::Hackage(a), Parsed::Hackage(b)) => a.cmp(b),
            (Parsed::Debian(a), Parsed::Debian(b)) => a.cmp(b),
            (Parsed::RedHat(a), Parsed::RedHat(b)) => a.cmp(b),
            (Parsed::Alpine(a), Parsed::Alpine(b)) => a.cmp(b),
            _ => self.scheme.cmp(&other.scheme),
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
