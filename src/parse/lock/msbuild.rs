//! Project files of .NET, with the files of the folders above that count for them: properties and
//! centrally kept versions.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Ask, Input};
use crate::model::{Ecosystem, RepoPath, Requested, Scope, Span};
use crate::parse::xml::{Element, Xml};
use crate::text::LineIndex;

const CENTRAL: &str = "Directory.Packages.props";
const BUILD: &str = "Directory.Build.props";
/// Properties in properties that are replaced, and the longest outcome.
const MOST_STEPS: usize = 32;
const LONGEST_VALUE: usize = 512;

/// Asks for the files above a project file that count for it.
pub fn wants(project: &RepoPath) -> Vec<Ask> {
    let names = [CENTRAL, BUILD];
    let files = names.iter().flat_map(|name| above(project, name));
    files.map(Ask::File).collect()
}

/// A file of this name in each folder above a file, the nearest first.
fn above(file: &RepoPath, name: &str) -> Vec<RepoPath> {
    let mut folder = file.parent();
    let mut found = vec![folder.join(name.as_bytes())];
    while !folder.as_bytes().is_empty() && found.len() < MOST_FOLDERS {
        folder = folder.parent();
        found.push(folder.join(name.as_bytes()));
    }
    found
}

/// Folders above a project that are looked into.
const MOST_FOLDERS: usize = 32;

/// One of the files that count, with what is told in it.
struct File<'x> {
    path: &'x RepoPath,
    root: Element<'x>,
    lines: LineIndex,
}

/// What a project file and those above it say.
pub struct Project {
    /// Items of the project file itself, in its order.
    pub references: Vec<Reference>,
    /// Properties that nobody defines in one way.
    pub undefined: Vec<String>,
}

/// A package that an item names.
pub struct Reference {
    pub name: String,
    pub span: Span,
    pub scope: Scope,
    /// True for a version that is only kept in case that somebody wants the package.
    pub is_central: bool,
    /// Where a version is asked for.
    pub requested: Option<Requested>,
}

/// A version that is asked for, in words of one of the files.
struct Asked<'x> {
    version: Cow<'x, str>,
    element: Element<'x>,
    file: usize,
}

type Properties = HashMap<String, Option<String>>;

/// Reads the file at a path, whose text and surroundings are given.
pub fn read(input: &Input<'_>, path: &RepoPath, text: &str) -> Project {
    let nearest = |name: &str| {
        let mut places = above(path, name).into_iter();
        places.find_map(|place| {
            let text = input.beside.file(&place).filter(|_| place != *path)?;
            Some((place, text))
        })
    };
    // In the order in which they are evaluated; the project itself stands last.
    let mut texts: Vec<(RepoPath, &str)> =
        [BUILD, CENTRAL].iter().filter_map(|n| nearest(n)).collect();
    texts.push((path.clone(), text));
    let parsed: Vec<Xml<'_>> = texts.iter().map(|(_, text)| Xml::parse(text).0).collect();
    let files = texts.iter().zip(&parsed).filter_map(|((path, text), xml)| {
        Some(File {
            path,
            root: xml.root()?,
            lines: LineIndex::new(text.as_bytes()),
        })
    });
    let files: Vec<File<'_>> = files.collect();
    let mut project = Project {
        references: Vec::new(),
        undefined: Vec::new(),
    };
    let own = files.len().saturating_sub(1);
    // A file without an element says nothing, and no other one speaks for it.
    if files.last().is_none_or(|file| file.path != path) {
        return project;
    }
    let properties = properties(&files);
    let central = central(&files);
    for item in items(&files, own) {
        project.take(&item, &files, &properties, &central, own);
    }
    project
}

/// An element of an `ItemGroup` that names a package.
struct Item<'x> {
    element: Element<'x>,
    names: Cow<'x, str>,
}

fn items<'x>(files: &[File<'x>], file: usize) -> Vec<Item<'x>> {
    let root = files.get(file).map(|file| file.root);
    let groups = root.into_iter().flat_map(Element::children);
    let groups = groups.filter(|group| group.name() == "ItemGroup");
    let items = groups.flat_map(Element::children).filter_map(|element| {
        let names = element
            .attribute("Include")
            .or_else(|| element.attribute("Update"))?;
        Some(Item { element, names })
    });
    items.collect()
}

/// A setting of an item: an attribute, or an element in it.
fn setting<'x>(item: Element<'x>, name: &str) -> Option<(Cow<'x, str>, Element<'x>)> {
    if let Some(value) = item.attribute(name) {
        return Some((value, item));
    }
    let child = item.child(name)?;
    Some((child.text()?, child))
}

