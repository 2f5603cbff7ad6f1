//! pnpm-lock.yaml, versions 5 to 9. What changed most is how a package is named:
//!
//! - 5: `/name/1.2.3`, with the peers after a `_`
//! - 6: `/name@1.2.3(peer@1.0.0)`
//! - 9: `name@1.2.3` under `packages`, with peers under `snapshots`, where the needs are
//!
//! and `file:..`, `host/owner/repository/commit` or a URL for what is in no registry. Up to 6 a
//! package says itself what scope it has; later that follows from what the projects ask for.

use std::borrow::Cow;
use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want, bare_range, project_name};
use super::origin::{self, Origin};
use super::package_json::{self, Manifest};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope, Span};
use crate::parse::yaml::{Kind, Value, Yaml};

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks = package_json::ask(input, [""]);
    // The projects stand before the packages, in the last document.
    let end = memchr::memmem::rfind(input.text.as_bytes(), b"\npackages:");
    if !asks.iter().all(|ask| input.beside.knows(ask)) {
        let yaml = Yaml::parse_generated(&input.text[..end.map_or(input.text.len(), |at| at + 1)]);
        let importers = yaml.roots().filter_map(|root| root.get("importers"));
        let folders = importers.flat_map(Value::entries);
        let folders = folders.filter_map(|(folder, _)| folder.as_str());
        asks.extend(package_json::ask(input, folders));
    }
    asks
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    // Newer ones put what pnpm itself needs into a document of its own.
    for root in yaml.roots() {
        if root.kind() != Kind::Mapping {
            lockfile.errors.push(SyntaxError {
                span: root.span(),
                message: "a lockfile is a mapping".into(),
            });
            continue;
        }
        let document = Document::read(root);
        lockfile
            .packages
            .extend(document.packages(input, &mut lockfile.errors));
    }
    lockfile
}

/// Where the needs of packages are, and how keys are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Slashes,
    Ats,
    Snapshots,
}

struct Document<'y> {
    version: Version,
    root: Value<'y>,
    packages: Vec<Entry<'y>>,
    snapshots: Option<Value<'y>>,
    times: HashMap<&'y str, &'y str>,
    /// Ranges by catalog and name.
    catalogs: HashMap<(&'y str, &'y str), &'y str>,
}

/// One package with what it says of itself.
struct Entry<'y> {
    key: &'y str,
    key_span: Span,
    name: Option<&'y str>,
    version: Option<(&'y str, Span)>,
    resolution: Resolution<'y>,
    needs: Vec<(Value<'y>, Value<'y>, bool)>,
    is_dev: bool,
    is_optional: bool,
    runs_scripts: bool,
    deprecated: Option<&'y str>,
}

#[derive(Default)]
struct Resolution<'y> {
    integrity: Option<&'y str>,
    tarball: Option<&'y str>,
    directory: Option<&'y str>,
    commit: Option<&'y str>,
    repo: Option<&'y str>,
    kind: Option<&'y str>,
}

