use super::{Manifest, Role};
use crate::parse::yaml::{Kind, Value, Yaml};

pub fn read(text: &str) -> Option<Manifest> {
    let yaml = Yaml::parse(text);
    let root = yaml.root()?;
    // A member of a workspace.
    if root.get("resolution").is_some() {
        return None;
    }
    let mut entries = root.entries();
    let (key, needs) = entries.find(|(key, _)| key.as_str() == Some("dependencies"))?;
    let is_fetched = |need: Value<'_>| {
        let is_local = need.get("sdk").is_some() || need.get("path").is_some();
        need.kind() == Kind::Scalar || !is_local
    };
    needs.entries().find(|(_, need)| is_fetched(*need))?;
    let is_private = root.text("publish_to") == Some("none");
    Some(Manifest {
        span: key.span(),
        role: match is_private {
            true => Role::Program("it is not published"),
            false => Role::Library,
        },
        locks: &["pubspec.lock"],
        lock: "pubspec.lock",
        command: "dart pub get",
    })
}
