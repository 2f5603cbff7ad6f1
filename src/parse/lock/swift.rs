//! Package.resolved of Swift's package manager, versions 1 to 3: repositories at a tag, a branch or
//! a commit. A package's name is where its repository is.

use std::collections::HashMap;

use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Requested, Requirement};
use crate::parse::json::{Json, Kind, Value};

const MANIFEST: &str = "Package.swift";

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    input.near(MANIFEST).map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let Some(root) = json.root() else {
        return lockfile;
    };
    let pins = root.get("object").unwrap_or(root).get("pins");
    let Some(pins) = pins.filter(|pins| pins.kind() == Kind::Array) else {
        lockfile.errors.push(SyntaxError {
            span: root.span(),
            message: "no list of pins".into(),
        });
        return lockfile;
    };
    let asked = asked(input);
    for pin in pins.children() {
        match package(pin) {
            Some(mut package) => {
                if !asked.is_empty() {
                    let requested = asked.get(&package.name);
                    package.direct = Some(requested.is_some());
                    if let Some(requested) = requested {
                        package.dependency_path = vec![package.name.clone()];
                        package.requested = Some(requested.clone());
                        package.facts.required_by = vec![Requirement {
                            by: String::new(),
                            range: requested.requirement.clone(),
                        }];
                    }
                }
                lockfile.packages.push(package);
            }
            None => lockfile.errors.push(SyntaxError {
                span: pin.span(),
                message: "a pin names a repository and its state".into(),
            }),
        }
    }
    lockfile
}

fn package(pin: Value<'_>) -> Option<Package> {
    let name = pin.get("identity").or_else(|| pin.get("package"))?;
    let location = pin.get("location").or_else(|| pin.get("repositoryURL"));
    let location = location.and_then(Value::as_str).unwrap_or_default();
    let kind = pin.get("kind").and_then(Value::as_str).unwrap_or_default();
    let state = pin.get("state")?;
    let member = |key: &str| state.get(key).filter(|value| value.kind() == Kind::Text);
    let text = |key: &str| {
        member(key)
            .and_then(Value::as_str)
            .map(|text| text.into_owned())
    };
    let version = member("version");
    let is_local = kind.starts_with("local") || kind == "fileSystem" || location.starts_with('/');
    let place = repository(&location);
    let written = if is_local || kind == "registry" || place.is_empty() {
        name.as_str()?.into_owned()
    } else {
        place
    };
    let span = name
        .key_span()
        .cover(version.map_or(name.span(), Value::span));
    let mut package = Package {
        source: match version {
            _ if is_local => PackageSource::Path,
            Some(_) => PackageSource::Registry,
            None => PackageSource::Git,
        },
        ..Package::new(
            Ecosystem::SwiftUrl,
            &written,
            &version.and_then(Value::as_str).unwrap_or_default(),
            if span.len() < 600 {
                span
            } else {
                name.key_span().cover(name.span())
            },
        )
    };
    package.facts = PackageFacts {
        resolved: (!location.is_empty()).then(|| location.into_owned()),
        commit: text("revision").or_else(|| text("branch")),
        ..PackageFacts::default()
    };
    Some(package)
}

/// `host/owner/name`, however the address is written.
fn repository(location: &str) -> String {
    let rest = match location.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        // `git@host:owner/name`.
        None => location.replacen(':', "/", 1),
    };
    let rest = match rest.split_once('/') {
        Some((authority, path)) => {
            let host = authority.rsplit('@').next().unwrap_or(authority);
            format!("{host}/{}", path.trim_start_matches('/'))
        }
        None => rest,
    };
    let rest = rest.trim_end_matches('/');
    rest.strip_suffix(".git").unwrap_or(rest).to_owned()
}

/// What the manifest asks for, by name.
fn asked(input: &Input<'_>) -> HashMap<String, Requested> {
    let mut asked = HashMap::new();
    let Some(path) = input.near(MANIFEST) else {
        return asked;
    };
    let text = input.beside.file(&path).unwrap_or_default();
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let Some((_, rest)) = code.split_once("url:").filter(|_| !code.starts_with("//")) else {
            continue;
        };
        let mut quoted = rest.splitn(3, '"');
        let (Some(location), Some(after)) = (quoted.nth(1), quoted.next()) else {
            continue;
        };
        let requirement = after.trim().trim_start_matches(',').trim();
        let requirement = requirement.trim_end_matches(',').trim_end();
        let name = Ecosystem::SwiftUrl.normalise(&repository(location));
        asked.entry(name).or_insert_with(|| Requested {
            path: path.clone(),
            line: u32::try_from(number + 1).unwrap_or(u32::MAX),
            requirement: requirement
                .strip_suffix(')')
                .unwrap_or(requirement)
                .to_owned(),
        });
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_name_however_it_is_written() {
        for location in [
            "https://github.com/vapor/vapor.git",
            "https://github.com/vapor/vapor",
            "https://user:word@github.com/vapor/vapor/",
            "ssh://git@github.com/vapor/vapor.git",
            "git@github.com:vapor/vapor.git",
        ] {
            assert_eq!(repository(location), "github.com/vapor/vapor", "{location}");
        }
    }
}
