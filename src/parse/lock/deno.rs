//! deno.lock, versions 1 to 5: packages of npm and of JSR by `name@version`, and modules by their
//! addresses, of which the ones that name a package and its version are listed.

use std::collections::{HashMap, HashSet};

use super::needs::{Needs, Scopes, Want, project_name};
use super::package_json::{self, Manifest};
use super::yarn::split;
use super::{Ask, Input, Lockfile, SyntaxError, origin};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope};
use crate::parse::json::{Json, Value};

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    package_json::ask(input, [""])
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = lockfile.object(&json, error, "a lockfile") else {
        return lockfile;
    };
    // Version 3 keeps everything but modules under `packages`, version 2 npm's alone.
    let inner = root.get("packages").unwrap_or(root);
    let npm = inner.get("npm");
    let npm = npm.and_then(|npm| npm.get("packages")).or(npm);
    let mut all = All::default();
    for (list, ecosystem) in [(npm, Ecosystem::Npm), (inner.get("jsr"), Ecosystem::Jsr)] {
        for value in list.into_iter().flat_map(Value::children) {
            if !all.add(value, ecosystem) {
                lockfile.errors.push(SyntaxError {
                    span: value.key_span(),
                    message: "a package is a name and a version".into(),
                });
            }
        }
    }
    all.link();
    let old = root.get("npm").and_then(|npm| npm.get("specifiers"));
    let specifiers = inner.get("specifiers").or(old);
    all.want(input, root, specifiers);
    // Version 1 is the list of modules and nothing else.
    let modules = root.get("remote").unwrap_or(root);
    all.add_modules(modules);
    lockfile.packages = all.needs.finish(Scopes::Derived, all.wants_known);
    lockfile
}

#[derive(Default)]
struct All<'j> {
    needs: Needs,
    entries: Vec<(Value<'j>, Ecosystem, usize)>,
    by_key: HashMap<(Ecosystem, String), usize>,
    /// Where a name has one version, needs leave it out.
    by_name: HashMap<(Ecosystem, String), Option<usize>>,
    wants_known: bool,
}

impl<'j> All<'j> {
    fn add(&mut self, value: Value<'j>, ecosystem: Ecosystem) -> bool {
        let key = value.key();
        let Some((name, version)) = split(&key) else {
            return false;
        };
        // The peers stand behind a `_`.
        let version = version.split('_').next().unwrap_or(version);
        let mut package = Package::new(ecosystem, name, version, value.key_span());
        let mut facts = PackageFacts::default();
        for member in value.children() {
            match &*member.key() {
                "integrity" => facts
                    .integrity
                    .extend(member.as_str().map(|t| t.into_owned())),
                "tarball" => facts.resolved = member.as_str().map(|text| text.into_owned()),
                "scripts" => facts.has_install_script = member.is_true(),
                "deprecated" => {
                    let reason = member.as_str().map(|text| text.into_owned());
                    facts.discouraged = reason.or(member.is_true().then(String::new));
                }
                _ => {}
            }
        }
        if let Some(place) = &facts.resolved {
            package.source = origin::Origin::of(place).source;
        }
        package.facts = facts;
        let name = name.to_owned();
        let at = self.needs.add(package);
        self.entries.push((value, ecosystem, at));
        self.by_key.insert((ecosystem, key.into_owned()), at);
        let only = self.by_name.entry((ecosystem, name)).or_insert(Some(at));
        if *only != Some(at) {
            *only = None;
        }
        true
    }

