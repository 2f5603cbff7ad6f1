//! dependency/mixed-registries

use super::group::Group;
use super::place::{Place, fetched};
use crate::detect::Sink;
use crate::detect::shell::install::KIN_OF_PYPI;
use crate::model::{FileKind, Package, PackageSource, Source};
use crate::parse::lock::Lockfile;

/// Ends of what is fetched as a file and not from a registry.
const ARCHIVES: [&str; 4] = [".whl", ".zip", ".tar.gz", ".tgz"];

/// Reports once a file that some of its packages come from another registry than the public one,
/// under names that the public one could have as well.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let is_private: fn(&Package, &Place<'_>) -> bool = match source.kind {
        // A scope belongs to one registry.
        FileKind::NpmLock | FileKind::YarnLock => |package, place| {
            let is_asked = |range: &str| range.contains("://");
            !package.name.starts_with('@')
                && place.path.contains("/-/")
                && !package
                    .facts
                    .required_by
                    .iter()
                    .any(|by| is_asked(&by.range))
        },
        FileKind::PoetryLock | FileKind::UvLock | FileKind::PipfileLock => |package, place| {
            let address = package.facts.resolved.as_deref().unwrap_or("");
            !ARCHIVES.iter().any(|end| place.path.ends_with(end))
                && !KIN_OF_PYPI.iter().any(|kin| address.contains(kin))
        },
        _ => return,
    };
    let is_public = |package: &Package| package.source == PackageSource::Registry;
    if !out.is_enabled("dependency/mixed-registries") || !fetched(source, lockfile).any(is_public) {
        return;
    }
    let private = || {
        fetched(source, lockfile)
            .filter(|package| package.source == PackageSource::Url)
            .filter_map(|package| Some((package, Place::of(package)?)))
            .filter(|(package, place)| is_private(package, place))
    };
    let Some((_, place)) = private().next() else {
        return;
    };
    let Some(group) = Group::of(private().map(|(package, _)| package)) else {
        return;
    };
    let who = group.with_verb("comes", "come");
    out.report(
        "dependency/mixed-registries",
        group.first.span,
        format!("{who} from another registry than the public one, from which the others come"),
    )
    .text(format!("from {}", place.host))
    .help("ask one registry that serves both, or bind the names to theirs: a scope in npm, an explicit index in Python");
}
