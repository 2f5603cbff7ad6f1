//! `.nsprc` and the configurations of audit-ci: advisories that `npm audit` may report.

use std::borrow::Cow;

use crate::parse::json::{Json, Kind, Value};

use super::accepted::way;
use super::{Accepted, File, Migration};

/// `.nsprc`: ids with a note, or with a note, a last day and a switch.
pub(super) fn nsprc(file: &File<'_>, out: &mut Migration) {
    let (json, error) = Json::parse(file.text);
    let Some(root) = object(&json, error.is_none()) else {
        return out.leave_rest(file, error.map(|error| error.span.start as usize));
    };
    for member in root.children() {
        let key = member.key();
        if key != "exceptions" {
            entry(file, member, &key, out);
        }
    }
    // The first tool to read the file knew addresses of advisories alone.
    for address in root.get("exceptions").into_iter().flat_map(Value::children) {
        let text = address.as_str().unwrap_or_default();
        let id = text.rsplit('/').next().unwrap_or_default();
        entry(file, address, id, out);
    }
}

/// audit-ci: ids, packages and paths of packages, or a record of these.
pub(super) fn audit_ci(file: &File<'_>, out: &mut Migration) {
    let (json, error) = Json::parse(file.text);
    let Some(root) = object(&json, error.is_none()) else {
        return out.leave_rest(file, error.map(|error| error.span.start as usize));
    };
    for item in root.get("allowlist").into_iter().flat_map(Value::children) {
        match item.as_str() {
            Some(text) => entry(file, item, &text, out),
            None => item
                .children()
                .for_each(|member| entry(file, member, &member.key(), out)),
        }
    }
    for level in ["low", "moderate", "high", "critical"] {
        if let Some(value) = root.get(level) {
            out.leave(
                file,
                Some(value.span().start as usize),
                level,
                "see fail-on",
            );
        }
    }
}

fn object<'j>(json: &'j Json<'_>, is_whole: bool) -> Option<Value<'j>> {
    json.root()
        .filter(|root| is_whole && root.kind() == Kind::Object)
}

/// `GHSA-x`, `GHSA-x|a>b`, `package` or `a>b`, with what is said of it.
fn entry(file: &File<'_>, value: Value<'_>, name: &str, out: &mut Migration) {
    let at = Some(value.span().start as usize);
    let is_id = |name: &str| {
        name.contains('-') && name.starts_with(|c: char| c.is_ascii_uppercase())
            || name.bytes().all(|b| b.is_ascii_digit())
    };
    let (id, path) = match name.split_once('|') {
        Some((id, path)) => (Some(id), path),
        None if is_id(name) => (Some(name), "*"),
        None => (None, name),
    };
    let (parent, package, version) = way(path);
    if value
        .get("active")
        .is_some_and(|active| active.kind() == Kind::Bool(false))
    {
        return out.leave(file, at, &file.shown(name), "it is switched off");
    }
    let text = |key: &str| match value.get(key) {
        Some(value) if value.kind() == Kind::Number => {
            file.text.get(value.span().range()).map(str::to_owned)
        }
        value => value.and_then(Value::as_str).map(Cow::into_owned),
    };
    let note = match value.key().is_empty() {
        true => None,
        false => value.as_str().map(Cow::into_owned),
    };
    let (reason, until) = (note.or_else(|| text("notes")), text("expiry"));
    out.accept(
        file,
        at,
        Accepted {
            advisory: id,
            package,
            version,
            parent: parent.as_deref(),
            reason: reason.as_deref(),
            until: until.as_deref(),
            ..Accepted::default()
        },
    );
}