impl<'y> Document<'y> {
    fn read(root: Value<'y>) -> Self {
        let mut document = Self {
            version: Version::Snapshots,
            root,
            packages: Vec::new(),
            snapshots: None,
            times: HashMap::new(),
            catalogs: HashMap::new(),
        };
        for (key, value) in root.entries() {
            match key.as_str() {
                Some("lockfileVersion") => {
                    let version = value.as_str().unwrap_or_default();
                    let major = version
                        .split(['.', '-'])
                        .next()
                        .and_then(|n| n.parse().ok());
                    document.version = match major.unwrap_or(9) {
                        0..6 => Version::Slashes,
                        6..9 => Version::Ats,
                        _ => Version::Snapshots,
                    };
                }
                Some("packages") => {
                    let entries = value.entries();
                    document.packages = entries.filter_map(|(k, v)| Entry::read(k, v)).collect();
                }
                Some("snapshots") => document.snapshots = Some(value),
                Some("time") => {
                    let times = value.entries();
                    document.times = times
                        .filter_map(|(key, time)| Some((key.as_str()?, time.as_str()?)))
                        .collect();
                }
                Some("catalogs") => {
                    for (catalog, names) in value.entries() {
                        for (name, entry) in names.entries() {
                            if let (Some(catalog), Some(name), Some(range)) =
                                (catalog.as_str(), name.as_str(), entry.text("specifier"))
                            {
                                document.catalogs.insert((catalog, name), range);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        document
    }

    fn packages(&self, input: &Input<'_>, errors: &mut Vec<SyntaxError>) -> Vec<Package> {
        let mut needs = Needs::default();
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(self.packages.len());
        for entry in &self.packages {
            places.insert(entry.key, needs.add(self.package(entry)));
        }
        let places = Places {
            version: self.version,
            places,
        };
        for (from, entry) in self.packages.iter().enumerate() {
            for (name, reference, optional) in &entry.needs {
                places.link(&mut needs, from, *name, *reference, *optional);
            }
        }
        for (key, snapshot) in self.snapshots.into_iter().flat_map(Value::entries) {
            let from = key.as_str().and_then(|key| places.of_key(key));
            let Some(from) = from else {
                errors.push(SyntaxError {
                    span: key.span(),
                    message: "a snapshot of a package that is not listed".into(),
                });
                continue;
            };
            for (list, optional) in NEEDS {
                for (name, reference) in snapshot.get(list).into_iter().flat_map(Value::entries) {
                    places.link(&mut needs, from, name, reference, optional);
                }
            }
        }
        if self.version == Version::Snapshots
            && self.snapshots.is_none()
            && let Some(entry) = self.packages.last()
        {
            errors.push(SyntaxError {
                span: entry.key_span,
                message: "packages without their snapshots".into(),
            });
        }
        match self.root.get("importers") {
            Some(importers) => {
                for (folder, importer) in importers.entries() {
                    let folder = folder.as_str().unwrap_or_default();
                    self.project(input, folder, importer, &places, &mut needs, errors);
                }
            }
            // One project alone.
            None => self.project(input, "", self.root, &places, &mut needs, errors),
        }
        let scopes = match self.version {
            Version::Snapshots => Scopes::Derived,
            _ => Scopes::Stated,
        };
        needs.finish(scopes, true)
    }

    fn project(
        &self,
        input: &Input<'_>,
        folder: &str,
        importer: Value<'_>,
        places: &Places<'_>,
        needs: &mut Needs,
        errors: &mut Vec<SyntaxError>,
    ) {
        let folder = if folder == "." { "" } else { folder };
        let manifest = Manifest::beside(input, folder);
        let by = match &manifest {
            _ if folder.is_empty() => "",
            Some(manifest) => &manifest.name,
            None => folder,
        };
        // Up to version 5 the ranges stand in a list of their own.
        let specifiers: HashMap<&str, &str> = importer
            .get("specifiers")
            .into_iter()
            .flat_map(Value::entries)
            .filter_map(|(name, range)| Some((name.as_str()?, range.as_str()?)))
            .collect();
        let mut missing = false;
        for (list, scope) in LISTS {
            for (key, value) in importer.get(list).into_iter().flat_map(Value::entries) {
                let name = key.as_str().unwrap_or_default();
                let (reference, range) = match value.kind() {
                    Kind::Mapping => (value.text("version"), value.text("specifier")),
                    _ => (value.as_str(), specifiers.get(name).copied()),
                };
                let Some(reference) = reference else { continue };
                let Some(package) = places.find(name, reference) else {
                    // A project needs another one of the repository.
                    missing |= !reference.starts_with("link:") && !missing && {
                        errors.push(SyntaxError {
                            span: key.span().cover(value.span()),
                            message: format!("{name} is needed and not among the packages"),
                        });
                        true
                    };
                    continue;
                };
                alias(needs, package, name);
                let range = range.map(|range| self.range(name, range));
                let mut requested = manifest.as_ref().and_then(|m| m.requested(name));
                if let (Some(requested), Some(range)) = (&mut requested, &range) {
                    // The manifest may point to a catalog.
                    if requested.requirement.starts_with("catalog:") {
                        requested.requirement = (*range).to_owned();
                    }
                }
                needs.want(Want {
                    package,
                    by: project_name(by),
                    scope,
                    range: range.map(bare_range),
                    requested,
                });
            }
        }
    }

    /// A range, which may stand in a catalog instead.
    fn range<'r>(&self, name: &str, range: &'r str) -> &'r str
    where
        'y: 'r,
    {
        let Some(catalog) = range.strip_prefix("catalog:") else {
            return range;
        };
        let catalog = if catalog.is_empty() {
            "default"
        } else {
            catalog
        };
        self.catalogs
            .get(&(catalog, name))
            .copied()
            .unwrap_or(range)
    }

    fn package(&self, entry: &Entry<'_>) -> Package {
        let (name, version) = entry.identity(self.version);
        let origin = entry.origin(self.version);
        let base = without_peers(entry.key, self.version);
        let time = self.times.get(entry.key).or_else(|| self.times.get(base));
        let mut package = Package {
            scope: match self.version {
                Version::Snapshots => Scope::Unknown,
                _ if entry.is_dev => Scope::Dev,
                _ if entry.is_optional => Scope::Optional,
                _ => Scope::Prod,
            },
            source: origin.source,
            ..Package::new(Ecosystem::Npm, &name, version, entry.span())
        };
        let resolution = &entry.resolution;
        package.facts = PackageFacts {
            resolved: [resolution.tarball, resolution.repo, resolution.directory]
                .into_iter()
                .flatten()
                .next()
                .map(str::to_owned),
            integrity: resolution
                .integrity
                .map(str::to_owned)
                .into_iter()
                .collect(),
            commit: origin.commit,
            discouraged: entry.deprecated.map(str::to_owned),
            has_install_script: entry.runs_scripts,
            released: time.and_then(|time| time.get(..10)).map(str::to_owned),
            ..PackageFacts::default()
        };
        package
    }
}

const NEEDS: [(&str, bool); 2] = [("dependencies", false), ("optionalDependencies", true)];

const LISTS: [(&str, Scope); 5] = [
    ("dependencies", Scope::Prod),
    ("optionalDependencies", Scope::Optional),
    ("devDependencies", Scope::Dev),
    // What pnpm itself needs while it installs.
    ("configDependencies", Scope::Dev),
    ("packageManagerDependencies", Scope::Dev),
];

impl<'y> Entry<'y> {
    fn read(key: Value<'y>, value: Value<'y>) -> Option<Self> {
        let mut entry = Self {
            key: key.as_str()?,
            key_span: key.span(),
            name: None,
            version: None,
            resolution: Resolution::default(),
            needs: Vec::new(),
            is_dev: false,
            is_optional: false,
            runs_scripts: false,
            deprecated: None,
        };
        for (key, value) in value.entries() {
            let text = value.as_str();
            match key.as_str()? {
                "name" => entry.name = text,
                "version" => entry.version = text.map(|text| (text, value.span())),
                "dev" => entry.is_dev = text == Some("true"),
                "optional" => entry.is_optional = text == Some("true"),
                "requiresBuild" => entry.runs_scripts = text == Some("true"),
                "deprecated" => entry.deprecated = text.filter(|text| *text != "false"),
                "resolution" => entry.resolution = Resolution::read(value),
                "dependencies" => entry.take_needs(value, false),
                "optionalDependencies" => entry.take_needs(value, true),
                _ => {}
            }
        }
        Some(entry)
    }

    fn take_needs(&mut self, list: Value<'y>, optional: bool) {
        let needs = list.entries();
        self.needs
            .extend(needs.map(|(name, reference)| (name, reference, optional)));
    }

    /// From the key to the version, where that stands near it.
    fn span(&self) -> Span {
        let whole = self.version.map(|(_, span)| self.key_span.cover(span));
        whole
            .filter(|span| span.len() < 400)
            .unwrap_or(self.key_span)
    }

    /// Name and version, from fields of their own or from the key.
    fn identity(&self, version: Version) -> (Cow<'y, str>, &'y str) {
        let (name, pinned) = named(without_peers(self.key, version), version);
        let pinned = pinned.filter(|pinned| is_version(pinned));
        let name = match (self.name, name) {
            (Some(name), _) | (None, Some(name)) => Cow::Borrowed(name),
            // The place of what is in no registry, by its last part that is a name.
            (None, None) => Cow::Borrowed(place_name(self.key)),
        };
        let stated = self.version.map(|(version, _)| version);
        (name, stated.or(pinned).unwrap_or(""))
    }

    fn origin(&self, version: Version) -> Origin {
        let base = without_peers(self.key, version);
        let resolution = &self.resolution;
        if let Some(commit) = resolution.commit {
            return Origin {
                source: PackageSource::Git,
                commit: Some(commit.to_owned()),
            };
        }
        let simple = |source| Origin {
            source,
            commit: None,
        };
        if resolution.directory.is_some() || resolution.kind == Some("directory") {
            return simple(PackageSource::Path);
        }
        // A program such as a Node.js of its own, downloaded from its makers.
        if matches!(resolution.kind, Some("variations" | "binary")) {
            return simple(PackageSource::Url);
        }
        let (_, place) = named(base, version);
        let in_registry = place.is_some_and(is_version);
        let key_place = match version {
            // The host of another registry stands before the name.
            Version::Slashes if in_registry && !base.starts_with('/') => {
                let host = base.split('/').next().unwrap_or(base);
                let source = if origin::is_public(host) {
                    PackageSource::Registry
                } else {
                    PackageSource::Url
                };
                return simple(source);
            }
            _ if in_registry => "",
            Version::Snapshots => place.unwrap_or(base),
            _ => base,
        };
        let by_key = Origin::of(key_place);
        match resolution.tarball.map(Origin::of) {
            Some(tarball) if tarball.source == PackageSource::Registry && !key_place.is_empty() => {
                // A file of the repository, or an address that the project names itself.
                match by_key.source {
                    PackageSource::Registry => simple(PackageSource::Url),
                    _ => by_key,
                }
            }
            Some(tarball) => tarball,
            None => match origin::ends_in_commit(key_place) {
                Some(commit) => Origin {
                    source: PackageSource::Git,
                    commit: Some(commit),
                },
                None => by_key,
            },
        }
    }
}

impl<'y> Resolution<'y> {
    fn read(value: Value<'y>) -> Self {
        let mut resolution = Self::default();
        for (key, value) in value.entries() {
            let text = value.as_str();
            match key.as_str() {
                Some("integrity") => resolution.integrity = text,
                Some("tarball") => resolution.tarball = text,
                Some("directory") => resolution.directory = text,
                Some("commit") => resolution.commit = text,
                Some("repo") => resolution.repo = text,
                Some("type") => resolution.kind = text,
                _ => {}
            }
        }
        resolution
    }
}

/// The key without the peers behind it.
fn without_peers(key: &str, version: Version) -> &str {
    if version == Version::Slashes {
        // Only behind the version: names may hold a `_`.
        let at = key
            .rfind('/')
            .and_then(|at| Some(at + key.get(at..)?.find('_')?));
        return at.and_then(|at| key.get(..at)).unwrap_or(key);
    }
    let mut rest = key;
    while let Some(inner) = rest.strip_suffix(')') {
        let mut depth = 1;
        let open = inner.bytes().rposition(|b| {
            depth += match b {
                b')' => 1,
                b'(' => -1,
                _ => 0,
            };
            depth == 0
        });
        match open {
            Some(open) if open > 0 => rest = &rest[..open],
            _ => break,
        }
    }
    rest
}

/// Name and version or place in a key without peers.
fn named(key: &str, version: Version) -> (Option<&str>, Option<&str>) {
    let body = key.strip_prefix('/');
    match version {
        Version::Slashes => {
            // `/name/1.2.3`, `/@scope/name/1.2.3`, or a host before them.
            let path = match body {
                Some(body) => body,
                None if key.contains(':') || origin::ends_in_commit(key).is_some() => {
                    return (None, None);
                }
                None => match key.split_once('/') {
                    Some((host, path)) if host.contains('.') => path,
                    _ => return (None, None),
                },
            };
            let after = if path.starts_with('@') {
                path.find('/').map_or(0, |at| at + 1)
            } else {
                0
            };
            let Some(end) = path.get(after..).and_then(|rest| rest.find('/')) else {
                return (None, None);
            };
            let rest = &path[after + end + 1..];
            // The oldest put the peers behind a further slash.
            let pinned = rest.split('/').next().unwrap_or(rest);
            if is_version(pinned) {
                (Some(&path[..after + end]), Some(pinned))
            } else {
                (None, None)
            }
        }
        Version::Ats | Version::Snapshots => {
            let body = match (body, version) {
                (Some(body), _) => body,
                (None, Version::Snapshots) => key,
                // A place; the host of another registry, or `@` of a folder, may stand before it.
                (None, _) => match key.split_once('/') {
                    Some((host, path))
                        if host.contains('.')
                            && !host.contains(':')
                            && path
                                .rfind('@')
                                .is_some_and(|at| is_version(&path[at + 1..])) =>
                    {
                        path
                    }
                    _ => return (None, None),
                },
            };
            match super::yarn::split(body) {
                Some((name, place)) => (Some(name), Some(place)),
                None => (None, None),
            }
        }
    }
}

/// What registries take for a version, as far as it tells one from a place.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['/', ':'])
}

/// The repository in `host/owner/repository/commit`, the last folder in `file:../folder`.
fn place_name(key: &str) -> &str {
    let key = key.split(['(', '#', '?']).next().unwrap_or(key);
    let mut parts = key.rsplit(['/', ':']).filter(|part| !part.is_empty());
    let last = parts.next().unwrap_or(key);
    let name = if origin::ends_in_commit(key).is_some() {
        parts.find(|part| *part != "tar.gz").unwrap_or(last)
    } else {
        last
    };
    name.strip_suffix(".git").unwrap_or(name)
}

/// Gives a package the other name under which somebody needs it.
fn alias(needs: &mut Needs, package: usize, name: &str) {
    if let Some(package) = needs.package_mut(package)
        && package.name != name
        && package.facts.alias.is_none()
    {
        package.facts.alias = Some(name.to_owned());
    }
}

/// Packages by key.
struct Places<'y> {
    version: Version,
    places: HashMap<&'y str, usize>,
}

impl Places<'_> {
    /// A key, with its peers or without.
    fn of_key(&self, key: &str) -> Option<usize> {
        let exact = self.places.get(key);
        exact
            .or_else(|| self.places.get(without_peers(key, self.version)))
            .copied()
    }

    /// What a name and a reference lead to: a version, or the key of another package.
    fn find(&self, name: &str, reference: &str) -> Option<usize> {
        let joined = match self.version {
            Version::Slashes => format!("/{name}/{reference}"),
            Version::Ats => format!("/{name}@{reference}"),
            Version::Snapshots => format!("{name}@{reference}"),
        };
        self.of_key(&joined).or_else(|| self.of_key(reference))
    }

    fn link(
        &self,
        needs: &mut Needs,
        from: usize,
        name: Value<'_>,
        reference: Value<'_>,
        optional: bool,
    ) {
        let (Some(name), Some(reference)) = (name.as_str(), reference.as_str()) else {
            return;
        };
        if let Some(to) = self.find(name, reference) {
            // Which versions it allows stands nowhere.
            needs.need(from, to, None, optional);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(key: &str, version: Version) -> (Option<&str>, Option<&str>) {
        named(without_peers(key, version), version)
    }

    #[test]
    fn keys_of_all_versions_are_names_and_versions() {
        use Version::{Ats, Slashes, Snapshots};
        for (key, version, name, pinned) in [
            ("/a/1.2.3", Slashes, "a", "1.2.3"),
            ("/a_b/1.2.3_c@1.0.0+d@2.0.0", Slashes, "a_b", "1.2.3"),
            ("/@s/a/1.2.3-rc.1_0a1b2c3d", Slashes, "@s/a", "1.2.3-rc.1"),
            ("/a/1.2.3/peer@1.0.0", Slashes, "a", "1.2.3"),
            ("npm.example.org/@s/a/1.2.3", Slashes, "@s/a", "1.2.3"),
            ("/a@1.2.3", Ats, "a", "1.2.3"),
            (
                "/@s/a@1.2.3(b@1.0.0(c@2.0.0))(@d/e@3.0.0)",
                Ats,
                "@s/a",
                "1.2.3",
            ),
            ("npm.example.org/a@1.2.3", Ats, "a", "1.2.3"),
            ("a@1.2.3+build.1", Snapshots, "a", "1.2.3+build.1"),
            (
                "@s/a@1.2.3(b@1.0.0)(patch_hash=0a1b)",
                Snapshots,
                "@s/a",
                "1.2.3",
            ),
            ("a@file:../a", Snapshots, "a", "file:../a"),
        ] {
            assert_eq!(identity(key, version), (Some(name), Some(pinned)), "{key}");
        }
    }

    #[test]
    fn keys_that_are_places_name_nothing_by_themselves() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        for key in [
            format!("github.com/o/r/{sha}"),
            "file:projects/a".into(),
            "https://codeload.github.com/o/r/tar.gz/1".into(),
            "@codeload.github.com/o/r/tar.gz/1".into(),
        ] {
            assert_eq!(identity(&key, Version::Slashes), (None, None), "{key}");
            assert_eq!(identity(&key, Version::Ats), (None, None), "{key}");
        }
        assert_eq!(place_name(&format!("github.com/o/r/{sha}")), "r");
        assert_eq!(place_name("file:../dir/a(b@1.0.0)"), "a");
    }
}
