//! `.snyk`: ids that are ignored, by the path of packages that leads to them.

use crate::parse::yaml::{Value, Yaml};

use super::accepted::way;
use super::{Accepted, File, Migration, mapping};

pub(super) fn read(file: &File<'_>, out: &mut Migration) {
    let yaml = Yaml::parse(file.text);
    let Some(root) = mapping(&yaml) else {
        return out.leave(file, None, "the file", "it is not YAML");
    };
    for (id, entries) in root.get("ignore").into_iter().flat_map(Value::entries) {
        let at = Some(id.span().start as usize);
        let id = id.as_str().unwrap_or_default();
        for (of, fields) in entries.items().flat_map(Value::entries) {
            let (parent, package, version) = way(of.as_str().unwrap_or_default());
            let accepted = Accepted {
                advisory: Some(id),
                package,
                version,
                parent: parent.as_deref(),
                reason: fields.text("reason").filter(|said| *said != "None Given"),
                until: fields.text("expires"),
                ..Accepted::default()
            };
            out.accept(file, at, accepted);
        }
    }
    for (key, why) in [
        ("exclude", "write what it lists into exclude"),
        ("patch", "its patches are applied by its tool"),
    ] {
        let value = root
            .get(key)
            .filter(|value| value.entries().next().is_some());
        if let Some(value) = value {
            out.leave(file, Some(value.span().start as usize), key, why);
        }
    }
}
