//! pom.xml: the direct dependencies of a module, as far as they can be known without a network.
//! Parents that lie in the repository are looked at; those that do not, imported collections of
//! versions and what dependencies depend on are told to be unknown.

use std::collections::HashMap;

use super::pom_model::{self, Key, Model, Overlay, Told, chain};
use super::{Ask, Input, Lockfile, SyntaxError, maven};
use crate::model::{Ecosystem, Package, PackageSource, RepoPath, Requested, Scope, Span};
use crate::parse::xml::{Element, Xml};
use crate::text::LineIndex;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    chain(input).1
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (chain, _) = chain(input);
    let parsed: Vec<_> = chain.iter().map(|(_, text)| Xml::parse(text)).collect();
    let mut lockfile = Lockfile {
        errors: parsed
            .first()
            .map(|(_, errors)| errors.clone())
            .unwrap_or_default(),
        ..Lockfile::default()
    };
    let roots: Vec<Element<'_>> = parsed.iter().filter_map(|(xml, _)| xml.root()).collect();
    let Some(root) = roots.first().copied() else {
        return lockfile;
    };
    if root.name() != "project" {
        lockfile.errors.push(SyntaxError {
            span: root.tag_span(),
            message: "not a project".into(),
        });
        return lockfile;
    }
    let lines = chain
        .iter()
        .map(|(path, text)| (path, LineIndex::new(text.as_bytes())));
    let mut reader = Reader {
        model: Model::new(roots),
        poms: lines.collect(),
        versionless: 0,
        undefined: Vec::new(),
        packages: Vec::new(),
        errors: Vec::new(),
    };
    reader.read();
    lockfile.unknown = reader.unknown();
    lockfile.packages = reader.packages;
    lockfile.errors.extend(reader.errors);
    lockfile
}

struct Reader<'x> {
    model: Model<'x>,
    /// The poms of the chain, to tell lines of them.
    poms: Vec<(&'x RepoPath, LineIndex)>,
    versionless: usize,
    /// Properties that nobody here defines.
    undefined: Vec<String>,
    packages: Vec<Package>,
    errors: Vec<SyntaxError>,
}

