//! A pom.xml with the parents of it that lie in the repository: their properties, and the versions
//! that they keep for dependencies.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Ask, Input, near};
use crate::model::{RepoPath, Span};
use crate::parse::xml::{Element, Xml};

/// Parents above each other that are looked at.
const MOST_PARENTS: usize = 15;
/// Properties in properties that are replaced, and the longest outcome.
const MOST_STEPS: usize = 32;
const LONGEST_VALUE: usize = 512;

/// A pom.xml, then its parent, and so on.
pub type Chain<'i> = Vec<(RepoPath, &'i str)>;

/// The poms that are there, and those that have to be looked at before more can be said.
pub fn chain<'i>(input: &Input<'i>) -> (Chain<'i>, Vec<Ask>) {
    let mut chain: Chain<'i> = vec![(input.path.clone(), input.text)];
    let mut asks = Vec::new();
    while chain.len() <= MOST_PARENTS
        && let Some((path, text)) = chain.last()
    {
        let (xml, _) = Xml::parse(text);
        let Some(parent) = xml.root().and_then(|root| root.child("parent")) else {
            break;
        };
        let mut found = None;
        for place in places(path, parent) {
            let ask = Ask::File(place.clone());
            if !input.beside.knows(&ask) {
                asks.push(ask);
                continue;
            }
            let seen = chain.iter().any(|(path, _)| *path == place);
            let text = input.beside.file(&place).filter(|_| !seen);
            if let Some(text) = text.filter(|text| is_parent(text, parent)) {
                found.get_or_insert((place, text));
            }
        }
        match found {
            Some(found) => chain.push(found),
            None => break,
        }
    }
    (chain, asks)
}

/// Where a parent may lie: `../pom.xml` unless its child says otherwise; a folder stands for the
/// pom.xml in it.
fn places(child: &RepoPath, parent: Element<'_>) -> Vec<RepoPath> {
    let relative = match parent.child("relativePath") {
        Some(path) => path.text().unwrap_or_default(),
        None => Cow::Borrowed("../pom.xml"),
    };
    if relative.is_empty() || relative.contains('$') {
        return Vec::new();
    }
    let folder = child.parent();
    let mut places = vec![near(&folder, &format!("{relative}/pom.xml"))];
    if relative.ends_with(".xml") || relative.ends_with(".pom") {
        places.insert(0, near(&folder, &relative));
    }
    places.into_iter().flatten().collect()
}

/// True where a pom has the coordinates that its child names; otherwise the parent is another one,
/// from outside.
fn is_parent(text: &str, parent: Element<'_>) -> bool {
    let (xml, _) = Xml::parse(text);
    let Some(root) = xml.root() else {
        return false;
    };
    let own = |name: &str| {
        let inherited = || root.child("parent").and_then(|above| above.text_of(name));
        root.text_of(name).or_else(inherited)
    };
    let same = |name: &str| own(name) == parent.text_of(name);
    let is_range = |version: &str| version.contains(['[', '(', ',']);
    let version = parent.text_of("version").unwrap_or_default();
    root.text_of("artifactId") == parent.text_of("artifactId")
        && same("groupId")
        && (same("version") || is_range(&version))
}

/// Something that is told in one of the poms.
#[derive(Clone, Copy, Debug)]
pub struct Told<'x> {
    /// The place of its pom in the chain.
    pub level: usize,
    pub element: Element<'x>,
}

/// How dependencies are told apart: group, name, type and classifier.
pub type Key = (String, String, String, String);

type Properties<'x> = HashMap<&'x str, Told<'x>>;
type Managed<'x> = HashMap<Key, Told<'x>>;

/// What the poms of a chain say together, from the child's point of view.
pub struct Model<'x> {
    pub roots: Vec<Element<'x>>,
    properties: Properties<'x>,
    managed: Managed<'x>,
    /// `group:name` of the collections of versions that are imported from elsewhere.
    pub imports: Vec<String>,
}

/// What one profile says beside.
#[derive(Default)]
pub struct Overlay<'x> {
    properties: Properties<'x>,
    managed: Managed<'x>,
}

impl<'x> Model<'x> {
    /// From the roots of a chain.
    pub fn new(roots: Vec<Element<'x>>) -> Self {
        let mut model = Self {
            roots,
            properties: HashMap::new(),
            managed: HashMap::new(),
            imports: Vec::new(),
        };
        let parts: Vec<Told<'x>> = model.active().collect();
        for part in &parts {
            // What is nearer to the child counts.
            for property in properties(*part) {
                model
                    .properties
                    .entry(property.element.name())
                    .or_insert(property);
            }
        }
        for part in parts {
            for managed in managed(part) {
                let key = model.key(managed.element, None);
                if managed.element.text_of("scope").as_deref() == Some("import") {
                    model.imports.push(format!("{}:{}", key.0, key.1));
                } else {
                    model.managed.entry(key).or_insert(managed);
                }
            }
        }
        model
    }

