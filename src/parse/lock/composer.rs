//! composer.lock: what is needed in production and what in development, as two lists. What the
//! project itself asks for stands only in composer.json.

use std::borrow::Cow;
use std::collections::HashMap;

use super::needs::{Needs, Scopes, Want};
use super::{Ask, Input, Lockfile, SyntaxError, from_name_to};
use crate::model::{Ecosystem, Package, PackageSource, RepoPath, Requested, Scope};
use crate::parse::json::{Json, Value};
use crate::text::LineIndex;

const LISTS: [(&str, Scope); 2] = [("packages", Scope::Prod), ("packages-dev", Scope::Dev)];

/// Registries that serve the public packages, some beside others of their own. Names begin with a
/// vendor's, so that nobody takes one package for another.
const PUBLIC: [&str; 5] = [
    "packagist.org",
    "repo.packagist.org",
    "packagist.com",
    "repo.packagist.com",
    "packages.drupal.org",
];

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    vec![Ask::File(manifest(input))]
}

fn manifest(input: &Input<'_>) -> RepoPath {
    input.path.parent().join(b"composer.json")
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = lockfile.object(&json, error, "a lockfile") else {
        return lockfile;
    };
    let mut values = Vec::new();
    for (list, scope) in LISTS {
        for value in root.get(list).into_iter().flat_map(Value::children) {
            match text(value, "name") {
                Some(name) => {
                    let package = package(value, &name, scope);
                    lockfile.packages.push(package);
                    values.push(value);
                }
                None => lockfile.errors.push(SyntaxError {
                    span: value.span(),
                    message: "a package without a name".into(),
                }),
            }
        }
    }
    lockfile.packages = connect(input, &values, lockfile.packages);
    lockfile
}

fn text<'j>(value: Value<'j>, name: &str) -> Option<Cow<'j, str>> {
    value.get(name).and_then(Value::as_str)
}

fn package(value: Value<'_>, name: &str, scope: Scope) -> Package {
    let version = text(value, "version").unwrap_or_default();
    let key = value.get("name").map_or(value.span(), Value::key_span);
    let span = from_name_to(key, value.get("version").map(Value::span));
    let mut package = Package {
        scope,
        source: source(value),
        ..Package::new(Ecosystem::Packagist, name, &version, span)
    };
    let facts = &mut package.facts;
    let (dist, git) = (value.get("dist"), value.get("source"));
    let of = |place: Option<Value<'_>>, name: &str| {
        let found = place.and_then(|place| text(place, name));
        found.filter(|text| !text.is_empty()).map(Cow::into_owned)
    };
    facts.resolved = of(dist, "url").or_else(|| of(git, "url"));
    facts.integrity.extend(of(dist, "shasum"));
    facts.commit = of(git, "reference").or_else(|| of(dist, "reference"));
    facts.licences = licences(value);
    facts.discouraged = value.get("abandoned").and_then(|abandoned| {
        let instead = abandoned
            .as_str()
            .map(|other| format!("use {other} instead"));
        instead.or_else(|| abandoned.is_true().then(String::new))
    });
    // A plugin's code runs inside of composer from then on.
    facts.has_install_script = text(value, "type").as_deref() == Some("composer-plugin");
    facts.released = text(value, "time").as_deref().and_then(day);
    package
}

/// Several licences are a choice.
fn licences(value: Value<'_>) -> Vec<String> {
    let Some(licence) = value.get("license") else {
        return Vec::new();
    };
    let mut names: Vec<String> = match licence.as_str() {
        Some(name) => vec![name.into_owned()],
        None => {
            let names = licence.children().filter_map(Value::as_str);
            names.map(Cow::into_owned).collect()
        }
    };
    if names.len() < 2 {
        return names;
    }
    for name in names
        .iter_mut()
        .filter(|name| name.contains(' ') && !name.starts_with('('))
    {
        *name = format!("({name})");
    }
    vec![names.join(" OR ")]
}

/// The day that a date begins with.
fn day(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    let shape = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    shape.then(|| day.to_owned())
}

fn source(value: Value<'_>) -> PackageSource {
    let kind = |place: &str| value.get(place).and_then(|place| text(place, "type"));
    if kind("dist").as_deref() == Some("path") {
        return PackageSource::Path;
    }
    // The registry that serves a package wants to count how often it is downloaded. A package of
    // a git repository that composer.json names has no such address, but neither has one that
    // another tool wrote down.
    let Some(registry) = text(value, "notification-url") else {
        return PackageSource::Registry;
    };
    let rest = registry
        .split_once("://")
        .map_or(&*registry, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or(rest);
    if PUBLIC.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        PackageSource::Registry
    } else {
        PackageSource::Url
    }
}

/// Finds out who needs whom, and what the project asks for.
fn connect(input: &Input<'_>, values: &[Value<'_>], packages: Vec<Package>) -> Vec<Package> {
    let mut by_name: HashMap<String, usize> = HashMap::with_capacity(packages.len());
    for (at, value) in values.iter().enumerate() {
        // What a package contains needs no package of its own.
        for replaced in value.get("replace").into_iter().flat_map(Value::children) {
            by_name.insert(Ecosystem::Packagist.normalise(&replaced.key()), at);
        }
    }
    let mut needs = Needs::default();
    for package in packages {
        let name = package.name.clone();
        by_name.insert(name, needs.add(package));
    }
    let find = |name: &str| by_name.get(&Ecosystem::Packagist.normalise(name)).copied();
    for (at, value) in values.iter().enumerate() {
        for need in value.get("require").into_iter().flat_map(Value::children) {
            if let Some(needed) = find(&need.key()) {
                needs.need(at, needed, need.as_str().as_deref(), false);
            }
        }
    }
    let path = manifest(input);
    let manifest = input.beside.file(&path).unwrap_or("");
    let (json, _) = Json::parse(manifest);
    let lines = LineIndex::new(manifest.as_bytes());
    for (list, scope) in [("require", Scope::Prod), ("require-dev", Scope::Dev)] {
        let asked = json.root().and_then(|root| root.get(list));
        for asked in asked.into_iter().flat_map(Value::children) {
            let Some(package) = find(&asked.key()) else {
                continue;
            };
            let requirement = asked.as_str().unwrap_or_default().into_owned();
            needs.want(Want {
                package,
                by: String::new(),
                scope,
                range: Some(requirement.clone()),
                requested: Some(Requested {
                    path: path.clone(),
                    line: lines.line(asked.key_span().start),
                    requirement,
                }),
            });
        }
    }
    needs.finish(Scopes::Stated, json.root().is_some())
}
