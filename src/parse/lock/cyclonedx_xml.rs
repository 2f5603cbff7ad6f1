//! CycloneDX in XML (<https://cyclonedx.org/docs/1.6/xml/>).

use std::borrow::Cow;

use super::bom::{Bill, Component};
use super::{Lockfile, SyntaxError, cyclonedx};
use crate::model::{PackageFacts, Span};
use crate::parse::xml::{Element, Xml};

pub fn read(text: &str) -> Lockfile {
    let (xml, errors) = Xml::parse(text);
    let mut bill = Bill {
        errors,
        ..Bill::default()
    };
    let Some(root) = xml.root() else {
        return bill.into_lockfile();
    };
    if root.name() != "bom" {
        bill.errors.push(SyntaxError {
            span: Span::from_usize(0, text.len().min(1)),
            message: cyclonedx::NOT_ONE.into(),
        });
        return bill.into_lockfile();
    }
    let about = root
        .child("metadata")
        .and_then(|meta| meta.child("component"));
    bill.roots
        .extend(about.and_then(|about| about.attribute("bom-ref")));
    // Components may hold components: walked with a list, not by recursion.
    let mut open: Vec<Element<'_>> = root.child("components").into_iter().collect();
    open.extend(about.and_then(|about| about.child("components")));
    while let Some(list) = open.pop() {
        for element in list.all("component") {
            open.extend(element.child("components"));
            bill.components.push(component(element));
        }
    }
    let dependencies = root.child("dependencies").into_iter();
    for dependency in dependencies.flat_map(|list| list.all("dependency")) {
        let Some(by) = dependency.attribute("ref") else {
            continue;
        };
        let needed = dependency.all("dependency");
        bill.needs
            .extend(needed.filter_map(|needed| Some((by.clone(), needed.attribute("ref")?))));
    }
    bill.into_lockfile()
}

fn component(element: Element<'_>) -> Component<'_> {
    let purl = element.child("purl");
    let name = element.text_of("name").unwrap_or_default();
    let name = match element.text_of("group").filter(|group| !group.is_empty()) {
        Some(group) => Cow::Owned(format!("{group}/{name}")),
        None => name,
    };
    let licences = element.child("licenses").into_iter();
    let licences = licences.flat_map(Element::children).filter_map(|entry| {
        let text = match entry.name() {
            "expression" => entry.text(),
            _ => entry.text_of("id").or_else(|| entry.text_of("name")),
        };
        text.map(Cow::into_owned)
    });
    let hashes = element.child("hashes").into_iter();
    let hashes = hashes
        .flat_map(Element::children)
        .filter_map(|hash| Some(format!("{}:{}", hash.attribute("alg")?, hash.text()?)));
    Component {
        id: element.attribute("bom-ref").unwrap_or_default(),
        name,
        version: element.text_of("version").unwrap_or_default(),
        span: purl.map_or_else(|| element.span(), Element::span),
        purl: purl.and_then(Element::text),
        scope: cyclonedx::scope(element.text_of("scope").as_deref()),
        facts: PackageFacts {
            licences: licences.collect(),
            integrity: hashes.collect(),
            ..PackageFacts::default()
        },
    }
}
