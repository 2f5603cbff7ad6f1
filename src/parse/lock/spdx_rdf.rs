//! SPDX 2.2 and 2.3 as RDF in XML: packages stand where they are first mentioned, often inside of
//! the relationship that leads to them.

use std::borrow::Cow;

use super::bom::{Bill, Component};
use super::spdx::{facts, relate};
use super::{Lockfile, SyntaxError};
use crate::model::Span;
use crate::parse::xml::{Element, Xml};

/// Ids are repeated for every relationship of an element.
const LONGEST_ID: usize = 1_000;

pub fn read(text: &str) -> Lockfile {
    let (xml, errors) = Xml::parse(text);
    let mut bill = Bill {
        errors,
        ..Bill::default()
    };
    let mut ids: Vec<Cow<'_, str>> = vec![Cow::Borrowed("")];
    // Each with the place of the id that it has, or of the one that stands around it.
    let mut open: Vec<(Element<'_>, usize)> = Vec::new();
    open.extend(xml.root().map(|root| (root, 0)));
    if xml.root().is_some_and(|root| root.name() != "RDF") {
        bill.errors.push(SyntaxError {
            span: Span::from_usize(0, text.len().min(1)),
            message: "not an SPDX document".into(),
        });
        open.clear();
    }
    while let Some((element, around)) = open.pop() {
        let own = element
            .attribute("about")
            .or_else(|| element.attribute("ID"));
        let at = match own.map(local).filter(|id| id.len() <= LONGEST_ID) {
            Some(own) => {
                ids.push(own);
                ids.len() - 1
            }
            None => around,
        };
        let Some(id) = ids.get(at) else { continue };
        match element.name() {
            "Package" => bill.components.push(component(element, id.clone())),
            "Relationship" => {
                let kind = element.child("relationshipType").and_then(resource);
                let related = element.child("relatedSpdxElement").and_then(related);
                if let (Some(kind), Some(related)) = (kind, related) {
                    relate(&mut bill, id.clone(), &upper(&kind), related);
                }
            }
            "describesPackage" => bill.roots.extend(related(element)),
            _ => {}
        }
        let first = open.len();
        open.extend(element.children().map(|child| (child, at)));
        // In the order of the file.
        if let Some(children) = open.get_mut(first..) {
            children.reverse();
        }
    }
    bill.into_lockfile()
}

fn component<'x>(element: Element<'x>, id: Cow<'x, str>) -> Component<'x> {
    let mut component = Component {
        id,
        name: element.text_of("name").unwrap_or_default(),
        version: element.text_of("versionInfo").unwrap_or_default(),
        span: element.child("name").unwrap_or(element).span(),
        ..Component::default()
    };
    let references = element.all("externalRef").flat_map(Element::children);
    for reference in references {
        let kind = reference.child("referenceType").and_then(resource);
        let locator = reference.child("referenceLocator");
        if let (Some("purl"), Some(locator)) = (kind.as_deref(), locator) {
            component.purl = locator.text();
            component.span = locator.span();
        }
    }
    let checksums = element.all("checksum").flat_map(Element::children);
    let checksums = checksums.filter_map(|checksum| {
        let algorithm = checksum.child("algorithm").and_then(resource)?;
        let algorithm = algorithm.strip_prefix("checksumAlgorithm_");
        let value = checksum.text_of("checksumValue")?;
        Some(format!("{}:{value}", algorithm?.to_ascii_uppercase()))
    });
    component.facts = facts(
        element.child("licenseDeclared").and_then(resource),
        element.text_of("downloadLocation"),
        checksums.collect(),
    );
    component
}

/// The id of the element that another one leads to, by its name or by holding it.
fn related(element: Element<'_>) -> Option<Cow<'_, str>> {
    let inner = || element.children().next()?.attribute("about");
    element.attribute("resource").or_else(inner).map(local)
}

/// The last word of what an element refers to.
fn resource(element: Element<'_>) -> Option<Cow<'_, str>> {
    let resource = element.attribute("resource").map(local)?;
    Some(match resource.rsplit_once('/') {
        Some((_, word)) => Cow::Owned(word.to_owned()),
        None => resource,
    })
}

/// What stands behind `#`.
fn local(uri: Cow<'_, str>) -> Cow<'_, str> {
    match (uri.rfind('#'), uri) {
        (Some(at), Cow::Borrowed(uri)) => Cow::Borrowed(&uri[at + 1..]),
        (Some(at), Cow::Owned(uri)) => Cow::Owned(uri[at + 1..].to_owned()),
        (None, uri) => uri,
    }
}

/// `relationshipType_dependsOn` as the other syntaxes write it: `DEPENDS_ON`.
fn upper(kind: &str) -> String {
    let kind = kind.strip_prefix("relationshipType_").unwrap_or(kind);
    let mut upper = String::with_capacity(kind.len() + 4);
    for c in kind.chars() {
        if c.is_ascii_uppercase() {
            upper.push('_');
        }
        upper.push(c.to_ascii_uppercase());
    }
    upper
}
