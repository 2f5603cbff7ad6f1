//! Releases that get no more fixes, by the names that image tags give them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::parse::dockerfile::ImageReference;

static DATA: &str = include_str!("../../../rules/data/end-of-life.txt");

/// What is over about an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// A release: product, version, and the last day of fixes where it is known.
    Release {
        product: &'static str,
        version: &'static str,
        day: Option<&'static str>,
    },
    /// The image itself; what to take instead.
    Image { instead: &'static str },
}

#[derive(Default)]
struct Table {
    as_of: &'static str,
    images: HashMap<&'static str, &'static str>,
    retired: Vec<(&'static str, &'static str)>,
    codenames: HashMap<&'static str, (&'static str, &'static str)>,
    /// Product to its releases and their last days.
    cycles: HashMap<&'static str, Vec<(&'static str, &'static str)>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::default();
        for line in DATA.lines() {
            let mut words = line.splitn(4, ' ');
            let (Some(kind), Some(name)) = (words.next(), words.next()) else {
                continue;
            };
            match (kind, words.next(), words.next()) {
                ("as-of", ..) => table.as_of = name,
                ("image", Some(product), _) => {
                    table.images.insert(name, product);
                }
                ("retired", Some(_), _) => {
                    let instead = line.splitn(3, ' ').nth(2).unwrap_or_default();
                    table.retired.push((name, instead));
                }
                ("codename", Some(product), Some(version)) => {
                    table.codenames.insert(name, (product, version));
                }
                ("cycle", Some(version), Some(day)) => {
                    table.cycles.entry(name).or_default().push((version, day));
                }
                _ => {}
            }
        }
        table
    })
}

/// Everything that is over about an image, by its reference alone.
pub(super) fn ended(image: &str) -> Vec<Ended> {
    let Some(reference) = ImageReference::parse(image) else {
        return Vec::new();
    };
    let table = table();
    let name = reference.familiar();
    let mut found = Vec::new();
    let retired = table
        .retired
        .iter()
        .find(|(known, _)| match known.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => *known == name,
        });
    if let Some((_, instead)) = retired {
        found.push(Ended::Image { instead });
    }
    let product = table.images.get(name.as_str()).copied();
    if let Some((product, tag)) = product.zip(reference.tag)
        && let Some(ended) = table.release(product, tag)
    {
        found.push(ended);
    }
    // Tags such as `3.9-slim-bullseye` and `20-alpine3.18` name a distribution as well.
    for part in reference.tag.unwrap_or_default().split('-') {
        let distribution = match part.strip_prefix("alpine") {
            Some(version) if !version.is_empty() => Some(("alpine-linux", version)),
            _ => table
                .codenames
                .get(part)
                .copied()
                .filter(|(of, _)| matches!(*of, "debian" | "ubuntu") || product == Some(*of)),
        };
        if let Some((of, version)) = distribution
            && let Some(ended) = table.release(of, version)
            && !found.contains(&ended)
        {
            found.push(ended);
        }
    }
    found
}

impl Table {
    /// The release that a tag begins with, where it is over. A version that leaves the minor part
    /// open is over when all that it may mean is.
    fn release(&self, product: &str, tag: &str) -> Option<Ended> {
        let (product, cycles) = self.cycles.get_key_value(product)?;
        let tag = tag.strip_prefix("stream").unwrap_or(tag);
        let length = tag.find(|c: char| !c.is_ascii_digit() && c != '.');
        let version = tag
            .get(..length.unwrap_or(tag.len()))?
            .trim_end_matches('.');
        if !version.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let begins = |long: &str, short: &str| {
            long.strip_prefix(short)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let exact = cycles.iter().find(|(cycle, _)| begins(version, cycle));
        let (cycle, day) = match exact {
            Some(found) => found,
            None => {
                let mut open = cycles.iter().filter(|(cycle, _)| begins(cycle, version));
                let newest = open.next()?;
                let all_over = self.is_over(newest.1) && open.all(|(_, day)| self.is_over(day));
                return all_over.then(|| Self::ended(product, newest));
            }
        };
        self.is_over(day)
            .then(|| Self::ended(product, &(*cycle, *day)))
    }

    fn is_over(&self, day: &str) -> bool {
        day == "past" || (day != "-" && day < self.as_of)
    }

    fn ended(product: &'static str, (version, day): &(&'static str, &'static str)) -> Ended {
        Ended::Release {
            product,
            version,
            day: (*day != "past").then_some(day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(image: &str) -> Vec<String> {
        ended(image)
            .into_iter()
            .map(|ended| match ended {
                Ended::Release {
                    product, version, ..
                } => format!("{product} {version}"),
                Ended::Image { instead } => format!("-> {instead}"),
            })
            .collect()
    }

    #[test]
    fn both_halves_of_a_tag_are_judged() {
        assert_eq!(over("python:3.9-slim-buster"), ["python 3.9", "debian 10"]);
        assert_eq!(
            over("docker.io/library/node:16.20.1-alpine3.15"),
            ["nodejs 16", "alpine-linux 3.15"]
        );
        assert_eq!(over("example.com/x/app:1-stretch"), ["debian 9"]);
        assert_eq!(over("node:fermium"), ["nodejs 14"]);
        assert_eq!(over("ubuntu:xenial-20210114"), ["ubuntu 16.04"]);
    }

    #[test]
    fn open_versions_are_over_when_all_of_them_are() {
        assert_eq!(over("php:7-fpm"), ["php 7.4"]);
        assert_eq!(over("python:2"), ["python 2.7"]);
        assert_eq!(over("php:8"), Vec::<String>::new());
        assert_eq!(over("debian:9.13-slim"), ["debian 9"]);
        assert_eq!(over("centos:7.9.2009"), ["centos 7"]);
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
        ] {
            assert_eq!(over(image), Vec::<String>::new(), "{image}");
        }
    }

    #[test]
    fn images_without_a_future_are_known() {
        assert_eq!(over("openjdk:11-jre"), ["-> eclipse-temurin"]);
        assert_eq!(over("bitnamilegacy/redis:7").len(), 1);
    }
}
