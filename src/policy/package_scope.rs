//! Which packages and advisories an `[[ignore]]` is about.

use serde::Deserialize;
use toml::Spanned;

use crate::model::{Advice, Ecosystem, Evidence, Finding};
use crate::parse::version::requirement::Named;

use super::config::{ConfigError, at};
use super::date::Date;

/// The part of an `[[ignore]]` that is about dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageScope {
    /// An id of the advisory, whichever of its names.
    pub advisory: Option<String>,
    package: Option<String>,
    /// Versions of the package.
    versions: Option<String>,
    /// Packages on the way to it, from the top.
    parents: Vec<String>,
    /// The day on which somebody looked at the advisory.
    as_of: Option<Date>,
    /// Whether it ends where a version fixes the defect.
    pub until_fixed: bool,
}

/// The same as it is written.
#[derive(Deserialize)]
pub(super) struct RawScope {
    pub package: Option<Spanned<String>>,
    pub version: Option<Spanned<String>>,
    pub advisory: Option<Spanned<String>>,
    pub parent: Option<Spanned<String>>,
    #[serde(rename = "as-of")]
    pub as_of: Option<Spanned<String>>,
}

impl RawScope {
    /// True where nothing says which dependency is meant.
    pub fn is_empty(&self) -> bool {
        self.package.is_none() && self.advisory.is_none() && self.parent.is_none()
    }

    pub fn settle(self) -> Result<PackageScope, ConfigError> {
        let mut scope = PackageScope::default();
        if let Some(text) = &self.advisory {
            let id = text.get_ref();
            if id.is_empty()
                || !id
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_:.".contains(c))
            {
                return Err(at(
                    text,
                    "an advisory is one id, such as GHSA-... or CVE-...",
                ));
            }
            scope.advisory = Some(id.clone());
        }
        if let Some(text) = &self.package {
            let (name, versions) = split(text.get_ref());
            let is_name = !name.is_empty() && !name.contains(['<', '>', '=', '~', '^', '|', ' ']);
            if !is_name || versions == Some("") {
                return Err(at(
                    text,
                    "a package is a name, or a name and versions: lodash@<4.17.21",
                ));
            }
            if versions.is_some_and(|range| !Named::is_known_somewhere(range)) {
                return Err(at(text, NO_RANGE));
            }
            scope.package = Some(name.to_owned());
            scope.versions = versions.map(str::to_owned);
        }
        if let Some(text) = &self.version {
            if scope.package.is_none() || scope.versions.is_some() {
                return Err(at(text, "versions belong to a package, and are given once"));
            }
            if !Named::is_known_somewhere(text.get_ref()) {
                return Err(at(text, NO_RANGE));
            }
            scope.versions = Some(text.get_ref().clone());
        }
        if let Some(text) = &self.parent {
            let parents = text.get_ref().split('>').map(|name| name.trim().to_owned());
            scope.parents = parents.collect();
            if scope.parents.iter().any(String::is_empty) {
                return Err(at(
                    text,
                    "a parent is a package, or several from the top: a>b",
                ));
            }
        }
        if let Some(text) = &self.as_of {
            let day = Date::parse(text.get_ref());
            let day = day.ok_or_else(|| at(text, "as-of is a day, written YYYY-MM-DD"))?;
            if self.is_empty() {
                return Err(at(
                    text,
                    "as-of belongs to an advisory, a package or a parent",
                ));
            }
            scope.as_of = Some(day);
        }
        Ok(scope)
    }
}

pub(super) const NO_RANGE: &str = "not a version and not a range of versions";

/// A name and what follows its `@`; scopes begin with one.
fn split(text: &str) -> (&str, Option<&str>) {
    let after_first = text.get(1..).unwrap_or_default();
    match after_first.find('@') {
        Some(found) => (
            text.get(..found + 1).unwrap_or(text).trim(),
            text.get(found + 2..).map(str::trim),
        ),
        None => (text.trim(), None),
    }
}

impl PackageScope {
    /// True where it says nothing about dependencies, and so speaks of every finding.
    pub fn is_anything(&self) -> bool {
        self.advisory.is_none() && self.package.is_none() && self.parents.is_empty()
    }

    /// True where the finding is about a package, and an advisory, that it means.
    pub fn covers(&self, finding: &Finding) -> bool {
        match &finding.evidence {
            Evidence::Package(advice) => self.covers_advice(advice),
            Evidence::Dependency(of) => {
                self.advisory.is_none()
                    && self.covers_package(of.ecosystem, &of.name, &of.version, &of.path)
            }
            _ => false,
        }
    }

