//! Cargo.toml, beside a Cargo.lock: which packages a member asks for, and what for.

use std::collections::{HashMap, HashSet};

use super::tables::{Record, Records};
use super::{Ask, Input, near};
use crate::model::{RepoPath, Requested, Scope, Span};
use crate::parse::toml::{Entry, Value};
use crate::text::LineIndex;

/// One dependency of one member.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The name in the code.
    pub key: String,
    /// The name of the package.
    pub name: String,
    pub scope: Scope,
    pub requested: Requested,
}

/// The manifest of one member.
#[derive(Debug, Default)]
pub struct Manifest {
    /// Empty for a workspace without a package of its own.
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

/// Manifests and folders of one workspace.
const MOST: usize = 1000;

/// Every manifest that the one beside the lockfile leads to, as far as they have been seen, and what
/// is still to be looked at.
pub fn workspace(input: &Input<'_>) -> (Vec<Manifest>, Vec<Ask>) {
    let mut manifests = Vec::new();
    let mut asks = Vec::new();
    let mut known = HashSet::new();
    let mut open: Vec<RepoPath> = input.near("Cargo.toml").into_iter().collect();
    let mut shared = HashMap::new();
    while let Some(path) = open.pop() {
        if known.len() >= MOST || !known.insert(path.clone()) {
            continue;
        }
        let Some(text) = input.beside.file(&path) else {
            asks.push(Ask::File(path));
            continue;
        };
        let file = File::read(text, &path);
        if shared.is_empty() {
            shared = file.shared;
        }
        let folder = path.parent();
        for pattern in &file.members {
            open.extend(expand(input, &folder, pattern, &mut asks));
        }
        let members = file.paths.iter().filter_map(|path| near(&folder, path));
        open.extend(members.map(|folder| folder.join(b"Cargo.toml")));
        let own = file.wishes.into_iter();
        manifests.push(Manifest {
            name: file.name,
            dependencies: own.map(|wish| wish.resolve(&shared)).collect(),
        });
    }
    (manifests, asks)
}

/// The manifests in the folders that a pattern of members means.
fn expand(
    input: &Input<'_>,
    folder: &RepoPath,
    pattern: &str,
    asks: &mut Vec<Ask>,
) -> Vec<RepoPath> {
    let mut folders = vec![folder.clone()];
    for segment in pattern.split('/').filter(|segment| !segment.is_empty()) {
        let mut next = Vec::new();
        for folder in folders {
            if !segment.contains(['*', '?', '[']) {
                next.extend(near(&folder, segment));
                continue;
            }
            let inside = input.beside.folder(&folder);
            for name in inside.iter().filter_map(|name| name.strip_suffix('/')) {
                if fits(segment, name) && next.len() < MOST {
                    next.push(folder.join(name.as_bytes()));
                }
            }
            asks.push(Ask::Folder(folder));
        }
        folders = next;
    }
    let manifests = folders.iter().map(|folder| folder.join(b"Cargo.toml"));
    manifests.collect()
}

/// A name and a pattern with stars; the rarer kinds of pattern fit everything.
pub fn fits(pattern: &str, name: &str) -> bool {
    if pattern.contains(['?', '[']) {
        return true;
    }
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or("")) else {
        return false;
    };
    let mut last = "";
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || name.ends_with(last) && pattern.contains('*')
}

#[derive(Default)]
struct File {
    name: String,
    members: Vec<String>,
    /// Folders of packages of the repository.
    paths: Vec<String>,
    /// What members take over by `workspace = true`.
    shared: HashMap<String, Dependency>,
    wishes: Vec<Wish>,
}

struct Wish {
    dependency: Dependency,
    is_shared: bool,
}

impl Wish {
    fn resolve(self, shared: &HashMap<String, Dependency>) -> Dependency {
        match shared.get(&self.dependency.key).filter(|_| self.is_shared) {
            // The versions stand in the manifest of the workspace.
            Some(shared) => Dependency {
                scope: self.dependency.scope,
                ..shared.clone()
            },
            None => self.dependency,
        }
    }
}

