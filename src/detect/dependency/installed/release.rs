//! Packages that an address names: files of the public registries, and releases of repositories.

use super::exact;
use crate::model::Ecosystem;

/// What a download is a release of.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    pub ecosystem: Ecosystem,
    pub name: String,
    pub version: String,
    /// True where the address is of a repository: it is a package only if the repository holds a
    /// Go module of its name.
    pub is_repository: bool,
}

/// Reads an address; `None` where it does not name one version of one package for sure.
pub fn read(url: &str) -> Option<Release> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let url = rest.replace("%2F", "/").replace("%2f", "/");
    let url = url.replace("%40", "@").replace("%2B", "+");
    let (host, path) = url.split_once('/')?;
    let address = path.split(['?', '#']).next()?;
    let parts: Vec<&str> = address.split('/').collect();
    let found = match host {
        "registry.npmjs.org"
        | "registry.yarnpkg.com"
        | "registry.npmjs.com"
        | "registry.npmmirror.com" => npm_tarball(address)?,
        "unpkg.com" => npm_file(address)?,
        "cdn.jsdelivr.net" => npm_file(address.strip_prefix("npm/")?)?,
        "files.pythonhosted.org" | "pypi.io" | "pypi.org" | "pypi.python.org" => {
            python_file(parts.last()?)?
        }
        "repo1.maven.org"
        | "repo.maven.apache.org"
        | "repo.maven.org"
        | "central.maven.org"
        | "uk.maven.org" => maven(address.strip_prefix("maven2/")?)?,
        "maven-central.storage.googleapis.com"
        | "maven-central.storage-download.googleapis.com" => maven(
            address
                .strip_prefix("maven2/")
                .or_else(|| address.strip_prefix("repos/central/data/"))?,
        )?,
        "search.maven.org" => maven(path.split_once("filepath=")?.1.split('&').next()?)?,
        "rubygems.org" | "www.rubygems.org" => gem(&parts)?,
        "crates.io" | "static.crates.io" => krate(&parts)?,
        "www.nuget.org" | "nuget.org" | "api.nuget.org" => nuget(&parts)?,
        "proxy.golang.org" => go_proxy(address)?,
        "github.com" | "codeload.github.com" | "api.github.com" => return repository(host, &parts),
        _ => return None,
    };
    let (ecosystem, name, version) = found;
    Some(Release {
        ecosystem,
        name: ecosystem.normalise(&name),
        version: exact(ecosystem, &version)?.to_owned(),
        is_repository: false,
    })
}

type Found = Option<(Ecosystem, String, String)>;

fn found(ecosystem: Ecosystem, name: &str, version: &str) -> Found {
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.@/:~".contains(&b));
    is_name.then(|| (ecosystem, name.to_owned(), version.to_owned()))
}

/// `@scope/name/-/name-1.2.3.tgz`.
fn npm_tarball(path: &str) -> Found {
    let (name, file) = path.split_once("/-/")?;
    let base = name.rsplit('/').next()?;
    let version = file
        .rsplit('/')
        .next()?
        .strip_suffix(".tgz")?
        .strip_prefix(base)?;
    found(Ecosystem::Npm, name, version.strip_prefix('-')?)
}

/// `name@1.2.3/dist/name.js`.
fn npm_file(path: &str) -> Found {
    let end = match path.strip_prefix('@') {
        Some(scoped) => 1 + scoped.find('@')?,
        None => path.find('@')?,
    };
    let version = path.get(end + 1..)?.split('/').next()?;
    found(Ecosystem::Npm, path.get(..end)?, version)
}

/// `name-1.2-py3-none-any.whl`, `name-1.2.tar.gz`.
fn python_file(file: &str) -> Found {
    if let Some(wheel) = file.strip_suffix(".whl") {
        let mut parts = wheel.split('-');
        let (name, version) = (parts.next()?, parts.next()?);
        let is_wheel = matches!(parts.count(), 3 | 4);
        return found(Ecosystem::PyPI, name, version).filter(|_| is_wheel);
    }
    let archives = [".tar.gz", ".zip", ".tar.bz2", ".tgz"];
    let stem = archives.iter().find_map(|end| file.strip_suffix(end))?;
    let (name, version) = stem.rsplit_once('-')?;
    found(Ecosystem::PyPI, name, version)
}

