use super::view::View;
use super::{Manifest, Place, Role};
use crate::model::{RepoPath, Span};
use crate::parse::lock::tables::Records;
use crate::parse::toml::{Entry, Value};

pub fn read(place: &Place<'_>, here: &[String], view: &mut View<'_>) -> Option<Manifest> {
    let mut named: Option<Span> = None;
    let (mut is_root, mut is_package, mut is_member) = (false, false, false);
    let (mut has_library, mut has_program) = (false, false);
    for record in Records::new(place.text) {
        let path = record.path();
        is_root |= path.first() == Some(&"workspace");
        match path[..] {
            ["package"] => {
                is_package = true;
                is_member |= record.entry("workspace").is_some();
            }
            ["lib"] => has_library = true,
            ["bin"] => has_program = true,
            ["target", _, table] | ["workspace", table] | [table] if is_table(table) => {
                let fetched = record.entries().filter(|entry| is_fetched(entry)).count();
                if fetched > 0 {
                    named.get_or_insert(record.header);
                }
                is_member |= record.entries().any(is_shared) && table != "workspace";
            }
            ["target", _, table, _] | ["workspace", table, _] | [table, _] if is_table(table) => {
                if record.value("path").is_none() {
                    named.get_or_insert(record.header);
                }
                is_member |= record.value("workspace").is_some();
            }
            _ => {}
        }
    }
    // What takes its versions from a workspace is locked where that is.
    let named = named.filter(|_| is_root || (is_package && !is_member))?;
    if here.iter().any(|name| name == "src/") {
        let sources = view.folder(&place.path.parent().join(b"src"))?;
        let has = |name: &str| sources.iter().any(|known| known == name);
        has_library |= has("lib.rs");
        has_program |= has("main.rs") || has("bin/");
    }
    Some(Manifest {
        span: named,
        role: match (has_program, has_library) {
            (true, false) => Role::Program("it is a program and no library"),
            (false, true) if !is_root => Role::Library,
            _ => Role::Unclear,
        },
        locks: &["Cargo.lock"],
        lock: "Cargo.lock",
        command: "cargo generate-lockfile",
    })
}

fn is_table(name: &str) -> bool {
    matches!(
        name,
        "dependencies" | "dev-dependencies" | "build-dependencies"
    )
}

fn is_fetched(entry: &Entry<'_>) -> bool {
    entry.value.get("path").is_none()
        && !is_shared(entry)
        && entry.key.get(1).is_none_or(|key| key != "path")
}

/// `name = { workspace = true }` and `name.workspace = true`.
fn is_shared(entry: &Entry<'_>) -> bool {
    let is_true = |value: &Value<'_>| matches!(value, Value::Bool(true));
    let inline = entry.value.get("workspace").is_some_and(is_true);
    inline || (entry.key.get(1).is_some_and(|key| key == "workspace") && is_true(&entry.value))
}

/// True where a folder above holds a workspace: its members are most of what lies below it.
pub fn is_member(above: &RepoPath, names: &[String], is_locked: bool, view: &mut View<'_>) -> bool {
    if !names.iter().any(|name| name == "Cargo.toml") {
        return false;
    }
    let text = view.file(&above.join(b"Cargo.toml"));
    text.is_some_and(|text| {
        let mut records = Records::new(text);
        records.any(|record| record.path().first() == Some(&"workspace"))
    }) || (is_locked && text.is_none())
}
