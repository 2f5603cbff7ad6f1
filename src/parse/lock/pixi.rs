//! pixi.lock, versions 4 to 6: the packages of all environments and platforms, each where it is
//! described. Packages of conda's channels are named by their files alone since version 6.

use std::collections::HashSet;

use super::pep508::Location;
use super::{Input, Lockfile, SyntaxError, from_name_to, pypi};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource};
use crate::parse::yaml::{Value, Yaml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    let packages = yaml.root().and_then(|root| root.get("packages"));
    let mut known = HashSet::new();
    for item in packages.into_iter().flat_map(Value::items) {
        let Some(package) = package(item) else {
            lockfile.errors.push(SyntaxError {
                span: item.span(),
                message: "a package without a name".into(),
            });
            continue;
        };
        // Of several platforms' files of one version, the first.
        let key = (
            package.ecosystem,
            package.name.clone(),
            package.version.clone(),
        );
        if known.insert(key) {
            lockfile.packages.push(package);
        }
    }
    lockfile
}

fn package(item: Value<'_>) -> Option<Package> {
    let (conda, pypi) = (item.get("conda"), item.get("pypi"));
    let is_pypi = pypi.is_some() || item.text("kind") == Some("pypi");
    let place = conda.or(pypi).or_else(|| item.get("url"));
    let place = place.or_else(|| item.get("path"));
    let url = place.and_then(Value::as_str);
    let named = url.filter(|_| !is_pypi).and_then(of_file);
    let (name, version) = (item.get("name"), item.get("version"));
    let text = |value: Option<Value<'_>>| value.and_then(Value::as_str).map(str::to_owned);
    let span = match (name, place) {
        (Some(name), _) => from_name_to(name.span(), version.map(Value::span)),
        (None, Some(place)) => place.span(),
        (None, None) => return None,
    };
    let source = match url {
        Some(url) if is_pypi && !pypi::is_public(url) => Location::read(url).source,
        Some(url) if !url.contains("://") => PackageSource::Path,
        _ => PackageSource::Registry,
    };
    let hash = ["sha256", "md5"]
        .into_iter()
        .find_map(|kind| Some(format!("{kind}:{}", item.text(kind)?)));
    let ecosystem = match is_pypi {
        true => Ecosystem::PyPI,
        false => Ecosystem::Conda,
    };
    let name = text(name).or_else(|| named.map(|(name, _)| name.to_owned()))?;
    let version = text(version).or_else(|| named.map(|(_, version)| version.to_owned()));
    Some(Package {
        source,
        facts: PackageFacts {
            resolved: url.map(str::to_owned),
            integrity: hash.into_iter().collect(),
            licences: item
                .text("license")
                .map(str::to_owned)
                .into_iter()
                .collect(),
            ..PackageFacts::default()
        },
        ..Package::new(ecosystem, &name, &version.unwrap_or_default(), span)
    })
}

/// Name and version in `https://.../name-version-build.conda`.
fn of_file(url: &str) -> Option<(&str, &str)> {
    let file = url.rsplit('/').next()?;
    let stem = file
        .strip_suffix(".conda")
        .or_else(|| file.strip_suffix(".tar.bz2"))?;
    let (rest, _) = stem.rsplit_once('-')?;
    rest.rsplit_once('-')
}