/// `org/example/name/1.2/name-1.2.jar`.
fn maven(path: &str) -> Found {
    let mut parts = path.trim_start_matches('/').rsplit('/');
    let (file, version, artifact) = (parts.next()?, parts.next()?, parts.next()?);
    let mut group: Vec<&str> = parts.collect();
    group.reverse();
    let is_file = file.strip_prefix(artifact)?.strip_prefix('-')?;
    let is_whole = is_file.strip_prefix(version)?.starts_with(['.', '-']);
    let name = format!("{}:{artifact}", group.join("."));
    found(Ecosystem::Maven, &name, version).filter(|_| is_whole && !group.is_empty())
}

/// `gems/name-1.2.gem`, perhaps with a platform behind the version.
fn gem(parts: &[&str]) -> Found {
    let [folder, file] = parts else { return None };
    if !matches!(*folder, "gems" | "downloads") {
        return None;
    }
    let stem = file.strip_suffix(".gem")?;
    let starts = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let (at, _) = stem
        .match_indices('-')
        .find(|(at, _)| stem.get(at + 1..).is_some_and(starts))?;
    let version = stem.get(at + 1..)?.split('-').next()?;
    found(Ecosystem::RubyGems, stem.get(..at)?, version)
}

/// `api/v1/crates/name/1.2.3/download`, `crates/name/name-1.2.3.crate`.
fn krate(parts: &[&str]) -> Found {
    let (name, version) = match parts {
        ["api", "v1", "crates", name, version, "download"]
        | ["crates", name, version, "download"] => (*name, *version),
        ["crates", name, file] => {
            let version = file.strip_suffix(".crate")?.strip_prefix(name)?;
            (*name, version.strip_prefix('-')?)
        }
        _ => return None,
    };
    found(Ecosystem::CratesIo, name, version)
}

/// `api/v2/package/Name/1.2.3`, `v3-flatcontainer/name/1.2.3/name.1.2.3.nupkg`.
fn nuget(parts: &[&str]) -> Found {
    match parts {
        ["api", "v2", "package", name, version] | ["v3-flatcontainer", name, version, _] => {
            found(Ecosystem::NuGet, name, version)
        }
        _ => None,
    }
}

/// `example.org/!module/@v/v1.2.3.zip`: the proxy writes a capital as `!` and its small letter.
fn go_proxy(path: &str) -> Found {
    let (module, file) = path.split_once("/@v/")?;
    let ends = [".zip", ".info", ".mod"];
    let version = ends.iter().find_map(|end| file.strip_suffix(end))?;
    let mut name = String::new();
    let mut capital = false;
    for c in module.chars() {
        match c {
            '!' => capital = true,
            _ if std::mem::take(&mut capital) => name.push(c.to_ascii_uppercase()),
            _ => name.push(c),
        }
    }
    found(Ecosystem::Go, &name, version)
}

