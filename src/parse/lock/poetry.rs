//! poetry.lock. Scopes are groups (Poetry 2) or a category (before 1.5); which
//! packages the project names itself stands in pyproject.toml, so that only those that nobody else
//! needs are surely direct.

use std::borrow::Cow;
use std::collections::HashMap;

use super::graph::Graph;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Scope, Span};
use crate::parse::toml::{Entry as Line, Reader, Statement, Value};

#[derive(Default)]
struct Entry<'t> {
    header: Span,
    name: String,
    name_span: Option<Span>,
    version: Option<(Cow<'t, str>, Span)>,
    scope: Option<Scope>,
    optional: bool,
    source: Option<PackageSource>,
    needs: Vec<String>,
}

enum Place {
    Package,
    Needs,
    Source,
    Elsewhere,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let text = input.text;
    let mut reader = Reader::new(text);
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut place = Place::Elsewhere;
    while let Some(statement) = reader.next_statement() {
        match statement {
            Statement::Table { path, array, span } => {
                let parts: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
                place = match parts[..] {
                    ["package"] if array => {
                        entries.push(Entry {
                            header: span,
                            ..Entry::default()
                        });
                        Place::Package
                    }
                    ["package", "dependencies"] => Place::Needs,
                    // A constraint that is a table gets a header of its own.
                    ["package", "dependencies", need] => {
                        if let Some(entry) = entries.last_mut() {
                            entry.needs.push(Ecosystem::PyPI.normalise(need));
                        }
                        Place::Elsewhere
                    }
                    ["package", "source"] => Place::Source,
                    _ => Place::Elsewhere,
                };
            }
            Statement::Entry(line) => {
                if let Some(entry) = entries.last_mut() {
                    entry.take(&place, line);
                }
            }
        }
    }
    let mut errors = reader.into_errors();
    entries.retain(|entry| {
        let whole = !entry.name.is_empty() && entry.version.is_some();
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

impl<'t> Entry<'t> {
    fn take(&mut self, place: &Place, line: Line<'t>) {
        let [key] = &line.key[..] else { return };
        match (place, &**key, line.value) {
            (Place::Package, "name", Value::Text(name)) => {
                self.name = Ecosystem::PyPI.normalise(&name);
                self.name_span = Some(line.span);
            }
            (Place::Package, "version", Value::Text(version)) => {
                self.version = Some((version, line.span));
            }
            (Place::Package, "category", Value::Text(category)) => {
                self.scope = Some(group_scope(&category));
            }
            (Place::Package, "groups", Value::Array(groups)) => {
                // Whatever a build of the main group needs is needed in production.
                self.scope = groups
                    .iter()
                    .filter_map(Value::as_str)
                    .map(group_scope)
                    .min();
            }
            (Place::Package, "optional", Value::Bool(optional)) => self.optional = optional,
            (Place::Needs, need, _) => self.needs.push(Ecosystem::PyPI.normalise(need)),
            (Place::Source, "type", Value::Text(kind)) => {
                self.source = Some(match &*kind {
                    "git" => PackageSource::Git,
                    "directory" | "file" => PackageSource::Path,
                    // `legacy` and named sources are other indexes than PyPI.
                    _ => PackageSource::Url,
                });
            }
            _ => {}
        }
    }

    fn scope(&self) -> Scope {
        match self.scope {
            Some(Scope::Prod) if self.optional => Scope::Optional,
            Some(scope) => scope,
            None if self.optional => Scope::Optional,
            None => Scope::Unknown,
        }
    }
}

fn group_scope(group: &str) -> Scope {
    match group {
        "main" => Scope::Prod,
        _ => Scope::Dev,
    }
}

fn packages(entries: &[Entry<'_>]) -> Vec<Package> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        by_name.entry(&entry.name).or_default().push(at);
    }
    let mut graph = Graph::new(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        for need in &entry.needs {
            for &needed in by_name.get(need.as_str()).into_iter().flatten() {
                graph.add(at, needed);
            }
        }
    }
    let direct = graph.unneeded();
    let mut paths = graph.paths(&direct);
    entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let (version, version_span) = entry.version.as_ref()?;
            Some(Package {
                scope: entry.scope(),
                direct: direct.binary_search(&at).is_ok().then_some(true),
                source: entry.source.unwrap_or(PackageSource::Registry),
                dependency_path: paths.names(at, |at| &entries[at].name),
                ..Package::new(
                    Ecosystem::PyPI,
                    &entry.name,
                    version,
                    entry.name_span?.cover(*version_span),
                )
            })
        })
        .collect()
}
