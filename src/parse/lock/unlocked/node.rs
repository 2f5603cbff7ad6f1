use super::view::View;
use super::{Manifest, Role};
use crate::model::RepoPath;
use crate::parse::json::{Json, Kind, Value};
use crate::parse::lock::package_json;
use crate::parse::yaml::Yaml;

/// What only a package that others install has.
const OF_LIBRARIES: [&str; 8] = [
    "exports",
    "files",
    "module",
    "peerDependencies",
    "publishConfig",
    "types",
    "typings",
    "unity",
];

pub fn read(text: &str) -> Option<Manifest> {
    let (json, None) = Json::parse(text) else {
        return None;
    };
    let root = json.root()?;
    let lists = ["dependencies", "optionalDependencies", "devDependencies"];
    let named = lists.into_iter().find_map(|list| {
        let list = root.get(list).filter(|list| list.kind() == Kind::Object)?;
        list.children().any(is_fetched).then_some(list)
    });
    let workspaces = root.get("workspaces");
    let has = |name: &str| root.get(name).is_some();
    let is_private = root.get("private").is_some_and(Value::is_true);
    // A root without dependencies locks what its members name.
    let named = named.or(workspaces.filter(|_| is_private))?;
    let only_tools = named.key() == "devDependencies" && workspaces.is_none();
    let role = match () {
        () if OF_LIBRARIES.iter().any(|name| has(name)) && !is_private => Role::Library,
        () if only_tools => Role::Unclear,
        () if is_private => Role::Program("it is private, so nobody installs it as a package"),
        () if !has("name") || !has("version") => {
            Role::Program("it has no name and version, so nobody installs it as a package")
        }
        () => Role::Unclear,
    };
    Some(Manifest {
        span: named.key_span(),
        role,
        locks: &package_json::LOCKS,
        lock: lock_of(root).0,
        command: lock_of(root).1,
    })
}

/// What the package manager that the manifest names writes.
fn lock_of(root: Value<'_>) -> (&'static str, &'static str) {
    let manager = root.text("packageManager").unwrap_or_default();
    match manager.split('@').next() {
        Some("yarn") => ("yarn.lock", "yarn install"),
        Some("pnpm") => ("pnpm-lock.yaml", "pnpm install --lockfile-only"),
        Some("bun") => ("bun.lock", "bun install --lockfile-only"),
        _ => ("package-lock.json", "npm install --package-lock-only"),
    }
}

/// False for a need that is met by a folder of the repository.
fn is_fetched(need: Value<'_>) -> bool {
    let local = ["file:", "link:", "portal:", "workspace:", ".", "/", "~/"];
    let range = need.as_str();
    range.is_some_and(|range| !local.iter().any(|local| range.starts_with(local)))
}

/// True where the manifest belongs to the project in a folder above.
pub fn is_member(path: &RepoPath, above: &RepoPath, names: &[String], view: &mut View<'_>) -> bool {
    let has = |name: &str| names.iter().any(|known| known == name);
    let folder = path.parent().to_text();
    let inner = folder.get(above.as_bytes().len()..).unwrap_or(&folder);
    let inner = inner.trim_start_matches('/');
    // Their own files name the members, in ways of their own.
    if ["lerna.json", "rush.json"].into_iter().any(has) {
        return true;
    }
    if has("pnpm-workspace.yaml") {
        let text = view.file(&above.join(b"pnpm-workspace.yaml"));
        if text.is_none_or(|text| is_in_pnpm(text, inner)) {
            return true;
        }
    }
    if !has("package.json") {
        return false;
    }
    let manifest = above.join(b"package.json");
    let Some(text) = view.file(&manifest) else {
        return false;
    };
    let named = [
        "file:",
        "file:./",
        "link:",
        "link:./",
        "portal:",
        "portal:./",
    ];
    named
        .iter()
        .any(|kind| text.contains(&format!("\"{kind}{inner}\"")))
        || package_json::Manifest::parse(manifest, text)
            .is_some_and(|manifest| manifest.has_member(inner))
}

fn is_in_pnpm(text: &str, folder: &str) -> bool {
    let yaml = Yaml::parse(text);
    let packages = yaml.root().and_then(|root| root.get("packages"));
    let Some(packages) = packages else {
        return false;
    };
    let patterns: Vec<&str> = packages.items().filter_map(|item| item.as_str()).collect();
    package_json::covers(patterns, folder)
}
