//! pyproject.toml: what a Python project asks for, in the tables of the standard (PEP 621, 735) and
//! in those of Poetry, PDM and uv. An exact requirement is a pin; of everything else only the name
//! is known. Where a lockfile stands for the project, that one speaks.

use std::collections::HashMap;

use super::connected::Asked;
use super::pep508::{Demand, Location};
use super::tables::{Record, Records};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{
    Ecosystem, Package, PackageFacts, PackageSource, RepoPath, Requested, Scope, Span,
};
use crate::parse::toml::{Entry, Value, place};
use crate::text::LineIndex;

const LOCKS: [&str; 4] = ["poetry.lock", "uv.lock", "pdm.lock", "pylock.toml"];
/// Folders above a project in which the lockfile of its workspace may stand.
const MOST_LEVELS: usize = 16;

/// One dependency that the project asks for itself.
#[derive(Debug)]
pub struct Wish {
    name: String,
    /// The versions that it allows, as written.
    requirement: String,
    pinned: String,
    scope: Scope,
    source: PackageSource,
    commit: Option<String>,
    span: Span,
}

/// Everything that a project asks for.
#[derive(Debug, Default)]
struct Manifest {
    wishes: Vec<Wish>,
    /// The first wish for a name.
    by_name: HashMap<String, usize>,
    /// The place of a package by its name, where the index is not asked (`tool.uv.sources`).
    sources: HashMap<String, (PackageSource, Option<String>)>,
    errors: Vec<SyntaxError>,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    if has_lock(input) {
        return Lockfile::default();
    }
    let manifest = Manifest::read(input.text);
    let lines = LineIndex::new(input.text.as_bytes());
    Lockfile {
        packages: manifest
            .wishes
            .iter()
            .map(|wish| wish.package(input.path, &lines))
            .collect(),
        errors: manifest.errors,
        unknown: Vec::new(),
    }
}

/// What stands around the project: a lockfile of its own, or of the workspace that it is part of.
pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    let own = input.path.parent();
    for folder in folders(&own) {
        let names = input.beside.folder(&folder);
        if folder != own && names.iter().any(|name| name == "uv.lock") {
            asks.push(Ask::File(folder.join(b"uv.lock")));
        }
        asks.push(Ask::Folder(folder));
    }
    asks
}

fn folders(own: &RepoPath) -> Vec<RepoPath> {
    let mut folders = vec![own.clone()];
    let mut folder = own.clone();
    while !folder.as_bytes().is_empty() && folders.len() < MOST_LEVELS {
        folder = folder.parent();
        folders.push(folder.clone());
    }
    folders
}

/// True where a lockfile stands for the project.
pub fn has_lock(input: &Input<'_>) -> bool {
    let own = input.path.parent();
    let is_lock = |name: &String| {
        LOCKS.contains(&name.as_str()) || name.starts_with("pylock.") && name.ends_with(".toml")
    };
    if input.beside.folder(&own).iter().any(is_lock) {
        return true;
    }
    folders(&own).iter().skip(1).any(|folder| {
        let above = folder.as_bytes().len();
        let member = String::from_utf8_lossy(&own.as_bytes()[above..]).into_owned();
        let quoted = format!("= \"{}\"", member.trim_start_matches('/'));
        let lock = input.beside.file(&folder.join(b"uv.lock"));
        lock.is_some_and(|lock| lock.contains(&quoted))
    })
}

/// What the pyproject.toml beside a lockfile asks for; `None` where there is none.
pub fn beside(input: &Input<'_>) -> Option<Asked> {
    let path = input.near("pyproject.toml")?;
    let mut asked = Asked::default();
    add(input, &path, &mut asked)?;
    Some(asked)
}

/// Adds what the project at a path asks for.
pub fn add(input: &Input<'_>, path: &RepoPath, asked: &mut Asked) -> Option<()> {
    let text = input.beside.file(path)?;
    let lines = LineIndex::new(text.as_bytes());
    for wish in Manifest::read(text).wishes {
        let requested = wish.requested(path, &lines);
        asked.add(&wish.name, wish.scope, Some(requested));
    }
    Some(())
}

