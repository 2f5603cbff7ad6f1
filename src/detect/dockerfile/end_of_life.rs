//! Releases and until when they get fixes, by the names that image tags give them.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Facts;
use super::known_image::{fits, official_name};
use crate::advisory::Day;
use crate::parse::dockerfile::ImageReference;

static DATA: &str = include_str!("../../../rules/data/end-of-life.txt");

/// A release of a product that an image holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Release {
    pub title: &'static str,
    pub version: &'static str,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Over; nobody noted the day.
    Past,
    /// The last day of fixes.
    On(Day),
    /// None is set.
    Open,
}

impl Release {
    /// True where the release gets no fixes any more.
    pub fn is_over(&self, today: Day) -> bool {
        match self.end {
            End::Past => true,
            End::On(day) => day < today,
            End::Open => false,
        }
    }

    /// The last day of fixes.
    pub fn last_day(&self) -> Option<Day> {
        match self.end {
            End::On(day) => Some(day),
            _ => None,
        }
    }
}

impl Facts<'_> {
    /// The day of the run, or of the table where the run has none.
    pub(super) fn today(&self) -> Option<Day> {
        self.given.today.or(table().as_of)
    }
}

#[derive(Default)]
struct Table {
    as_of: Option<Day>,
    images: HashMap<&'static str, &'static str>,
    holds: Vec<(&'static str, &'static str, &'static str)>,
    distributions: HashMap<&'static str, &'static str>,
    retired: Vec<(&'static str, &'static str)>,
    codenames: HashMap<&'static str, (&'static str, &'static str)>,
    titles: HashMap<&'static str, &'static str>,
    /// Product to its releases and their ends.
    cycles: HashMap<&'static str, Vec<(&'static str, End)>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::default();
        for line in DATA.lines() {
            let Some((kind, rest)) = line.split_once(' ') else {
                continue;
            };
            if kind == "as-of" {
                table.as_of = Day::parse(rest);
            }
            let Some((name, rest)) = rest.split_once(' ') else {
                continue;
            };
            let pair = rest.split_once(' ');
            match (kind, pair) {
                ("image", None) => drop(table.images.insert(name, rest)),
                ("holds", Some((product, version))) => table.holds.push((name, product, version)),
                ("distribution", None) => drop(table.distributions.insert(name, rest)),
                ("retired", _) => table.retired.push((name, rest)),
                ("title", _) => drop(table.titles.insert(name, rest)),
                ("codename", Some(release)) => drop(table.codenames.insert(name, release)),
                ("cycle", Some((version, day))) => {
                    let end = match day {
                        "past" => End::Past,
                        day => Day::parse(day).map_or(End::Open, End::On),
                    };
                    table.cycles.entry(name).or_default().push((version, end));
                }
                _ => {}
            }
        }
        table
    })
}

/// What to take instead of an image that is abandoned as a whole.
pub(super) fn successor(image: &str) -> Option<&'static str> {
    let name = official_name(&ImageReference::parse(image)?);
    let mut retired = table().retired.iter();
    let (_, instead) = retired.find(|(pattern, _)| fits(pattern, &name))?;
    Some(instead)
}

/// True for names of releases such as `bookworm`; `sid` and `stable` are none.
pub(super) fn is_codename(part: &str) -> bool {
    table().codenames.contains_key(part)
}

/// The releases that an image's reference names: of what it is made for, and of the distribution
/// below.
pub(super) fn releases(image: &str) -> Vec<Release> {
    let Some(reference) = ImageReference::parse(image) else {
        return Vec::new();
    };
    let table = table();
    let name = official_name(&reference);
    let tag = reference.tag.unwrap_or_default();
    let product = table.images.get(name.as_str()).copied();
    let mut found = Vec::new();
    if let Some((_, product, version)) = table.holds.iter().find(|(known, ..)| fits(known, &name)) {
        found.extend(table.exact(product, version));
    }
    if let Some(product) = product {
        found.extend(table.beginning(product, tag));
    }
    // Tags such as `3.9-slim-bullseye` and `20-alpine3.18` name a distribution as well.
    let parts: Vec<&str> = tag.split('-').collect();
    for (n, part) in parts.iter().enumerate() {
        let next = parts.get(n + 1).copied().unwrap_or_default();
        let release = table.distribution(part, next).or_else(|| {
            let (of, version) = table.codenames.get(part)?;
            let is_theirs = matches!(*of, "debian" | "ubuntu") || product == Some(*of);
            is_theirs.then(|| table.exact(of, version)).flatten()
        });
        if let Some(release) = release.filter(|release| !found.contains(release)) {
            found.push(release);
        }
    }
    found
}

impl Table {
    /// The release that a tag begins with. Where the tag leaves the minor part open, it is the one
    /// among all that it may mean which lives longest.
    fn beginning(&self, product: &str, tag: &str) -> Option<Release> {
        let tag = tag.strip_prefix("stream").unwrap_or(tag);
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let length = tag.find(|c: char| !c.is_ascii_digit() && c != '.');
        let version = tag.get(..length.unwrap_or(tag.len()))?;
        let version = version.trim_end_matches('.');
        if !version.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.exact(product, version).or_else(|| {
            let cycles = self.cycles.get(product)?.iter();
            let open = cycles.filter(|(cycle, _)| is_within(cycle, version));
            // Of those that end together, the newest, which stands first.
            let longest = open.rev().max_by_key(|(_, end)| *end)?;
            self.release(product, *longest)
        })
    }

