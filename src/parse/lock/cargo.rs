//! Cargo.lock, versions 1 to 4. The format names no scope, and a package without a source lies in
//! the repository; what its members need packages for stands in their manifests.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cargo_toml::{Dependency, Manifest, workspace};
use super::connected::{Names, stronger};
use super::needs::{Needs, Scopes, Want};
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope, Span};
use crate::parse::toml::Value;

struct Entry<'t> {
    name: Cow<'t, str>,
    version: Cow<'t, str>,
    span: Span,
    source: Option<Cow<'t, str>>,
    checksum: Option<Cow<'t, str>>,
    needs: Vec<Cow<'t, str>>,
}

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    workspace(input).1
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut records = Records::new(input.text);
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut errors = Vec::new();
    let mut checksums: HashMap<String, String> = HashMap::new();
    for record in records.by_ref() {
        let path = record.path();
        // `[root]` is how the oldest lockfiles write the package itself.
        if record.is_one_of("package") || path == ["root"] {
            match Entry::read(&record) {
                Some(entry) => entries.push(entry),
                None => errors.push(record.error("a package without a name or a version")),
            }
        } else if path == ["metadata"] {
            // Version 1: `"checksum name version (source)" = "…"`.
            for entry in record.entries() {
                if let ([key], Some(checksum)) = (&entry.key[..], entry.value.as_str()) {
                    checksums.insert(key.to_string(), checksum.to_owned());
                }
            }
        }
    }
    errors.extend(records.into_errors());
    if !checksums.is_empty() {
        for entry in entries.iter_mut().filter(|entry| entry.checksum.is_none()) {
            let source = entry.source.as_deref().unwrap_or("");
            let key = format!("checksum {} {} ({source})", entry.name, entry.version);
            let checksum = checksums.remove(&key).filter(|sum| sum != "<none>");
            entry.checksum = checksum.map(Cow::Owned);
        }
    }
    Lockfile {
        packages: packages(entries, &workspace(input).0),
        errors,
        unknown: Vec::new(),
    }
}

impl<'t> Entry<'t> {
    fn read(record: &Record<'t>) -> Option<Self> {
        let text = |key: &str| record.owned_text(key);
        let needs = record.value("dependencies").map_or(&[][..], Value::items);
        let needs = needs.iter().filter_map(Value::to_text);
        Some(Self {
            name: text("name").filter(|name| !name.is_empty())?,
            version: text("version")?,
            span: record.span(),
            source: text("source"),
            checksum: text("checksum"),
            needs: needs.collect(),
        })
    }

    fn package(self) -> Package {
        let source = source(self.source.as_deref());
        let commit = self
            .source
            .as_deref()
            .filter(|_| source == PackageSource::Git);
        let commit = commit.and_then(|url| url.split_once('#'));
        Package {
            source,
            facts: PackageFacts {
                commit: commit.map(|(_, commit)| commit.to_owned()),
                integrity: self.checksum.into_iter().map(Cow::into_owned).collect(),
                resolved: self.source.map(Cow::into_owned),
                ..PackageFacts::default()
            },
            ..Package::new(Ecosystem::CratesIo, &self.name, &self.version, self.span)
        }
    }
}

