//! conda-meta/*.json: what is installed in a conda environment that came along, a file a package.

use super::{Input, Lockfile};
use crate::model::{Ecosystem, Package, PackageFacts};
use crate::parse::json::Json;

/// A name and a version that stand further apart are not marked as one.
const MOST_MARKED: u32 = 400;

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = lockfile.object(&json, error, "a record of conda") else {
        return lockfile;
    };
    let (Some(name), Some(version)) = (root.get("name"), root.get("version")) else {
        return lockfile;
    };
    let text = |key: &str| root.text(key).map(|text| text.into_owned());
    let span = name.span().cover(version.span());
    let wish = text("requested_spec").filter(|spec| !spec.is_empty() && spec != "None");
    let hash = ["sha256", "md5"]
        .into_iter()
        .find_map(|kind| Some(format!("{kind}:{}", text(kind)?)));
    let own = text("name").unwrap_or_default();
    lockfile.packages.push(Package {
        direct: Some(wish.is_some()),
        dependency_path: wish.map(|_| own.clone()).into_iter().collect(),
        facts: PackageFacts {
            resolved: text("url"),
            integrity: hash.into_iter().collect(),
            licences: text("license").into_iter().collect(),
            ..PackageFacts::default()
        },
        ..Package::new(
            Ecosystem::Conda,
            &own,
            &text("version").unwrap_or_default(),
            if span.len() <= MOST_MARKED {
                span
            } else {
                version.span()
            },
        )
    });
    lockfile
}
