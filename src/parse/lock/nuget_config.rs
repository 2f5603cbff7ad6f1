//! packages.config: every package that is installed, with those that others brought along; which
//! is which, it does not tell.

use super::{Input, Lockfile, SyntaxError, nuget};
use crate::model::{Ecosystem, Package, Requirement, Scope};
use crate::parse::xml::{Element, Xml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let (xml, errors) = Xml::parse(input.text);
    let mut lockfile = Lockfile {
        errors,
        ..Lockfile::default()
    };
    for element in xml.root().into_iter().flat_map(|root| root.all("package")) {
        match package(element) {
            Some(package) => lockfile.packages.push(package),
            None => lockfile.errors.push(SyntaxError {
                span: element.tag_span(),
                message: "a package without an id or a version".into(),
            }),
        }
    }
    lockfile
}

fn package(element: Element<'_>) -> Option<Package> {
    let name = element.attribute("id").filter(|name| !name.is_empty())?;
    let version = element.attribute("version")?;
    let version = nuget::exact(&version).unwrap_or_default();
    let mut package = Package::new(Ecosystem::NuGet, &name, version, element.tag_span());
    let development = element.attribute("developmentDependency");
    package.scope = match development {
        Some(is) if is.eq_ignore_ascii_case("true") => Scope::Dev,
        _ => Scope::Prod,
    };
    if let Some(range) = element.attribute("allowedVersions") {
        package.facts.required_by.push(Requirement {
            by: String::new(),
            range: range.into_owned(),
        });
    }
    Some(package)
}
