//! dependency/misleading-source

use std::borrow::Cow;

use super::place::{Place, fetched};
use crate::detect::Sink;
use crate::model::{FileKind, Package, PackageSource, Source};
use crate::parse::lock::Lockfile;

/// Packages of one file that are looked at closer; whoever changed more is found out by these.
const MOST: usize = 100;

/// Reports a package whose address leads to another package of the registry: no package manager
/// writes that by itself.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let other = |package| Some((package, other_name(source.kind, package)?));
    let changed = fetched(source, lockfile).filter_map(other);
    for (package, real) in changed.take(MOST) {
        // Who asks for another package under this name says so in the file.
        let asked = format!("npm:{real}");
        if memchr::memmem::find(&source.bytes, asked.as_bytes()).is_some() {
            continue;
        }
        out.report(
            "dependency/misleading-source",
            package.span,
            format!("{} is downloaded from the address of {real}", package.name),
        )
        .text(format!(
            "another package is installed under the name {}",
            package.name
        ))
        .help("find out who changed the lockfile, remove the entry and lock again");
    }
}

/// The package of another name that the address of this one leads to.
fn other_name(kind: FileKind, package: &Package) -> Option<String> {
    let may_lie = match kind {
        FileKind::NpmLock => matches!(package.source, PackageSource::Registry | PackageSource::Url),
        FileKind::YarnLock | FileKind::PnpmLock => package.source == PackageSource::Registry,
        _ => false,
    };
    // Who asks for an address gets what is there.
    let is_asked = |range: &str| range.contains("://") || range.starts_with("npm:");
    let requested = package.requested.iter().map(|asked| &asked.requirement);
    let ranges = package.facts.required_by.iter().map(|by| &by.range);
    if !may_lie
        || package.version.is_empty()
        || package.facts.alias.is_some()
        || requested.chain(ranges).any(|range| is_asked(range))
    {
        return None;
    }
    let path = Place::of(package)?.path;
    let below = path
        .get(1..)
        .and_then(|path| path.strip_prefix(&*package.name));
    if below.is_some_and(|rest| rest.starts_with("/-/")) {
        return None;
    }
    let real = packed_name(path)?;
    let is_own = real.eq_ignore_ascii_case(&package.name);
    (!is_own).then_some(real)
}

/// The name in `/name/-/name-1.0.0.tgz`, as registries of npm lay out their files.
fn packed_name(path: &str) -> Option<String> {
    let (before, file) = path.rsplit_once("/-/")?;
    let file = match file.split_once('/') {
        Some((scope, file)) if scope.starts_with('@') => file,
        _ => file,
    };
    if file.contains('/') || !file.ends_with(".tgz") {
        return None;
    }
    let before = match before.contains('%') {
        true => Cow::Owned(
            before
                .replace("%2f", "/")
                .replace("%2F", "/")
                .replace("%40", "@"),
        ),
        false => Cow::Borrowed(before),
    };
    let short = before.rfind('/')? + 1;
    let above = before.get(..short - 1)?;
    let scope = above.rfind('/').map_or(0, |at| at + 1);
    let start = match above.get(scope..)?.starts_with('@') {
        true => scope,
        false => short,
    };
    let name = before.get(start..)?;
    // The file says the same name again, or this is no registry's layout.
    let bare = before.get(short..)?;
    if bare.is_empty() || !file.strip_prefix(bare)?.starts_with('-') {
        return None;
    }
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::packed_name;

    #[test]
    fn the_layout_of_registries_tells_the_name() {
        for (path, name) in [
            ("/qs/-/qs-6.13.0.tgz", Some("qs")),
            ("/@a/b/-/b-1.0.0.tgz", Some("@a/b")),
            ("/@a%2fb/-/b-1.0.0.tgz", Some("@a/b")),
            ("/npm/@a/b/-/@a/b-1.0.0.tgz", Some("@a/b")),
            ("/artifactory/api/npm/all/qs/-/qs-6.13.0.tgz", Some("qs")),
            ("/o/r/-/archive/v1/r-v1.tgz", None),
            ("/o/r/-/raw/qs-1.tgz", None),
            ("/qs/download/qs-6.13.0.tgz", None),
            ("/-/qs.tgz", None),
        ] {
            assert_eq!(packed_name(path).as_deref(), name, "{path}");
        }
    }
}
