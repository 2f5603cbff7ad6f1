//! pubspec.lock of Dart and Flutter: packages with why they are there, without who needs them.

use std::collections::HashMap;

use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Requested, Requirement, Scope};
use crate::parse::yaml::{Kind, Value, Yaml};
use crate::text::LineIndex;

const MANIFEST: &str = "pubspec.yaml";

const PUBLIC: [&str; 2] = ["pub.dev", "pub.dartlang.org"];

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    input.near(MANIFEST).map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    let asked = asked(input);
    let packages = yaml.root().and_then(|root| root.get("packages"));
    for (key, value) in packages.into_iter().flat_map(Value::entries) {
        let Some(name) = key.as_str().filter(|_| value.kind() == Kind::Mapping) else {
            lockfile.errors.push(SyntaxError {
                span: key.span(),
                message: "a package is a mapping".into(),
            });
            continue;
        };
        let mut package = package(name, key, value);
        if package.direct == Some(true) {
            package.requested = asked.get(name).cloned();
            if let Some(requested) = &package.requested {
                package.facts.required_by = vec![Requirement {
                    by: String::new(),
                    range: requested.requirement.clone(),
                }];
            }
        }
        lockfile.packages.push(package);
    }
    lockfile
}

fn package(name: &str, key: Value<'_>, value: Value<'_>) -> Package {
    let version = value.get("version");
    let kind = value.text("dependency").unwrap_or_default();
    let described = value.get("description");
    let text = |key: &str| described.and_then(|d| d.text(key));
    let span = version.map_or(key.span(), |version| key.span().cover(version.span()));
    let span = if span.len() < 600 { span } else { key.span() };
    let version = version.and_then(Value::as_str).unwrap_or_default();
    let mut package = Package {
        scope: match kind {
            "direct main" => Scope::Prod,
            "direct dev" => Scope::Dev,
            _ => Scope::Unknown,
        },
        direct: match kind {
            "transitive" => Some(false),
            _ => kind.starts_with("direct").then_some(true),
        },
        source: match value.text("source") {
            Some("git") => PackageSource::Git,
            // What comes with the SDK is no package of the registry.
            Some("path" | "sdk") => PackageSource::Path,
            _ => match text("url").map(host) {
                Some(host) if !PUBLIC.contains(&host) => PackageSource::Url,
                _ => PackageSource::Registry,
            },
        },
        ..Package::new(Ecosystem::Pub, name, version, span)
    };
    if package.direct == Some(true) {
        package.dependency_path = vec![package.name.clone()];
    }
    package.facts.resolved = text("url").or_else(|| text("path")).map(str::to_owned);
    package.facts.integrity = text("sha256").map(str::to_owned).into_iter().collect();
    package.facts.commit = text("resolved-ref")
        .or_else(|| text("ref"))
        .map(str::to_owned);
    package
}

fn host(address: &str) -> &str {
    super::origin::web(address).map_or(address, |(host, _)| host)
}

/// The lines of the manifest, by name; what overrides the others first.
fn asked(input: &Input<'_>) -> HashMap<String, Requested> {
    let mut asked = HashMap::new();
    let Some(path) = input.near(MANIFEST) else {
        return asked;
    };
    let text = input.beside.file(&path).unwrap_or_default();
    let yaml = Yaml::parse(text);
    let lines = LineIndex::new(text.as_bytes());
    for list in ["dependency_overrides", "dependencies", "dev_dependencies"] {
        let list = yaml.root().and_then(|root| root.get(list));
        for (key, value) in list.into_iter().flat_map(Value::entries) {
            let requirement = value.as_str().or_else(|| value.text("version"));
            asked
                .entry(key.as_str().unwrap_or_default().to_owned())
                .or_insert_with(|| Requested {
                    path: path.clone(),
                    line: lines.line(key.span().start),
                    requirement: requirement.unwrap_or_default().to_owned(),
                });
        }
    }
    asked
}