    /// `name@version`, a name alone, or either after `npm:` or `jsr:`.
    fn find(&self, written: &str, ecosystem: Ecosystem) -> Option<usize> {
        let (ecosystem, key) = match written.split_once(':') {
            Some(("npm", key)) => (Ecosystem::Npm, key),
            Some(("jsr", key)) => (Ecosystem::Jsr, key),
            _ => (ecosystem, written),
        };
        let exact = self.by_key.get(&(ecosystem, key.to_owned())).copied();
        let alias = || {
            // `other-name@npm:real@1.2.3`.
            let (_, real) = key.split_once("@npm:")?;
            self.by_key.get(&(Ecosystem::Npm, real.to_owned())).copied()
        };
        exact.or_else(alias).or_else(|| {
            let name = split(key).map_or(key, |(name, _)| name);
            self.by_name
                .get(&(ecosystem, name.to_owned()))
                .copied()
                .flatten()
        })
    }

    fn link(&mut self) {
        for at in 0..self.entries.len() {
            let Some(&(value, ecosystem, from)) = self.entries.get(at) else {
                continue;
            };
            for (list, optional) in [("dependencies", false), ("optionalDependencies", true)] {
                for need in value.get(list).into_iter().flat_map(Value::children) {
                    // Up to version 3 of npm `"name": "name@version"`, later a list.
                    let written = need.as_str();
                    let to = written.and_then(|written| self.find(&written, ecosystem));
                    if let Some(to) = to {
                        self.needs.need(from, to, None, optional);
                    }
                }
            }
        }
    }

    /// What the projects ask for: listed under `workspace`, in older files whatever was asked for.
    fn want(&mut self, input: &Input<'_>, root: Value<'_>, specifiers: Option<Value<'_>>) {
        let mut answers = HashMap::new();
        for specifier in specifiers.into_iter().flat_map(Value::children) {
            if let Some(answer) = specifier.as_str() {
                answers.insert(specifier.key().into_owned(), answer.into_owned());
            }
        }
        let mut asked: Vec<(String, String)> = Vec::new();
        let mut ask = |project: &str, value: Value<'_>| {
            let manifest = value.get("packageJson");
            for list in [Some(value), manifest].into_iter().flatten() {
                let list = list
                    .get("dependencies")
                    .into_iter()
                    .flat_map(Value::children);
                asked.extend(
                    list.filter_map(|s| Some((project_name(project), s.as_str()?.into_owned()))),
                );
            }
        };
        let workspace = root.get("workspace");
        if let Some(workspace) = workspace {
            ask("", workspace);
            let members = workspace.get("members");
            for member in members.into_iter().flat_map(Value::children) {
                ask(&member.key(), member);
            }
        } else {
            asked.extend(answers.keys().map(|asked| (String::new(), asked.clone())));
            asked.sort();
        }
        let manifest = Manifest::beside(input, "");
        for (by, specifier) in asked {
            let (kind, bare) = specifier.split_once(':').unwrap_or(("npm", &specifier));
            let ecosystem = if kind == "jsr" {
                Ecosystem::Jsr
            } else {
                Ecosystem::Npm
            };
            let (name, range) = split(bare).unwrap_or((bare, ""));
            let answer = answers.get(&specifier).map(String::as_str);
            let found = answer.and_then(|answer| {
                // A version alone since version 4, before that the whole.
                let joined = format!("{name}@{answer}");
                let joined = self.by_key.get(&(ecosystem, joined)).copied();
                joined.or_else(|| self.find(answer, ecosystem))
            });
            let Some(package) = found.or_else(|| self.find(bare, ecosystem)) else {
                continue;
            };
            self.wants_known = true;
            let need = manifest.as_ref().and_then(|manifest| manifest.need(name));
            let need = need.filter(|_| ecosystem == Ecosystem::Npm && by.is_empty());
            self.needs.want(Want {
                package,
                by,
                scope: need.map_or(Scope::Unknown, |need| need.scope),
                range: Some(range.to_owned()),
                requested: need.and_then(|_| manifest.as_ref()?.requested(name)),
            });
        }
    }

    fn add_modules(&mut self, modules: Value<'_>) {
        let mut seen = HashSet::new();
        for module in modules.children() {
            let address = module.key();
            let Some((ecosystem, name, version)) = module_of(&address) else {
                continue;
            };
            if !seen.insert((ecosystem, name.clone(), version.clone())) {
                continue;
            }
            let mut package = Package::new(ecosystem, &name, &version, module.key_span());
            if ecosystem == Ecosystem::Jsr {
                // No registry: addresses below this one.
                package.source = PackageSource::Url;
            }
            package.facts.resolved = Some(address.into_owned());
            self.needs.add(package);
        }
    }
}