    fn covers_advice(&self, advice: &Advice) -> bool {
        let called = |id: &String| advice.is_called(id);
        let of = advice;
        self.advisory.as_ref().is_none_or(called)
            && self.covers_package(of.ecosystem, &of.name, &of.version, &of.path)
    }

    fn covers_package(
        &self,
        ecosystem: Ecosystem,
        name: &str,
        version: &str,
        path: &[String],
    ) -> bool {
        let normal = |name: &String| ecosystem.normalise(name);
        let has = |range: &String| Named::covers(ecosystem, range, version);
        // The parents stand on the path in this order.
        let above = path.split_last().map_or(&[][..], |(_, above)| above);
        let mut above = above.iter();
        let mut parents = self.parents.iter();
        self.package.as_ref().is_none_or(|own| normal(own) == name)
            && self.versions.as_ref().is_none_or(has)
            && parents.all(|parent| above.any(|name| normal(parent) == *name))
    }

    /// The day on which an advisory was changed, where that is after somebody looked at it.
    pub fn changed<'a>(&self, advice: &'a Advice) -> Option<&'a str> {
        let modified = advice.modified.as_deref()?;
        let day = Date::parse(modified)?;
        (day > self.as_of?).then_some(modified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Package, Span};

    fn advice(ecosystem: Ecosystem, name: &str, version: &str, path: &[&str]) -> Advice {
        let package = Package::new(ecosystem, name, version, Span::default());
        Advice {
            aliases: vec!["CVE-2020-1".into()],
            modified: Some("2026-02-01".into()),
            path: path.iter().map(|&name| name.to_owned()).collect(),
            ..Advice::new(&package, "GHSA-x")
        }
    }

    fn scope(text: &str) -> Result<PackageScope, String> {
        let raw: RawScope = toml::from_str(text).expect("TOML");
        raw.settle().map_err(|error| error.message)
    }

    #[track_caller]
    fn covers(text: &str, advice: &Advice) -> bool {
        scope(text).expect("a scope").covers_advice(advice)
    }

    #[test]
    fn a_package_may_have_versions_and_a_scope_is_part_of_its_name() {
        let old = advice(Ecosystem::Npm, "@a/b", "4.17.20", &[]);
        for (text, expected) in [
            ("package = '@a/b'", true),
            ("package = '@a/b@<4.17.21'", true),
            ("package = '@a/b@4.17.20'", true),
            ("package = '@a/b@4.17.2'", false),
            ("package = '@a/b'\nversion = '^4.0.0'", true),
            ("package = '@a/b'\nversion = '>=5'", false),
            ("package = 'b'", false),
        ] {
            assert_eq!(covers(text, &old), expected, "{text}");
        }
        let django = advice(Ecosystem::PyPI, "Django", "3.2.12", &[]);
        assert!(covers("package = 'Django@~=3.2.0'", &django));
        let crates = advice(Ecosystem::CratesIo, "x", "1.4.0", &[]);
        assert!(
            !covers("package = 'x@1.2'", &crates),
            "a bare version is itself"
        );
    }

    #[test]
    fn an_advisory_has_many_names() {
        let found = advice(Ecosystem::Npm, "x", "1.0.0", &[]);
        assert!(covers("advisory = 'cve-2020-1'", &found));
        assert!(!covers("advisory = 'CVE-2020-2'", &found));
    }

    #[test]
    fn a_parent_stands_above_the_package_in_the_order_given() {
        let found = advice(Ecosystem::Npm, "c", "1.0.0", &["top", "a", "b", "c"]);
        for (parent, expected) in [("a", true), ("top>b", true), ("b>a", false), ("c", false)] {
            assert_eq!(
                covers(&format!("parent = '{parent}'"), &found),
                expected,
                "{parent}"
            );
        }
        assert!(!covers(
            "parent = 'a'",
            &advice(Ecosystem::Npm, "c", "1.0.0", &[])
        ));
    }

    #[test]
    fn a_change_after_the_look_is_told() {
        let found = advice(Ecosystem::Npm, "x", "1.0.0", &[]);
        let at = |day: &str| scope(&format!("package = 'x'\nas-of = '{day}'")).expect("a scope");
        assert_eq!(at("2026-01-31").changed(&found), Some("2026-02-01"));
        assert_eq!(at("2026-02-01").changed(&found), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "package = '@<1'",
            "package = 'x@'",
            "package = 'x@ what ever'",
            "package = 'x@<1'\nversion = '<2'",
            "version = '<2'",
            "advisory = 'GHSA-a, GHSA-b'",
            "parent = 'a>'",
            "package = 'x'\nas-of = 'yesterday'",
            "as-of = '2026-01-01'",
        ] {
            assert!(scope(text).is_err(), "{text}");
        }
    }
}
