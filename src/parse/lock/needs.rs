//! Packages with who needs them, from the projects of the repository down. For formats that keep
//! the whole graph: which packages are direct, what scope each has, on what way it comes in.

use super::graph::{Graph, Paths};
use crate::model::{Package, Requested, Requirement, Scope};

/// Bytes of all that is noted of who needs whom; a name as long as its file, needed everywhere,
/// must not fill the memory.
const MOST_NOTES: usize = 32 << 20;

/// The packages of one lockfile.
#[derive(Default)]
pub struct Needs {
    packages: Vec<Package>,
    /// Projects of the repository among them: no dependencies, unless another one needs them.
    is_project: Vec<bool>,
    edges: Vec<Edge>,
    wants: Vec<Want>,
}

struct Edge {
    from: usize,
    to: usize,
    range: Option<String>,
    optional: bool,
}

/// What a project asks for.
pub struct Want {
    pub package: usize,
    /// The project's name; empty for the one at the root.
    pub by: String,
    pub scope: Scope,
    pub range: Option<String>,
    /// The line of the project's manifest, where that is there.
    pub requested: Option<Requested>,
}

/// Who says what the scopes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scopes {
    /// The format: packages have theirs already.
    Stated,
    /// The ways on which they are reached.
    Derived,
}

impl Needs {
    pub fn with_room_for(packages: usize, needs: usize) -> Self {
        Self {
            packages: Vec::with_capacity(packages),
            is_project: Vec::with_capacity(packages),
            edges: Vec::with_capacity(needs),
            wants: Vec::new(),
        }
    }

    pub fn add(&mut self, package: Package) -> usize {
        self.packages.push(package);
        self.is_project.push(false);
        self.packages.len() - 1
    }

    pub fn add_project(&mut self, package: Package) -> usize {
        let at = self.add(package);
        self.is_project[at] = true;
        at
    }

    pub fn package(&self, at: usize) -> Option<&Package> {
        self.packages.get(at)
    }

    pub fn package_mut(&mut self, at: usize) -> Option<&mut Package> {
        self.packages.get_mut(at)
    }

    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Notes that a package needs another, and which versions it allows, where that is written.
    pub fn need(&mut self, from: usize, to: usize, range: Option<&str>, optional: bool) {
        self.edges.push(Edge {
            from,
            to,
            range: range.map(bare_range),
            optional,
        });
    }

    pub fn want(&mut self, want: Want) {
        self.wants.push(want);
    }

    /// The packages with all that follows from who needs whom. `wants_known` is false where the
    /// file does not say what the projects ask for, and no manifest does.
    pub fn finish(mut self, scopes: Scopes, wants_known: bool) -> Vec<Package> {
        let mut graph = Graph::new(self.packages.len());
        for edge in &self.edges {
            graph.add(edge.from, edge.to);
        }
        let roots: Vec<usize> = if wants_known {
            self.wants.iter().map(|want| want.package).collect()
        } else {
            graph.unneeded()
        };
        let mut is_root = vec![false; self.packages.len()];
        for &at in &roots {
            if let Some(is) = is_root.get_mut(at) {
                *is = true;
            }
        }
        let mut paths = graph.paths(&roots);
        let names: Vec<_> = (0..self.packages.len())
            .map(|at| paths.names(at, |at| &self.packages[at].name))
            .collect();
        if scopes == Scopes::Derived && wants_known {
            self.derive_scopes(&graph);
        }
        self.note_requirements();
        for (at, (package, names)) in self.packages.iter_mut().zip(names).enumerate() {
            package.dependency_path = names;
            package.direct = if is_root[at] {
                Some(true)
            } else {
                (wants_known && !self.is_project[at]).then_some(false)
            };
        }
        for want in self.wants {
            if let Some(package) = self.packages.get_mut(want.package)
                && package.requested.is_none()
            {
                package.requested = want.requested;
            }
        }
        self.packages
    }

