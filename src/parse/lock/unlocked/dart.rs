use super::{Manifest, Role};
use crate::parse::yaml::{Kind, Value, Yaml};

/// Folders of what runs; a package of a larger project is private as well.
const OF_PROGRAMS: [&str; 4] = ["android/", "bin/", "ios/", "web/"];

pub fn read(text: &str, here: &[String]) -> Option<Manifest> {
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
    let runs = here.iter().any(|name| OF_PROGRAMS.contains(&&**name));
    Some(Manifest {
        span: key.span(),
        role: match is_private && runs {
            true => Role::Program("it is a program that is not published"),
            false => Role::Library,
        },
        locks: &["pubspec.lock"],
        lock: "pubspec.lock",
        command: "dart pub get",
    })
}