    /// The release that a version belongs to.
    fn exact(&self, product: &str, version: &str) -> Option<Release> {
        let mut cycles = self.cycles.get(product)?.iter();
        let cycle = cycles.find(|(cycle, _)| is_within(version, cycle))?;
        self.release(product, *cycle)
    }

    /// `alpine3.18`, `ubuntu18.04`, or `debian` with the version in the next part of the tag.
    fn distribution(&self, part: &str, next: &str) -> Option<Release> {
        let digits = part
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(part.len());
        let (name, version) = part.split_at(digits);
        let product = self.distributions.get(name)?;
        self.exact(product, if version.is_empty() { next } else { version })
    }

    fn release(&self, product: &str, (version, end): (&'static str, End)) -> Option<Release> {
        Some(Release {
            title: self.titles.get(product)?,
            version,
            end,
        })
    }
}

/// True for `3.9.1` within `3.9`, and for `3.9` within itself.
fn is_within(version: &str, cycle: &str) -> bool {
    version
        .strip_prefix(cycle)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(image: &str) -> Vec<String> {
        let today = table().as_of.expect("a day");
        let over = releases(image).into_iter().filter(|r| r.is_over(today));
        over.map(|r| format!("{} {}", r.title, r.version)).collect()
    }

    #[test]
    fn both_halves_of_a_tag_are_judged() {
        assert_eq!(over("python:3.9-slim-buster"), ["Python 3.9", "Debian 10"]);
        assert_eq!(
            over("docker.io/library/node:16.20.1-alpine3.15"),
            ["Node.js 16", "Alpine Linux 3.15"]
        );
        assert_eq!(over("example.com/x/app:1-stretch"), ["Debian 9"]);
        assert_eq!(over("node:fermium"), ["Node.js 14"]);
        assert_eq!(over("ubuntu:xenial-20210114"), ["Ubuntu 16.04"]);
        assert_eq!(
            over("nvidia/cuda:11.2.2-devel-ubuntu18.04"),
            ["Ubuntu 18.04"]
        );
        assert_eq!(over("example.com/base:ubuntu-18.04"), ["Ubuntu 18.04"]);
        assert_eq!(
            over("mcr.microsoft.com/dotnet/sdk:6.0-focal"),
            ["Microsoft .NET 6", "Ubuntu 20.04"]
        );
        assert_eq!(over("amazoncorretto:17-al2"), ["Amazon Linux 2"]);
        assert_eq!(over("traefik:v1.7"), ["Traefik 1.7"]);
    }

    #[test]
    fn mirrors_and_names_say_what_is_inside() {
        assert_eq!(
            over("public.ecr.aws/docker/library/python:3.8"),
            ["Python 3.8"]
        );
        assert_eq!(
            over("harbor.example.com/hub/library/node:16"),
            ["Node.js 16"]
        );
        assert_eq!(
            over("registry.access.redhat.com/ubi8/python-39"),
            ["Python 3.9"]
        );
        assert_eq!(over("registry.access.redhat.com/ubi7/ubi:7.9").len(), 1);
        assert_eq!(
            over("gcr.io/distroless/static-debian10:nonroot"),
            ["Debian 10"]
        );
        assert_eq!(over("quay.io/centos/centos:stream8"), ["CentOS Stream 8"]);
    }

    #[test]
    fn open_versions_are_over_when_all_of_them_are() {
        assert_eq!(over("php:7-fpm"), ["PHP 7.4"]);
        assert_eq!(over("python:2"), ["Python 2.7"]);
        assert_eq!(over("php:8"), Vec::<String>::new());
        assert_eq!(over("debian:9.13-slim"), ["Debian 9"]);
        assert_eq!(over("centos:7.9.2009"), ["CentOS 7"]);
    }

    #[test]
    fn what_is_maintained_or_unknown_is_silent() {
        for image in [
            "debian:12",
            "debian:bookworm-slim",
            "debian:sid",
            "alpine:3.22",
            "node:lts",
            "node",
            "ubuntu:22.04",
            "golang:1.26-alpine",
            "example.com/python:3.9-custom",
            "python:3",
            "redis:alpine",
            "mcr.microsoft.com/dotnet/aspnet:8.0",
            "eclipse-temurin:21-jre",
            "registry.access.redhat.com/ubi9/python-39",
            "example.com/tool:1.0-alpine-3",
            "example.com/tool:1.0-debian-2",
        ] {
            assert_eq!(over(image), Vec::<String>::new(), "{image}");
        }
    }

    #[test]
    fn the_day_decides() {
        let day = |text| Day::parse(text).expect("a day");
        let releases = releases("alpine:3.22");
        let [alpine] = releases.as_slice() else {
            panic!("one release")
        };
        assert!(!alpine.is_over(day("2027-05-01")));
        assert!(alpine.is_over(day("2027-05-02")));
    }

    #[test]
    fn images_without_a_future_are_known() {
        assert_eq!(successor("openjdk:11-jre"), Some("eclipse-temurin"));
        assert!(successor("bitnamilegacy/redis:7").is_some());
        assert_eq!(successor("eclipse-temurin:21"), None);
    }

    #[test]
    fn every_row_of_the_table_has_its_product_and_title() {
        let table = table();
        let products = table.images.values().chain(table.distributions.values());
        for product in products.chain(table.holds.iter().map(|(_, product, _)| product)) {
            assert!(table.cycles.contains_key(product), "{product}");
            assert!(table.titles.contains_key(product), "{product}");
        }
        for (name, product, version) in &table.holds {
            assert!(table.exact(product, version).is_some(), "{name}");
        }
    }
}
