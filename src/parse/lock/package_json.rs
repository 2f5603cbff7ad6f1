//! package.json: what a project of JavaScript's asks for. Where a lockfile stands beside it or above
//! it, that one speaks, and the manifest tells which of its packages are asked for.

use std::collections::HashMap;

use super::needs::{Want, bare_range, project_name};
use super::origin::Origin;
use super::{Ask, Input, Lockfile};
use crate::model::{
    Ecosystem, Package, PackageFacts, PackageSource, RepoPath, Requested, Scope, Span,
};
use crate::parse::dockerignore::Pattern;
use crate::parse::json::{Json, Kind, Value};
use crate::text::LineIndex;

/// Folders of workspaces that are looked for.
const MOST_WORKSPACES: usize = 900;
/// Bytes of a range.
const LONGEST_RANGE: usize = 1024;
/// Folders in folders that `**` stands for.
const DEEPEST: usize = 4;

/// Folders above a project in which the lockfile of its workspace may stand.
const MOST_LEVELS: usize = 16;
pub const LOCKS: [&str; 7] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
];

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    folders(input).into_iter().map(Ask::Folder).collect()
}

/// The project's own folder and those above it.
fn folders(input: &Input<'_>) -> Vec<RepoPath> {
    input.path.folders().take(MOST_LEVELS).collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    let is_lock = |name: &String| LOCKS.contains(&name.as_str());
    let folders = folders(input);
    let mut names = folders.iter().flat_map(|f| input.beside.folder(f));
    if names.any(is_lock) {
        return lockfile;
    }
    let (json, error) = Json::parse(input.text);
    // What projects are generated from is no manifest yet.
    let is_template = ["{{", "<%"].iter().any(|mark| input.text.contains(mark));
    let error = error.filter(|_| !is_template);
    let Some(root) = lockfile.object(&json, error, "a manifest") else {
        return lockfile;
    };
    let lines = LineIndex::new(input.text.as_bytes());
    // What a package expects of its users is not installed for it.
    for (list, scope) in lists().filter(|(list, _)| *list != "peerDependencies") {
        for need in root.get(list).into_iter().flat_map(Value::children) {
            let range = need.as_str().filter(|range| range.len() <= LONGEST_RANGE);
            let Some(range) = range else { continue };
            let span = need.key_span().cover(need.span());
            let requested = Requested {
                path: input.path.clone(),
                line: lines.line(span.start),
                requirement: bare_range(&range),
            };
            let package = asked_for(&need.key(), &range, span);
            lockfile.packages.push(Package {
                scope,
                direct: Some(true),
                dependency_path: vec![package.name.clone()],
                requested: Some(requested),
                ..package
            });
        }
    }
    lockfile
}

/// The package that a name and a range ask for; a range of one version pins it.
fn asked_for(key: &str, range: &str, span: Span) -> Package {
    let range = range.trim();
    let alias = range.strip_prefix("npm:");
    let (name, range) = match alias {
        Some(real) => match real.rfind('@').filter(|at| *at > 0) {
            Some(at) => (&real[..at], &real[at + 1..]),
            None => (real, ""),
        },
        None => (key, range),
    };
    let origin = Origin::of(range);
    // `owner/repository` is one of GitHub's.
    let is_short = origin.source == PackageSource::Registry && range.contains('/');
    let version = match origin.source {
        PackageSource::Registry if !is_short => exact(range).unwrap_or_default(),
        _ => "",
    };
    Package {
        source: match is_short {
            true => PackageSource::Git,
            false => origin.source,
        },
        facts: PackageFacts {
            commit: origin.commit,
            alias: alias.map(|_| key.to_owned()),
            ..PackageFacts::default()
        },
        ..Package::new(Ecosystem::Npm, name, version, span)
    }
}

/// The version that a range allows alone: all three numbers of it.
fn exact(range: &str) -> Option<&str> {
    let version = range.trim_start_matches(['=', 'v', ' ']);
    let numbers = version.split(['-', '+']).next()?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    let is_exact = numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && version.chars().all(plain);
    is_exact.then_some(version)
}

#[derive(Debug)]
pub struct Manifest {
    path: RepoPath,
    pub name: String,
    /// Patterns of folders, as written.
    workspaces: Vec<String>,
    pub needs: Vec<Need>,
    by_name: HashMap<String, usize>,
}

