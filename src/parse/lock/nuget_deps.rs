//! `*.deps.json`: what a built program of .NET loads, the program itself included.

use super::needs::{Scopes, Want};
use super::nuget_libraries::Libraries;
use super::{Input, Lockfile};
use crate::model::Scope;
use crate::parse::json::Json;

pub fn read(input: &Input<'_>) -> Lockfile {
    let (json, error) = Json::parse(input.text);
    let mut lockfile = Lockfile::default();
    let Some(root) = lockfile.object(&json, error, "a list of libraries") else {
        return lockfile;
    };
    let mut libraries = Libraries::read(root);
    let is_known = !libraries.outer.is_empty();
    for (_, wanted) in std::mem::take(&mut libraries.outer) {
        for (package, range) in wanted {
            libraries.needs.want(Want {
                package,
                by: String::new(),
                scope: Scope::Prod,
                range: Some(range),
                requested: None,
            });
        }
    }
    lockfile.packages = libraries.needs.finish(Scopes::Derived, is_known);
    lockfile
}
