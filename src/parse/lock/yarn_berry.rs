//! yarn.lock of yarn 2 and later: descriptors as keys, and in `resolution` what came of them.
//! Workspaces stand among the packages with all they need, whatever for: their package.json tells
//! development from production.

use std::borrow::Cow;
use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want, project_name};
use super::origin::{self, Origin};
use super::package_json::Manifest;
use super::yarn::split;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope, Span};
use crate::parse::yaml::{Kind, Value, Yaml};

/// The folders of the workspaces, told without reading the file as a whole.
pub fn workspaces(text: &str) -> Vec<&str> {
    const MARK: &str = "@workspace:";
    let lines = text.lines().filter_map(|line| {
        line.trim_start()
            .strip_prefix("resolution:")
            .filter(|rest| rest.contains(MARK))
    });
    lines
        .filter_map(|rest| rest.split_once(MARK))
        .map(|(_, folder)| folder.trim_end_matches(['"', '\'', ' ']))
        .collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    let mut entries = Vec::new();
    for (key, value) in yaml.root().into_iter().flat_map(Value::entries) {
        if key.as_str() == Some("__metadata") {
            continue;
        }
        match Entry::read(key, value) {
            Some(entry) => entries.push(entry),
            None => lockfile.errors.push(SyntaxError {
                span: key.span(),
                message: "a package without a resolution or a version".into(),
            }),
        }
    }
    lockfile.packages = packages(input, &entries);
    lockfile
}

struct Entry<'y> {
    key: Span,
    descriptors: Vec<&'y str>,
    version: Option<(&'y str, Span)>,
    /// Name and reference, from `resolution`.
    name: &'y str,
    reference: &'y str,
    checksum: Option<&'y str>,
    needs: Vec<(&'y str, &'y str)>,
    /// Names of needs that may be missing, sorted.
    optional: Vec<&'y str>,
}

impl<'y> Entry<'y> {
    fn read(key: Value<'y>, value: Value<'y>) -> Option<Self> {
        let descriptors: Vec<&str> = key.as_str()?.split(',').map(str::trim).collect();
        let mut entry = Self {
            key: key.span(),
            version: None,
            name: "",
            reference: "",
            checksum: None,
            needs: Vec::new(),
            optional: Vec::new(),
            descriptors,
        };
        for (key, value) in value.entries() {
            match (key.as_str()?, value.as_str()) {
                ("version", Some(version)) => entry.version = Some((version, value.span())),
                ("resolution", Some(resolution)) => {
                    (entry.name, entry.reference) = split(resolution)?;
                }
                ("checksum", Some(checksum)) => entry.checksum = Some(checksum),
                ("dependencies", _) => {
                    let needs = value.entries();
                    entry.needs = needs
                        .filter_map(|(name, range)| Some((name.as_str()?, range.as_str()?)))
                        .collect();
                }
                ("dependenciesMeta", _) if value.kind() == Kind::Mapping => {
                    let optional = value.entries();
                    let optional = optional.filter(|(_, m)| m.text("optional") == Some("true"));
                    entry.optional = optional.filter_map(|(name, _)| name.as_str()).collect();
                    entry.optional.sort_unstable();
                }
                _ => {}
            }
        }
        if entry.name.is_empty() {
            // Damaged: the descriptor says the name, too.
            (entry.name, entry.reference) = split(entry.descriptors.first()?)?;
            entry.version?;
        }
        Some(entry)
    }

    fn is_optional(&self, need: &str) -> bool {
        self.optional.binary_search(&need).is_ok()
    }

    /// The folder of a workspace.
    fn workspace(&self) -> Option<&'y str> {
        self.reference.strip_prefix("workspace:")
    }

    fn package(&self) -> Package {
        let (name, reference) = unpatched(self.name, self.reference);
        let origin = origin(&reference);
        let (version, span) = match self.version {
            Some((version, span)) => (version, self.key.cover(span)),
            None => ("", self.key),
        };
        let span = if span.len() < 400 { span } else { self.key };
        let mut package = Package {
            source: origin.source,
            ..Package::new(Ecosystem::Npm, &name, version, span)
        };
        let asked = self.descriptors.first().and_then(|d| split(d));
        let alias = asked.map(|(asked, _)| asked).filter(|asked| *asked != name);
        package.facts = PackageFacts {
            resolved: self
                .workspace()
                .is_none()
                .then(|| self.reference.to_owned()),
            integrity: self.checksum.map(str::to_owned).into_iter().collect(),
            commit: origin.commit,
            alias: alias.map(str::to_owned),
            ..PackageFacts::default()
        };
        package
    }
}

