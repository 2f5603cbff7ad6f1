//! What the two files that .NET writes while it builds have in common: for each target the
//! packages with what they need, then all of them once with their hashes.

use std::collections::HashMap;

use super::from_name_to;
use super::needs::Needs;
use crate::model::{Ecosystem, Package, PackageSource};
use crate::parse::json::Value;

/// The packages of such a file.
pub struct Libraries {
    pub needs: Needs,
    /// By name in lower case; of several versions, the first.
    by_name: HashMap<String, usize>,
    /// Projects that no other one needs, with what they need.
    pub outer: Vec<(usize, Vec<(usize, String)>)>,
}

impl Libraries {
    pub fn read(root: Value<'_>) -> Self {
        let mut needs = Needs::default();
        let mut by_key: HashMap<String, usize> = HashMap::new();
        let mut by_name = HashMap::new();
        let libraries = root.get("libraries").into_iter().flat_map(Value::children);
        let targets = || root.get("targets").into_iter().flat_map(Value::children);
        // What stands only in a target is what a damaged file ends before.
        for entry in libraries.chain(targets().flat_map(Value::children)) {
            let key = entry.key();
            if by_key.contains_key(&*key) {
                continue;
            }
            let Some(package) = package(entry) else {
                continue;
            };
            let name = package.name.clone();
            let place = if package.source == PackageSource::Path {
                needs.add_project(package)
            } else {
                needs.add(package)
            };
            by_key.insert(key.into_owned(), place);
            by_name.entry(name).or_insert(place);
        }
        let mut is_needed = vec![false; needs.len()];
        let mut needed_by: HashMap<usize, Vec<(usize, String)>> = HashMap::new();
        for target in targets() {
            let here = target.children().filter_map(|entry| {
                let key = entry.key();
                let place = by_key.get(&*key).copied()?;
                Some((normal(key.split('/').next().unwrap_or("")), (place, entry)))
            });
            let here: HashMap<String, (usize, Value<'_>)> = here.collect();
            for (place, entry) in here.values() {
                let wanted = entry.get("dependencies");
                for need in wanted.into_iter().flat_map(Value::children) {
                    let Some((to, _)) = here.get(&normal(&need.key())) else {
                        continue;
                    };
                    let range = need.as_str().unwrap_or_default();
                    needed_by
                        .entry(*place)
                        .or_default()
                        .push((*to, range.into_owned()));
                    if let Some(is_needed) = is_needed.get_mut(*to).filter(|_| to != place) {
                        *is_needed = true;
                    }
                }
            }
        }
        let mut outer = Vec::new();
        let mut places: Vec<usize> = needed_by.keys().copied().collect();
        places.sort_unstable();
        for place in places {
            let mut wanted = needed_by.remove(&place).unwrap_or_default();
            wanted.sort();
            wanted.dedup();
            let source = needs.package(place).map(|package| package.source);
            let is_outer =
                source == Some(PackageSource::Path) && is_needed.get(place) == Some(&false);
            if is_outer {
                outer.push((place, wanted));
            } else {
                for (to, range) in wanted {
                    needs.need(place, to, Some(&range), false);
                }
            }
        }
        Self {
            needs,
            by_name,
            outer,
        }
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&normal(name)).copied()
    }
}

fn normal(name: &str) -> String {
    Ecosystem::NuGet.normalise(name)
}

/// `"Name/1.2.3": {"type": "package"}`.
fn package(entry: Value<'_>) -> Option<Package> {
    let key = entry.key();
    let (name, version) = key.split_once('/')?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let kind = text("type").unwrap_or_default();
    // The runtime that a program carries along is a package under this name.
    let name = match &*kind {
        "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
        _ => name,
    };
    let span = from_name_to(entry.key_span(), None);
    let mut package = Package::new(Ecosystem::NuGet, name, version, span);
    package.source = match &*kind {
        "project" | "msbuildproject" | "reference" | "referenceassembly" => PackageSource::Path,
        _ => PackageSource::Registry,
    };
    let hash = text("sha512").filter(|hash| !hash.is_empty());
    package
        .facts
        .integrity
        .extend(hash.map(|hash| hash.into_owned()));
    Some(package)
}
