//! Packages that name what they need by name alone, and projects that do the same.

use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want};
use crate::model::{Package, Requested, Scope};

/// A package with what it needs.
#[derive(Debug)]
pub struct Node {
    pub package: Package,
    pub needs: Vec<Need>,
}

#[derive(Debug)]
pub struct Need {
    /// As the ecosystem compares names.
    pub name: String,
    /// The versions that it allows, as written; `None` where the file does not say.
    pub range: Option<String>,
}

/// What a project asks for itself, by name.
#[derive(Debug, Default)]
pub struct Asked(HashMap<String, Wanted>);

#[derive(Debug)]
struct Wanted {
    scope: Scope,
    /// The first line of a manifest that asks for it.
    requested: Option<Requested>,
}

impl Asked {
    /// Takes a wish in; of several for one name the strongest reason counts, and the first line.
    pub fn add(&mut self, name: &str, scope: Scope, requested: Option<Requested>) {
        match self.0.get_mut(name) {
            Some(known) => {
                known.scope = stronger(known.scope, scope);
                if known.requested.is_none() {
                    known.requested = requested;
                }
            }
            None => {
                let wanted = Wanted { scope, requested };
                self.0.insert(name.to_owned(), wanted);
            }
        }
    }

    pub fn requested(&self, name: &str) -> Option<&Requested> {
        self.0.get(name)?.requested.as_ref()
    }
}

/// The stronger of two reasons: what production needs is not only for development.
pub fn stronger(one: Scope, other: Scope) -> Scope {
    let order = [Scope::Prod, Scope::Optional, Scope::Dev];
    let first = order.into_iter().find(|scope| [one, other].contains(scope));
    first.unwrap_or(Scope::Unknown)
}

/// The places of packages by name.
#[derive(Debug)]
pub struct Names<'n>(HashMap<&'n str, Vec<usize>>);

/// Packages of one name that are told apart: a file of one name alone must not cost its square.
const MOST_OF_A_NAME: usize = 16;

impl<'n> Names<'n> {
    pub fn new(names: impl Iterator<Item = &'n str>) -> Self {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::with_capacity(names.size_hint().0);
        for (at, name) in names.enumerate() {
            match places.get_mut(name) {
                Some(same) if same.len() >= MOST_OF_A_NAME => {}
                Some(same) => same.push(at),
                None => {
                    places.insert(name, vec![at]);
                }
            }
        }
        Self(places)
    }

    pub fn find(&self, name: &str) -> &[usize] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Fills in what follows from who needs whom. Without knowledge of what the project asks for,
/// those that nobody needs are direct, and of the others nothing is said. A scope that the file
/// itself states stays.
pub fn connect(nodes: Vec<Node>, asked: Option<&Asked>) -> Vec<Package> {
    let names = Names::new(nodes.iter().map(|node| node.package.name.as_str()));
    let stated: Vec<Scope> = nodes.iter().map(|node| node.package.scope).collect();
    let needs = nodes.iter().map(|node| node.needs.len()).sum();
    let mut all = Needs::with_room_for(nodes.len(), needs);
    for (at, node) in nodes.iter().enumerate() {
        if let Some(wanted) = asked.and_then(|asked| asked.0.get(&node.package.name)) {
            let requested = wanted.requested.as_ref();
            all.want(Want {
                package: at,
                by: String::new(),
                scope: wanted.scope,
                range: requested.map(|requested| requested.requirement.clone()),
                requested: requested.cloned(),
            });
        }
        for need in &node.needs {
            for &needed in names.find(&need.name) {
                all.need(at, needed, need.range.as_deref(), false);
            }
        }
    }
    for node in nodes {
        all.add(node.package);
    }
    let mut packages = all.finish(Scopes::Derived, asked.is_some());
    for (package, stated) in packages.iter_mut().zip(stated) {
        if stated != Scope::Unknown {
            package.scope = stated;
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ecosystem, Span};

    fn node(name: &str, needs: &[&str]) -> Node {
        Node {
            package: Package::new(Ecosystem::PyPI, name, "1", Span::default()),
            needs: needs
                .iter()
                .map(|name| Need {
                    name: (*name).to_owned(),
                    range: Some(">=1".to_owned()),
                })
                .collect(),
        }
    }

    #[test]
    fn what_production_needs_is_not_only_for_development() {
        let mut asked = Asked::default();
        asked.add("app", Scope::Dev, None);
        asked.add("app", Scope::Prod, None);
        asked.add("test", Scope::Dev, None);
        let nodes = vec![
            node("app", &["both"]),
            node("both", &[]),
            node("only", &["app"]),
            node("test", &["both", "only"]),
            node("alone", &[]),
        ];
        let packages = connect(nodes, Some(&asked));
        let scopes: Vec<Scope> = packages.iter().map(|p| p.scope).collect();
        let (prod, dev) = (Scope::Prod, Scope::Dev);
        assert_eq!(scopes, [prod, prod, dev, dev, Scope::Unknown]);
        assert_eq!(packages[1].facts.required_by.len(), 2);
        assert_eq!(packages[2].dependency_path, ["test", "only"]);
        assert_eq!(packages[2].direct, Some(false));
    }

    #[test]
    fn a_file_of_one_name_costs_no_square() {
        let nodes = (0..50_000).map(|_| node("same", &["same"])).collect();
        assert_eq!(connect(nodes, None).len(), 50_000);
    }
}
