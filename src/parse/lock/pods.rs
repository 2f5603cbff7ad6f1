//! Podfile.lock of CocoaPods: pods with what they need, and at the end what the Podfile asks for.

use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Requested, Scope};
use crate::parse::yaml::{Kind, Value, Yaml};

const MANIFEST: &str = "Podfile";

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    input.near(MANIFEST).map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse_generated(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(yaml.error.clone());
    let Some(root) = yaml.root() else {
        return lockfile;
    };
    let mut needs = Needs::default();
    let mut by_name = HashMap::new();
    let mut listed = Vec::new();
    for item in root.get("PODS").into_iter().flat_map(Value::items) {
        // A pod alone, or with what it needs.
        let (key, inner) = match item.kind() {
            Kind::Mapping => match item.entries().next() {
                Some((key, inner)) => (key, Some(inner)),
                None => continue,
            },
            _ => (item, None),
        };
        let Some((name, Some(version))) = key.as_str().map(pod) else {
            lockfile.errors.push(SyntaxError {
                span: key.span(),
                message: "a pod has a version in brackets".into(),
            });
            continue;
        };
        let at = needs.add(Package::new(
            Ecosystem::CocoaPods,
            name,
            version,
            key.span(),
        ));
        by_name.insert(name, at);
        listed.push((at, inner));
    }
    for (from, inner) in listed {
        for need in inner
            .into_iter()
            .flat_map(Value::items)
            .filter_map(Value::as_str)
        {
            let (name, range) = pod(need);
            if let Some(to) = by_name.get(name) {
                needs.need(from, *to, Some(range.unwrap_or("")), false);
            }
        }
    }
    let external = by_key(root.get("EXTERNAL SOURCES"));
    let states = by_key(root.get("CHECKOUT OPTIONS"));
    let hashes = by_key(root.get("SPEC CHECKSUMS"));
    for (name, at) in &by_name {
        let Some(package) = needs.package_mut(*at) else {
            continue;
        };
        // The parts of a pod come from where it comes from.
        let whole = name.split('/').next().unwrap_or(name);
        let hash = hashes.get(whole).and_then(|hash| hash.as_str());
        package.facts.integrity = hash.map(str::to_owned).into_iter().collect();
        let Some(&place) = external.get(whole) else {
            continue;
        };
        let state = states.get(whole).copied().unwrap_or(place);
        let text = |name: &str| {
            state
                .text(name)
                .or_else(|| place.text(name))
                .map(str::to_owned)
        };
        if let Some(git) = text(":git") {
            package.source = PackageSource::Git;
            package.facts.resolved = Some(git);
            let commit = text(":commit").or_else(|| text(":tag"));
            package.facts.commit = commit.or_else(|| text(":branch"));
        } else if let Some(path) = text(":path") {
            package.source = PackageSource::Path;
            package.facts.resolved = Some(path);
        } else {
            package.source = PackageSource::Url;
            package.facts.resolved = text(":http").or_else(|| text(":podspec"));
        }
    }
    let lines = requested(input);
    let asked = root.get("DEPENDENCIES");
    for asked in asked
        .into_iter()
        .flat_map(Value::items)
        .filter_map(Value::as_str)
    {
        let (name, range) = pod(asked);
        let Some(&package) = by_name.get(name) else {
            continue;
        };
        let range = range.filter(|range| !range.starts_with("from "));
        needs.want(Want {
            package,
            by: String::new(),
            scope: Scope::Unknown,
            range: Some(range.unwrap_or("").to_owned()),
            requested: lines.get(name).cloned(),
        });
    }
    lockfile.packages = needs.finish(Scopes::Derived, asked.is_some());
    lockfile
}

fn by_key(list: Option<Value<'_>>) -> HashMap<&str, Value<'_>> {
    let entries = list.into_iter().flat_map(Value::entries);
    entries
        .filter_map(|(key, value)| Some((key.as_str()?, value)))
        .collect()
}

/// `Name (1.0.0)`, `Name (~> 1.0)` or a name alone.
fn pod(text: &str) -> (&str, Option<&str>) {
    match text.split_once(" (") {
        Some((name, rest)) => (name, rest.strip_suffix(')')),
        None => (text, None),
    }
}

/// The lines of the Podfile, `pod 'Name', '~> 1.0'`.
fn requested(input: &Input<'_>) -> HashMap<String, Requested> {
    let mut lines = HashMap::new();
    let Some(path) = input.near(MANIFEST) else {
        return lines;
    };
    let text = input.beside.file(&path).unwrap_or_default();
    for (number, line) in text.lines().enumerate() {
        let Some(rest) = line.trim_start().strip_prefix("pod") else {
            continue;
        };
        if !rest.starts_with([' ', '(']) {
            continue;
        }
        let mut quoted = rest.split(['\'', '"']).skip(1).step_by(2);
        let Some(name) = quoted.next() else { continue };
        // What comes as `:git => '...'` is no version.
        let is_version =
            |text: &&str| text.contains(|c: char| c.is_ascii_digit()) && !text.contains('/');
        let requirement = quoted.next().filter(is_version).unwrap_or_default();
        lines.entry(name.to_owned()).or_insert_with(|| Requested {
            path: path.clone(),
            line: u32::try_from(number + 1).unwrap_or(u32::MAX),
            requirement: requirement.to_owned(),
        });
    }
    lines
}
