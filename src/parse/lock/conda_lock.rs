//! conda-lock.yml: every package of an environment, of conda's channels and of PyPI, once for each
//! platform. A package that several platforms have in one version is listed once.

use std::collections::HashSet;

use super::connected::{Need, Node, connect};
use super::pep508::Location;
use super::{Input, Lockfile, from_name_to, pypi};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::yaml::{Value, Yaml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    let packages = yaml.root().and_then(|root| root.get("package"));
    let mut known = HashSet::new();
    let mut nodes = Vec::new();
    // What is repeated by aliases must not cost the square of the file: a need takes a line.
    let mut left = input.text.len() / 8;
    for item in packages.into_iter().flat_map(Value::items) {
        let Some(node) = node(item, left) else {
            continue;
        };
        left = left.saturating_sub(node.needs.len());
        let package = &node.package;
        let key = (
            package.ecosystem,
            package.name.clone(),
            package.version.clone(),
        );
        if known.insert(key) {
            nodes.push(node);
        }
    }
    lockfile.packages = connect(nodes, None);
    lockfile
}

/// Reads a package with as many of its needs as are `left` to read.
fn node(item: Value<'_>, left: usize) -> Option<Node> {
    let name = item.get("name")?;
    let version = item.get("version");
    let ecosystem = match item.text("manager") {
        Some("pip") => Ecosystem::PyPI,
        _ => Ecosystem::Conda,
    };
    let url = item.text("url");
    let source = match (ecosystem, url) {
        (Ecosystem::PyPI, Some(url)) if !pypi::is_public(url) => Location::read(url).source,
        _ => PackageSource::Registry,
    };
    let hash = item.get("hash");
    let integrity = ["sha256", "md5"].into_iter().find_map(|kind| {
        let value = hash?.text(kind)?;
        Some(format!("{kind}:{value}"))
    });
    let needs = item.get("dependencies").into_iter();
    let needs = needs.flat_map(Value::entries).take(left);
    let needs = needs.filter_map(|(name, range)| {
        Some(Need {
            name: ecosystem.normalise(name.as_str()?),
            range: range.as_str().map(str::to_owned),
        })
    });
    Some(Node {
        package: Package {
            scope: scope(item),
            source,
            facts: PackageFacts {
                resolved: url.map(str::to_owned),
                integrity: integrity.into_iter().collect(),
                ..PackageFacts::default()
            },
            ..Package::new(
                ecosystem,
                name.as_str()?,
                version.and_then(Value::as_str).unwrap_or_default(),
                from_name_to(name.span(), version.map(Value::span)),
            )
        },
        needs: needs.collect(),
    })
}

/// `category: main`, or `categories: [main, dev]` in newer files; every other one is an extra.
fn scope(item: Value<'_>) -> Scope {
    let one = item.text("category").into_iter();
    let several = item.get("categories").into_iter().flat_map(Value::items);
    let categories: Vec<&str> = one.chain(several.filter_map(Value::as_str)).collect();
    match &categories[..] {
        [] => Scope::Unknown,
        all if all.contains(&"main") => Scope::Prod,
        all if all.contains(&"dev") => Scope::Dev,
        _ => Scope::Optional,
    }
}
