//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3. Version 1 nests packages in
//! packages; 2 and 3 list them by the folder they are installed in, and 2 repeats them in the old
//! form for old readers. Both become one list by folder.

use std::borrow::Cow;
use std::collections::HashMap;

use super::graph::Graph;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Scope, Span};
use crate::parse::json::{Json, Kind, Value};

/// One installed package.
struct Entry<'j> {
    /// Where it is installed, `node_modules/a/node_modules/b`; a workspace's own folder.
    folder: String,
    name: String,
    version: String,
    span: Span,
    source: PackageSource,
    /// The object, for flags and needs.
    value: Value<'j>,
    /// The folder that a link leads to.
    link: Option<String>,
}

/// Hosts that serve the public registry under the public names.
const PUBLIC: [&str; 4] = [
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "registry.npmjs.com",
    "registry.npmmirror.com",
];

/// Folders above a package in which what it needs may be installed.
const LEVELS: usize = 64;

pub fn read(input: &Input<'_>) -> Lockfile {
    let text = input.text;
    let (json, error) = Json::parse(text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let Some(root) = json.root() else {
        return lockfile;
    };
    match root.kind() {
        Kind::Object => {}
        // npm writes this where it was interrupted.
        Kind::Null => return lockfile,
        _ => {
            lockfile.errors.push(SyntaxError {
                span: root.span(),
                message: "a lockfile is an object".into(),
            });
            return lockfile;
        }
    }
    lockfile.packages = if let Some(packages) = root.get("packages") {
        by_folder(packages)
    } else if let Some(nested) = root.get("dependencies") {
        by_nesting(nested)
    } else {
        Vec::new()
    };
    lockfile
}

/// Versions 2 and 3.
fn by_folder(packages: Value<'_>) -> Vec<Package> {
    let mut entries = Vec::new();
    let mut projects = Vec::new();
    for value in packages.children() {
        let folder = value.key().into_owned();
        if !folder.contains("node_modules/") {
            projects.push(value);
        }
        if folder.is_empty() {
            continue;
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let resolved = text("resolved");
        let link = value.get("link").is_some_and(Value::is_true);
        let name = text("name").unwrap_or_else(|| {
            let at = folder
                .rfind("node_modules/")
                .map(|at| at + "node_modules/".len());
            let short = at.unwrap_or_else(|| folder.rfind('/').map_or(0, |at| at + 1));
            Cow::Owned(folder[short..].to_owned())
        });
        entries.push(Entry {
            name: name.into_owned(),
            version: text("version").unwrap_or_default().into_owned(),
            span: span(value, value.get("version")),
            source: if link || !folder.contains("node_modules/") {
                PackageSource::Path
            } else {
                source(resolved.as_deref().unwrap_or(""))
            },
            link: resolved.filter(|_| link).map(Cow::into_owned),
            folder,
            value,
        });
    }
    let folders = folders(&entries);
    let mut direct = Vec::new();
    for project in projects {
        for name in needs(project) {
            direct.extend(resolve(&project.key(), &name, &folders, &entries));
        }
    }
    packages_of(&entries, Some(direct), &folders)
}

/// Version 1: walked with a list of what is still to be looked at, not by recursion.
fn by_nesting(nested: Value<'_>) -> Vec<Package> {
    let mut entries = Vec::new();
    let mut open = vec![(nested, String::new())];
    while let Some((dependencies, above)) = open.pop() {
        for value in dependencies.children() {
            let key = value.key();
            let folder = if above.is_empty() {
                format!("node_modules/{key}")
            } else {
                format!("{above}/node_modules/{key}")
            };
            let version = value
                .get("version")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let resolved = value.get("resolved").and_then(Value::as_str);
            // `npm:real@1.2.3` is another package under this name.
            let alias = version
                .strip_prefix("npm:")
                .and_then(|real| real.rsplit_once('@'));
            let origin = source(&version);
            let (name, version) = match alias {
                Some((name, version)) => (name.to_owned(), version.to_owned()),
                None if origin == PackageSource::Registry => (key.to_string(), version.to_string()),
                None => (key.to_string(), String::new()),
            };
            if let Some(inner) = value.get("dependencies").filter(|_| folder.len() < 4096) {
                open.push((inner, folder.clone()));
            }
            entries.push(Entry {
                folder,
                name,
                version,
                span: span(value, value.get("version")),
                source: match resolved {
                    Some(resolved) if origin == PackageSource::Registry => source(&resolved),
                    _ => origin,
                },
                value,
                link: None,
            });
        }
    }
    let folders = folders(&entries);
    packages_of(&entries, None, &folders)
}

/// From the key to the version, where the version stands at the beginning.
fn span(entry: Value<'_>, version: Option<Value<'_>>) -> Span {
    let key = entry.key_span();
    match version.map(|version| key.cover(version.span())) {
        Some(span) if span.len() < 400 => span,
        _ => key,
    }
}

fn source(resolved: &str) -> PackageSource {
    let resolved = resolved.trim();
    let git = [
        "git+",
        "git:",
        "git@",
        "github:",
        "gitlab:",
        "bitbucket:",
        "gist:",
    ];
    if git.iter().any(|prefix| resolved.starts_with(prefix)) {
        return PackageSource::Git;
    }
    if ["file:", "link:", "./", "../", "/"]
        .iter()
        .any(|prefix| resolved.starts_with(prefix))
    {
        return PackageSource::Path;
    }
    match resolved
        .strip_prefix("https://")
        .or_else(|| resolved.strip_prefix("http://"))
    {
        Some(rest) => {
            let host = rest.split(['/', ':', '?', '#']).next().unwrap_or(rest);
            if PUBLIC
                .iter()
                .any(|public| public.eq_ignore_ascii_case(host))
            {
                PackageSource::Registry
            } else {
                // A tarball, or a registry of somebody's own: not the public package of that name.
                PackageSource::Url
            }
        }
        None => PackageSource::Registry,
    }
}

fn folders<'e>(entries: &'e [Entry<'_>]) -> HashMap<&'e str, usize> {
    entries
        .iter()
        .enumerate()
        .map(|(at, entry)| (entry.folder.as_str(), at))
        .collect()
}

/// The names that a package or project needs.
fn needs<'j>(value: Value<'j>) -> impl Iterator<Item = Cow<'j, str>> {
    // `requires` is version 1.
    [
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
        "requires",
    ]
    .into_iter()
    .filter_map(move |kind| value.get(kind))
    .filter(|needs| needs.kind() == Kind::Object)
    .flat_map(Value::children)
    // Of the packages that version 1 nests under `dependencies`, `requires` tells what is needed.
    .filter(|need| need.kind() == Kind::Text)
    .map(Value::key)
}

/// Looks where node looks: in the package's own folder, then in every folder above it.
fn resolve(
    folder: &str,
    name: &str,
    folders: &HashMap<&str, usize>,
    entries: &[Entry<'_>],
) -> Option<usize> {
    let mut base = folder;
    for _ in 0..LEVELS {
        let place = if base.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{base}/node_modules/{name}")
        };
        if let Some(&found) = folders.get(place.as_str()) {
            let link = entries[found].link.as_deref();
            return Some(
                link.and_then(|link| folders.get(link))
                    .map_or(found, |at| *at),
            );
        }
        if base.is_empty() {
            return None;
        }
        base = match base.rfind("/node_modules/") {
            Some(at) => &base[..at],
            None if base.starts_with("node_modules/") => "",
            None => base.rfind('/').map_or("", |at| &base[..at]),
        };
    }
    None
}

fn packages_of(
    entries: &[Entry<'_>],
    direct: Option<Vec<usize>>,
    folders: &HashMap<&str, usize>,
) -> Vec<Package> {
    let mut graph = Graph::new(entries.len());
    for (at, entry) in entries
        .iter()
        .enumerate()
        .filter(|(_, e)| e.folder.len() < 4096)
    {
        for name in needs(entry.value) {
            if let Some(needed) = resolve(&entry.folder, &name, folders, entries) {
                graph.add(at, needed);
            }
        }
    }
    // Version 1 does not say what the project itself names.
    let roots = match &direct {
        Some(direct) => direct.clone(),
        None => graph.unneeded(),
    };
    let mut is_root = vec![false; entries.len()];
    for at in &roots {
        is_root[*at] = true;
    }
    let mut paths = graph.paths(&roots);
    entries
        .iter()
        .enumerate()
        // A link stands for the workspace that has its own entry.
        .filter(|(_, entry)| entry.link.is_none())
        .map(|(at, entry)| Package {
            scope: scope(entry.value),
            direct: match direct {
                // A workspace is no dependency, unless another one needs it.
                Some(_) if !entry.folder.contains("node_modules/") => is_root[at].then_some(true),
                Some(_) => Some(is_root[at]),
                None => is_root[at].then_some(true),
            },
            source: entry.source,
            dependency_path: paths.names(at, |at| &entries[at].name),
            ..Package::new(Ecosystem::Npm, &entry.name, &entry.version, entry.span)
        })
        .collect()
}

fn scope(entry: Value<'_>) -> Scope {
    let flag = |name: &str| entry.get(name).is_some_and(Value::is_true);
    if flag("dev") {
        Scope::Dev
    } else if flag("optional") || flag("devOptional") {
        Scope::Optional
    } else {
        Scope::Prod
    }
}
