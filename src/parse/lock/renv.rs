//! renv.lock: the packages of an R project, from CRAN, from Bioconductor or from repositories.

use std::borrow::Cow;

use super::connected::{Need, Node, connect};
use super::{Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource};
use crate::parse::json::{Json, Kind, Value};

/// Names under which people know CRAN and its complete mirrors.
const CRAN: [&str; 6] = ["CRAN", "RSPM", "PPM", "P3M", "CRAN-RSPM", "Posit"];
/// What R itself is called among the needs of a package.
const LANGUAGE: &str = "R";
/// A name and a version that stand further apart are not marked as one.
const MOST_MARKED: u32 = 400;

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    lockfile.errors.extend(error);
    let packages = json.root().and_then(|root| root.get("Packages"));
    let entries = packages.into_iter().flat_map(Value::children);
    let nodes = entries
        .filter(|entry| entry.kind() == Kind::Object)
        .map(node);
    lockfile.packages = connect(nodes.collect(), None);
    lockfile
}

fn node(entry: Value<'_>) -> Node {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).map(Cow::into_owned);
    let repository = text("Repository").unwrap_or_default();
    let origin = text("Source").unwrap_or_default();
    let (ecosystem, source) = match origin.as_str() {
        "Bioconductor" => (Ecosystem::Bioconductor, PackageSource::Registry),
        "Repository" | "CRAN" if repository.starts_with("BioC") => {
            (Ecosystem::Bioconductor, PackageSource::Registry)
        }
        "Repository" | "CRAN" | "" => (Ecosystem::Cran, repository_source(&repository, &origin)),
        "GitHub" | "GitLab" | "Bitbucket" | "Git" | "git" | "git2r" | "xgit" => {
            (Ecosystem::Cran, PackageSource::Git)
        }
        "Local" | "local" => (Ecosystem::Cran, PackageSource::Path),
        _ => (Ecosystem::Cran, PackageSource::Url),
    };
    let key = entry.key_span();
    let version = entry.get("Version");
    let span = match version.map(|version| key.cover(version.span())) {
        Some(span) if span.len() <= MOST_MARKED => span,
        _ => key,
    };
    let name = text("Package").unwrap_or_else(|| entry.key().into_owned());
    let lists = ["Requirements", "Depends", "Imports", "LinkingTo"].into_iter();
    let needs = lists
        .filter_map(|list| entry.get(list))
        .flat_map(Value::children)
        .filter_map(Value::as_str)
        .filter_map(|need| need_of(&need));
    let is_git = source == PackageSource::Git;
    Node {
        needs: needs.collect(),
        package: Package {
            source,
            facts: PackageFacts {
                commit: text("RemoteSha")
                    .or_else(|| text("RemoteRef"))
                    .filter(|_| is_git),
                integrity: text("Hash").into_iter().collect(),
                resolved: text("RemoteUrl").or(Some(repository).filter(|r| !r.is_empty())),
                licences: text("License").into_iter().collect(),
                ..PackageFacts::default()
            },
            ..Package::new(ecosystem, &name, &text("Version").unwrap_or_default(), span)
        },
    }
}

/// Other repositories hold other packages, whatever their names.
fn repository_source(repository: &str, origin: &str) -> PackageSource {
    let is_cran = CRAN
        .iter()
        .any(|cran| cran.eq_ignore_ascii_case(repository))
        || repository.contains("cran.r-project.org")
        || repository.contains("cran.rstudio.com");
    match (is_cran, repository.is_empty(), origin.is_empty()) {
        (true, ..) | (_, true, false) => PackageSource::Registry,
        _ => PackageSource::Url,
    }
}

/// `name`, or `name (>= 1.2)`.
fn need_of(need: &str) -> Option<Need> {
    let (name, range) = match need.split_once('(') {
        Some((name, range)) => (name.trim(), Some(range.trim_end_matches([')', ' ']))),
        None => (need.trim(), None),
    };
    (name != LANGUAGE && !name.is_empty()).then(|| Need {
        name: name.to_owned(),
        range: range.map(|range| range.trim().to_owned()),
    })
}