/// A tag of a repository: `releases/download/v1.2.3/file`, `archive/refs/tags/v1.2.3.tar.gz`.
fn repository(host: &str, parts: &[&str]) -> Option<Release> {
    let (owner, name, tag) = match (host, parts) {
        ("github.com", [owner, name, "releases", "download", tag @ .., _]) => {
            (owner, name, tag.join("/"))
        }
        ("github.com", [owner, name, "archive", "refs", "tags", tag @ ..])
        | ("github.com", [owner, name, "archive", tag @ ..])
        | ("codeload.github.com", [owner, name, "tar.gz" | "zip", "refs", "tags", tag @ ..])
        | ("codeload.github.com", [owner, name, "tar.gz" | "zip", tag @ ..])
        | ("api.github.com", ["repos", owner, name, "tarball" | "zipball", tag @ ..]) => {
            let tag = tag.join("/");
            let ends = [".tar.gz", ".zip", ".tgz"];
            let bare = ends.iter().find_map(|end| tag.strip_suffix(end));
            (owner, name, bare.map_or(tag.clone(), str::to_owned))
        }
        _ => return None,
    };
    // A module below the top of its repository has the folder in its tags.
    let (folder, tag) = match tag.rsplit_once('/') {
        Some((folder, tag)) => (format!("/{folder}"), tag),
        None => (String::new(), tag.as_str()),
    };
    Some(Release {
        ecosystem: Ecosystem::Go,
        name: format!("github.com/{owner}/{name}{folder}"),
        // Go takes no tag without a `v` for a version of a module.
        version: exact(Ecosystem::Go, tag)?.to_owned(),
        is_repository: true,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn files_of_registries_name_their_package() {
        for (path, expected) in [
            ("registry.npmjs.org/@a/b/-/b-1.2.3.tgz", "npm @a/b 1.2.3"),
            ("registry.npmjs.org/@a%2Fb/-/b-1.2.3.tgz", "npm @a/b 1.2.3"),
            (
                "unpkg.com/jquery@3.4.1/dist/jquery.min.js",
                "npm jquery 3.4.1",
            ),
            ("cdn.jsdelivr.net/npm/@a/b@1.0.0", "npm @a/b 1.0.0"),
            (
                "files.pythonhosted.org/packages/1a/2b/cd/Flask-0.12.tar.gz",
                "PyPI flask 0.12",
            ),
            (
                "files.pythonhosted.org/packages/x/y/z/PyYAML-5.1-cp37-cp37m-win32.whl",
                "PyPI pyyaml 5.1",
            ),
            (
                "repo1.maven.org/maven2/org/a/b/c/1.2/c-1.2-all.jar",
                "Maven org.a.b:c 1.2",
            ),
            (
                "search.maven.org/remotecontent?filepath=org/a/c/1.2/c-1.2.jar",
                "Maven org.a:c 1.2",
            ),
            (
                "rubygems.org/gems/rack-test-0.6.3.gem",
                "RubyGems rack-test 0.6.3",
            ),
            (
                "rubygems.org/downloads/nokogiri-1.6.0-x86-mingw32.gem",
                "RubyGems nokogiri 1.6.0",
            ),
            (
                "static.crates.io/crates/hyper/hyper-0.14.9.crate",
                "crates.io hyper 0.14.9",
            ),
            (
                "crates.io/api/v1/crates/hyper/0.14.9/download",
                "crates.io hyper 0.14.9",
            ),
            (
                "www.nuget.org/api/v2/package/Newtonsoft.Json/12.0.1",
                "NuGet newtonsoft.json 12.0.1",
            ),
            (
                "proxy.golang.org/github.com/!burnt!sushi/toml/@v/v1.0.0.zip",
                "Go github.com/BurntSushi/toml v1.0.0",
            ),
            (
                "github.com/a/b/releases/download/v1.2.3/b_linux_amd64",
                "Go github.com/a/b v1.2.3?",
            ),
            (
                "github.com/a/b/releases/download/c%2Fv4.2.3/c.tgz",
                "Go github.com/a/b/c v4.2.3?",
            ),
            (
                "github.com/a/b/archive/v1.2.3.tar.gz",
                "Go github.com/a/b v1.2.3?",
            ),
            (
                "github.com/a/b/archive/refs/tags/v1.2.3.zip",
                "Go github.com/a/b v1.2.3?",
            ),
            (
                "codeload.github.com/a/b/tar.gz/v1.2.3",
                "Go github.com/a/b v1.2.3?",
            ),
        ] {
            let found = read(&format!("https://{path}"));
            let found = found.map(|f| {
                let mark = if f.is_repository { "?" } else { "" };
                format!("{} {} {}{mark}", f.ecosystem.name(), f.name, f.version)
            });
            assert_eq!(found.as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn what_names_no_version_of_a_package_is_left_alone() {
        for path in [
            "registry.npmjs.org/left-pad",
            "registry.example.org/a/-/a-1.2.3.tgz",
            "unpkg.com/jquery@3/dist/jquery.js",
            "unpkg.com/jquery",
            "repo1.maven.org/maven2/org/a/b/maven-metadata.xml",
            "repo1.maven.org/maven2/org/a/c/1.2/d-1.2.jar",
            "repo1.maven.org/maven2/org/a/c/${V}/c-${V}.jar",
            "github.com/a/b/releases/latest/download/b",
            "github.com/a/b/releases/download/nightly/b",
            "github.com/a/b/archive/master.tar.gz",
            "github.com/a/b/archive/v1.2.tar.gz",
            "github.com/a/b/archive/1.2.3.tar.gz",
            "github.com/a/b/blob/v1.2.3/x",
            "github.com/a/b",
        ] {
            assert_eq!(read(&format!("https://{path}")), None, "{path}");
        }
        assert_eq!(read("registry.npmjs.org/a/-/a-1.2.3.tgz"), None);
    }
}
