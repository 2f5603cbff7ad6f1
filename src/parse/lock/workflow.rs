//! Workflows and actions of GitHub: `uses: owner/repository[/folder]@reference`. Advisories speak
//! of releases: a tag names one, a commit does where a comment says which, a branch or `v4` does
//! not.

use super::{Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Scope, Span};
use crate::parse::yaml::{Value, Yaml};

pub fn read(input: &Input<'_>) -> Lockfile {
    let yaml = Yaml::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = yaml.root() else {
        return lockfile;
    };
    let jobs = root.get("jobs").into_iter().flat_map(Value::entries);
    for (_, job) in jobs {
        // A job may be a workflow of another repository.
        lockfile
            .packages
            .extend(job.get("uses").and_then(|uses| package(input.text, uses)));
        let steps = job.get("steps").into_iter().flat_map(Value::items);
        lockfile.packages.extend(actions(input.text, steps));
    }
    let steps = root.get("runs").and_then(|runs| runs.get("steps"));
    let steps = steps.into_iter().flat_map(Value::items);
    lockfile.packages.extend(actions(input.text, steps));
    lockfile
}

fn actions<'y>(
    text: &'y str,
    steps: impl Iterator<Item = Value<'y>> + 'y,
) -> impl Iterator<Item = Package> + 'y {
    steps.filter_map(move |step| package(text, step.get("uses")?))
}

fn package(text: &str, uses: Value<'_>) -> Option<Package> {
    let action = uses.as_str()?;
    // Actions of this repository and images are no packages of this ecosystem.
    if action.starts_with('.') || action.contains("://") || action.contains("${{") {
        return None;
    }
    let (path, reference) = action.split_once('@')?;
    let mut parts = path.split('/');
    let name = format!("{}/{}", parts.next()?, parts.next()?);
    let commit = reference.len() >= 40 && reference.bytes().all(|b| b.is_ascii_hexdigit());
    let version = match commit {
        true => noted_version(text, uses.span()).unwrap_or_default(),
        false => reference,
    };
    Some(Package {
        direct: Some(true),
        scope: Scope::Dev,
        source: match is_release(version) {
            true => PackageSource::Registry,
            false => PackageSource::Git,
        },
        dependency_path: vec![Ecosystem::GitHubActions.normalise(&name)],
        facts: PackageFacts {
            commit: commit.then(|| reference.to_owned()),
            ..PackageFacts::default()
        },
        ..Package::new(Ecosystem::GitHubActions, &name, version, uses.span())
    })
}

/// `v4.1.1` in a comment behind the reference, as updaters write it.
fn noted_version(text: &str, uses: Span) -> Option<&str> {
    let rest = text.get(uses.end as usize..)?;
    let line = rest.lines().next()?;
    let comment = line.split_once('#')?.1;
    let mut words = comment.split([' ', '\t', '=', '@', ',', '(']);
    words.find(|word| is_release(word))
}

/// True for a version of three numbers: `v4` is whatever is newest of them.
fn is_release(version: &str) -> bool {
    let numbers = version.strip_prefix('v').unwrap_or(version);
    let numbers = numbers.split(['-', '+']).next().unwrap_or(numbers);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    numbers.split('.').count() == 3 && numbers.split('.').all(is_number)
}
