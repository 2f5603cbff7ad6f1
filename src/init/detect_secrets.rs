//! `.secrets.baseline` of detect-secrets: findings by file and SHA-1 of the value, and filters.

use crate::parse::json::{Json, Kind, Value};
use crate::rules::team::check_expression;

use super::{File, Migration};

/// A finding that is known by the hash of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    pub from: String,
    pub at: u32,
    pub path: String,
    /// What the other tool calls the kind.
    pub kind: String,
    pub sha1: String,
}

pub(super) fn read(file: &File<'_>, out: &mut Migration) {
    let (json, error) = Json::parse(file.text);
    let root = json.root().filter(|root| root.kind() == Kind::Object);
    let Some(root) = root.filter(|_| error.is_none()) else {
        let at = error.map(|error| error.span.start as usize);
        out.leave(file, at, "the file", "it is not JSON");
        return;
    };
    for of_file in root.get("results").into_iter().flat_map(Value::children) {
        for result in of_file.children() {
            let text = |key: &str| {
                result
                    .get(key)
                    .and_then(Value::as_str)
                    .map(|t| t.into_owned())
            };
            let at = result.span().start as usize;
            let sha1 = text("hashed_secret").map(|hash| hash.to_ascii_lowercase());
            match sha1.filter(|hash| hash.len() == 40) {
                Some(sha1) => out.audited.push(Audited {
                    from: file.path.to_owned(),
                    at: file.line(at),
                    path: of_file.key().trim_start_matches("./").to_owned(),
                    kind: text("type").unwrap_or_default(),
                    sha1,
                }),
                None => out.leave(file, Some(at), "a result", "it has no hashed_secret"),
            }
        }
    }
    filters(file, root, out);
    plugins(file, root, out);
}

/// Which filters are the same as an ignore of ours.
const FILTERS: [(&str, &str); 3] = [
    ("should_exclude_file", "path-regex"),
    ("should_exclude_line", "line"),
    ("should_exclude_secret", "value"),
];

fn filters(file: &File<'_>, root: Value<'_>, out: &mut Migration) {
    for filter in root
        .get("filters_used")
        .into_iter()
        .flat_map(Value::children)
    {
        let path = filter
            .get("path")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        let patterns = filter.get("pattern");
        let known = FILTERS.iter().find(|(theirs, _)| *theirs == name);
        match (known, patterns) {
            (Some((_, key)), Some(patterns)) => {
                for pattern in each(patterns) {
                    expression(file, pattern, key, out);
                }
            }
            _ if is_built_in(&path) => {}
            _ => {
                let at = Some(filter.span().start as usize);
                out.leave(
                    file,
                    at,
                    &format!("filter {name}"),
                    "plimsoll has nothing like it",
                );
            }
        }
    }
    // How it was written before version 1.
    for (their, key) in [("files", "path-regex"), ("lines", "line")] {
        let pattern = root.get("exclude").and_then(|exclude| exclude.get(their));
        if let Some(pattern) = pattern.filter(|p| p.kind() == Kind::Text) {
            expression(file, pattern, key, out);
        }
    }
}

/// Filters that every baseline lists, and whose work our own judgement does.
fn is_built_in(path: &str) -> bool {
    ["heuristic", "allowlist", "common"]
        .iter()
        .any(|part| path.starts_with(&format!("detect_secrets.filters.{part}.")))
}

fn each<'j>(value: Value<'j>) -> Vec<Value<'j>> {
    match value.kind() {
        Kind::Array => value.children().collect(),
        _ => vec![value],
    }
}

fn expression(file: &File<'_>, pattern: Value<'_>, key: &str, out: &mut Migration) {
    let at = pattern.span().start as usize;
    let Some(text) = pattern.as_str() else { return };
    if file.holds_secret(&pattern.span().range()) {
        let why = "it holds what looks like a secret: ignore the finding by its fingerprint";
        out.leave(file, Some(at), "a filter", why);
    } else if let Err(why) = check_expression(&text) {
        out.leave(file, Some(at), "a filter", why);
    } else {
        let reason = format!("excluded in {}", file.path);
        out.ignore("secret", key, &text, &reason);
    }
}

/// Plugins and their limits: our rules judge for themselves, so only what is out of the ordinary
/// is worth a word.
fn plugins(file: &File<'_>, root: Value<'_>, out: &mut Migration) {
    for plugin in root
        .get("plugins_used")
        .into_iter()
        .flat_map(Value::children)
    {
        if let Some(path) = plugin.get("path") {
            let why = "a plugin is a program; write the kind as a [[rule]]";
            out.leave(
                file,
                Some(path.span().start as usize),
                "a plugin of one's own",
                why,
            );
        }
    }
    if let Some(words) = root.get("word_list").and_then(|list| list.get("file"))
        && words.kind() == Kind::Text
    {
        let at = Some(words.span().start as usize);
        out.leave(file, at, "the word list", "plimsoll has nothing like it");
    }
}
