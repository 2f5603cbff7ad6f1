//! Cargo.lock, versions 1 to 4. The format names no scope, and a package without a source lies in
//! the repository.

use std::borrow::Cow;
use std::collections::HashMap;

use super::graph::Graph;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Span};
use crate::parse::toml::{Reader, Statement, Value};

#[derive(Default)]
struct Entry<'t> {
    header: Span,
    name: Option<(Cow<'t, str>, Span)>,
    version: Option<(Cow<'t, str>, Span)>,
    source: Option<Cow<'t, str>>,
    needs: Vec<Value<'t>>,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let text = input.text;
    let mut reader = Reader::new(text);
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut inside = false;
    while let Some(statement) = reader.next_statement() {
        match statement {
            Statement::Table { path, array, span } => {
                // `[root]` is how the oldest lockfiles write the package itself.
                inside =
                    matches!(&path[..], [name] if (array && name == "package") || name == "root");
                if inside {
                    entries.push(Entry {
                        header: span,
                        ..Entry::default()
                    });
                }
            }
            Statement::Entry(line) => {
                let Some(entry) = entries.last_mut().filter(|_| inside) else {
                    continue;
                };
                let [key] = &line.key[..] else { continue };
                match (&**key, line.value) {
                    ("name", Value::Text(name)) => entry.name = Some((name, line.span)),
                    ("version", Value::Text(version)) => entry.version = Some((version, line.span)),
                    ("source", Value::Text(source)) => entry.source = Some(source),
                    ("dependencies", Value::Array(needs)) => entry.needs = needs,
                    _ => {}
                }
            }
        }
    }
    let mut errors = reader.into_errors();
    entries.retain(|entry| {
        let whole = entry.name.is_some() && entry.version.is_some();
        if !whole {
            errors.push(SyntaxError {
                span: entry.header,
                message: "a package without a name or a version".into(),
            });
        }
        whole
    });
    Lockfile {
        packages: packages(&entries),
        errors,
        unknown: Vec::new(),
    }
}

impl Entry<'_> {
    fn name(&self) -> &str {
        self.name.as_ref().map_or("", |(name, _)| name)
    }

    fn version(&self) -> &str {
        self.version.as_ref().map_or("", |(version, _)| version)
    }

    fn span(&self) -> Span {
        match (&self.name, &self.version) {
            (Some((_, name)), Some((_, version))) => name.cover(*version),
            _ => self.header,
        }
    }
}

fn packages(entries: &[Entry<'_>]) -> Vec<Package> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        by_name.entry(entry.name()).or_default().push(at);
    }
    let mut graph = Graph::new(entries.len());
    let mut direct = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        for need in entry.needs.iter().filter_map(Value::as_str) {
            for needed in resolve(need, entries, &by_name) {
                graph.add(at, needed);
                if entry.source.is_none() {
                    direct.push(needed);
                }
            }
        }
    }
    let mut is_direct = vec![false; entries.len()];
    for at in &direct {
        is_direct[*at] = true;
    }
    let mut paths = graph.paths(&direct);
    entries
        .iter()
        .enumerate()
        .map(|(at, entry)| Package {
            // A package of the repository is no dependency, unless another one needs it.
            direct: (entry.source.is_some() || is_direct[at]).then_some(is_direct[at]),
            source: source(entry.source.as_deref()),
            dependency_path: paths.names(at, |at| entries[at].name()),
            ..Package::new(
                Ecosystem::CratesIo,
                entry.name(),
                entry.version(),
                entry.span(),
            )
        })
        .collect()
}

/// `name`, `name version` or `name version (source)`: as much as tells the packages apart.
fn resolve(need: &str, entries: &[Entry<'_>], by_name: &HashMap<&str, Vec<usize>>) -> Vec<usize> {
    let mut words = need.splitn(3, ' ');
    let name = words.next().unwrap_or("");
    let version = words.next();
    let source = words.next().map(|source| source.trim_matches(['(', ')']));
    let fits = |at: &&usize| {
        let entry = &entries[**at];
        version.is_none_or(|version| entry.version() == version)
            && source.is_none_or(|source| entry.source.as_deref() == Some(source))
    };
    by_name
        .get(name)
        .into_iter()
        .flatten()
        .filter(fits)
        .copied()
        .collect()
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