#[derive(Debug)]
pub struct Need {
    pub name: String,
    /// As written.
    pub range: String,
    pub scope: Scope,
    /// A need of whoever uses the project as a package.
    pub is_peer: bool,
    line: u32,
}

/// The lists of needs; of a name in several, the first counts.
const LISTS: [(&str, Scope); 4] = [
    ("optionalDependencies", Scope::Optional),
    ("dependencies", Scope::Prod),
    ("devDependencies", Scope::Dev),
    ("peerDependencies", Scope::Prod),
];

/// The names of the lists, in the order in which they count.
pub fn lists() -> impl Iterator<Item = (&'static str, Scope)> {
    LISTS.into_iter()
}

/// The manifest of a project's folder, relative to the lockfile's own.
pub fn path(input: &Input<'_>, folder: &str) -> Option<RepoPath> {
    input.near(format!("{folder}/package.json").trim_start_matches('/'))
}

/// Asks for the manifests of these folders.
pub fn ask<'f>(input: &Input<'_>, folders: impl IntoIterator<Item = &'f str>) -> Vec<Ask> {
    let paths = folders.into_iter().filter_map(|folder| path(input, folder));
    paths.map(Ask::File).collect()
}

impl Manifest {
    /// The manifest of a project's folder, where it was asked for and is there.
    pub fn beside(input: &Input<'_>, folder: &str) -> Option<Self> {
        let path = path(input, folder)?;
        let text = input.beside.file(&path)?;
        Self::parse(path, text)
    }

    pub fn parse(path: RepoPath, text: &str) -> Option<Self> {
        let (json, _) = Json::parse(text);
        let root = json.root().filter(|root| root.kind() == Kind::Object)?;
        let lines = LineIndex::new(text.as_bytes());
        let mut needs = Vec::new();
        let mut by_name = HashMap::new();
        for (list, scope) in LISTS {
            for need in root.get(list).into_iter().flat_map(Value::children) {
                // Longer ones are none, and would be repeated.
                let range = need.as_str().filter(|range| range.len() <= LONGEST_RANGE);
                let Some(range) = range else { continue };
                let name = need.key().into_owned();
                by_name.entry(name.clone()).or_insert_with(|| {
                    needs.push(Need {
                        name,
                        range: range.into_owned(),
                        scope,
                        is_peer: list == "peerDependencies",
                        line: lines.line(need.key_span().start),
                    });
                    needs.len() - 1
                });
            }
        }
        let workspaces = root.get("workspaces").map(|list| match list.kind() {
            // `{"packages": [...], "nohoist": [...]}`.
            Kind::Object => list.get("packages").unwrap_or(list),
            _ => list,
        });
        let workspaces = workspaces.into_iter().flat_map(Value::children);
        Some(Self {
            path,
            name: project_name(&text_of(root, "name")),
            workspaces: workspaces
                .filter_map(Value::as_str)
                .map(|pattern| pattern.into_owned())
                .collect(),
            needs,
            by_name,
        })
    }

    /// True where its workspaces take in a folder.
    pub fn has_member(&self, folder: &str) -> bool {
        covers(self.workspaces.iter().map(String::as_str), folder)
    }

    pub fn need(&self, name: &str) -> Option<&Need> {
        self.by_name.get(name).and_then(|at| self.needs.get(*at))
    }

    /// The line that asks for a package under this name.
    pub fn requested(&self, name: &str) -> Option<Requested> {
        self.need(name).map(|need| Requested {
            path: self.path.clone(),
            line: need.line,
            requirement: bare_range(&need.range),
        })
    }

    /// What the project asks for with one of its needs, a package of the lockfile.
    pub fn want(&self, need: &Need, package: usize, is_root: bool) -> Want {
        Want {
            package,
            by: match is_root {
                true => String::new(),
                false => self.name.clone(),
            },
            scope: need.scope,
            range: Some(need.range.clone()),
            requested: self.requested(&need.name),
        }
    }

    /// The folders of the workspaces, and what must be seen before they are all known.
    pub fn workspaces(&self, input: &Input<'_>) -> (Vec<String>, Vec<Ask>) {
        let mut found: Vec<String> = Vec::new();
        let mut asks = Vec::new();
        for pattern in &self.workspaces {
            let (pattern, is_exception) = match pattern.strip_prefix('!') {
                Some(pattern) => (pattern, true),
                None => (pattern.as_str(), false),
            };
            if is_exception {
                if let Some(without) = Pattern::new(pattern.trim_start_matches("./")) {
                    found.retain(|folder| !without.covers(folder));
                }
            } else {
                found.extend(expand(input, pattern, &mut asks));
            }
            found.truncate(MOST_WORKSPACES);
        }
        found.sort();
        found.dedup();
        (found, asks)
    }
}

