//! dependency/plain-http-source

use super::group::Group;
use super::integrity::is_weak;
use super::place::{Place, fetched};
use crate::detect::Sink;
use crate::model::{Package, PackageSource, Severity, Source};
use crate::parse::lock::{Lockfile, origin};

/// Reports once a file what is fetched over plain http. A strong hash or a commit in the lockfile
/// would tell a change, so that those packages weigh less and come last.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let plain = fetched(source, lockfile).filter_map(|package| {
        let place = Place::plain(package)?;
        (!place.is_loopback()).then_some((package, place))
    });
    let (proven, open): (Vec<_>, Vec<_>) = plain.partition(|(package, _)| is_proven(package));
    let Some((_, place)) = open.first().or(proven.first()) else {
        return;
    };
    let all = open.iter().chain(&proven).map(|(package, _)| *package);
    let Some(group) = Group::of(all) else {
        return;
    };
    let who = group.with_verb("is", "are");
    let reported = out
        .report(
            "dependency/plain-http-source",
            group.first.span,
            format!("{who} fetched over plain http"),
        )
        .text(format!("from {}, without encryption", place.host))
        .help("write the address with https in the manifest and the package manager's configuration, and lock again");
    if open.is_empty() {
        reported.severity(Severity::Low);
    }
}

/// True where the file says what has to arrive.
fn is_proven(package: &Package) -> bool {
    let commit = package.facts.commit.as_deref();
    match package.source {
        PackageSource::Git => commit.is_some_and(origin::is_commit),
        _ => package.facts.integrity.iter().any(|hash| !is_weak(hash)),
    }
}
