//! uv.lock. The projects of the repository stand among the packages, with what they need for
//! production, for their extras and for development, so that scope and path can be derived.

use std::borrow::Cow;
use std::collections::HashMap;

use super::graph::{Graph, Paths};
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Scope, Span};
use crate::parse::toml::{Entry as Line, Reader, Statement, Value};

#[derive(Default)]
struct Entry<'t> {
    header: Span,
    name: String,
    name_span: Option<Span>,
    version: Option<(Cow<'t, str>, Span)>,
    source: Source,
    needs: Vec<Need<'t>>,
    extra_needs: Vec<Need<'t>>,
    dev_needs: Vec<Need<'t>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Source {
    #[default]
    Registry,
    OtherRegistry,
    Git,
    Url,
    Path,
    /// Installed from where it lies, or only a collection of dependencies: a project of this
    /// repository.
    Project,
}

struct Need<'t> {
    name: String,
    /// Only where several versions of the package are locked.
    version: Option<Cow<'t, str>>,
}

enum Place {
    Package,
    Extras,
    Dev,
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
                    ["package", "optional-dependencies"] => Place::Extras,
                    ["package", "dev-dependencies"] => Place::Dev,
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
        if entry.name.is_empty() {
            errors.push(SyntaxError {
                span: entry.header,
                message: "a package without a name".into(),
            });
        }
        !entry.name.is_empty()
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
            (Place::Package, "source", source) => self.source = Source::read(&source),
            (Place::Package, "dependencies", needs) => self.needs = Need::list(needs),
            (Place::Extras, _, needs) => self.extra_needs.extend(Need::list(needs)),
            (Place::Dev, _, needs) => self.dev_needs.extend(Need::list(needs)),
            _ => {}
        }
    }
}

impl Source {
    fn read(table: &Value<'_>) -> Self {
        let is = |name: &str| table.get(name).is_some();
        match table.get("registry").and_then(Value::as_str) {
            Some("https://pypi.org/simple" | "https://pypi.org/simple/") => Self::Registry,
            Some(_) => Self::OtherRegistry,
            None if is("git") => Self::Git,
            None if is("editable") || is("virtual") => Self::Project,
            None if is("url") => Self::Url,
            None => Self::Path,
        }
    }

    fn kind(self) -> PackageSource {
        match self {
            Self::Registry => PackageSource::Registry,
            Self::OtherRegistry | Self::Url => PackageSource::Url,
            Self::Git => PackageSource::Git,
            Self::Path | Self::Project => PackageSource::Path,
        }
    }
}

impl<'t> Need<'t> {
    fn list(value: Value<'t>) -> Vec<Self> {
        let Value::Array(items) = value else {
            return Vec::new();
        };
        items.into_iter().filter_map(Self::read).collect()
    }

    fn read(item: Value<'t>) -> Option<Self> {
        let Value::Table(fields) = item else {
            return None;
        };
        let mut name = None;
        let mut version = None;
        for field in fields {
            match (field.key.first().map(AsRef::as_ref), field.value) {
                (Some("name"), Value::Text(text)) => name = Some(Ecosystem::PyPI.normalise(&text)),
                (Some("version"), Value::Text(text)) => version = Some(text),
                _ => {}
            }
        }
        name.map(|name| Self { name, version })
    }
}

/// The packages by name, to find what a need means.
struct Names<'e, 't> {
    entries: &'e [Entry<'t>],
    by_name: HashMap<&'e str, Vec<usize>>,
}

impl<'e, 't> Names<'e, 't> {
    fn new(entries: &'e [Entry<'t>]) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            by_name.entry(&entry.name).or_default().push(at);
        }
        Self { entries, by_name }
    }

    fn resolve<'n>(&'n self, need: &'n Need<'_>) -> impl Iterator<Item = usize> + 'n {
        let version = |at: usize| self.entries[at].version.as_ref().map(|(v, _)| v);
        self.by_name
            .get(need.name.as_str())
            .into_iter()
            .flatten()
            .copied()
            .filter(move |at| need.version.is_none() || version(*at) == need.version.as_ref())
    }
}

fn packages(entries: &[Entry<'_>]) -> Vec<Package> {
    let names = Names::new(entries);
    let mut graph = Graph::new(entries.len());
    let (mut prod, mut extra, mut dev) = (Vec::new(), Vec::new(), Vec::new());
    for (at, entry) in entries.iter().enumerate() {
        let project = entry.source == Source::Project;
        for (needs, direct) in [
            (&entry.needs, &mut prod),
            (&entry.extra_needs, &mut extra),
            (&entry.dev_needs, &mut dev),
        ] {
            for needed in needs.iter().flat_map(|need| names.resolve(need)) {
                if project {
                    direct.push(needed);
                } else {
                    graph.add(at, needed);
                }
            }
        }
    }
    let scopes = [
        (Scope::Prod, graph.paths(&prod)),
        (Scope::Optional, graph.paths(&extra)),
        (Scope::Dev, graph.paths(&dev)),
    ];
    let all: Vec<usize> = [prod, extra, dev].concat();
    let mut is_direct = vec![false; entries.len()];
    for at in &all {
        is_direct[*at] = true;
    }
    let known = !all.is_empty();
    let mut paths = graph.paths(&if known { all } else { graph.unneeded() });
    entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let name = entry.name_span?;
            let (version, span) = match &entry.version {
                Some((version, span)) => (version.as_ref(), name.cover(*span)),
                None => ("", name),
            };
            Some(Package {
                scope: scope(at, &scopes),
                // A project is no dependency, unless another one needs it.
                direct: (known && (entry.source != Source::Project || is_direct[at]))
                    .then_some(is_direct[at]),
                source: entry.source.kind(),
                dependency_path: paths.names(at, |at| &entries[at].name),
                ..Package::new(Ecosystem::PyPI, &entry.name, version, span)
            })
        })
        .collect()
}

/// The strongest reason for which a package is needed.
fn scope(at: usize, scopes: &[(Scope, Paths)]) -> Scope {
    scopes
        .iter()
        .find(|(_, paths)| paths.reaches(at))
        .map_or(Scope::Unknown, |(scope, _)| *scope)
}