    /// The strongest reason for which a package is needed.
    fn derive_scopes(&mut self, graph: &Graph) {
        let mut firm = Graph::new(self.packages.len());
        for edge in self.edges.iter().filter(|edge| !edge.optional) {
            firm.add(edge.from, edge.to);
        }
        let wanted = |scopes: &[Scope]| -> Vec<usize> {
            let fits = self
                .wants
                .iter()
                .filter(|want| scopes.contains(&want.scope));
            fits.map(|want| want.package).collect()
        };
        let ways: [(Scope, Paths); 4] = [
            (Scope::Prod, firm.paths(&wanted(&[Scope::Prod]))),
            (Scope::Unknown, firm.paths(&wanted(&[Scope::Unknown]))),
            (
                Scope::Optional,
                graph.paths(&wanted(&[Scope::Prod, Scope::Unknown, Scope::Optional])),
            ),
            (Scope::Dev, graph.paths(&wanted(&[Scope::Dev]))),
        ];
        for (at, package) in self.packages.iter_mut().enumerate() {
            let found = ways.iter().find(|(_, paths)| paths.reaches(at));
            package.scope = found.map_or(Scope::Unknown, |(scope, _)| *scope);
        }
    }

    /// Who needs each package. Where one need has no range, all of them are left out: whoever
    /// reads the list takes it for the whole.
    fn note_requirements(&mut self) {
        let mut noted: Vec<Option<Vec<Requirement>>> = vec![Some(Vec::new()); self.packages.len()];
        let mut left = MOST_NOTES;
        let mut note = |to: usize, by: &str, range: Option<&str>| {
            let Some(slot) = noted.get_mut(to) else {
                return;
            };
            let cost = by.len() + range.map_or(0, str::len);
            match (slot.as_mut(), range) {
                (Some(list), Some(range)) if cost <= left => {
                    left -= cost;
                    list.push(Requirement {
                        by: by.to_owned(),
                        range: range.to_owned(),
                    });
                }
                _ => *slot = None,
            }
        };
        for want in &self.wants {
            note(want.package, &want.by, want.range.as_deref());
        }
        for edge in self.edges.iter().filter(|edge| edge.from != edge.to) {
            let by = self.packages.get(edge.from).map_or("", |from| &from.name);
            note(edge.to, by, edge.range.as_deref());
        }
        for (package, requirements) in self.packages.iter_mut().zip(noted) {
            package.facts.required_by = requirements.unwrap_or_default();
        }
    }
}

/// The name of a project as its needs repeat it: left out where no registry would take it.
pub fn project_name(name: &str) -> String {
    if name.len() <= 256 {
        name.to_owned()
    } else {
        String::new()
    }
}

/// The versions that a range allows, without the name of another package before them
/// (`npm:real@^1.2.3`).
pub fn bare_range(range: &str) -> String {
    let bare = range.strip_prefix("npm:").map_or(range, |rest| {
        rest.rsplit_once('@')
            .filter(|(name, _)| !name.is_empty())
            .map_or(rest, |(_, versions)| versions)
    });
    bare.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ecosystem, Span};

    fn want(package: usize, scope: Scope) -> Want {
        Want {
            package,
            by: String::new(),
            scope,
            range: Some("^1".into()),
            requested: None,
        }
    }

    #[test]
    fn the_strongest_reason_decides_the_scope() {
        let mut needs = Needs::default();
        for name in ["app", "tests", "both", "binary", "alone"] {
            needs.add(Package::new(Ecosystem::Npm, name, "1.0.0", Span::default()));
        }
        needs.want(want(0, Scope::Prod));
        needs.want(want(1, Scope::Dev));
        needs.need(0, 2, Some("npm:both@~1"), false);
        needs.need(1, 2, Some("1.x"), false);
        needs.need(0, 3, Some("^1"), true);
        let packages = needs.finish(Scopes::Derived, true);
        let scopes: Vec<Scope> = packages.iter().map(|package| package.scope).collect();
        assert_eq!(
            scopes,
            [
                Scope::Prod,
                Scope::Dev,
                Scope::Prod,
                Scope::Optional,
                Scope::Unknown
            ]
        );
        let ranges = packages[2].facts.required_by.iter();
        let ranges: Vec<_> = ranges.map(|r| (r.by.as_str(), r.range.as_str())).collect();
        assert_eq!(ranges, [("app", "~1"), ("tests", "1.x")]);
    }

    #[test]
    fn a_need_without_a_range_hides_the_others() {
        let mut needs = Needs::default();
        for name in ["a", "b"] {
            needs.add(Package::new(Ecosystem::Npm, name, "1.0.0", Span::default()));
        }
        needs.want(want(1, Scope::Prod));
        needs.need(0, 1, None, false);
        assert!(
            needs.finish(Scopes::Derived, true)[1]
                .facts
                .required_by
                .is_empty()
        );
    }
}
