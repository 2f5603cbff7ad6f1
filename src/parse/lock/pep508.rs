//! One requirement as Python's tools write it (PEP 508), and the places that packages come from
//! where no index is asked.

use super::pypi;
use crate::model::{Ecosystem, PackageSource};

/// A name with what is asked of it.
#[derive(Debug, Default)]
pub struct Demand<'t> {
    pub name: &'t str,
    /// The versions that it allows, as written; empty for all.
    pub specifiers: &'t str,
    /// The one version that it allows; empty where there are several.
    pub pinned: &'t str,
    /// The URL or path after `@`.
    pub location: Option<&'t str>,
    /// Bytes of the name and of the versions or the place.
    pub length: usize,
}

/// Longer ones before their beginnings.
const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

impl<'t> Demand<'t> {
    /// Reads a requirement; options of a requirements file may follow it.
    pub fn read(code: &'t str) -> Result<Self, &'static str> {
        let name_end = code
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(code.len());
        let name = &code[..name_end];
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Err("not a requirement");
        }
        let mut rest = code[name_end..].trim_start();
        if rest.starts_with('[') {
            let end = rest
                .find(']')
                .ok_or("extras without their closing bracket")?;
            rest = rest[end + 1..].trim_start();
        }
        if let Some(location) = rest.strip_prefix('@') {
            let location = location.trim_start();
            let end = location.find(char::is_whitespace).unwrap_or(location.len());
            return Ok(Self {
                name,
                location: Some(&location[..end]),
                length: code.len() - location.len() + end,
                ..Self::default()
            });
        }
        let end = rest.find(';').unwrap_or(rest.len());
        let end = match rest[..end].find(" --") {
            _ if rest.starts_with("--") => 0,
            Some(options) => options,
            None => end,
        };
        let written = rest[..end].trim_end();
        let specifiers = written.trim_matches(['(', ')']).trim();
        let mut pinned = "";
        for specifier in specifiers.split(',').map(str::trim) {
            if specifier.is_empty() {
                continue;
            }
            let Some(operator) = OPERATORS.iter().find(|op| specifier.starts_with(**op)) else {
                let versions = specifier.starts_with(|c: char| c.is_ascii_digit());
                return Err(if versions {
                    "a version without an operator"
                } else {
                    "not a requirement"
                });
            };
            let version = specifier[operator.len()..].trim();
            // A variable is filled in on the day of the build.
            if matches!(*operator, "==" | "===") && !version.contains(['*', '$']) {
                pinned = version;
            }
        }
        let length = if written.is_empty() {
            name_end
        } else {
            code.len() - rest.len() + written.len()
        };
        Ok(Self {
            name,
            specifiers,
            pinned,
            location: None,
            length,
        })
    }
}

/// What a URL or path tells of the package that it leads to.
#[derive(Debug, PartialEq, Eq)]
pub struct Location {
    pub source: PackageSource,
    /// As its ecosystem compares names.
    pub name: Option<String>,
    pub version: Option<String>,
    /// What is checked out of a repository.
    pub commit: Option<String>,
}

/// Ends of the files that packages are shipped in.
const ARCHIVES: [&str; 7] = [
    ".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".tar",
];

impl Location {
    pub fn read(target: &str) -> Self {
        let (place, fragment) = target.split_once('#').unwrap_or((target, ""));
        let source = if place.starts_with("git+") || place.starts_with("git://") {
            PackageSource::Git
        } else if place.contains("://") && !place.starts_with("file:") {
            PackageSource::Url
        } else {
            PackageSource::Path
        };
        let path = place.split_once("://").map_or(place, |(_, rest)| rest);
        let path = path.split('?').next().unwrap_or(path);
        // The host may hold an `@` of its own.
        let below = path.split_once('/').map_or("", |(_, below)| below);
        let is_repository = place.split("://").next().is_some_and(|s| s.contains('+'));
        let commit = below
            .rsplit_once('@')
            .filter(|_| is_repository)
            .map(|(_, commit)| commit.to_owned());
        let repository = match &commit {
            Some(commit) => &path[..path.len() - commit.len() - 1],
            None => path,
        };
        let file = repository.trim_end_matches('/').rsplit('/').next();
        let file = file.unwrap_or(repository);
        let egg = fragment
            .split('&')
            .find_map(|part| part.strip_prefix("egg="))
            .map(|egg| egg.split(['[', '=']).next().unwrap_or(egg));
        let shipped = shipped(file);
        let name = match (egg, &shipped) {
            (Some(egg), _) => Some(egg),
            (None, Some((name, _))) => Some(*name),
            // A repository or a folder is called like what it holds, as a rule.
            (None, None) if source != PackageSource::Url && !file.starts_with('.') => {
                Some(file.strip_suffix(".git").unwrap_or(file))
            }
            (None, None) => None,
        };
        Self {
            source,
            name: name
                .map(|name| Ecosystem::PyPI.normalise(name))
                .filter(|name| !name.is_empty() && !name.contains('$')),
            version: shipped
                .filter(|_| source != PackageSource::Git)
                .map(|(_, version)| version.replace("%2B", "+").replace("%2b", "+")),
            commit,
        }
    }
}