/// A patched package is the package that was patched: `patch:name@npm%3A1.2.3#./fix.patch`.
fn unpatched<'r>(name: &'r str, reference: &'r str) -> (Cow<'r, str>, Cow<'r, str>) {
    let (mut name, mut reference) = (Cow::Borrowed(name), Cow::Borrowed(reference));
    // A patch of a patch is allowed; nobody has eight.
    for _ in 0..8 {
        let Some(patched) = reference.strip_prefix("patch:") else {
            break;
        };
        let end = patched.find('#').unwrap_or(patched.len());
        let inner = decode(&patched[..end]);
        let Some((real, place)) = split(&inner) else {
            break;
        };
        (name, reference) = (Cow::Owned(real.to_owned()), Cow::Owned(place.to_owned()));
    }
    (name, reference)
}

fn origin(reference: &str) -> Origin {
    let registry = reference.strip_prefix("npm:");
    match registry {
        // The address, where it is not the usual one of the registry.
        Some(registry) => match registry.split_once("__archiveUrl=") {
            Some((_, address)) => Origin::of(&decode(address.split('&').next().unwrap_or(address))),
            None => Origin::of(""),
        },
        None => {
            let origin = Origin::of(reference);
            if origin.source == PackageSource::Registry && origin::web(reference).is_some() {
                // An archive that the project names by its address.
                Origin {
                    source: PackageSource::Url,
                    ..origin
                }
            } else {
                origin
            }
        }
    }
}

/// Percent signs resolved; what they spell must be text.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn packages(input: &Input<'_>, entries: &[Entry<'_>]) -> Vec<Package> {
    let mut needs = Needs::default();
    let mut by_descriptor: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(entries.len());
    // What replaces a descriptor although others still ask for it: a patch.
    let mut patched: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut by_name: HashMap<&str, Option<usize>> = HashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        if entry.workspace().is_some() {
            needs.add_project(entry.package());
        } else {
            needs.add(entry.package());
        }
        for &descriptor in &entry.descriptors {
            by_descriptor.insert(Cow::Borrowed(descriptor), at);
            let Some((name, range)) = split(descriptor) else {
                continue;
            };
            let only = by_name.entry(name).or_insert(Some(at));
            if *only != Some(at) {
                *only = None;
            }
            if let Some(inner) = range.strip_prefix("patch:") {
                let inner = decode(inner.split('#').next().unwrap_or(inner));
                patched.insert(Cow::Owned(inner), at);
            }
        }
    }
    let find = |name: &str, range: &str| -> Vec<usize> {
        let plain = format!("{name}@{range}");
        let full = format!("{name}@npm:{range}");
        let exact = by_descriptor
            .get(plain.as_str())
            .or_else(|| by_descriptor.get(full.as_str()))
            .copied()
            .or_else(|| by_name.get(name).copied().flatten());
        let patch = patched
            .get(plain.as_str())
            .or_else(|| patched.get(full.as_str()));
        exact.into_iter().chain(patch.copied()).collect()
    };
    for (from, entry) in entries.iter().enumerate() {
        let Some(folder) = entry.workspace() else {
            for (name, range) in &entry.needs {
                for to in find(name, range) {
                    needs.need(from, to, Some(range), entry.is_optional(name));
                }
            }
            continue;
        };
        let folder = if folder == "." { "" } else { folder };
        let manifest = Manifest::beside(input, folder);
        for (name, range) in &entry.needs {
            for package in find(name, range) {
                let need = manifest.as_ref().and_then(|manifest| manifest.need(name));
                needs.want(Want {
                    package,
                    by: if folder.is_empty() {
                        String::new()
                    } else {
                        project_name(entry.name)
                    },
                    scope: match need {
                        Some(need) => need.scope,
                        None if entry.is_optional(name) => Scope::Optional,
                        None => Scope::Unknown,
                    },
                    range: Some((*range).to_owned()),
                    requested: manifest.as_ref().and_then(|m| m.requested(name)),
                });
            }
        }
    }
    let has_workspaces = entries.iter().any(|entry| entry.workspace().is_some());
    let packages = needs.finish(Scopes::Derived, has_workspaces);
    // The project itself is none of its packages.
    let listed = packages.into_iter().zip(entries);
    listed
        .filter(|(_, entry)| entry.workspace() != Some("."))
        .map(|(package, _)| package)
        .collect()
}
