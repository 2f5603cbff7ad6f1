//! dependency/plain-http-source

use super::integrity::is_weak;
use super::place::{Place, and_more, fetched};
use crate::detect::Sink;
use crate::model::{Package, PackageSource, Severity, Source};
use crate::parse::lock::{Lockfile, origin};

/// Reports once a file what is fetched over plain http. A strong hash or a commit in the lockfile
/// would tell a change, so that those packages weigh less and come last.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let plain = || {
        fetched(source, lockfile).filter_map(|package| {
            let place = Place::plain(package)?;
            (!place.is_loopback()).then_some((package, place))
        })
    };
    let Some(first) = plain().find(|(package, _)| !is_proven(package)) else {
        let Some((package, place)) = plain().next() else {
            return;
        };
        let more = and_more(plain().count() - 1);
        report(package, place, &more, out).severity(Severity::Low);
        return;
    };
    let more = and_more(plain().count() - 1);
    report(first.0, first.1, &more, out);
}

fn report<'o>(
    package: &Package,
    place: Place<'_>,
    more: &str,
    out: &'o mut Sink<'_>,
) -> crate::detect::Reported<'o> {
    let verb = if more.is_empty() { "is" } else { "are" };
    out.report(
        "dependency/plain-http-source",
        package.span,
        format!("{}{more} {verb} fetched over plain http", package.name),
    )
    .text(format!("from {}, without encryption", place.host))
    .help("write the address with https in the manifest and the package manager's configuration, and lock again")
}

/// True where the file says what has to arrive.
fn is_proven(package: &Package) -> bool {
    let commit = package.facts.commit.as_deref();
    match package.source {
        PackageSource::Git => commit.is_some_and(origin::is_commit),
        _ => package.facts.integrity.iter().any(|hash| !is_weak(hash)),
    }
}
