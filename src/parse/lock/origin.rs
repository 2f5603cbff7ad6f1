//! Where a JavaScript package comes from, by what a lockfile writes of it.

use crate::model::PackageSource;

/// Hosts that serve the public registry under the public names.
const PUBLIC: [&str; 5] = [
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "registry.npmjs.com",
    "registry.npmmirror.com",
    "registry.npm.taobao.org",
];

const GIT: [&str; 9] = [
    "git+",
    "git:",
    "git@",
    "ssh:",
    "github:",
    "gitlab:",
    "bitbucket:",
    "gist:",
    "git://",
];

const LOCAL: [&str; 8] = [
    "file:",
    "link:",
    "portal:",
    "workspace:",
    "exec:",
    "./",
    "../",
    "/",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub source: PackageSource,
    /// The commit, or the branch or tag where no commit is written.
    pub commit: Option<String>,
}

impl Origin {
    /// Reads a location, or a version or range that may be one. What is none comes from the
    /// registry.
    pub fn of(written: &str) -> Self {
        let written = written.trim();
        let (place, fragment) = written.split_once('#').unwrap_or((written, ""));
        let web = web(place);
        let begins = |prefixes: &[&str]| prefixes.iter().any(|p| place.starts_with(p));
        if begins(&GIT) || web.is_some_and(|(_, path)| path.ends_with(".git")) {
            return Self {
                source: PackageSource::Git,
                commit: commit(fragment).or_else(|| ends_in_commit(place)),
            };
        }
        let source = match web {
            _ if begins(&LOCAL) => PackageSource::Path,
            None => PackageSource::Registry,
            Some((host, path)) => {
                if let Some(commit) = archived(host, path) {
                    return Self {
                        source: PackageSource::Git,
                        commit: Some(commit),
                    };
                }
                if is_public(host) {
                    PackageSource::Registry
                } else {
                    // A tarball, or a registry of somebody's own: not the public package of that
                    // name.
                    PackageSource::Url
                }
            }
        };
        Self {
            source,
            commit: None,
        }
    }
}

pub fn is_public(host: &str) -> bool {
    PUBLIC
        .iter()
        .any(|public| public.eq_ignore_ascii_case(host))
}

/// Host and path of a web address; the host without user and port.
pub fn web(address: &str) -> Option<(&str, &str)> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))?;
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    Some((host.split(':').next().unwrap_or(host), path))
}

/// `sha`, `commit=sha`, `commit:sha`, with further settings after `&`; a range is no commit.
fn commit(fragment: &str) -> Option<String> {
    let mut parts = fragment.split('&');
    let named = parts.clone().find_map(|part| {
        ["commit=", "commit:", "tag=", "branch=", "head="]
            .iter()
            .find_map(|name| part.strip_prefix(name))
    });
    let commit = named.or_else(|| parts.next().filter(|part| !part.contains([':', '='])))?;
    (!commit.is_empty()).then(|| commit.to_owned())
}

/// A full one, of SHA-1 or SHA-256.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `github.com/owner/repository/<commit>`, after a scheme or without one.
pub fn ends_in_commit(place: &str) -> Option<String> {
    let last = place.rsplit('/').next()?;
    is_commit(last).then(|| last.to_owned())
}

/// What a forge's download of a repository's state is the state of.
fn archived(host: &str, path: &str) -> Option<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let found = match (host, &parts[..]) {
        ("codeload.github.com", [_, _, "tar.gz" | "zip" | "legacy.tar.gz", state @ ..])
        | ("api.github.com", ["repos", _, _, "tarball", state @ ..])
        | ("github.com", [_, _, "archive" | "tarball", state @ ..])
        | ("bitbucket.org", [_, _, "get", state @ ..]) => state.join("/"),
        (_, [.., "repository", archive]) if archive.starts_with("archive") => query
            .split('&')
            .find_map(|part| {
                part.strip_prefix("sha=")
                    .or_else(|| part.strip_prefix("ref="))
            })?
            .to_owned(),
        (_, [.., "-", "archive", state, _]) => (*state).to_owned(),
        (_, [.., "repository", "archive.tar.gz", state]) => (*state).to_owned(),
        _ => return None,
    };
    let ends = [".tar.gz", ".tgz", ".zip"];
    let bare = ends.iter().find_map(|end| found.strip_suffix(end));
    let bare = bare.unwrap_or(&found).trim_start_matches("refs/");
    let bare = bare
        .strip_prefix("heads/")
        .or_else(|| bare.strip_prefix("tags/"))
        .unwrap_or(bare);
    (!bare.is_empty()).then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn git_in_all_its_spellings_names_its_commit() {
        for place in [
            "git+ssh://git@git.example.org/o/r.git#",
            "git+https://git.example.org/o/r#",
            "git://git.example.org/o/r.git#",
            "git@git.example.org:o/r.git#commit=",
            "https://git.example.org/o/r.git#commit=",
            "https://git.example.org/o/r.git#workspace=x&commit=",
            "ssh://git@git.example.org/o/r.git#",
            "github:o/r#",
            "gitlab:o/r#",
            "https://codeload.github.com/o/r/tar.gz/",
            "https://github.com/o/r/archive/",
            "https://bitbucket.org/o/r/get/",
            "https://gitlab.example.org/api/v4/projects/o%2Fr/repository/archive.tar.gz?sha=",
        ] {
            let origin = Origin::of(&format!("{place}{SHA}"));
            assert_eq!(origin.source, PackageSource::Git, "{place}");
            assert_eq!(origin.commit.as_deref(), Some(SHA), "{place}");
        }
        let branch = Origin::of("https://codeload.github.com/o/r/tar.gz/refs/heads/main");
        assert_eq!(branch.commit.as_deref(), Some("main"));
        assert_eq!(Origin::of("git+https://x.example/r#semver:^1").commit, None);
    }

    #[test]
    fn only_the_public_registry_serves_the_public_names() {
        for (written, source) in [
            (
                "https://registry.npmjs.org/a/-/a-1.0.0.tgz",
                PackageSource::Registry,
            ),
            ("https://Registry.npmjs.org:443/a", PackageSource::Registry),
            (
                "https://registry.npmjs.org@evil.example/a",
                PackageSource::Url,
            ),
            (
                "https://registry.npmjs.org.evil.example/a",
                PackageSource::Url,
            ),
            (
                "https://npm.example.org/a/-/a-1.0.0.tgz",
                PackageSource::Url,
            ),
            ("file:../a", PackageSource::Path),
            ("link:./a", PackageSource::Path),
            ("a-1.0.0.tgz", PackageSource::Registry),
            ("^1.0.0", PackageSource::Registry),
            ("", PackageSource::Registry),
        ] {
            let origin = Origin::of(written);
            assert_eq!((origin.source, origin.commit), (source, None), "{written}");
        }
    }
}
