//! Where a package is downloaded from, as a lockfile writes it.

use crate::model::{Ecosystem, FileKind, Package, Source};
use crate::parse::lock::Lockfile;

/// An address of the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'t> {
    /// Nobody can tell on the way whether what is sent is what was asked for.
    pub is_plain: bool,
    /// Without user and port.
    pub host: &'t str,
    /// Begins with a slash, or is empty.
    pub path: &'t str,
}

impl<'t> Place<'t> {
    /// `None` where no address is written, and where it is none of the web: `git@host:path`.
    pub fn of(package: &'t Package) -> Option<Self> {
        package.facts.resolved.as_deref().and_then(Self::read)
    }

    pub fn read(address: &'t str) -> Option<Self> {
        let (is_plain, rest) = web(address)?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = match host.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
            Some((v6, _)) => v6,
            None => host.split(':').next().unwrap_or(host),
        };
        let path = path.split(['?', '#']).next().unwrap_or(path);
        Some(Self {
            is_plain,
            host,
            path,
        })
    }

    /// The place behind plain http: `None` for every other address, which costs next to nothing.
    pub fn plain(package: &'t Package) -> Option<Self> {
        let address = package.facts.resolved.as_deref()?;
        web(address)?.0.then(|| Self::read(address))?
    }

    /// True for what never leaves the machine.
    pub fn is_loopback(&self) -> bool {
        let is_v4 = |host: &str| host.bytes().all(|b| b == b'.' || b.is_ascii_digit());
        let name = self.host.to_ascii_lowercase();
        (name.starts_with("127.") && is_v4(&name))
            || matches!(&*name, "::1" | "localhost")
            || name.ends_with(".localhost")
    }
}

/// Whether an address of the web is plain http, and what follows its scheme.
fn web(address: &str) -> Option<(bool, &str)> {
    let mut colons = memchr::memchr_iter(b':', address.as_bytes());
    let end = colons.find(|at| address.get(*at..*at + 3) == Some("://"))?;
    let (scheme, rest) = (address.get(..end)?, address.get(end + 3..)?);
    // `registry+https` of Cargo, `git+https` of npm.
    let scheme = scheme.rsplit('+').next().unwrap_or(scheme);
    let is_plain = scheme.eq_ignore_ascii_case("http");
    (is_plain || scheme.eq_ignore_ascii_case("https")).then_some((is_plain, rest))
}

/// The packages that an installer fetches: a bill of materials only tells of them, and actions
/// are fetched by the service that runs them.
pub fn fetched<'l>(source: &Source, lockfile: &'l Lockfile) -> impl Iterator<Item = &'l Package> {
    let tells = matches!(source.kind, FileKind::CycloneDx | FileKind::Spdx);
    let packages = lockfile.packages.iter().filter(move |_| !tells);
    packages.filter(|package| package.ecosystem != Ecosystem::GitHubActions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_from_what_lockfiles_write() {
        let read = |address| Place::read(address).map(|p| (p.is_plain, p.host, p.path));
        for (address, expected) in [
            (
                "http://npm.example.org:80/a?b=1#c",
                Some((true, "npm.example.org", "/a")),
            ),
            (
                "registry+https://index.example.org",
                Some((false, "index.example.org", "")),
            ),
            (
                "git+HTTP://me:key@git.example.org/a",
                Some((true, "git.example.org", "/a")),
            ),
            ("git@git.example.org:a/b.git", None),
            ("../http://a", None),
        ] {
            assert_eq!(read(address), expected, "{address}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let is_loopback = |address| Place::read(address).is_some_and(|p| p.is_loopback());
        for address in [
            "http://localhost:4873/a",
            "http://127.0.0.1/a",
            "http://[::1]:4873/a",
            "http://npm.localhost/a",
        ] {
            assert!(is_loopback(address), "{address}");
        }
        assert!(!is_loopback("http://localhost.example.org/a"));
        assert!(!is_loopback("http://127.0.0.1.example.org/a"));
        assert!(!is_loopback("http://localhost@example.org/a"));
    }
}
