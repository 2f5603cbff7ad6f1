//! Ranges of any ecosystem's versions as people write them in a configuration.

use super::{BeforeRelease, Bound, Op, Requirement};
use crate::model::Ecosystem;
use crate::parse::version::Scheme;

/// Versions that a configuration names.
#[derive(Debug)]
pub enum Named {
    /// A bare version means itself, whatever the ecosystem's own grammar makes of one.
    Version(String),
    Range(Requirement),
}

impl Named {
    /// Reads a version or a range: in the ecosystem's own grammar, or as comparisons.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Option<Self> {
        let text = text.trim();
        let is_bare = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !text.contains([' ', '*', ',', '|']);
        if is_bare {
            return Some(Self::Version(text.to_owned()));
        }
        let scheme = Scheme::for_ecosystem(ecosystem);
        let range = match scheme {
            _ if text.is_empty() => None,
            Scheme::Maven | Scheme::NuGet if text.starts_with(['[', '(']) => {
                Requirement::parse(ecosystem, text)
            }
            Scheme::NuGet if text.ends_with('*') => Requirement::parse(ecosystem, text),
            // These have no grammar of their own here, or one without comparisons.
            Scheme::Maven | Scheme::NuGet | Scheme::Cran | Scheme::Hackage => {
                comparisons(scheme, text)
            }
            Scheme::Pub => {
                Requirement::parse(ecosystem, text).or_else(|| comparisons(scheme, text))
            }
            // npm's grammar has what everybody writes, and its versions have the same order.
            Scheme::SemVer | Scheme::Go => Requirement::parse(ecosystem, text)
                .or_else(|| Requirement::parse(Ecosystem::Npm, text)),
            _ => Requirement::parse(ecosystem, text),
        };
        range.map(Self::Range)
    }

    /// True where some ecosystem's version may be meant.
    pub fn is_known_somewhere(text: &str) -> bool {
        let mut all = Ecosystem::ALL.iter();
        all.any(|ecosystem| Self::parse(*ecosystem, text).is_some())
    }

    /// True where the text names the version.
    pub fn covers(ecosystem: Ecosystem, text: &str, version: &str) -> bool {
        let version = Scheme::for_ecosystem(ecosystem).parse(version);
        match Self::parse(ecosystem, text) {
            Some(Self::Version(named)) => version.scheme().parse(&named) == version,
            Some(Self::Range(range)) => range.contains(&version),
            None => false,
        }
    }
}

/// `>=1.2, <2 || >3`.
fn comparisons(scheme: Scheme, text: &str) -> Option<Requirement> {
    let one_of = |set: &str| -> Option<Vec<Bound>> {
        let mut bounds = Vec::new();
        let mut rest = set.trim();
        while !rest.is_empty() {
            let (op, version) = Op::split(rest);
            let end = version
                .find([' ', ',', '<', '>', '=', '!'])
                .unwrap_or(version.len());
            let (version, after) = version.split_at(end);
            let starts = version.starts_with(|c: char| c.is_ascii_alphanumeric());
            bounds.push(Bound::read(op.filter(|_| starts)?, scheme, version)?);
            rest = after.trim_start_matches([' ', ',']);
        }
        (!bounds.is_empty()).then_some(bounds)
    };
    let any_of: Option<Vec<_>> = text.split("||").map(one_of).collect();
    Some(Requirement::any(any_of?, BeforeRelease::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_follow_the_order_of_every_ecosystem() {
        for &ecosystem in Ecosystem::ALL {
            for (text, expected) in [
                ("<2.0.0", true),
                (">= 1.2.0, <2.0.0", true),
                (">=2.0.0", false),
                ("1.4.0", true),
            ] {
                let covers = Named::covers(ecosystem, text, "1.4.0");
                assert_eq!(covers, expected, "{ecosystem:?} {text}");
            }
        }
    }

    #[test]
    fn the_grammars_of_ecosystems_are_read() {
        for (ecosystem, text, version) in [
            (Ecosystem::Maven, "[1.0,2.0)", "1.5"),
            (Ecosystem::NuGet, "(,13.0.1)", "12.0.3"),
            (Ecosystem::RubyGems, "~> 1.4", "1.9"),
            (Ecosystem::PyPI, "~=1.4.0", "1.4.9"),
            (Ecosystem::Npm, "1.x || >=3", "3.1.0"),
            (Ecosystem::Go, "<1.2.3", "1.2.2"),
        ] {
            assert!(
                Named::covers(ecosystem, text, version),
                "{ecosystem:?} {text}"
            );
        }
    }

    #[test]
    fn what_is_no_range_is_told() {
        for text in ["", "<", "what ever", "<<2 x", "@"] {
            assert!(!Named::is_known_somewhere(text), "{text}");
        }
    }
}
