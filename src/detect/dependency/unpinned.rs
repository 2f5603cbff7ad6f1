//! dependency/unpinned

use crate::detect::Sink;
use crate::model::{FileKind, PackageSource, Source};
use crate::parse::lock::Lockfile;

/// Reports a requirement that leaves the version to the day of the build. The sources of pip-tools
/// (`.in`) leave it open on purpose.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    if source.kind != FileKind::Requirements || source.path.extension() == Some(b"in") {
        return;
    }
    for package in &lockfile.packages {
        let constrained = package.requested.as_ref();
        if constrained.is_some_and(|pin| pin.requirement.starts_with("==")) {
            continue;
        }
        if package.version.is_empty() && package.source == PackageSource::Registry {
            out.report(
                "dependency/unpinned",
                package.span,
                format!("{} is not pinned to one version", package.name),
            )
            .text("any matching version is installed, and none could be checked")
            .help("write the exact version with `==`, or let pip-compile or uv write the file");
        }
    }
}