impl Wish {
    /// What a requirement asks for; the span is that of all of its text.
    pub fn of(demand: &Demand<'_>, scope: Scope, span: Span) -> Self {
        let location = demand.location.map(Location::read);
        let at = |offset: usize| span.start as usize + offset;
        Self {
            name: Ecosystem::PyPI.normalise(demand.name),
            requirement: demand
                .location
                .unwrap_or(demand.specifiers)
                .trim()
                .to_owned(),
            pinned: match &location {
                Some(location) => location.version.clone().unwrap_or_default(),
                None => demand.pinned.to_owned(),
            },
            scope,
            source: location
                .as_ref()
                .map_or(PackageSource::Registry, |location| location.source),
            commit: location.and_then(|location| location.commit),
            span: Span::from_usize(at(0), at(demand.length).min(span.end as usize)),
        }
    }

    /// The package, as the manifest at this path asks for it.
    pub fn package(&self, path: &RepoPath, lines: &LineIndex) -> Package {
        Package {
            scope: self.scope,
            direct: Some(true),
            source: self.source,
            dependency_path: vec![self.name.clone()],
            requested: Some(self.requested(path, lines)),
            facts: PackageFacts {
                commit: self.commit.clone(),
                ..PackageFacts::default()
            },
            ..Package::new(Ecosystem::PyPI, &self.name, &self.pinned, self.span)
        }
    }

    fn requested(&self, path: &RepoPath, lines: &LineIndex) -> Requested {
        Requested {
            path: path.clone(),
            line: lines.line(self.span.start),
            requirement: self.requirement.clone(),
        }
    }
}

impl Manifest {
    fn read(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut records = Records::new(text);
        for record in records.by_ref() {
            manifest.take(text, &record);
        }
        manifest.errors.extend(records.into_errors());
        for wish in &mut manifest.wishes {
            if let Some((source, commit)) = manifest.sources.get(&wish.name) {
                (wish.source, wish.commit) = (*source, commit.clone());
            }
        }
        manifest
    }

    fn take(&mut self, text: &str, record: &Record<'_>) {
        match record.path()[..] {
            ["project"] => {
                for entry in record.entries() {
                    let scope = match entry.key.first().map(AsRef::as_ref) {
                        Some("dependencies") => Scope::Prod,
                        Some("optional-dependencies") => Scope::Optional,
                        _ => continue,
                    };
                    self.lists(text, entry, scope);
                }
            }
            ["project", "optional-dependencies"] => self.groups(text, record, Scope::Optional),
            ["dependency-groups"] | ["tool", "pdm", "dev-dependencies"] => {
                self.groups(text, record, Scope::Dev);
            }
            ["tool", "uv"] => {
                if let Some(entry) = record.entry("dev-dependencies") {
                    self.lists(text, entry, Scope::Dev);
                }
            }
            ["tool", "uv", "sources"] => {
                for entry in record.entries() {
                    self.take_source(entry);
                }
            }
            ["tool", "poetry", "dependencies"] => self.poetry(record, Scope::Prod),
            ["tool", "poetry", "dev-dependencies"] => self.poetry(record, Scope::Dev),
            ["tool", "poetry", "group", group, "dependencies"] => {
                self.poetry(record, group_scope(group));
            }
            ["tool", "poetry", "dependencies", name] => self.table(name, record, Scope::Prod),
            ["tool", "poetry", "dev-dependencies", name] => self.table(name, record, Scope::Dev),
            ["tool", "poetry", "group", group, "dependencies", name] => {
                self.table(name, record, group_scope(group));
            }
            _ => {}
        }
    }

    fn push(&mut self, wish: Wish) {
        let at = self.wishes.len();
        self.by_name.entry(wish.name.clone()).or_insert(at);
        self.wishes.push(wish);
    }

    fn groups(&mut self, text: &str, record: &Record<'_>, scope: Scope) {
        for entry in record.entries() {
            self.lists(text, entry, scope);
        }
    }

    /// A list of requirements, or a table of such lists.
    fn lists(&mut self, text: &str, entry: &Entry<'_>, scope: Scope) {
        let inner = entry.value.entries().iter().map(|entry| &entry.value);
        for list in std::iter::once(&entry.value).chain(inner) {
            for item in list.items().iter().filter_map(Value::as_str) {
                let span = place(text, item).unwrap_or(entry.key_span);
                match Demand::read(item.trim()) {
                    Ok(demand) => self.push(Wish::of(&demand, scope, span)),
                    Err(message) => self.errors.push(SyntaxError {
                        span,
                        message: message.to_owned(),
                    }),
                }
            }
        }
    }

