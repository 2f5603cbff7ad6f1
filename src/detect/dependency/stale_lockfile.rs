//! dependency/stale-lockfile

use std::collections::{HashMap, HashSet};

use crate::detect::Sink;
use crate::model::{Ecosystem, FileKind, Package, PackageSource, RepoPath, Scope, Span};
use crate::parse::Document;
use crate::parse::json::{Json, Kind, Value};
use crate::parse::lock::{self, Lockfile};
use crate::parse::version::Scheme;
use crate::parse::version::requirement::Requirement;

const RULE: &str = "dependency/stale-lockfile";

/// Reports direct dependencies of which the lockfile has no version that the manifest allows.
pub fn check(doc: &Document<'_>, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let kind = doc.source.kind;
    if !out.is_enabled(RULE)
        || !matches!(kind, FileKind::NpmLock | FileKind::CargoLock)
        || !lockfile.errors.is_empty()
    {
        return;
    }
    outside(doc, lockfile, out);
    match kind {
        FileKind::NpmLock => missing(doc, lockfile, out),
        _ => missing_crates(doc, lockfile, out),
    }
}

/// What is locked at a version that its manifest does not allow.
fn outside(doc: &Document<'_>, lockfile: &Lockfile, out: &mut Sink<'_>) {
    if lockfile.packages.iter().all(|p| p.requested.is_none()) {
        return;
    }
    let mut by_name: HashMap<&str, Vec<&Package>> = HashMap::new();
    for package in &lockfile.packages {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut said = HashSet::new();
    for package in &lockfile.packages {
        let Some(asked) = package.requested.as_ref() else {
            continue;
        };
        let Some(range) = Requirement::parse(package.ecosystem, &asked.requirement) else {
            continue;
        };
        // Which of several versions a need means is not always written: none of them may do.
        let may_do = |package: &&Package| {
            let version = Scheme::for_ecosystem(package.ecosystem).parse(&package.version);
            package.source != PackageSource::Registry
                || !version.is_parsable()
                || range.contains(&version)
        };
        let all = by_name.get(package.name.as_str());
        if all.is_none_or(|all| all.iter().any(may_do))
            || only_as_a_peer(doc, package, &asked.path)
            || !said.insert(&package.name)
        {
            continue;
        }
        out.report(
            RULE,
            package.span,
            format!(
                "{} {} is locked, but line {} of {} asks for {}",
                package.name,
                package.version,
                asked.line,
                asked.path.display(),
                asked.requirement
            ),
        )
        .text("not a version that the manifest allows")
        .package(package)
        .help(HELP);
    }
}

/// True where a package.json leaves the package to whoever uses the project: npm can be told not to
/// look at that.
fn only_as_a_peer(doc: &Document<'_>, package: &Package, manifest: &RepoPath) -> bool {
    if doc.source.kind != FileKind::NpmLock {
        return false;
    }
    let (json, _) = Json::parse(doc.beside.file(manifest).unwrap_or_default());
    let name = package.facts.alias.as_deref().unwrap_or(&package.name);
    let lists = ["dependencies", "devDependencies", "optionalDependencies"];
    let list = |list| json.root().and_then(|root| root.get(list));
    !lists
        .into_iter()
        .any(|of| list(of).is_some_and(|list| list.get(name).is_some()))
}

/// What package.json names and the lockfile beside it does not.
fn missing(doc: &Document<'_>, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let manifest = doc.source.path.parent().join(b"package.json");
    let Some(text) = doc.beside.file(&manifest) else {
        return;
    };
    let (json, None) = Json::parse(text) else {
        return;
    };
    let Some(root) = json.root() else {
        return;
    };
    let names = |list: &str| {
        let list = root.get(list).filter(|list| list.kind() == Kind::Object);
        list.into_iter().flat_map(Value::children).map(Value::key)
    };
    let mut known: HashSet<&str> = HashSet::new();
    for package in &lockfile.packages {
        known.insert(package.facts.alias.as_deref().unwrap_or(&package.name));
    }
    let optional: HashSet<_> = names("optionalDependencies").collect();
    let has = |what: &str| memchr::memmem::find(&doc.source.bytes, what.as_bytes());
    let list = ["\"packages\"", "\"dependencies\"", "\"lockfileVersion\""];
    let Some((at, list)) = list.into_iter().find_map(|list| Some((has(list)?, list))) else {
        return;
    };
    let absent = names("dependencies")
        .chain(names("devDependencies"))
        .filter(|name| !known.contains(&**name) && !optional.contains(name))
        // A link to a folder of the repository is no package.
        .filter(|name| has(&format!("node_modules/{name}\"")).is_none());
    let span = Span::from_usize(at, at + list.len());
    for name in absent {
        let absent = Package::new(Ecosystem::Npm, &name, "", span);
        report_missing(&absent, &manifest.display(), out);
    }
}

/// What the manifests of the repository's own crates name and Cargo.lock does not.
fn missing_crates(doc: &Document<'_>, lockfile: &Lockfile, out: &mut Sink<'_>) {
    // The registry takes both spellings for one name.
    let normal = |name: &str| name.replace('_', "-");
    let known: HashSet<String> = lockfile.packages.iter().map(|p| normal(&p.name)).collect();
    let own = lockfile.packages.iter();
    let own = own.filter(|package| package.source == PackageSource::Path);
    let own: HashMap<&str, &Package> = own
        .map(|package| (package.name.as_str(), package))
        .collect();
    let source = doc.source;
    let manifests = lock::cargo_manifests(&source.path, &source.bytes, &doc.beside);
    let mut said = HashSet::new();
    for (at, manifest) in manifests.iter().enumerate() {
        // What is not locked itself is no member of the workspace.
        let Some(by) = own.get(manifest.name.as_str()) else {
            continue;
        };
        for need in &manifest.dependencies {
            // What only the tests of a crate need is not locked unless it is a member.
            let is_locked = at == 0 || need.scope != Scope::Dev;
            if is_locked && !known.contains(&normal(&need.name)) && said.insert(&need.name) {
                let absent = Package::new(Ecosystem::CratesIo, &need.name, "", by.span);
                let asked = &need.requested;
                let place = format!("line {} of {}", asked.line, asked.path.display());
                report_missing(&absent, &place, out);
            }
        }
    }
}

fn report_missing(absent: &Package, by: &str, out: &mut Sink<'_>) {
    let name = &absent.name;
    let message = format!("{by} asks for {name}, which is not locked");
    out.report(RULE, absent.span, message)
        .text(format!("{name} is not here"))
        .package(absent)
        .help(HELP);
}

const HELP: &str = "lock again (`npm install`, `cargo update --workspace`) and commit the lockfile with the manifest";
