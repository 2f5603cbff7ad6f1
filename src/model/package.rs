use serde::{Deserialize, Serialize};

use super::{RepoPath, Span};

/// Declares every ecosystem once: OSV's name for it and the type in a package URL.
macro_rules! ecosystems {
    ($($(#[$note:meta])* $ecosystem:ident = $name:literal, $purl:literal;)+) => {
        /// A package ecosystem as OSV names it (<https://ossf.github.io/osv-schema/>, ecosystems).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Ecosystem {
            $($(#[$note])* #[serde(rename = $name)] $ecosystem,)+
        }

        impl Ecosystem {
            pub const ALL: &'static [Self] = &[$(Self::$ecosystem,)+];

            /// The name OSV uses.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$ecosystem => $name,)+
                }
            }

            /// The type in a package URL (<https://github.com/package-url/purl-spec>).
            pub fn purl_type(self) -> &'static str {
                match self {
                    $(Self::$ecosystem => $purl,)+
                }
            }
        }
    };
}

ecosystems! {
    CratesIo = "crates.io", "cargo";
    Npm = "npm", "npm";
    PyPI = "PyPI", "pypi";
    Go = "Go", "golang";
    Maven = "Maven", "maven";
    RubyGems = "RubyGems", "gem";
    Packagist = "Packagist", "composer";
    NuGet = "NuGet", "nuget";
    Hex = "Hex", "hex";
    Pub = "Pub", "pub";
    SwiftUrl = "SwiftURL", "swift";
    ConanCenter = "ConanCenter", "conan";
    Cran = "CRAN", "cran";
    Bioconductor = "Bioconductor", "bioconductor";
    Hackage = "Hackage", "hackage";
    Julia = "Julia", "julia";
    GitHubActions = "GitHub Actions", "githubactions";
    /// No database of OSV has it: its packages are listed, not looked up.
    CocoaPods = "CocoaPods", "cocoapods";
    /// What a JavaScript registry of Deno's holds: listed, not looked up.
    Jsr = "JSR", "jsr";
    /// What conda's channels hold: listed, not looked up.
    Conda = "Conda", "conda";
}

impl Ecosystem {
    /// A package name in the one spelling under which the ecosystem compares names.
    pub fn normalise(self, name: &str) -> String {
        match self {
            Self::PyPI => {
                let mut normal = String::with_capacity(name.len());
                for c in name.trim().chars() {
                    match c {
                        '-' | '_' | '.' if normal.ends_with('-') => {}
                        '-' | '_' | '.' => normal.push('-'),
                        c => normal.push(c.to_ascii_lowercase()),
                    }
                }
                normal
            }
            Self::NuGet | Self::Packagist | Self::Hex => name.trim().to_lowercase(),
            // Hosts and owners are compared without case, and nobody has two that differ in it.
            Self::SwiftUrl | Self::GitHubActions => name.trim().to_lowercase(),
            _ => name.trim().to_owned(),
        }
    }

    /// Reads OSV's name; a suffix after `:` is ignored.
    pub fn parse(name: &str) -> Option<Self> {
        let base = name.split(':').next().unwrap_or(name);
        Self::ALL.iter().copied().find(|e| e.name() == base)
    }
}

/// What a dependency is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    Prod,
    Dev,
    Optional,
    Unknown,
}

/// Where a package comes from. Only `Registry` packages are looked up in advisories by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageSource {
    Registry,
    Git,
    Path,
    Url,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Self::Prod => "prod",
            Self::Dev => "dev",
            Self::Optional => "optional",
            Self::Unknown => "unknown",
        }
    }
}

impl PackageSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Git => "git",
            Self::Path => "path",
            Self::Url => "url",
        }
    }
}

/// One package that a lockfile or manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub ecosystem: Ecosystem,
    /// Normalised as its ecosystem compares names.
    pub name: String,
    /// As written; empty where the file does not pin one.
    pub version: String,
    /// The whole entry's name and version, as the primary label marks it.
    pub span: Span,
    pub scope: Scope,
    /// `None` where the format cannot tell.
    pub direct: Option<bool>,
    pub source: PackageSource,
    /// Names from the direct dependency down to this package, both included; empty if unknown.
    pub dependency_path: Vec<String>,
    /// What the manifest asks for, of a direct dependency whose manifest is there.
    pub requested: Option<Requested>,
    /// What else the file says of it.
    pub facts: PackageFacts,
}

/// The line of a manifest that asks for a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    pub path: RepoPath,
    /// 1-based.
    pub line: u32,
    /// The versions that it allows, as written.
    pub requirement: String,
}

/// What some formats say of a package and others do not. Empty is unknown, never "none".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFacts {
    /// Where it is downloaded from, as written.
    pub resolved: Option<String>,
    /// The hashes of what is downloaded, as written, sorted.
    pub integrity: Vec<String>,
    /// The commit of a git dependency, or the branch or tag where the file names no commit.
    pub commit: Option<String>,
    /// The name that the repository's code uses, where that is another.
    pub alias: Option<String>,
    /// SPDX expressions, or what stands in their place.
    pub licences: Vec<String>,
    /// Why its author asks not to use it (deprecated, abandoned, yanked); empty where no reason
    /// is given.
    pub discouraged: Option<String>,
    /// It runs a program of its own when it is installed.
    pub has_install_script: bool,
    /// The version is the lowest that will do, not the one that is used: nobody can say what is
    /// wrong with that.
    pub is_lowest: bool,
    /// The day of its release, `YYYY-MM-DD`.
    pub released: Option<String>,
    /// Who needs it and which versions of it each one allows, as written.
    pub required_by: Vec<Requirement>,
}

/// One package's need of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The package that needs it, by its name; empty for the project itself.
    pub by: String,
    pub range: String,
}

/// A package with the file and the 1-based line that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedPackage {
    pub path: RepoPath,
    pub line: u32,
    pub package: Package,
}

impl Package {
    /// A package of the public registry, of which the file says nothing else.
    pub fn new(ecosystem: Ecosystem, name: &str, version: &str, span: Span) -> Self {
        Self {
            ecosystem,
            name: ecosystem.normalise(name),
            version: version.to_owned(),
            span,
            scope: Scope::Unknown,
            direct: None,
            source: PackageSource::Registry,
            dependency_path: Vec::new(),
            requested: None,
            facts: PackageFacts::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_their_ecosystem_compares_them() {
        assert_eq!(
            Ecosystem::PyPI.normalise("Zope._-Interface"),
            "zope-interface"
        );
        assert_eq!(
            Ecosystem::NuGet.normalise("Newtonsoft.Json"),
            "newtonsoft.json"
        );
        assert_eq!(Ecosystem::Npm.normalise("JSONStream"), "JSONStream");
    }
}