/// True where patterns of folders, the later ones stronger, take one in.
pub fn covers<'p>(patterns: impl IntoIterator<Item = &'p str>, folder: &str) -> bool {
    patterns.into_iter().fold(false, |is_in, pattern| {
        let (pattern, is_exception) = match pattern.strip_prefix('!') {
            Some(pattern) => (pattern, true),
            None => (pattern, false),
        };
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        let fits = Pattern::new(pattern).is_some_and(|pattern| pattern.matches(folder));
        if fits { !is_exception } else { is_in }
    })
}

fn text_of(value: Value<'_>, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str);
    text.unwrap_or_default().into_owned()
}

/// The folders that a pattern stands for, step by step; asks for those whose names are not known.
fn expand(input: &Input<'_>, pattern: &str, asks: &mut Vec<Ask>) -> Vec<String> {
    let mut folders = vec![String::new()];
    for step in pattern.split('/').filter(|step| !matches!(*step, "" | ".")) {
        if !step.contains(['*', '?', '[']) {
            for folder in &mut folders {
                push(folder, step);
            }
            continue;
        }
        let rounds = if step == "**" { DEEPEST } else { 1 };
        let Some(names) = Pattern::new(step) else {
            return Vec::new();
        };
        let mut all = if step == "**" {
            folders.clone()
        } else {
            Vec::new()
        };
        for _ in 0..rounds {
            let mut inner = Vec::new();
            for folder in &folders {
                let Some(path) = input.near(folder) else {
                    continue;
                };
                if !input.beside.knows(&Ask::Folder(path.clone())) {
                    asks.push(Ask::Folder(path));
                    continue;
                }
                for name in input.beside.folder(&path) {
                    let Some(name) = name.strip_suffix('/') else {
                        continue;
                    };
                    if name != "node_modules" && !name.starts_with('.') && names.matches(name) {
                        let mut below = folder.clone();
                        push(&mut below, name);
                        inner.push(below);
                    }
                }
                if inner.len() > MOST_WORKSPACES {
                    break;
                }
            }
            all.extend(inner.iter().cloned());
            folders = inner;
        }
        folders = all;
        folders.truncate(MOST_WORKSPACES);
    }
    folders
}

fn push(folder: &mut String, step: &str) {
    if !folder.is_empty() {
        folder.push('/');
    }
    folder.push_str(step);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::lock::Beside;

    #[test]
    fn a_need_knows_its_line_and_its_strongest_list() {
        let text = "{\n \"name\": \"pier\",\n \"dependencies\": {\n  \"a\": \"npm:b@^1\"\n },\n \"peerDependencies\": {\n  \"a\": \"*\",\n  \"c\": \"2\"\n }\n}";
        let manifest = Manifest::parse(RepoPath::from("package.json"), text).expect("a manifest");
        let requested = manifest.requested("a").expect("a need");
        assert_eq!((requested.line, requested.requirement.as_str()), (4, "^1"));
        assert!(manifest.need("c").expect("a need").is_peer);
        assert_eq!(manifest.needs.len(), 2);
    }

    #[test]
    fn workspaces_are_found_by_their_patterns() {
        let text = r#"{"workspaces": {"packages": ["apps/*", "./tools", "!apps/old", "libs/**"]}}"#;
        let manifest = Manifest::parse(RepoPath::from("web/package.json"), text).expect("one");
        let path = RepoPath::from("web/yarn.lock");
        let folder = |path: &str| RepoPath::from(path);
        let mut beside = Beside::default();
        let mut found = Vec::new();
        for _ in 0..10 {
            let input = Input {
                path: &path,
                text: "",
                beside: &beside,
            };
            let (folders, asks) = manifest.workspaces(&input);
            found = folders;
            for ask in asks {
                let Ask::Folder(asked) = ask else { continue };
                let names: &[&str] = if asked == folder("web/apps") {
                    &["old/", "one/", "node_modules/", "two/", "a-file"]
                } else if asked == folder("web/libs") {
                    &["deep/"]
                } else {
                    &[]
                };
                let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
                beside.put_folder(asked, names);
            }
        }
        assert_eq!(
            found,
            ["apps/one", "apps/two", "libs", "libs/deep", "tools"]
        );
    }
}
