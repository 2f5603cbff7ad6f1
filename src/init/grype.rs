//! `.grype.yaml`: rules of what is ignored, by id and package.

use crate::parse::yaml::{Value, Yaml};

use super::{Accepted, File, Migration, mapping};

/// What narrows a rule beyond the id, the package and its place.
const NARROWER: &[&str] = &["namespace", "vex-status", "vex-justification", "match-type"];
const NARROWER_PACKAGE: &[&str] = &["language", "type", "upstream-name"];
/// What follows from the id of an advisory and a name.
const IMPLIED: &[&str] = &["language", "type"];
/// The states of a fix that end with one.
const UNFIXED: &[&str] = &["not-fixed", "wont-fix"];

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
        let state = one.text("fix-state");
        let accepted = Accepted {
            advisory: one.text("vulnerability"),
            package: of_package("name"),
            version: of_package("version").filter(|_| of_package("name").is_some()),
            path: of_package("location"),
            reason: one.text("reason"),
            until_fixed: state.is_some_and(|state| UNFIXED.contains(&state)),
            ..Accepted::default()
        };
        let is_exact = accepted.advisory.is_some() && accepted.package.is_some();
        let narrower = match (state, of_package("version"), accepted.package) {
            (Some(_), ..) if !accepted.until_fixed => Some(&"fix-state"),
            (_, Some(_), None) => Some(&"version"),
            _ => NARROWER.iter().find(|key| one.get(key).is_some()),
        };
        let narrower = narrower.or_else(|| {
            let mut keys = NARROWER_PACKAGE
                .iter()
                .filter(|key| of_package(key).is_some());
            keys.find(|key| !(is_exact && IMPLIED.contains(key)))
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