/// The package of which a module is a part, where its address says so: those that serve npm under
/// its own names, and Deno's.
fn module_of(address: &str) -> Option<(Ecosystem, String, String)> {
    let (host, path) = origin::web(address)?;
    let path = path.trim_start_matches('/');
    let (ecosystem, prefix, path) = match host {
        "esm.sh" | "unpkg.com" | "cdn.skypack.dev" => (Ecosystem::Npm, "", path),
        "cdn.jsdelivr.net" => (Ecosystem::Npm, "", path.strip_prefix("npm/")?),
        "jsr.io" => {
            // `@scope/name/1.2.3/mod.ts`.
            let mut parts = path.splitn(4, '/');
            let (scope, name, version) = (parts.next()?, parts.next()?, parts.next()?);
            let is_name =
                scope.starts_with('@') && version.starts_with(|c: char| c.is_ascii_digit());
            return is_name.then(|| {
                (
                    Ecosystem::Jsr,
                    format!("{scope}/{name}"),
                    version.to_owned(),
                )
            });
        }
        "deno.land" => match path.strip_prefix("x/") {
            Some(path) => (Ecosystem::Jsr, "deno.land/x/", path),
            None => (Ecosystem::Jsr, "deno.land/", path),
        },
        _ => return None,
    };
    // The build of the server may stand before the name, `v135/`, or a mark, `stable/`, `*`.
    let path = match path.split_once('/') {
        Some((first, rest))
            if ecosystem == Ecosystem::Npm
                && (first == "stable"
                    || first
                        .strip_prefix('v')
                        .is_some_and(|n| n.parse::<u32>().is_ok())) =>
        {
            rest
        }
        _ => path,
    };
    let path = path.trim_start_matches('*');
    let parts = if path.starts_with('@') { 2 } else { 1 };
    let end = path
        .match_indices('/')
        .nth(parts - 1)
        .map_or(path.len(), |(at, _)| at);
    let (name, version) = split(&path[..end])?;
    let version = version.split(['?', '&']).next()?;
    let begins = version
        .trim_start_matches('v')
        .starts_with(|c: char| c.is_ascii_digit());
    begins.then(|| (ecosystem, format!("{prefix}{name}"), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_a_package() {
        for (address, name, version) in [
            ("https://esm.sh/react@18.2.0", "react", "18.2.0"),
            (
                "https://esm.sh/v135/@s/a@1.0.0/es2022/a.mjs",
                "@s/a",
                "1.0.0",
            ),
            ("https://esm.sh/stable/react@18.2.0?dev", "react", "18.2.0"),
            ("https://unpkg.com/a@1.0.0/dist/a.js", "a", "1.0.0"),
            ("https://cdn.jsdelivr.net/npm/a@1.0.0", "a", "1.0.0"),
            (
                "https://deno.land/std@0.200.0/path/mod.ts",
                "deno.land/std",
                "0.200.0",
            ),
            (
                "https://deno.land/x/oak@v12.0.0/mod.ts",
                "deno.land/x/oak",
                "v12.0.0",
            ),
            (
                "https://jsr.io/@std/path/1.0.0/mod.ts",
                "@std/path",
                "1.0.0",
            ),
        ] {
            let found = module_of(address).map(|(_, name, version)| (name, version));
            assert_eq!(found, Some((name.into(), version.into())), "{address}");
        }
        for none in [
            "https://x.example/a@1.0.0",
            "https://esm.sh/react",
            "deno.land/std@1",
            "",
        ] {
            assert_eq!(module_of(none), None, "{none}");
        }
    }
}
