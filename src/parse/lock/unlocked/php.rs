use super::{Manifest, Role};
use crate::parse::json::{Json, Kind};

pub fn read(text: &str) -> Option<Manifest> {
    let (json, None) = Json::parse(text) else {
        return None;
    };
    let root = json.root()?;
    let named = root
        .get("require")
        .filter(|list| list.kind() == Kind::Object)?;
    // `php`, `ext-json` and their like come with the machine.
    named.children().find(|need| need.key().contains('/'))?;
    let kind = root.text("type");
    Some(Manifest {
        span: named.key_span(),
        role: match kind.as_deref() {
            Some("project") => Role::Program("it is of the type \"project\""),
            Some(_) => Role::Library,
            None if root.get("name").is_none() => {
                Role::Program("it has no name, so nobody installs it as a package")
            }
            None => Role::Unclear,
        },
        locks: &["composer.lock"],
        lock: "composer.lock",
        command: "composer update --no-install",
    })
}
