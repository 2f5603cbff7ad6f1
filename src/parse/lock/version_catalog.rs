//! Version catalogs of Gradle (`gradle/libs.versions.toml`): the libraries and plugins that the
//! builds of a repository may name, with versions of their own or shared ones.

use std::borrow::Cow;
use std::collections::HashMap;

use super::maven;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, Requested, Scope, Span};
use crate::parse::toml::{Entry, Reader, Statement, Value};
use crate::text::LineIndex;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Versions,
    Libraries,
    Plugins,
    Other,
}

/// What an alias stands for; its properties may be told in several lines.
#[derive(Default)]
struct Module<'t> {
    is_plugin: bool,
    span: Span,
    /// `group:name` or `group:name:version`; of a plugin `id` or `id:version`.
    notation: Option<Cow<'t, str>>,
    group: Option<Cow<'t, str>>,
    name: Option<Cow<'t, str>>,
    version: Allowed,
    shared: Option<Cow<'t, str>>,
}

/// A version as it is asked for, and where.
#[derive(Clone, Default)]
struct Allowed {
    strictly: Option<String>,
    require: Option<String>,
    prefer: Option<String>,
    span: Span,
}

#[derive(Default)]
struct Catalog<'t> {
    versions: HashMap<Cow<'t, str>, Allowed>,
    modules: Vec<Module<'t>>,
    places: HashMap<(bool, Cow<'t, str>), usize>,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut reader = Reader::new(input.text);
    let mut catalog = Catalog::default();
    // Keys of the header that stand before those of a line.
    let mut table = Table::Other;
    let mut inside: Vec<Cow<'_, str>> = Vec::new();
    while let Some(statement) = reader.next_statement() {
        match statement {
            Statement::Table { mut path, .. } => {
                let first = if path.is_empty() {
                    "".into()
                } else {
                    path.remove(0)
                };
                table = Table::of(&first);
                inside = path;
            }
            Statement::Entry(entry) => {
                let mut path = inside.clone();
                path.extend(entry.key);
                let mut table = table;
                // `libraries.alias = ...` above all headers.
                if table == Table::Other && path.len() > 1 {
                    table = Table::of(&path.remove(0));
                }
                catalog.take(table, path, entry.value, entry.span);
            }
        }
    }
    let mut lockfile = Lockfile {
        errors: reader.into_errors(),
        ..Lockfile::default()
    };
    let lines = LineIndex::new(input.text.as_bytes());
    for module in &catalog.modules {
        match catalog.package(module, input, &lines) {
            Some(package) => lockfile.packages.push(package),
            None => lockfile.errors.push(SyntaxError {
                span: module.span,
                message: "a library or plugin without a name".into(),
            }),
        }
    }
    if !lockfile.packages.is_empty() {
        let what = "a version catalog does not name what its libraries depend on";
        lockfile.unknown.push(what.into());
    }
    lockfile
}

impl Table {
    fn of(name: &str) -> Self {
        match name {
            "versions" => Self::Versions,
            "libraries" => Self::Libraries,
            "plugins" => Self::Plugins,
            _ => Self::Other,
        }
    }
}

impl<'t> Catalog<'t> {
    /// Takes in what a key leads to: the alias, then properties of it.
    fn take(&mut self, table: Table, mut path: Vec<Cow<'t, str>>, value: Value<'t>, span: Span) {
        if table == Table::Other || path.is_empty() {
            return;
        }
        let alias = path.remove(0);
        if table == Table::Versions {
            let allowed = self.versions.entry(alias).or_default();
            allowed.take(&path, &value, span);
            return;
        }
        let is_plugin = table == Table::Plugins;
        let next = self.modules.len();
        let place = *self.places.entry((is_plugin, alias)).or_insert(next);
        if place == next {
            self.modules.push(Module {
                is_plugin,
                span,
                ..Module::default()
            });
        }
        if let Some(module) = self.modules.get_mut(place) {
            module.take(&path, value, span);
        }
    }

