//! stack.yaml.lock: what a Haskell project takes beyond its snapshot, `hackage: name-1.2@sha256:..`,
//! repositories and archives.

use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource};
use crate::parse::yaml::{Value, Yaml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    let packages = yaml.root().and_then(|root| root.get("packages"));
    for item in packages.into_iter().flat_map(Value::items) {
        let completed = item.get("completed").unwrap_or(item);
        match package(completed) {
            Some(package) => lockfile.packages.push(package),
            None => lockfile.errors.push(SyntaxError {
                span: completed.span(),
                message: "neither a package of Hackage nor a name and a version".into(),
            }),
        }
    }
    lockfile
}

fn package(completed: Value<'_>) -> Option<Package> {
    let Some(hackage) = completed.get("hackage") else {
        return placed(completed);
    };
    // `name-1.2@sha256:hash,size`, or `@rev:1` for a revision of its description.
    let (id, hash) = hackage
        .as_str()?
        .split_once('@')
        .unwrap_or((hackage.as_str()?, ""));
    let (name, version) = id.rsplit_once('-')?;
    if !version.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut package = Package::new(Ecosystem::Hackage, name, version, hackage.span());
    let hash = hash
        .split(',')
        .next()
        .filter(|hash| hash.starts_with("sha256:"));
    package.facts.integrity = hash.map(str::to_owned).into_iter().collect();
    Some(package)
}

/// A repository or an archive.
fn placed(completed: Value<'_>) -> Option<Package> {
    let (name, version) = (completed.get("name")?, completed.get("version"));
    let text = |key: &str| completed.text(key).map(str::to_owned);
    let repository = text("git").or_else(|| text("hg"));
    let span = version.map_or(name.span(), |version| name.span().cover(version.span()));
    let mut package = Package {
        source: if repository.is_some() {
            PackageSource::Git
        } else {
            PackageSource::Url
        },
        ..Package::new(
            Ecosystem::Hackage,
            name.as_str()?,
            version.and_then(Value::as_str).unwrap_or_default(),
            if span.len() < 400 { span } else { name.span() },
        )
    };
    package.facts.resolved = repository
        .or_else(|| text("url"))
        .or_else(|| text("archive"));
    package.facts.commit = text("commit");
    package.facts.integrity = text("sha256").into_iter().collect();
    Some(package)
}
