//! `.trivyignore`: a list of ids, some with an expiry, and `.trivyignore.yaml`, which says more.

use crate::parse::yaml::{Value, Yaml};
use crate::rules::RuleSet;

use super::{Accepted, File, Migration, mapping, ours};

/// Pairs of a path and a package that one entry may mean.
const MOST_PAIRS: usize = 100;

/// The list.
pub(super) fn lines(file: &File<'_>, rules: &RuleSet, out: &mut Migration) {
    let mut at = 0;
    for line in file.text.split_inclusive('\n') {
        let text = line.split('#').next().unwrap_or_default().trim();
        let mut words = text.split_whitespace();
        if let Some(id) = words.next() {
            let until = words.find_map(|word| word.strip_prefix("exp:"));
            let accepted = Accepted {
                until,
                ..named(rules, id)
            };
            out.accept(file, Some(at), accepted);
        }
        at += line.len();
    }
}

/// The mapping: lists of entries by the kind of what is found.
pub(super) fn entries(file: &File<'_>, rules: &RuleSet, out: &mut Migration) {
    let yaml = Yaml::parse(file.text);
    let Some(root) = mapping(&yaml) else {
        return out.leave(file, None, "the file", "it is not YAML");
    };
    for (kind, entries) in root.entries() {
        for one in entries.items() {
            let at = Some(one.span().start as usize);
            let id = one.text("id").unwrap_or_default();
            if kind.as_str() == Some("licenses") {
                out.leave(file, at, &file.shown(id), "a licence is no advisory");
                continue;
            }
            entry(file, at, one, named(rules, id), out);
        }
    }
}

/// An entry means each of its paths and each of its packages.
fn entry(
    file: &File<'_>,
    at: Option<usize>,
    one: Value<'_>,
    of: Accepted<'_>,
    out: &mut Migration,
) {
    let list = |key: &str| -> Vec<Option<String>> {
        let items = one.get(key).into_iter().flat_map(Value::items);
        let all: Vec<_> = items.map(|item| item.as_str().map(str::to_owned)).collect();
        if all.is_empty() { vec![None] } else { all }
    };
    let (paths, purls) = (list("paths"), list("purls"));
    if paths.len().saturating_mul(purls.len()) > MOST_PAIRS {
        let why = "it names more paths and packages than anybody can have looked at";
        return out.leave(file, at, "an entry", why);
    }
    for path in &paths {
        for purl in &purls {
            let package = purl.as_deref().and_then(name_of);
            if let Some(purl) = purl.as_deref().filter(|_| package.is_none()) {
                let why = "it means one version: an ignore would mean them all";
                out.leave(file, at, &file.shown(purl), why);
                continue;
            }
            let accepted = Accepted {
                package,
                path: path.as_deref(),
                reason: one.text("statement"),
                until: one.text("expired_at"),
                ..of
            };
            out.accept(file, at, accepted);
        }
    }
}

/// The name in `pkg:type/name`; `None` with a version or a group.
fn name_of(purl: &str) -> Option<&str> {
    let (_, name) = purl.strip_prefix("pkg:")?.split_once('/')?;
    (!name.is_empty() && !name.contains(['@', '/', '?', '#', '%'])).then_some(name)
}

/// What an id means here: one of our rules or an advisory.
fn named<'a>(rules: &'a RuleSet, id: &'a str) -> Accepted<'a> {
    match ours(rules, id) {
        Some(rule) => Accepted {
            rule: Some(rule),
            ..Accepted::default()
        },
        None => Accepted {
            advisory: Some(id),
            ..Accepted::default()
        },
    }
}
