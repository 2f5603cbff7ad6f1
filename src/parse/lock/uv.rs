//! uv.lock. The projects of the repository stand among the packages, with what they need for
//! production, for their extras and for development, so that scope and path can be derived; their
//! manifests tell the lines that ask for it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::connected::{Asked, Names};
use super::needs::{Needs, Scopes, Want};
use super::pep508::index_source;
use super::pypi::Files;
use super::pyproject;
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, RepoPath, Scope, Span};
use crate::parse::toml::{Entry as Line, Value};

struct Entry<'t> {
    name: String,
    version: Option<Cow<'t, str>>,
    span: Span,
    source: PackageSource,
    /// The folder of a project of this repository: installed from where it lies, or only a
    /// collection of dependencies.
    project: Option<String>,
    /// The project at the root is no package: nothing of its name is ever installed.
    is_root: bool,
    needs: Vec<Need<'t>>,
    extra_needs: Vec<Need<'t>>,
    dev_needs: Vec<Need<'t>>,
    /// What a project asks for, by name.
    ranges: Vec<(String, String)>,
    facts: PackageFacts,
}

struct Need<'t> {
    name: String,
    /// Only where several versions of the package are locked.
    version: Option<Cow<'t, str>>,
}

/// The manifests of the projects, found without reading the rest of a large file.
pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let folders = ["editable = \"", "virtual = \""]
        .into_iter()
        .flat_map(|key| {
            let places = input.text.match_indices(key);
            places.filter_map(|(at, key)| input.text[at + key.len()..].split('"').next())
        });
    folders
        .filter_map(|folder| manifest(input, folder))
        .map(Ask::File)
        .collect()
}

/// The manifest in a project's folder.
fn manifest(input: &Input<'_>, folder: &str) -> Option<RepoPath> {
    input.near(&format!("{folder}/pyproject.toml"))
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut records = Records::new(input.text);
    let mut errors = Vec::new();
    let entries = entries(&mut records, &mut errors);
    errors.extend(records.into_errors());
    let mut asked = Asked::default();
    let folders = entries.iter().filter_map(|entry| entry.project.as_deref());
    for path in folders.filter_map(|folder| manifest(input, folder)) {
        pyproject::add(input, &path, &mut asked);
    }
    Lockfile {
        packages: packages(entries, &asked),
        errors,
        unknown: Vec::new(),
    }
}

fn entries<'t>(records: &mut Records<'t>, errors: &mut Vec<super::SyntaxError>) -> Vec<Entry<'t>> {
    let mut entries = Vec::new();
    for record in records.by_ref().filter(|r| r.is_one_of("package")) {
        match Entry::read(&record) {
            Some(entry) => entries.push(entry),
            None => errors.push(record.error("a package without a name")),
        }
    }
    entries
}

impl<'t> Entry<'t> {
    fn read(record: &Record<'t>) -> Option<Self> {
        let name = record.text("name").filter(|name| !name.is_empty())?;
        let from = |key: &str| record.inner("source", key);
        let project = from("editable").or_else(|| from("virtual"));
        let is_root = matches!(from("virtual"), Some("." | "./"));
        let (source, resolved) = if let Some(index) = from("registry") {
            (index_source(index), Some(index))
        } else if let Some(git) = from("git") {
            (PackageSource::Git, Some(git))
        } else if let Some(url) = from("url") {
            (PackageSource::Url, Some(url))
        } else {
            let place = project
                .or_else(|| from("directory"))
                .or_else(|| from("path"));
            (PackageSource::Path, place)
        };
        let commit = resolved
            .filter(|_| source == PackageSource::Git)
            .and_then(|url| url.split_once('#'))
            .map(|(_, commit)| commit.to_owned());
        let mut files = Files::default();
        record
            .value("sdist")
            .into_iter()
            .for_each(|file| files.add(file));
        let wheels = record.value("wheels").map_or(&[][..], Value::items);
        wheels.iter().for_each(|file| files.add(file));
        let all = |table: &str| record.below(table).flat_map(Need::list).collect();
        let mut ranges = Vec::new();
        for line in record
            .below("metadata")
            .filter(|line| line.is("requires-dist"))
        {
            add_ranges(line, &mut ranges);
        }
        for (table, line) in record.far_below("metadata") {
            if matches!(table, "requires-dev" | "dependency-groups") {
                add_ranges(line, &mut ranges);
            }
        }
        Some(Self {
            name: Ecosystem::PyPI.normalise(name),
            version: match record.value("version") {
                Some(Value::Text(version)) => Some(version.clone()),
                _ => None,
            },
            span: record.span(),
            source,
            project: project.map(str::to_owned),
            is_root,
            needs: record
                .entry("dependencies")
                .map(Need::list)
                .unwrap_or_default(),
            extra_needs: all("optional-dependencies"),
            dev_needs: all("dev-dependencies"),
            ranges,
            facts: PackageFacts {
                resolved: resolved.map(str::to_owned),
                commit,
                released: files.released.take(),
                integrity: files.integrity(),
                ..PackageFacts::default()
            },
        })
    }
}

