//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3. Version 1 nests packages in
//! packages; 2 and 3 list them by the folder they are installed in, and 2 repeats them in the old
//! form for old readers. Both become one list by folder.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want, project_name};
use super::origin::Origin;
use super::package_json::{self, Manifest};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope, Span};
use crate::parse::json::{Json, Kind, Value};

/// One installed package.
struct Entry<'j> {
    /// Where it is installed, `node_modules/a/node_modules/b`; a workspace's own folder.
    folder: String,
    /// The object, for needs.
    value: Value<'j>,
    /// The place in the list of packages; none for a link, which stands for a workspace.
    package: Option<usize>,
    /// The folder that a link leads to.
    link: Option<String>,
}

/// Folders above a package in which what it needs may be installed.
const LEVELS: usize = 64;
/// Bytes of a folder's name; deeper ones are listed and not looked into.
const LONGEST_FOLDER: usize = 4096;
/// Bytes of all names of folders that are tried; a hundred thousand packages need a fifth of it.
const ALL_TRIES: usize = 512 << 20;

const MODULES: &str = "node_modules/";

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks = package_json::ask(input, [""]);
    // Only a lockfile with links has workspaces, and what was asked for once is all.
    let has = |mark: &str| memchr::memmem::find(input.text.as_bytes(), mark.as_bytes()).is_some();
    let has_folders = has("\"link\"") || has("\"file:");
    if has_folders && !asks.iter().all(|ask| input.beside.knows(ask)) {
        let (json, _) = Json::parse(input.text);
        let member = |name| json.root().and_then(|root| root.get(name)).into_iter();
        let folders: Vec<String> = match member("packages").next() {
            Some(packages) => packages
                .children()
                .map(|package| package.key().into_owned())
                .filter(|key| !key.is_empty() && !key.contains(MODULES))
                .collect(),
            None => member("dependencies")
                .flat_map(Value::children)
                .filter_map(own_folder)
                .collect(),
        };
        asks.extend(package_json::ask(input, folders.iter().map(String::as_str)));
    }
    asks
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let Some(root) = json.root() else {
        return lockfile;
    };
    let mut refuse = |value: Value<'_>, message: &str| {
        lockfile.errors.push(SyntaxError {
            span: value.span(),
            message: message.to_owned(),
        });
    };
    match root.kind() {
        Kind::Object => {}
        // npm writes this where it was interrupted.
        Kind::Null => return lockfile,
        _ => {
            refuse(root, "a lockfile is an object");
            return lockfile;
        }
    }
    let (list, by_folder) = match (root.get("packages"), root.get("dependencies")) {
        (Some(packages), _) => (packages, true),
        (None, Some(nested)) => (nested, false),
        (None, None) => return lockfile,
    };
    if list.kind() != Kind::Object {
        refuse(list, "packages are an object");
    }
    for value in list.children().filter(|value| value.kind() != Kind::Object) {
        refuse(value, "a package is an object");
    }
    lockfile.packages = if by_folder {
        read_folders(input, list)
    } else {
        read_nested(input, list)
    };
    lockfile
}

/// What an entry says in members of its own.
#[derive(Default)]
struct Fields<'j> {
    name: Option<Cow<'j, str>>,
    version: Option<Value<'j>>,
    resolved: Option<Cow<'j, str>>,
    nested: Option<Value<'j>>,
    is_link: bool,
    is_dev: bool,
    is_optional: bool,
    facts: PackageFacts,
}

impl<'j> Fields<'j> {
    fn read(entry: Value<'j>) -> Self {
        let mut fields = Self::default();
        let facts = &mut fields.facts;
        for member in entry.children() {
            match &*member.key() {
                "name" => fields.name = member.as_str(),
                "version" if member.kind() == Kind::Text => fields.version = Some(member),
                "resolved" => fields.resolved = member.as_str(),
                "integrity" => facts.integrity = hashes(member),
                "license" | "licenses" => facts.licences = licences(member),
                // `false` would be no deprecation.
                "deprecated" => {
                    facts.discouraged = member
                        .as_str()
                        .map(Cow::into_owned)
                        .or_else(|| member.is_true().then(String::new));
                }
                "hasInstallScript" => facts.has_install_script = member.is_true(),
                "link" => fields.is_link = member.is_true(),
                "dev" => fields.is_dev = member.is_true(),
                "optional" | "devOptional" => fields.is_optional |= member.is_true(),
                "dependencies" => fields.nested = Some(member),
                _ => {}
            }
        }
        fields
    }

    fn version(&self) -> Cow<'j, str> {
        self.version.and_then(Value::as_str).unwrap_or_default()
    }

    fn scope(&self) -> Scope {
        if self.is_dev {
            Scope::Dev
        } else if self.is_optional {
            Scope::Optional
        } else {
            Scope::Prod
        }
    }

    /// From the key to the version, where the version stands at the beginning.
    fn span(&self, entry: Value<'_>) -> Span {
        let key = entry.key_span();
        match self.version.map(|version| key.cover(version.span())) {
            Some(span) if span.len() < 400 => span,
            _ => key,
        }
    }
}