impl File {
    fn read(text: &str, path: &RepoPath) -> Self {
        let lines = LineIndex::new(text.as_bytes());
        let mut file = Self::default();
        for record in Records::new(text) {
            match record.path()[..] {
                ["package" | "project"] => {
                    file.name = record.text("name").unwrap_or_default().to_owned();
                }
                ["workspace"] => {
                    let members = record.value("members").map_or(&[][..], Value::items);
                    let members = members.iter().filter_map(Value::as_str);
                    file.members.extend(members.map(str::to_owned));
                }
                _ => file.tables(&record, path, &lines),
            }
        }
        file
    }

    fn tables(&mut self, record: &Record<'_>, path: &RepoPath, lines: &LineIndex) {
        let parts = record.path();
        let (table, key) = match parts[..] {
            ["workspace", "dependencies"] => ("workspace", None),
            ["workspace", "dependencies", key] => ("workspace", Some(key)),
            ["patch", _] => ("patch", None),
            ["patch", _, key] => ("patch", Some(key)),
            ["target", _, table] | [table] => (table, None),
            ["target", _, table, key] | [table, key] => (table, Some(key)),
            _ => return,
        };
        let scope = match table {
            // What builds the program decides what is in it.
            "dependencies" | "build-dependencies" | "build_dependencies" => Scope::Prod,
            "dev-dependencies" | "dev_dependencies" => Scope::Dev,
            "workspace" | "patch" => Scope::Unknown,
            _ => return,
        };
        let place = |span: Span, requirement: &str| Requested {
            path: path.clone(),
            line: lines.line(span.start),
            requirement: requirement.to_owned(),
        };
        if let Some(key) = key {
            let get = |name: &str| record.value(name);
            self.take(table, key, scope, record.header, &get, &place);
            return;
        }
        // `a.workspace = true` and `a.version = "1"` say one thing each of the same package.
        let mut dotted: Vec<(&str, Vec<&Entry<'_>>)> = Vec::new();
        for entry in record.entries() {
            let key = entry.key.first().map_or("", AsRef::as_ref);
            match (&entry.key[..], &entry.value) {
                ([_, _], _) => match dotted.last_mut() {
                    Some((last, entries)) if *last == key => entries.push(entry),
                    _ => dotted.push((key, vec![entry])),
                },
                (_, Value::Table(_)) => {
                    let get = |name: &str| entry.value.get(name);
                    self.take(table, key, scope, entry.span, &get, &place);
                }
                (_, version) => {
                    let get = |name: &str| (name == "version").then_some(version);
                    self.take(table, key, scope, entry.span, &get, &place);
                }
            }
        }
        for (key, entries) in dotted {
            let get = |name: &str| {
                let mut fitting = entries
                    .iter()
                    .filter(|e| e.key.get(1).is_some_and(|k| k == name));
                fitting.next().map(|entry| &entry.value)
            };
            let span = entries.first().map_or(record.header, |entry| entry.span);
            self.take(table, key, scope, span, &get, &place);
        }
    }

    fn take<'v>(
        &mut self,
        table: &str,
        key: &str,
        scope: Scope,
        span: Span,
        get: &dyn Fn(&str) -> Option<&'v Value<'v>>,
        place: &dyn Fn(Span, &str) -> Requested,
    ) {
        let text = |name: &str| get(name).and_then(Value::as_str);
        let is_true = |name: &str| matches!(get(name), Some(Value::Bool(true)));
        self.paths.extend(text("path").map(str::to_owned));
        let dependency = Dependency {
            key: key.to_owned(),
            name: text("package").unwrap_or(key).to_owned(),
            scope: match scope {
                Scope::Prod if is_true("optional") => Scope::Optional,
                scope => scope,
            },
            requested: place(span, text("version").unwrap_or("")),
        };
        match table {
            "patch" => {}
            "workspace" => {
                self.shared.insert(key.to_owned(), dependency);
            }
            _ => self.wishes.push(Wish {
                dependency,
                is_shared: is_true("workspace"),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name) in [
            ("*", "a"),
            ("a-*", "a-b"),
            ("*-x", "b-x-x"),
            ("a*c*e", "abcde"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a-*", "b-a-"), ("*-x", "b-y"), ("a*b", "abc")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