    /// `name = "^1.2"`, `name = { version = "^1.2" }` or a list of such tables.
    fn poetry(&mut self, record: &Record<'_>, scope: Scope) {
        for entry in record.entries() {
            let Some(name) = entry.key.first() else {
                continue;
            };
            match &entry.value {
                Value::Array(items) => {
                    for item in items {
                        let get = |key: &str| item.get(key);
                        self.constraint(name, scope, entry.span, &get);
                    }
                }
                Value::Table(_) => {
                    let get = |key: &str| entry.value.get(key);
                    self.constraint(name, scope, entry.span, &get);
                }
                version => {
                    let inner = entry.key.get(1).map_or("version", AsRef::as_ref);
                    let get = |key: &str| (key == inner).then_some(version);
                    self.constraint(name, scope, entry.span, &get);
                }
            }
        }
    }

    fn table(&mut self, name: &str, record: &Record<'_>, scope: Scope) {
        let version = record.entry("version").map(|entry| entry.span);
        let span = version.map_or(record.header, |version| record.header.cover(version));
        self.constraint(name, scope, span, &|key| record.value(key));
    }

    fn constraint<'v>(
        &mut self,
        name: &str,
        scope: Scope,
        span: Span,
        get: &dyn Fn(&str) -> Option<&'v Value<'v>>,
    ) {
        let text = |key: &str| get(key).and_then(Value::as_str);
        let name = Ecosystem::PyPI.normalise(name);
        if name == "python" {
            return;
        }
        let version = text("version").unwrap_or_default();
        let source = if text("git").is_some() {
            PackageSource::Git
        } else if text("path").is_some() || text("file").is_some() {
            PackageSource::Path
        } else if text("url").is_some() || text("source").is_some_and(|s| !is_pypi(s)) {
            PackageSource::Url
        } else {
            PackageSource::Registry
        };
        let commit = ["rev", "tag", "branch"].iter().find_map(|key| text(key));
        let commit = commit.map(str::to_owned);
        // Poetry 2 says here where a package of `[project]` comes from.
        if version.is_empty()
            && let Some(known) = self.by_name.get(&name)
            && let Some(known) = self.wishes.get_mut(*known)
        {
            (known.source, known.commit) = (source, commit);
            return;
        }
        let is_optional = matches!(get("optional"), Some(Value::Bool(true)));
        self.push(Wish {
            name,
            requirement: version.to_owned(),
            pinned: exact(version).unwrap_or_default().to_owned(),
            scope: match scope {
                Scope::Prod if is_optional => Scope::Optional,
                scope => scope,
            },
            source,
            commit,
            span,
        });
    }

    fn take_source(&mut self, entry: &Entry<'_>) {
        let Some(name) = entry.key.first() else {
            return;
        };
        // Of a list by platforms, the first place is as good as any: no index is asked there.
        let table = match &entry.value {
            Value::Array(items) => items.first(),
            table => Some(table),
        };
        let Some(table) = table else { return };
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let source = if text("git").is_some() {
            PackageSource::Git
        } else if text("url").is_some() || text("index").is_some() {
            PackageSource::Url
        } else {
            PackageSource::Path
        };
        let commit = ["rev", "tag", "branch"].iter().find_map(|key| text(key));
        let commit = commit.map(str::to_owned);
        let name = Ecosystem::PyPI.normalise(name);
        self.sources.insert(name, (source, commit));
    }
}

/// The group that is always installed is production; the others are for those who work on it.
pub fn group_scope(group: &str) -> Scope {
    match group {
        "main" | "default" => Scope::Prod,
        _ => Scope::Dev,
    }
}

fn is_pypi(source: &str) -> bool {
    source.eq_ignore_ascii_case("pypi")
}

/// The version that a constraint of Poetry's allows alone: there a bare one is exact.
fn exact(constraint: &str) -> Option<&str> {
    let version = constraint.trim();
    let version = version.strip_prefix("==").unwrap_or(version).trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || ".+-_!".contains(c);
    (version.starts_with(|c: char| c.is_ascii_digit()) && version.chars().all(plain))
        .then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_version_of_poetry_is_exact() {
        assert_eq!(exact("1.2.3"), Some("1.2.3"));
        assert_eq!(exact("==1.2"), Some("1.2"));
        for constraint in ["^1.2", "1.2.*", ">=1,<2", "*", "", "1.2 || 1.3"] {
            assert_eq!(exact(constraint), None, "{constraint}");
        }
    }
}
