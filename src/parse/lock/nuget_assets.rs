//! project.assets.json: what NuGet found for a project, beside what the project asked for.

use super::needs::{Scopes, Want};
use super::nuget_libraries::Libraries;
use super::{Input, Lockfile};
use crate::model::Scope;
use crate::parse::json::{Json, Value};

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = lockfile.object(&json, error, "a list of libraries") else {
        return lockfile;
    };
    let mut libraries = Libraries::read(root);
    // Projects that the project refers to.
    for (place, wanted) in std::mem::take(&mut libraries.outer) {
        for (to, range) in wanted {
            libraries.needs.need(place, to, Some(&range), false);
        }
    }
    let mut is_known = false;
    let groups = root.get("projectFileDependencyGroups");
    for group in groups.into_iter().flat_map(Value::children) {
        let project = root
            .get("project")
            .and_then(|project| project.get("frameworks"));
        let asked = project.and_then(|all| all.get(&group.key()));
        let asked = asked.and_then(|framework| framework.get("dependencies"));
        is_known = true;
        for line in group.children() {
            // `Name >= 1.2.3`
            let line = line.as_str().unwrap_or_default();
            let (name, range) = line.split_once(' ').unwrap_or((&line, ""));
            let Some(package) = libraries.find(name) else {
                continue;
            };
            let own = asked.and_then(|asked| asked.get(name));
            let text = |name: &str| own.and_then(|own| own.get(name)).and_then(Value::as_str);
            let is_private =
                text("suppressParent").is_some_and(|what| what.eq_ignore_ascii_case("all"));
            let exact = text("version").map(|range| range.into_owned());
            libraries.needs.want(Want {
                package,
                by: String::new(),
                scope: if is_private { Scope::Dev } else { Scope::Prod },
                range: Some(exact.unwrap_or_else(|| range.trim().to_owned())),
                requested: None,
            });
        }
    }
    lockfile.packages = libraries.needs.finish(Scopes::Derived, is_known);
    lockfile
}
