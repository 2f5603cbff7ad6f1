//! What all bills of materials have in common: components under ids, with needs between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::graph::Graph;
use super::{Lockfile, SyntaxError};
use crate::model::{Package, PackageFacts, Purl, Scope, Span};

/// One entry of a bill.
#[derive(Debug, Default)]
pub struct Component<'t> {
    /// As needs name it.
    pub id: Cow<'t, str>,
    pub name: Cow<'t, str>,
    /// Where the package URL has none.
    pub version: Cow<'t, str>,
    pub purl: Option<Cow<'t, str>>,
    pub span: Span,
    pub scope: Option<Scope>,
    pub facts: PackageFacts,
}

/// A bill of materials.
#[derive(Debug, Default)]
pub struct Bill<'t> {
    pub components: Vec<Component<'t>>,
    /// Id of what needs, id of what is needed.
    pub needs: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    /// Ids of what the bill is about.
    pub roots: Vec<Cow<'t, str>>,
    pub errors: Vec<SyntaxError>,
}

impl Bill<'_> {
    /// The packages whose ecosystem we know; of the others, how many there are.
    pub fn into_lockfile(self) -> Lockfile {
        let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(self.components.len());
        for (at, component) in self.components.iter().enumerate() {
            if !component.id.is_empty() {
                by_id.entry(&component.id).or_insert(at);
            }
        }
        let mut graph = Graph::new(self.components.len());
        let mut direct = Vec::new();
        for (by, needed) in &self.needs {
            let Some(&needed) = by_id.get(&**needed) else {
                continue;
            };
            if self.roots.contains(by) {
                direct.push(needed);
            } else if let Some(&by) = by_id.get(&**by) {
                graph.add(by, needed);
            }
        }
        let mut is_direct = vec![false; self.components.len()];
        for at in &direct {
            is_direct[*at] = true;
        }
        let purls: Vec<Option<Result<Purl, &str>>> = self
            .components
            .iter()
            .map(|component| component.purl.as_deref().map(Purl::parse))
            .collect();
        let name = |at: usize| match &purls[at] {
            Some(Ok(purl)) => &purl.name,
            _ => &*self.components[at].name,
        };
        let mut paths = graph.paths(&direct);
        let mut packages = Vec::with_capacity(self.components.len());
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        for (at, component) in self.components.iter().enumerate() {
            let purl = match &purls[at] {
                Some(Ok(purl)) => purl,
                Some(Err(kind)) if !kind.is_empty() => {
                    *others.entry(kind.to_ascii_lowercase()).or_default() += 1;
                    continue;
                }
                // Files, operating systems and applications have no package URL.
                _ => continue,
            };
            let version = purl.version_or(&component.version);
            packages.push(Package {
                scope: component.scope.unwrap_or(Scope::Unknown),
                direct: (!direct.is_empty()).then_some(is_direct[at]),
                source: purl.source,
                dependency_path: paths.names(at, name),
                facts: component.facts.clone(),
                ..Package::new(purl.ecosystem, &purl.name, version, component.span)
            });
        }
        let unknown = others.iter().map(|(kind, count)| {
            let s = if *count == 1 { "" } else { "s" };
            format!("{count} component{s} of the type {kind} cannot be looked up")
        });
        Lockfile {
            packages,
            errors: self.errors,
            unknown: unknown.collect(),
        }
    }
}
