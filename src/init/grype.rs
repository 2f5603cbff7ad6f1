//! `.grype.yaml`: rules of what is ignored, by id and package.

use crate::parse::yaml::{Value, Yaml};

use super::{Accepted, File, Migration, mapping};

/// What narrows a rule beyond the id, the package and its place.
const NARROWER: &[&str] = &[
    "fix-state",
    "namespace",
    "vex-status",
    "vex-justification",
    "match-type",
];
const NARROWER_PACKAGE: &[&str] = &["version", "language", "type", "upstream-name"];

pub(super) fn read(file: &File<'_>, out: &mut Migration) {
    let yaml = Yaml::parse(file.text);
    let Some(root) = mapping(&yaml) else {
        return out.leave(file, None, "the file", "it is not YAML");
    };
    for (key, why) in [
        ("fail-on-severity", "see fail-on"),
        ("exclude", "write what it lists into exclude"),
        ("only-fixed", "see [rules]"),
    ] {
        if let Some(value) = root.get(key) {
            out.leave(file, Some(value.span().start as usize), key, why);
        }
    }
    for one in root.get("ignore").into_iter().flat_map(Value::items) {
        let at = Some(one.span().start as usize);
        let package = one.get("package");
        let of_package = |key: &str| package.and_then(|package| package.text(key));
        let accepted = Accepted {
            advisory: one.text("vulnerability"),
            package: of_package("name"),
            path: of_package("location"),
            reason: one.text("reason"),
            ..Accepted::default()
        };
        let narrower = NARROWER.iter().find(|key| one.get(key).is_some());
        let narrower = narrower.or_else(|| {
            NARROWER_PACKAGE
                .iter()
                .find(|key| of_package(key).is_some())
        });
        match narrower {
            Some(key) => {
                let named = accepted.advisory.or(accepted.package).unwrap_or("an entry");
                let why =
                    format!("it holds for some of a {key} alone: an ignore would mean them all");
                out.leave(file, at, &file.shown(named), why);
            }
            None => out.accept(file, at, accepted),
        }
    }
}