impl<'x> Reader<'x> {
    fn read(&mut self) {
        // The parts stand in the order in which they count; within one, what is declared again
        // counts as it was declared last.
        let mut places: HashMap<Key, (usize, usize)> = HashMap::new();
        let mut found: Vec<Option<(Key, Told<'x>)>> = Vec::new();
        let parts: Vec<Told<'x>> = self.model.active().collect();
        for (order, part) in parts.into_iter().enumerate() {
            for element in dependencies(part.element) {
                let Some(key) = self.key(element, None) else {
                    continue;
                };
                match places.insert(key.clone(), (order, found.len())) {
                    Some(before) if before.0 < order => {
                        places.insert(key, before);
                        continue;
                    }
                    Some((_, before)) => {
                        if let Some(before) = found.get_mut(before) {
                            *before = None;
                        }
                    }
                    None => {}
                }
                found.push(Some((key, Told { element, ..part })));
            }
        }
        for (key, told) in found.into_iter().flatten() {
            self.take(&key, told, None);
        }
        let chosen: Vec<Element<'x>> = self.model.chosen().collect();
        for profile in chosen {
            let overlay = self.model.overlay(profile);
            for element in dependencies(profile) {
                if let Some(key) = self.key(element, Some(&overlay)) {
                    let told = Told { level: 0, element };
                    self.take(&key, told, Some(&overlay));
                }
            }
        }
    }

    /// The coordinates of a dependency; an error where they are not all there.
    fn key(&mut self, dependency: Element<'x>, overlay: Option<&Overlay<'x>>) -> Option<Key> {
        let key = self.model.key(dependency, overlay);
        if key.0.is_empty() || key.1.is_empty() {
            self.errors.push(SyntaxError {
                span: dependency.tag_span(),
                message: "a dependency without a group or a name".into(),
            });
            return None;
        }
        Some(key)
    }

    fn take(&mut self, key: &Key, told: Told<'x>, overlay: Option<&Overlay<'x>>) {
        let managed = self.model.managed(key, overlay);
        let find = |name: &str| {
            let own = told
                .element
                .child(name)
                .map(|element| Told { element, ..told });
            own.or_else(|| {
                let managed = managed?;
                let element = managed.element.child(name)?;
                Some(Told { element, ..managed })
            })
        };
        let word = |name: &str| {
            let written = find(name).and_then(|told| told.element.text());
            let written = written.unwrap_or_default();
            self.model
                .interpolate(&written, overlay)
                .unwrap_or_default()
        };
        let scope = word("scope");
        // This is never kept for a dependency.
        let optional = told.element.text_of("optional").unwrap_or_default();
        let optional = self.model.interpolate(&optional, overlay);
        let is_optional = optional.is_ok_and(|optional| optional == "true");
        let name = format!("{}:{}", key.0, key.1);
        let mut package = Package::new(Ecosystem::Maven, &name, "", self.span(told));
        package.scope = match &*scope {
            "test" => Scope::Dev,
            // Whoever runs the program brings it along.
            "provided" => Scope::Optional,
            _ if is_optional || overlay.is_some() => Scope::Optional,
            _ => Scope::Prod,
        };
        if scope == "system" {
            package.source = PackageSource::Path;
        }
        package.direct = Some(told.level == 0);
        if told.level > 0 {
            package
                .dependency_path
                .push(self.parent().unwrap_or_default());
        }
        package.dependency_path.push(package.name.clone());
        match find("version") {
            Some(version) => self.pin(version, overlay, &mut package),
            None => self.versionless += 1,
        }
        self.packages.push(package);
    }

    /// What is inherited stands where the parent is named.
    fn span(&self, told: Told<'x>) -> Span {
        let root = self.model.roots.first().filter(|_| told.level > 0);
        let parent = root.and_then(|root| root.child("parent"));
        pom_model::span(parent.unwrap_or(told.element))
    }

    fn pin(&mut self, version: Told<'x>, overlay: Option<&Overlay<'x>>, package: &mut Package) {
        let Some(written) = version.element.text() else {
            return;
        };
        let value = self.model.interpolate(&written, overlay);
        if let Err(name) = &value
            && !self.undefined.contains(name)
            && self.undefined.len() < MOST_TOLD
        {
            self.undefined.push(name.clone());
        }
        let requirement = value.unwrap_or_else(|_| written.clone().into_owned());
        if let Some(exact) = maven::exact(&requirement) {
            package.version = exact.to_owned();
        }
        let place = self.model.property(&written, overlay).unwrap_or(version);
        if let Some((path, lines)) = self.poms.get(place.level) {
            package.requested = Some(Requested {
                path: (*path).clone(),
                line: lines.line(place.element.span().start),
                requirement,
            });
        }
    }

    /// `group:name` of the child's parent.
    fn parent(&self) -> Option<String> {
        coordinates(self.model.roots.first()?.child("parent")?)
    }

    fn unknown(&self) -> Vec<String> {
        let mut unknown = Vec::new();
        let outermost = self
            .model
            .roots
            .last()
            .and_then(|root| root.child("parent"));
        let outside = outermost.and_then(coordinates);
        if let Some(parent) = &outside {
            unknown.push(format!(
                "the parent {parent} is not in this repository: what it adds is not known"
            ));
        }
        if self.versionless > 0 {
            let imports = self.model.imports.iter().take(MOST_TOLD);
            let givers: Vec<&str> = imports.chain(&outside).map(String::as_str).collect();
            let without = match self.versionless {
                1 => "1 dependency has".to_owned(),
                count => format!("{count} dependencies have"),
            };
            unknown.push(match givers.is_empty() {
                true => format!("{without} no version here"),
                false => format!(
                    "{without} no version in this repository; it may come from {}",
                    givers.join(", ")
                ),
            });
        }
        if !self.undefined.is_empty() {
            let names: Vec<String> = self.undefined.iter().map(|n| format!("${{{n}}}")).collect();
            unknown.push(format!(
                "nothing in this repository defines {}",
                names.join(", ")
            ));
        }
        if !self.packages.is_empty() {
            unknown.push("a pom.xml does not name what its dependencies depend on".into());
        }
        unknown
    }
}

/// Names in one sentence.
const MOST_TOLD: usize = 4;

fn coordinates(element: Element<'_>) -> Option<String> {
    let group = element.text_of("groupId")?;
    let name = element.text_of("artifactId")?;
    Some(format!("{group}:{name}"))
}

fn dependencies<'x>(part: Element<'x>) -> impl Iterator<Item = Element<'x>> {
    let list = part.child("dependencies").into_iter();
    list.flat_map(|list| list.all("dependency"))
}
