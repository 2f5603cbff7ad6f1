//! environment.yml: what a conda environment is made of. The packages of conda's channels are
//! listed, not looked up; those below `pip:` are PyPI's, and are read like the lines of a
//! requirements file.

use super::{Input, Lockfile, SyntaxError, requirements};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Span};
use crate::parse::yaml::{Kind, Value, Yaml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse(input.text);
    let mut lockfile = Lockfile::default();
    // Others call their files so, too.
    if input.text.contains("dependencies:") {
        lockfile.errors.extend(yaml.error.clone());
    }
    let dependencies = yaml.root().and_then(|root| root.get("dependencies"));
    // What is repeated by aliases must not cost the square of the file.
    let mut left = input.text.len();
    for item in dependencies.into_iter().flat_map(Value::items) {
        if item.kind() != Kind::Mapping {
            lockfile.packages.extend(package(input.text, item));
        }
        for line in item.get("pip").into_iter().flat_map(Value::items) {
            let Some(rest) = left.checked_sub(1) else {
                lockfile.errors.push(SyntaxError {
                    span: item.span(),
                    message: "aliases repeat more than is read".into(),
                });
                return lockfile;
            };
            left = rest;
            let (code, span) = scalar(input.text, line);
            requirements::add(code, span.start as usize, &mut lockfile);
        }
    }
    lockfile
}

/// A scalar as it stands in the file, without its quotes.
fn scalar<'t>(text: &'t str, value: Value<'_>) -> (&'t str, Span) {
    let span = value.span();
    let written = text.get(span.range()).unwrap_or("");
    let bare = written.trim_matches(['"', '\'']).trim();
    let start = span.start as usize + written.find(bare).unwrap_or(0);
    (bare, Span::from_usize(start, start + bare.len()))
}

fn package(text: &str, item: Value<'_>) -> Option<Package> {
    let (code, span) = scalar(text, item);
    let spec = Spec::read(code)?;
    Some(Package {
        direct: Some(true),
        dependency_path: vec![spec.name.to_owned()],
        source: match spec.channel {
            Some(channel) if channel.contains("://") => PackageSource::Url,
            _ => PackageSource::Registry,
        },
        facts: PackageFacts {
            is_lowest: spec.is_series,
            ..PackageFacts::default()
        },
        ..Package::new(Ecosystem::Conda, spec.name, spec.version, span)
    })
}

/// `channel::name=version=build` in any of its forms.
#[derive(Debug, Default, PartialEq, Eq)]
struct Spec<'t> {
    channel: Option<&'t str>,
    name: &'t str,
    /// Empty where several are allowed.
    version: &'t str,
    /// `=3.8` allows 3.8.19, too.
    is_series: bool,
}

impl<'t> Spec<'t> {
    fn read(code: &'t str) -> Option<Self> {
        let (channel, rest) = match code.rsplit_once("::") {
            Some((channel, rest)) => (Some(channel.trim()), rest.trim_start()),
            None => (None, code),
        };
        let in_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let end = rest.find(|c: char| !in_name(c)).unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        if name.is_empty() {
            return None;
        }
        let spec = Self {
            channel,
            name,
            ..Self::default()
        };
        let is_word = rest.starts_with(|c: char| c.is_ascii_whitespace());
        let rest = rest.trim_start();
        let (written, is_exact) = match rest.strip_prefix("==").or(rest.strip_prefix('=')) {
            Some(after) => (after.trim_start(), rest.starts_with("==")),
            // `name 1.2 build`.
            None if is_word => (rest, true),
            None => return Some(spec),
        };
        let mut parts = written.split(['=', ' ']);
        let version = parts.next().unwrap_or("");
        let is_build = parts.next().is_some();
        let is_range = version.contains(['*', ',', '|', '<', '>', '!', '~', '$', '{']);
        if is_range || !version.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(spec);
        }
        Some(Self {
            version,
            is_series: !is_exact && !is_build,
            ..spec
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_names_a_version_only_where_it_allows_one() {
        let read = |code| {
            let spec = Spec::read(code).unwrap();
            (spec.name, spec.version, spec.is_series)
        };
        for (code, expected) in [
            ("numpy", ("numpy", "", false)),
            ("python=3.8", ("python", "3.8", true)),
            ("numpy==1.21.0", ("numpy", "1.21.0", false)),
            ("numpy=1.21.0=py38h_0", ("numpy", "1.21.0", false)),
            ("numpy 1.21.0 py38h_0", ("numpy", "1.21.0", false)),
            ("numpy >=1.21,<2", ("numpy", "", false)),
            ("numpy>=1.21", ("numpy", "", false)),
            ("numpy=1.21.*", ("numpy", "", false)),
            ("numpy[version='>=1']", ("numpy", "", false)),
            ("conda-forge::zlib = 1.2.13", ("zlib", "1.2.13", true)),
        ] {
            assert_eq!(read(code), expected, "{code}");
        }
        let own = Spec::read("https://conda.example.org/tide::charts=1.0").unwrap();
        assert_eq!(own.channel, Some("https://conda.example.org/tide"));
        assert_eq!(Spec::read("=1.0"), None);
    }
}
