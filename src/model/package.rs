use serde::{Deserialize, Serialize};

use super::{RepoPath, Span};

/// A package ecosystem as OSV names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ecosystem {
    #[serde(rename = "crates.io")]
    CratesIo,
    #[serde(rename = "npm")]
    Npm,
    PyPI,
    Go,
    Maven,
    RubyGems,
    Packagist,
    NuGet,
    Hex,
    Pub,
}

impl Ecosystem {
    pub const ALL: [Self; 10] = [
        Self::CratesIo,
        Self::Npm,
        Self::PyPI,
        Self::Go,
        Self::Maven,
        Self::RubyGems,
        Self::Packagist,
        Self::NuGet,
        Self::Hex,
        Self::Pub,
    ];

    /// The name OSV uses (<https://ossf.github.io/osv-schema/>, ecosystems).
    pub fn name(self) -> &'static str {
        match self {
            Self::CratesIo => "crates.io",
            Self::Npm => "npm",
            Self::PyPI => "PyPI",
            Self::Go => "Go",
            Self::Maven => "Maven",
            Self::RubyGems => "RubyGems",
            Self::Packagist => "Packagist",
            Self::NuGet => "NuGet",
            Self::Hex => "Hex",
            Self::Pub => "Pub",
        }
    }

    /// The type in a package URL (<https://github.com/package-url/purl-spec>).
    pub fn purl_type(self) -> &'static str {
        match self {
            Self::CratesIo => "cargo",
            Self::Npm => "npm",
            Self::PyPI => "pypi",
            Self::Go => "golang",
            Self::Maven => "maven",
            Self::RubyGems => "gem",
            Self::Packagist => "composer",
            Self::NuGet => "nuget",
            Self::Hex => "hex",
            Self::Pub => "pub",
        }
    }

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
            Self::CratesIo | Self::Npm | Self::Go | Self::Maven | Self::RubyGems | Self::Pub => {
                name.trim().to_owned()
            }
        }
    }

    /// Reads OSV's name; a suffix after `:` is ignored.
    pub fn parse(name: &str) -> Option<Self> {
        let base = name.split(':').next().unwrap_or(name);
        Self::ALL.into_iter().find(|e| e.name() == base)
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
}

/// A package with the file and the 1-based line that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedPackage {
    pub path: RepoPath,
    pub line: u32,
    pub package: Package,
}

impl Package {
    /// The package URL, with the characters that a URL reserves percent-encoded.
    pub fn purl(&self) -> String {
        let name = match self.ecosystem {
            Ecosystem::Maven => self.name.replacen(':', "/", 1),
            _ => self.name.clone(),
        };
        let mut purl = format!("pkg:{}/", self.ecosystem.purl_type());
        percent_encode(&name, b"/", &mut purl);
        if !self.version.is_empty() {
            purl.push('@');
            percent_encode(&self.version, b"", &mut purl);
        }
        purl
    }
}

fn percent_encode(text: &str, keep: &[u8], into: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) || keep.contains(&byte) {
            into.push(byte as char);
        } else {
            let _ = write!(into, "%{byte:02X}");
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

    #[test]
    fn scoped_npm_names_are_encoded_in_a_purl() {
        let package = Package {
            ecosystem: Ecosystem::Npm,
            name: "@babel/core".into(),
            version: "7.0.0+x".into(),
            span: Span::default(),
            scope: Scope::Prod,
            direct: None,
            source: PackageSource::Registry,
            dependency_path: Vec::new(),
        };
        assert_eq!(package.purl(), "pkg:npm/%40babel/core@7.0.0%2Bx");
    }
}
