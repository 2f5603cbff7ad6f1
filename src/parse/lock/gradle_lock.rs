//! gradle.lockfile and its predecessor, `dependency-locks/<configuration>.lockfile`: a line a
//! module, `group:name:version=configuration,configuration`. Older files name no configurations:
//! the file's own name is one.

use super::lines::lines;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, Scope, Span};

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    let name = String::from_utf8_lossy(input.path.file_name()).into_owned();
    let stem = name.strip_suffix(".lockfile").unwrap_or(&name);
    let is_old = input.path.parent().file_name() == b"dependency-locks";
    let is_buildscript = stem.starts_with("buildscript");
    for (start, line) in lines(input.text) {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') || content.starts_with("empty=") {
            continue;
        }
        let start = start + line.len() - line.trim_start().len();
        let (module, configurations) = match content.split_once('=') {
            Some((module, configurations)) => (module, Some(configurations)),
            None => (content, is_old.then_some(stem)),
        };
        let parts: Vec<&str> = module.split(':').collect();
        match (&parts[..], configurations) {
            ([group, name, version], Some(configurations))
                if parts
                    .iter()
                    .all(|part| !part.is_empty() && !part.contains(' ')) =>
            {
                let span = Span::from_usize(start, start + module.len());
                let name = format!("{group}:{name}");
                lockfile.packages.push(Package {
                    scope: if is_buildscript {
                        Scope::Dev
                    } else {
                        scope(configurations)
                    },
                    ..Package::new(Ecosystem::Maven, &name, version, span)
                });
            }
            _ if lockfile.errors.len() < MOST_ERRORS => lockfile.errors.push(SyntaxError {
                span: Span::from_usize(start, start + content.len()),
                message: "not `group:name:version=configurations`".into(),
            }),
            _ => {}
        }
    }
    lockfile
}

/// More errors than this say nothing new about a file.
const MOST_ERRORS: usize = 100;

/// Configurations of programs that only check a build.
const TOOLS: [&str; 11] = [
    "checkstyle",
    "pmd",
    "spotbugs",
    "findbugs",
    "codenarc",
    "jacoco",
    "detekt",
    "ktlint",
    "spotless",
    "errorprone",
    "jmh",
];

/// What configurations are for, separated by commas.
pub fn scope(configurations: &str) -> Scope {
    let for_tests = |configuration: &str| {
        let name = configuration.to_ascii_lowercase();
        // `testRuntimeClasspath`, `debugUnitTestCompileClasspath`, `integrationTestImplementation`.
        name.starts_with("test")
            || configuration.contains("Test")
            || TOOLS.iter().any(|tool| name.starts_with(tool))
    };
    let mut names = configurations.split(',').map(str::trim);
    let mut names = names.by_ref().filter(|name| !name.is_empty()).peekable();
    if names.peek().is_none() {
        Scope::Unknown
    } else if names.all(for_tests) {
        Scope::Dev
    } else {
        Scope::Prod
    }
}