/// Several hashes stand in one text, between spaces.
fn hashes(value: Value<'_>) -> Vec<String> {
    let text = value.as_str().unwrap_or_default();
    let mut hashes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    hashes.sort();
    hashes
}

/// An expression; in old packages an object with a `type`, or a list of either.
fn licences(value: Value<'_>) -> Vec<String> {
    let one = |value: Value<'_>| {
        let name = match value.kind() {
            Kind::Object => value.get("type")?.as_str()?,
            _ => value.as_str()?,
        };
        Some(name.into_owned())
    };
    match value.kind() {
        Kind::Array => value.children().filter_map(one).collect(),
        _ => one(value).into_iter().collect(),
    }
}

/// Versions 2 and 3.
fn read_folders(input: &Input<'_>, list: Value<'_>) -> Vec<Package> {
    let mut needs = Needs::default();
    let mut entries = Vec::new();
    for value in list.children() {
        let folder = value.key().into_owned();
        let mut fields = Fields::read(value);
        if folder.is_empty() || fields.is_link {
            entries.push(Entry {
                folder,
                value,
                package: None,
                link: fields
                    .resolved
                    .filter(|_| fields.is_link)
                    .map(Cow::into_owned),
            });
            continue;
        }
        let installed = folder
            .rfind(MODULES)
            .map(|at| &folder[at + MODULES.len()..]);
        let name = match (fields.name.take(), installed) {
            (Some(name), Some(installed)) if *name != *installed => {
                fields.facts.alias = Some(installed.to_owned());
                name
            }
            (Some(name), _) => name,
            (None, Some(installed)) => Cow::Borrowed(installed),
            (None, None) => Cow::Borrowed(folder.rsplit('/').next().unwrap_or(&folder)),
        };
        let origin = Origin::of(fields.resolved.as_deref().unwrap_or(""));
        let mut package = Package {
            scope: fields.scope(),
            source: origin.source,
            ..Package::new(Ecosystem::Npm, &name, &fields.version(), fields.span(value))
        };
        package.facts = PackageFacts {
            commit: origin.commit,
            resolved: fields.resolved.map(Cow::into_owned),
            ..fields.facts
        };
        let at = if installed.is_some() {
            needs.add(package)
        } else {
            package.source = PackageSource::Path;
            needs.add_project(package)
        };
        entries.push(Entry {
            folder,
            value,
            package: Some(at),
            link: None,
        });
    }
    let folders = Folders::new(&entries);
    for entry in entries.iter().filter(|entry| entry.link.is_none()) {
        let is_project = !entry.folder.contains(MODULES);
        let manifest = is_project
            .then(|| Manifest::beside(input, &entry.folder))
            .flatten();
        let own = entry.package.and_then(|at| needs.package(at));
        let by = own.map(|own| project_name(&own.name)).unwrap_or_default();
        for (list, scope) in package_json::lists() {
            let list = entry.value.get(list).into_iter().flat_map(Value::children);
            for need in list {
                let name = need.key();
                let found = folders.resolve(&entry.folder, &name);
                let (Some(package), Some(range)) = (found, need.as_str()) else {
                    continue;
                };
                if is_project {
                    needs.want(Want {
                        package,
                        by: by.clone(),
                        scope,
                        range: Some(range.to_string()),
                        requested: manifest.as_ref().and_then(|m| m.requested(&name)),
                    });
                }
                if let Some(from) = entry.package.filter(|_| !is_project) {
                    needs.need(from, package, Some(&range), scope == Scope::Optional);
                }
            }
        }
    }
    needs.finish(Scopes::Stated, true)
}