fn add_ranges(line: &Line<'_>, ranges: &mut Vec<(String, String)>) {
    for item in line.value.items() {
        let text = |key: &str| item.get(key).and_then(Value::as_str);
        if let Some(name) = text("name") {
            let range = text("specifier").unwrap_or_default();
            ranges.push((Ecosystem::PyPI.normalise(name), range.to_owned()));
        }
    }
}

impl<'t> Need<'t> {
    fn list(line: &Line<'t>) -> Vec<Self> {
        line.value.items().iter().filter_map(Self::read).collect()
    }

    fn read(item: &Value<'t>) -> Option<Self> {
        let version = match item.get("version") {
            Some(Value::Text(version)) => Some(version.clone()),
            _ => None,
        };
        let name = item.get("name").and_then(Value::as_str)?;
        let name = Ecosystem::PyPI.normalise(name);
        Some(Self { name, version })
    }

    fn resolve<'n>(
        &'n self,
        names: &'n Names,
        entries: &'n [Entry<'t>],
    ) -> impl Iterator<Item = usize> + 'n {
        let fits = |at: &usize| self.version.is_none() || entries[*at].version == self.version;
        names.find(&self.name).iter().copied().filter(fits)
    }
}

fn packages(entries: Vec<Entry<'_>>, asked: &Asked) -> Vec<Package> {
    let names = Names::new(entries.iter().map(|entry| entry.name.as_str()));
    let mut all = Needs::default();
    let knows_projects = entries.iter().any(|entry| entry.project.is_some());
    for (at, entry) in entries.iter().enumerate() {
        let ranges: HashMap<&str, &str> = entry
            .ranges
            .iter()
            .map(|(name, range)| (name.as_str(), range.as_str()))
            .collect();
        for (needs, scope) in [
            (&entry.needs, Scope::Prod),
            (&entry.extra_needs, Scope::Optional),
            (&entry.dev_needs, Scope::Dev),
        ] {
            for need in needs {
                for package in need.resolve(&names, &entries) {
                    if entry.project.is_none() {
                        all.need(at, package, None, false);
                        continue;
                    }
                    // One of its own extras.
                    if package == at {
                        continue;
                    }
                    let range = ranges.get(need.name.as_str());
                    all.want(Want {
                        package,
                        by: match entry.project.as_deref() {
                            Some("." | "./") => String::new(),
                            _ => entry.name.clone(),
                        },
                        scope,
                        range: range.map(|range| (*range).to_owned()),
                        requested: asked.requested(&need.name).cloned(),
                    });
                }
            }
        }
    }
    let mut is_root = Vec::with_capacity(entries.len());
    for entry in entries {
        is_root.push(entry.is_root);
        let version = entry.version.as_deref().unwrap_or_default();
        let package = Package {
            source: entry.source,
            facts: entry.facts,
            ..Package::new(Ecosystem::PyPI, &entry.name, version, entry.span)
        };
        match entry.project {
            Some(_) => all.add_project(package),
            None => all.add(package),
        };
    }
    let packages = all.finish(Scopes::Derived, knows_projects);
    let listed = packages.into_iter().zip(is_root);
    listed
        .filter(|(package, is_root)| !is_root || package.direct == Some(true))
        .map(|(package, _)| package)
        .collect()
}
