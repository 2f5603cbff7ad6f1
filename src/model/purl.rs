//! Package URLs (<https://github.com/package-url/purl-spec>).

use super::{Ecosystem, Package, PackageSource};

/// What a package URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purl {
    pub ecosystem: Ecosystem,
    /// Normalised as its ecosystem compares names.
    pub name: String,
    /// Empty where it names none.
    pub version: String,
    pub source: PackageSource,
}

impl Purl {
    /// Reads a package URL. `Err` with its type where that is no ecosystem of ours (`deb`,
    /// `generic`), or with nothing where the text is no package URL.
    pub fn parse(text: &str) -> Result<Self, &str> {
        let rest = text.trim().strip_prefix("pkg:").ok_or("")?;
        let rest = rest.trim_start_matches('/');
        let (rest, subpath) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.split_once('/').ok_or("")?;
        // A version never holds a plain slash, and a scope may begin with a plain `@`.
        let (path, version) = match rest.rfind('@') {
            Some(at) if at > 0 && !rest[at..].contains('/') => (&rest[..at], &rest[at + 1..]),
            _ => (rest, ""),
        };
        let ecosystem = Ecosystem::ALL
            .iter()
            .copied()
            .find(|ecosystem| ecosystem.purl_type().eq_ignore_ascii_case(kind))
            .ok_or(kind)?;
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(percent_decode)
            .collect();
        let last = parts.last().ok_or("")?;
        let mut name = match ecosystem {
            Ecosystem::Maven => parts.join(":"),
            // The owner of a recipe is no part of its name.
            Ecosystem::ConanCenter => last.clone(),
            _ => parts.join("/"),
        };
        if ecosystem == Ecosystem::Go && !subpath.is_empty() {
            name = format!("{name}/{}", percent_decode(subpath));
        }
        let has = |key: &str| {
            let mut pairs = qualifiers
                .split('&')
                .filter_map(|pair| pair.split_once('='));
            pairs.any(|(name, value)| name == key && !value.is_empty())
        };
        Ok(Self {
            ecosystem,
            name: ecosystem.normalise(&name),
            version: release(ecosystem, &percent_decode(version)).to_owned(),
            source: if has("vcs_url") {
                PackageSource::Git
            } else if has("repository_url") || has("download_url") {
                PackageSource::Url
            } else {
                PackageSource::Registry
            },
        })
    }
}

impl Purl {
    /// Its version; where it names none, the one that stands beside it.
    pub fn version_or<'v>(&'v self, beside: &'v str) -> &'v str {
        match self.version.is_empty() {
            true => release(self.ecosystem, beside),
            false => &self.version,
        }
    }
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

/// The version without the platform that bills write behind that of a gem: `1.19.3-x86_64-linux`.
/// A gem's own version has no dash.
fn release(ecosystem: Ecosystem, version: &str) -> &str {
    match version.split_once('-') {
        Some((release, _)) if ecosystem == Ecosystem::RubyGems => release,
        _ => version,
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

/// What is no escape stays as it is.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn scoped_npm_names_are_encoded_in_a_purl() {
        let package = Package::new(Ecosystem::Npm, "@babel/core", "7.0.0+x", Span::default());
        assert_eq!(package.purl(), "pkg:npm/%40babel/core@7.0.0%2Bx");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (ecosystem, name, version) in [
            (Ecosystem::Npm, "@babel/core", "7.0.0+x"),
            (
                Ecosystem::Maven,
                "org.apache.logging.log4j:log4j-core",
                "2.14.1",
            ),
            (Ecosystem::Go, "example.org/a/b/v2", "v2.0.1"),
            (Ecosystem::Packagist, "symfony/yaml", ""),
            (Ecosystem::PyPI, "zope-interface", "1!2.0"),
        ] {
            let purl = Package::new(ecosystem, name, version, Span::default()).purl();
            let read = Purl::parse(&purl).expect(&purl);
            assert_eq!(
                (read.ecosystem, &*read.name, &*read.version),
                (ecosystem, name, version)
            );
        }
    }

    #[test]
    fn oddly_written_ones_are_read_and_others_say_their_type() {
        let name = |text| Purl::parse(text).map(|purl| (purl.name, purl.version));
        let pair = |name: &str, version: &str| Ok((name.to_owned(), version.to_owned()));
        assert_eq!(name("pkg:npm/@a/b@1.0"), pair("@a/b", "1.0"));
        assert_eq!(name("pkg:npm/@a/b"), pair("@a/b", ""));
        let gem = "pkg:gem/nokogiri@1.19.3-x86_64-linux?platform=x86_64-linux";
        assert_eq!(name(gem), pair("nokogiri", "1.19.3"));
        assert_eq!(name("pkg://PyPI/Foo.Bar@1#x"), pair("foo-bar", "1"));
        assert_eq!(name("pkg:golang/x.org/m@v1#cmd"), pair("x.org/m/cmd", "v1"));
        assert_eq!(name("pkg:deb/debian/curl@1?arch=x"), Err("deb"));
        assert_eq!(name("curl 1.0"), Err(""));
        let private = Purl::parse("pkg:npm/a@1?repository_url=npm.example.org").expect("a purl");
        assert_eq!(private.source, PackageSource::Url);
    }
}
