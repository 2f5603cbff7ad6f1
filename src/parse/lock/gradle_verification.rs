//! gradle/verification-metadata.xml: every module that a build has verified, also those that only
//! the build itself needs and versions that are no longer in use: what is needed for what, it does
//! not tell.

use super::{Input, Lockfile, SyntaxError, from_name_to};
use crate::model::{Ecosystem, Package};
use crate::parse::xml::{Element, Xml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let (xml, errors) = Xml::parse(input.text);
    let mut lockfile = Lockfile {
        errors,
        ..Lockfile::default()
    };
    let components = xml.root().and_then(|root| root.child("components"));
    for component in components
        .into_iter()
        .flat_map(|list| list.all("component"))
    {
        match package(component) {
            Some(package) => lockfile.packages.push(package),
            None => lockfile.errors.push(SyntaxError {
                span: component.tag_span(),
                message: "a component without a group, a name or a version".into(),
            }),
        }
    }
    lockfile
}

fn package(component: Element<'_>) -> Option<Package> {
    let group = component.attribute("group")?;
    let name = component.attribute("name")?;
    let version = component.attribute("version")?;
    let span = from_name_to(component.tag_span(), None);
    let mut package = Package::new(Ecosystem::Maven, &format!("{group}:{name}"), &version, span);
    let hashes = component.all("artifact").flat_map(Element::children);
    let hashes = hashes.filter_map(|hash| {
        let value = hash.attribute("value").filter(|_| hash.name() != "pgp")?;
        Some(format!("{}:{value}", hash.name()))
    });
    package.facts.integrity = hashes.collect();
    package.facts.integrity.sort();
    package.facts.integrity.dedup();
    Some(package)
}