    /// The poms, each after those of its profiles that hold unless another is chosen.
    pub fn active(&self) -> impl Iterator<Item = Told<'x>> {
        self.roots.iter().enumerate().flat_map(|(level, root)| {
            let profiles = profiles(*root).filter(|profile| is_default(*profile));
            let parts = profiles.chain([*root]);
            parts.map(move |element| Told { level, element })
        })
    }

    /// The child's own profiles that somebody has to choose.
    pub fn chosen(&self) -> impl Iterator<Item = Element<'x>> {
        let profiles = self.roots.first().copied().into_iter().flat_map(profiles);
        profiles.filter(|profile| !is_default(*profile))
    }

    pub fn overlay(&self, profile: Element<'x>) -> Overlay<'x> {
        let part = Told {
            level: 0,
            element: profile,
        };
        let properties = properties(part);
        let mut overlay = Overlay {
            properties: properties.map(|p| (p.element.name(), p)).collect(),
            managed: HashMap::new(),
        };
        for managed in managed(part) {
            let key = self.key(managed.element, Some(&overlay));
            overlay.managed.insert(key, managed);
        }
        overlay
    }

    /// The coordinates of a dependency; what cannot be replaced in them stays as written.
    pub fn key(&self, dependency: Element<'x>, overlay: Option<&Overlay<'x>>) -> Key {
        let part = |name: &str| {
            let written = dependency.text_of(name).unwrap_or_default();
            let value = self.interpolate(&written, overlay);
            value.unwrap_or_else(|_| written.into_owned())
        };
        let kind = part("type");
        let kind = if kind.is_empty() {
            "jar".to_owned()
        } else {
            kind
        };
        (
            part("groupId"),
            part("artifactId"),
            kind,
            part("classifier"),
        )
    }

    /// What is kept for a dependency of these coordinates.
    pub fn managed(&self, key: &Key, overlay: Option<&Overlay<'x>>) -> Option<Told<'x>> {
        let first = overlay.and_then(|overlay| overlay.managed.get(key));
        first.or_else(|| self.managed.get(key)).copied()
    }

    /// The property that a text is nothing but the name of.
    pub fn property(&self, text: &str, overlay: Option<&Overlay<'x>>) -> Option<Told<'x>> {
        let name = text.strip_prefix("${")?.strip_suffix('}')?;
        let first = overlay.and_then(|overlay| overlay.properties.get(name));
        first.or_else(|| self.properties.get(name)).copied()
    }

    /// A text with its properties replaced; the name of the one that is not known, otherwise.
    pub fn interpolate(&self, text: &str, overlay: Option<&Overlay<'x>>) -> Result<String, String> {
        let mut value = text.to_owned();
        let mut from = 0;
        for _ in 0..MOST_STEPS {
            let Some(start) = value.get(from..).and_then(|rest| rest.find("${")) else {
                return Ok(value);
            };
            let start = from + start;
            let Some(length) = value.get(start..).and_then(|rest| rest.find('}')) else {
                return Ok(value);
            };
            let expression = value.get(start..=start + length).unwrap_or("").to_owned();
            let name = expression.get(2..length).unwrap_or("");
            let Some(replacement) = self.value(name, &expression, overlay) else {
                return Err(name.to_owned());
            };
            value.replace_range(start..=start + length, &replacement);
            if value.len() > LONGEST_VALUE {
                return Err(name.to_owned());
            }
            from = start;
        }
        Err(value)
    }

    fn value(
        &self,
        name: &str,
        expression: &str,
        overlay: Option<&Overlay<'x>>,
    ) -> Option<Cow<'x, str>> {
        let prefixed = ["project.", "pom."]
            .iter()
            .find_map(|p| name.strip_prefix(p));
        if let Some(value) = prefixed.and_then(|name| self.coordinate(name)) {
            return Some(value);
        }
        match self.property(expression, overlay) {
            Some(property) => property.element.text(),
            None => self.coordinate(name),
        }
    }

    /// What the child says of itself.
    fn coordinate(&self, name: &str) -> Option<Cow<'x, str>> {
        let root = self.roots.first()?;
        let parent = root.child("parent");
        if let Some(name) = name.strip_prefix("parent.") {
            return parent?.text_of(name);
        }
        match name {
            "artifactId" => root.text_of(name),
            "groupId" | "version" => root.text_of(name).or_else(|| parent?.text_of(name)),
            _ => None,
        }
    }
}

fn profiles<'x>(root: Element<'x>) -> impl Iterator<Item = Element<'x>> {
    let profiles = root.child("profiles").into_iter();
    profiles.flat_map(|profiles| profiles.all("profile"))
}

fn is_default(profile: Element<'_>) -> bool {
    let activation = profile.child("activation");
    let default = activation.and_then(|activation| activation.text_of("activeByDefault"));
    default.as_deref() == Some("true")
}

fn properties<'x>(part: Told<'x>) -> impl Iterator<Item = Told<'x>> {
    let told = part.element.child("properties").into_iter();
    let told = told.flat_map(Element::children);
    told.map(move |element| Told { element, ..part })
}

fn managed<'x>(part: Told<'x>) -> impl Iterator<Item = Told<'x>> {
    let told = part.element.child("dependencyManagement");
    let told = told.and_then(|told| told.child("dependencies"));
    let told = told.into_iter().flat_map(|list| list.all("dependency"));
    told.map(move |element| Told { element, ..part })
}

/// The name of a dependency with its version, where that stands near; the element itself where it
/// has no name.
pub fn span(dependency: Element<'_>) -> Span {
    let name = dependency.child("artifactId").map(Element::span);
    let version = dependency.child("version").map(Element::span);
    super::from_name_to(name.unwrap_or(dependency.tag_span()), version)
}