/// Name and version in the name of a wheel or of an archive of sources.
fn shipped(file: &str) -> Option<(&str, &str)> {
    let end = ARCHIVES.iter().find(|end| file.ends_with(**end))?;
    let stem = &file[..file.len() - end.len()];
    let (name, version) = if *end == ".whl" {
        let mut parts = stem.split('-');
        (parts.next()?, parts.next()?)
    } else {
        stem.rsplit_once('-')?
    };
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some((name, version))
}

/// Where a package comes from that an index serves.
pub fn index_source(index: &str) -> PackageSource {
    if pypi::is_public(index) {
        PackageSource::Registry
    } else {
        PackageSource::Url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(code: &str) -> (&str, &str, &str) {
        let demand = Demand::read(code).unwrap();
        (demand.name, demand.specifiers, demand.pinned)
    }

    #[test]
    fn only_an_equal_sign_without_a_wildcard_pins() {
        assert_eq!(read("a==1.0"), ("a", "==1.0", "1.0"));
        assert_eq!(read("a===1.0"), ("a", "===1.0", "1.0"));
        assert_eq!(read("a (==1.0)"), ("a", "==1.0", "1.0"));
        assert_eq!(read("a ==1.0, !=1.0.1"), ("a", "==1.0, !=1.0.1", "1.0"));
        for code in [
            "a==1.*",
            "a>=1",
            "a~=1.0",
            "a",
            "a[x] ; b == '1'",
            "a==${V}",
        ] {
            assert_eq!(read(code).2, "", "{code}");
        }
        assert_eq!(read("a==1; b == '2' --hash=x"), ("a", "==1", "1"));
        assert!(Demand::read("a 1.0").is_err());
        assert!(Demand::read("a[x").is_err());
    }

    #[test]
    fn a_place_tells_what_lies_there() {
        let at = |target: &str| {
            let found = Location::read(target);
            let or = |text: Option<String>| text.unwrap_or_default();
            (
                found.source,
                or(found.name),
                or(found.version),
                or(found.commit),
            )
        };
        let expected = |source, name: &str, version: &str, commit: &str| {
            (
                source,
                name.to_owned(),
                version.to_owned(),
                commit.to_owned(),
            )
        };
        for (target, expected) in [
            (
                "git+ssh://git@git.example.org/tide/Charts.git@v1.0",
                expected(PackageSource::Git, "charts", "", "v1.0"),
            ),
            (
                "git+https://git.example.org/tide/x.git@a/b#egg=Tide_Tables[x]&subdirectory=y",
                expected(PackageSource::Git, "tide-tables", "", "a/b"),
            ),
            (
                "https://files.example.org/wx_P-3.0.dev1+49a-cp34-none-win_amd64.whl#sha256=0",
                expected(PackageSource::Url, "wx-p", "3.0.dev1+49a", ""),
            ),
            (
                "./dist/tide-charts-1.2.tar.gz",
                expected(PackageSource::Path, "tide-charts", "1.2", ""),
            ),
            ("../kit", expected(PackageSource::Path, "kit", "", "")),
            (".", expected(PackageSource::Path, "", "", "")),
            (
                "https://git.example.org/a/b/archive/main.zip",
                expected(PackageSource::Url, "", "", ""),
            ),
        ] {
            assert_eq!(at(target), expected, "{target}");
        }
    }
}