    fn package(
        &self,
        module: &Module<'t>,
        input: &Input<'_>,
        lines: &LineIndex,
    ) -> Option<Package> {
        let notation = module.notation.as_deref();
        let mut parts = notation
            .into_iter()
            .flat_map(|text| text.split(':'))
            .map(str::trim);
        let own = |part: &Option<Cow<'t, str>>| part.as_deref().map(str::to_owned);
        let name = if module.is_plugin {
            // What a plugin is published as beside its own name.
            let id = parts.next().map(str::to_owned)?;
            format!("{id}:{id}.gradle.plugin")
        } else {
            let group = parts
                .next()
                .map(str::to_owned)
                .or_else(|| own(&module.group))?;
            let name = parts
                .next()
                .map(str::to_owned)
                .or_else(|| own(&module.name))?;
            format!("{group}:{name}")
        };
        if name.split(':').any(str::is_empty) {
            return None;
        }
        let mut allowed = match &module.shared {
            Some(shared) => self.versions.get(shared).cloned().unwrap_or_default(),
            None => module.version.clone(),
        };
        if let Some(version) = parts.next().filter(|version| !version.is_empty()) {
            allowed.require = Some(version.to_owned());
            allowed.span = module.span;
        }
        let requirement = allowed.requirement();
        let mut package = Package {
            scope: if module.is_plugin {
                Scope::Dev
            } else {
                Scope::Unknown
            },
            requested: (!requirement.is_empty()).then(|| Requested {
                path: input.path.clone(),
                line: lines.line(allowed.span.start),
                requirement,
            }),
            ..Package::new(Ecosystem::Maven, &name, "", module.span)
        };
        package.version = allowed.version();
        Some(package)
    }
}

impl<'t> Module<'t> {
    fn take(&mut self, path: &[Cow<'t, str>], value: Value<'t>, span: Span) {
        match (path, value) {
            ([], Value::Text(notation)) => self.notation = Some(notation),
            ([], Value::Table(entries)) => {
                for Entry {
                    key, value, span, ..
                } in entries
                {
                    if !key.is_empty() {
                        self.take(&key, value, span);
                    }
                }
            }
            ([key], Value::Text(text)) if matches!(&**key, "module" | "id") => {
                self.notation = Some(text);
            }
            ([key], Value::Text(text)) if key == "group" => self.group = Some(text),
            ([key], Value::Text(text)) if key == "name" => self.name = Some(text),
            ([key, rest @ ..], value) if key == "version" => {
                let shared = match (rest, &value) {
                    ([key], Value::Text(text)) if key == "ref" => Some(text.clone()),
                    ([], value) => match value.get("ref") {
                        Some(Value::Text(text)) => Some(text.clone()),
                        _ => None,
                    },
                    _ => None,
                };
                match shared {
                    Some(shared) => self.shared = Some(shared),
                    None => self.version.take(rest, &value, span),
                }
            }
            _ => {}
        }
    }
}

impl Allowed {
    fn take(&mut self, path: &[Cow<'_, str>], value: &Value<'_>, span: Span) {
        if self.span.is_empty() {
            self.span = span;
        }
        match (path, value) {
            ([], Value::Text(version)) => self.require = Some(version.clone().into_owned()),
            ([], Value::Table(entries)) => {
                for entry in entries.iter().filter(|entry| entry.key.len() == 1) {
                    self.take(&entry.key, &entry.value, span);
                }
            }
            ([key], Value::Text(version)) => {
                let version = Some(version.clone().into_owned());
                match &**key {
                    "strictly" => self.strictly = version,
                    "require" => self.require = version,
                    "prefer" => self.prefer = version,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// All that is asked for, as written.
    fn requirement(&self) -> String {
        let parts = [
            ("strictly ", &self.strictly),
            ("", &self.require),
            ("prefer ", &self.prefer),
        ];
        let parts = parts.iter().filter_map(|(word, version)| {
            let version = version.as_deref().filter(|version| !version.is_empty())?;
            Some(format!("{word}{version}"))
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    /// The one version that is taken unless another dependency asks for more.
    fn version(&self) -> String {
        let candidates = [&self.strictly, &self.require, &self.prefer];
        // `[1.7,1.8[!!1.7.25` is short for `strictly` and `prefer`.
        let mut parts = candidates.into_iter().flatten().flat_map(|v| v.split("!!"));
        parts.find_map(maven::exact).unwrap_or_default().to_owned()
    }
}
