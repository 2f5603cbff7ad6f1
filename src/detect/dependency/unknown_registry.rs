//! dependency/unknown-registry

use std::collections::HashMap;

use super::group::Group;
use super::place::{Place, fetched};
use super::written::Written;
use crate::detect::{Given, Sink};
use crate::model::{PackageSource, Source};
use crate::parse::lock::Lockfile;

/// Reports once a host the packages that come from elsewhere than the configuration allows.
pub fn check(given: &Given, source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let Some(allowed) = &given.package_registries else {
        return;
    };
    let allowed: Vec<Place<'_>> = allowed.iter().filter_map(|url| Place::read(url)).collect();
    if !Written::by(source.kind).registries {
        return;
    }
    let mut hosts: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<(Group<'_>, &str)> = Vec::new();
    for package in fetched(source, lockfile) {
        let Some(place) = Place::of(package).map(under_one_name) else {
            continue;
        };
        let is_fetched = matches!(package.source, PackageSource::Registry | PackageSource::Url);
        if !is_fetched || allowed.iter().any(|allowed| covers(allowed, &place)) {
            continue;
        }
        let at = *hosts.entry(place.host).or_insert(found.len());
        match found.get_mut(at) {
            Some((group, _)) => group.add(),
            None => found.extend(Group::of([package]).map(|group| (group, place.host))),
        }
    }
    for (group, host) in found {
        let who = group.with_verb("comes", "come");
        out.report(
            "dependency/unknown-registry",
            group.first.span,
            format!("{who} from {host}"),
        )
        .text("no registry that the configuration allows")
        .help("take the package from an allowed registry, or add this one to `allow` in `[registries]`");
    }
}

/// One registry answers under two names, and the address of Cargo's index is no longer where it is.
fn under_one_name(place: Place<'_>) -> Place<'_> {
    match (place.host, place.path) {
        ("registry.yarnpkg.com", _) => Place {
            host: "registry.npmjs.org",
            ..place
        },
        ("github.com", "/rust-lang/crates.io-index") => Place {
            host: "index.crates.io",
            path: "/",
            ..place
        },
        _ => place,
    }
}

fn covers(allowed: &Place<'_>, place: &Place<'_>) -> bool {
    let prefix = allowed.path.trim_end_matches('/');
    let below = place.path.strip_prefix(prefix);
    let climbs = place.path.split('/').any(|part| part == "..");
    allowed.is_plain == place.is_plain
        && allowed.host.eq_ignore_ascii_case(place.host)
        && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && !climbs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_covers_what_is_below_it_and_nothing_beside_it() {
        let covers = |allowed, address| {
            let (allowed, place) = (Place::read(allowed), Place::read(address));
            covers(&allowed.expect("a place"), &place.expect("a place"))
        };
        for (allowed, address, expected) in [
            (
                "https://npm.example.org/",
                "https://npm.example.org/a",
                true,
            ),
            ("https://npm.example.org", "https://NPM.example.org/a", true),
            (
                "https://npm.example.org/t/",
                "https://npm.example.org/t",
                true,
            ),
            (
                "https://npm.example.org/t",
                "https://npm.example.org/tt/a",
                false,
            ),
            (
                "https://npm.example.org/t",
                "https://npm.example.org/t/../u/a",
                false,
            ),
            (
                "https://npm.example.org/",
                "http://npm.example.org/a",
                false,
            ),
            (
                "https://npm.example.org/",
                "https://npm.example.org.example.com/a",
                false,
            ),
        ] {
            assert_eq!(covers(allowed, address), expected, "{allowed} {address}");
        }
    }
}