/// The versions that are kept for all projects, by name.
fn central<'x>(files: &[File<'x>]) -> HashMap<String, Asked<'x>> {
    let mut found = HashMap::new();
    for at in 0..files.len() {
        for item in items(files, at) {
            if item.element.name() != "PackageVersion" {
                continue;
            }
            if let Some((version, element)) = setting(item.element, "Version") {
                let name = Ecosystem::NuGet.normalise(&item.names);
                found.insert(
                    name,
                    Asked {
                        version,
                        element,
                        file: at,
                    },
                );
            }
        }
    }
    found
}

/// Properties by their names in lower case; `None` for one that depends on a condition.
fn properties(files: &[File<'_>]) -> Properties {
    let mut found: Properties = HashMap::new();
    for file in files {
        for group in file.root.all("PropertyGroup") {
            let outer = group.attribute("Condition");
            for property in group.children() {
                let Some(value) = property.text() else {
                    continue;
                };
                let name = property.name().to_ascii_lowercase();
                let own = property.attribute("Condition");
                let conditions: Vec<&str> = outer.iter().chain(&own).map(|c| &**c).collect();
                let known = found.get(&name);
                let value = match known {
                    None => Some(value.into_owned()),
                    Some(_) if conditions.is_empty() => Some(value.into_owned()),
                    // A default for where nothing was said before.
                    Some(known) if conditions.iter().any(|c| is_unset(c, &name)) => known.clone(),
                    Some(Some(known)) if *known == value => Some(known.clone()),
                    Some(_) => None,
                };
                found.insert(name, value);
            }
        }
    }
    found
}

/// `'$(Name)' == ''`.
fn is_unset(condition: &str, name: &str) -> bool {
    let bare: String = condition
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'')
        .collect();
    bare.to_ascii_lowercase() == format!("$({name})==")
}

/// A text with its properties replaced; the name of the one that is not known, otherwise.
fn interpolate(text: &str, properties: &Properties) -> Result<String, String> {
    let mut value = text.to_owned();
    for _ in 0..MOST_STEPS {
        let Some(start) = value.find("$(") else {
            return Ok(value);
        };
        let length = value.get(start..).and_then(|rest| rest.find(')'));
        let Some(end) = length.map(|length| start + length) else {
            return Ok(value);
        };
        let name = value.get(start + 2..end).unwrap_or("").to_owned();
        match properties.get(&name.to_ascii_lowercase()) {
            Some(Some(known)) if value.len() + known.len() <= LONGEST_VALUE => {
                value.replace_range(start..=end, known);
            }
            _ => return Err(name),
        }
    }
    Err(value)
}

impl Project {
    fn take(
        &mut self,
        item: &Item<'_>,
        files: &[File<'_>],
        properties: &Properties,
        central: &HashMap<String, Asked<'_>>,
        own: usize,
    ) {
        let element = item.element;
        let is_central = element.name() == "PackageVersion";
        let scope = match element.name() {
            "PackageReference" => match setting(element, "PrivateAssets") {
                Some((assets, _)) if assets.eq_ignore_ascii_case("all") => Scope::Dev,
                _ => Scope::Prod,
            },
            "GlobalPackageReference" | "DotNetCliToolReference" => Scope::Dev,
            "PackageVersion" => Scope::Unknown,
            _ => return,
        };
        let asked = ["VersionOverride", "Version"].into_iter().find_map(|name| {
            let (version, element) = setting(element, name)?;
            Some(Asked {
                version,
                element,
                file: own,
            })
        });
        for name in item
            .names
            .split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let kept = || central.get(&Ecosystem::NuGet.normalise(name));
            let requested = asked.as_ref().or_else(kept).and_then(|asked| {
                let file = files.get(asked.file)?;
                let requirement = interpolate(&asked.version, properties).unwrap_or_else(|name| {
                    if !self.undefined.contains(&name) && self.undefined.len() < MOST_TOLD {
                        self.undefined.push(name);
                    }
                    asked.version.clone().into_owned()
                });
                Some(Requested {
                    path: file.path.clone(),
                    line: file.lines.line(asked.element.span().start),
                    requirement,
                })
            });
            let version = asked.as_ref().map(|asked| asked.element.span());
            self.references.push(Reference {
                name: name.to_owned(),
                span: super::from_name_to(element.tag_span(), version),
                scope,
                is_central,
                requested,
            });
        }
    }
}

/// Properties that one sentence names.
const MOST_TOLD: usize = 4;
