//! `audit.toml` of cargo-audit and `deny.toml` of cargo-deny: advisories that are ignored.

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::{Accepted, File, Migration};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    advisories: Advisories,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Advisories {
    ignore: Vec<Spanned<Value>>,
}

pub(super) fn read(file: &File<'_>, out: &mut Migration) {
    let config: Config = match toml::from_str(file.text) {
        Ok(config) => config,
        Err(error) => return out.leave_rest(file, error.span().map(|span| span.start)),
    };
    for entry in &config.advisories.ignore {
        let at = Some(entry.span().start);
        let field = |name: &str| entry.get_ref().get(name).and_then(Value::as_str);
        let id = entry.get_ref().as_str().or_else(|| field("id"));
        match (id, field("crate")) {
            (Some(id), None) if !id.contains('@') => {
                let reason = field("reason");
                let accepted = Accepted {
                    advisory: Some(id),
                    reason,
                    ..Accepted::default()
                };
                out.accept(file, at, accepted);
            }
            // Beside advisories, cargo-deny ignores releases that are yanked.
            (Some(release), None) | (None, Some(release)) => {
                let why = "that it is yanked is accepted: no advisory tells";
                out.leave(file, at, &file.shown(release), why);
            }
            _ => out.leave(file, at, "an entry", "it names neither an id nor a crate"),
        }
    }
    let rest = rest(&file.text.parse().unwrap_or_default());
    if !rest.is_empty() {
        let why = "only the advisories that are ignored are carried over";
        out.leave(file, None, &file.shown(&rest.join(", ")), why);
    }
}

/// What else is set.
fn rest(table: &Table) -> Vec<String> {
    let mut rest = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) if key == "advisories" => {
                let others = inner.keys().filter(|key| *key != "ignore");
                rest.extend(others.cloned());
            }
            Value::Table(inner) if inner.is_empty() => {}
            _ => rest.push(key.clone()),
        }
    }
    rest
}