fn packages(entries: Vec<Entry<'_>>, manifests: &[Manifest]) -> Vec<Package> {
    let members: HashMap<&str, (usize, HashMap<&str, Vec<&Dependency>>)> = manifests
        .iter()
        .enumerate()
        .filter(|(_, manifest)| !manifest.name.is_empty())
        .map(|(at, manifest)| (manifest.name.as_str(), (at, manifest.by_name())))
        .collect();
    let names = Names::new(entries.iter().map(|entry| &*entry.name));
    let needs = entries.iter().map(|entry| entry.needs.len()).sum();
    let mut all = Needs::with_room_for(entries.len(), needs);
    let mut aliases: Vec<(usize, String)> = Vec::new();
    let has_members = entries.iter().any(|entry| entry.source.is_none());
    for (at, entry) in entries.iter().enumerate() {
        let member = members.get(&*entry.name);
        let member = member.filter(|_| entry.source.is_none());
        for need in &entry.needs {
            for package in resolve(need, &entries, &names) {
                if entry.source.is_some() {
                    all.need(at, package, None, false);
                    continue;
                }
                let asked = member.and_then(|(_, wishes)| wishes.get(&*entries[package].name));
                let asked = asked.map(|wishes| fitting(wishes, &entries[package].version));
                let first = asked.as_ref().and_then(|wishes| wishes.first());
                if let Some(wish) = first.filter(|wish| wish.key != wish.name) {
                    aliases.push((package, wish.key.clone()));
                }
                let requested = first.map(|wish| wish.requested.clone());
                all.want(Want {
                    package,
                    by: match member {
                        // The manifest beside the lockfile is the first.
                        Some((0, _)) => String::new(),
                        _ => entry.name.clone().into_owned(),
                    },
                    scope: asked
                        .iter()
                        .flatten()
                        .fold(Scope::Unknown, |scope, wish| stronger(scope, wish.scope)),
                    range: requested.as_ref().map(|r| r.requirement.clone()),
                    requested,
                });
            }
        }
    }
    for entry in entries {
        let is_member = entry.source.is_none();
        match is_member {
            true => all.add_project(entry.package()),
            false => all.add(entry.package()),
        };
    }
    for (at, alias) in aliases {
        if let Some(package) = all.package_mut(at) {
            package.facts.alias = Some(alias);
        }
    }
    all.finish(Scopes::Derived, has_members)
}

impl Manifest {
    fn by_name(&self) -> HashMap<&str, Vec<&Dependency>> {
        let mut by_name: HashMap<&str, Vec<&Dependency>> = HashMap::new();
        for dependency in &self.dependencies {
            by_name
                .entry(&dependency.name)
                .or_default()
                .push(dependency);
        }
        by_name
    }
}

/// The wishes for a package that mean this version; all of them where that cannot be told.
fn fitting<'d>(wishes: &[&'d Dependency], version: &str) -> Vec<&'d Dependency> {
    let fits = |wish: &&&Dependency| means(&wish.requested.requirement, version);
    let fitting: Vec<_> = wishes.iter().filter(fits).copied().collect();
    match fitting.is_empty() {
        true => wishes.to_vec(),
        false => fitting,
    }
}

/// True where a version is of the same compatible line as a requirement: equal up to the first
/// number that is not zero.
fn means(requirement: &str, version: &str) -> bool {
    let first = requirement.split(',').next().unwrap_or(requirement).trim();
    let wanted = first.trim_start_matches(['^', '~', '=', ' ']);
    for (wanted, found) in wanted.split('.').zip(version.split('.')) {
        let Ok(number) = wanted.parse::<u64>() else {
            return true;
        };
        if found.parse() != Ok(number) {
            return false;
        }
        if number != 0 {
            return true;
        }
    }
    true
}

/// `name`, `name version` or `name version (source)`: as much as tells the packages apart.
fn resolve<'n>(
    need: &'n str,
    entries: &'n [Entry<'_>],
    names: &'n Names<'_>,
) -> impl Iterator<Item = usize> + 'n {
    let mut words = need.splitn(3, ' ');
    let name = words.next().unwrap_or("");
    let version = words.next();
    let source = words.next().map(|source| source.trim_matches(['(', ')']));
    let fits = move |at: &usize| {
        let entry = &entries[*at];
        version.is_none_or(|version| entry.version == version)
            && source.is_none_or(|source| entry.source.as_deref() == Some(source))
    };
    names.find(name).iter().copied().filter(fits)
}

fn source(source: Option<&str>) -> PackageSource {
    match source {
        None => PackageSource::Path,
        Some(
            "registry+https://github.com/rust-lang/crates.io-index"
            | "sparse+https://index.crates.io/",
        ) => PackageSource::Registry,
        Some(git) if git.starts_with("git+") => PackageSource::Git,
        // Another registry: its packages are not those of crates.io, whatever their names.
        Some(_) => PackageSource::Url,
    }
}