/// Version 1: walked with a list of what is still to be looked at, not by recursion.
fn read_nested(input: &Input<'_>, list: Value<'_>) -> Vec<Package> {
    let mut needs = Needs::default();
    let mut entries = Vec::new();
    let mut open = vec![(list, String::new())];
    while let Some((list, above)) = open.pop() {
        for value in list.children() {
            let key = value.key();
            let folder = if above.is_empty() {
                format!("{MODULES}{key}")
            } else {
                format!("{above}/{MODULES}{key}")
            };
            let fields = Fields::read(value);
            if let Some(inner) = fields.nested.filter(|_| folder.len() < LONGEST_FOLDER) {
                open.push((inner, folder.clone()));
            }
            let package = nested_package(&key, value, fields);
            let package = if package.source == PackageSource::Path {
                needs.add_project(package)
            } else {
                needs.add(package)
            };
            entries.push(Entry {
                folder,
                value,
                package: Some(package),
                link: None,
            });
        }
    }
    let folders = Folders::new(&entries);
    for entry in &entries {
        let needed = entry.value.get("requires").into_iter();
        for need in needed.flat_map(Value::children) {
            let found = folders.resolve(&entry.folder, &need.key());
            if let (Some(from), Some(to), Some(range)) = (entry.package, found, need.as_str()) {
                needs.need(from, to, Some(&range), false);
            }
        }
    }
    // This version does not say what the projects themselves name.
    let root = Manifest::beside(input, "");
    let mut projects = vec![("", root.as_ref())];
    let members: Vec<(&Entry<'_>, Manifest)> = entries
        .iter()
        .filter_map(|entry| Some((entry, Manifest::beside(input, &own_folder(entry.value)?)?)))
        .collect();
    projects.extend(
        members
            .iter()
            .map(|(entry, manifest)| (&*entry.folder, Some(manifest))),
    );
    for (folder, manifest) in projects {
        let Some(manifest) = manifest else { continue };
        for need in &manifest.needs {
            if let Some(package) = folders.resolve(folder, &need.name) {
                needs.want(manifest.want(need, package, folder.is_empty()));
            }
        }
    }
    needs.finish(Scopes::Stated, root.is_some())
}

/// The folder of the repository that a package of version 1 lies in.
fn own_folder(value: Value<'_>) -> Option<String> {
    let version = value.get("version")?.as_str()?;
    version.strip_prefix("file:").map(str::to_owned)
}

/// A package of version 1, where `version` may as well be a place or another name.
fn nested_package(key: &str, value: Value<'_>, mut fields: Fields<'_>) -> Package {
    let written = fields.version();
    let span = fields.span(value);
    let mut origin = Origin::of(&written);
    let alias = written
        .strip_prefix("npm:")
        .and_then(|real| real.rsplit_once('@'));
    let (name, version) = match alias {
        Some((name, version)) => {
            fields.facts.alias = Some(key.to_owned());
            (name, version)
        }
        None if written.contains("://") => (key, packed_version(key, &written)),
        None if origin.source == PackageSource::Registry => (key, &*written),
        None => (key, ""),
    };
    let resolved = match &fields.resolved {
        Some(resolved) if origin.source == PackageSource::Registry => {
            origin = Origin::of(resolved);
            Some(resolved.to_string())
        }
        Some(resolved) => Some(resolved.to_string()),
        // The place stands where the version does.
        None => (version != written && alias.is_none()).then(|| written.to_string()),
    };
    let mut package = Package {
        scope: fields.scope(),
        source: origin.source,
        ..Package::new(Ecosystem::Npm, name, version, span)
    };
    package.facts = PackageFacts {
        commit: origin.commit,
        resolved,
        ..fields.facts
    };
    package
}

/// The version in the name of an archive as registries name them: `name/-/name-1.2.3.tgz`.
fn packed_version<'w>(name: &str, place: &'w str) -> &'w str {
    let short = name.rsplit('/').next().unwrap_or(name);
    let file = place
        .split(['?', '#'])
        .next()
        .and_then(|p| p.rsplit_once("/-/"));
    file.and_then(|(_, file)| {
        file.strip_prefix(short)?
            .strip_prefix('-')?
            .strip_suffix(".tgz")
    })
    .unwrap_or("")
}

/// Packages by the folder they are installed in.
struct Folders<'e, 'j> {
    entries: &'e [Entry<'j>],
    by_folder: HashMap<&'e str, usize>,
    /// Bytes of names that may still be tried.
    left: Cell<usize>,
}

impl<'e, 'j> Folders<'e, 'j> {
    fn new(entries: &'e [Entry<'j>]) -> Self {
        let places = entries.iter().enumerate();
        Self {
            entries,
            by_folder: places
                .map(|(at, entry)| (entry.folder.as_str(), at))
                .collect(),
            left: Cell::new(ALL_TRIES),
        }
    }

    fn get(&self, folder: &str) -> Option<&'e Entry<'j>> {
        let left = self.left.get().checked_sub(folder.len())?;
        self.left.set(left);
        self.by_folder
            .get(folder)
            .and_then(|at| self.entries.get(*at))
    }

    /// Looks where node looks: in the package's own folder, then in every folder above it.
    fn resolve(&self, folder: &str, name: &str) -> Option<usize> {
        if folder.len() >= LONGEST_FOLDER {
            return None;
        }
        let mut base = folder;
        let mut place = String::with_capacity(folder.len() + MODULES.len() + name.len() + 1);
        for _ in 0..LEVELS {
            place.clear();
            if !base.is_empty() {
                place.push_str(base);
                place.push('/');
            }
            place.push_str(MODULES);
            place.push_str(name);
            if let Some(found) = self.get(&place) {
                let target = match &found.link {
                    Some(link) => self.get(link),
                    None => Some(found),
                };
                return target.and_then(|target| target.package);
            }
            if base.is_empty() {
                return None;
            }
            base = match base.rfind("/node_modules/") {
                Some(at) => &base[..at],
                None if base.starts_with(MODULES) => "",
                None => base.rfind('/').map_or("", |at| &base[..at]),
            };
        }
        None
    }
}
