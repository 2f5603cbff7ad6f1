//! `.trivyignore`: a list of ids, some with an expiry, and `.trivyignore.yaml`, which says more.

use crate::model::Purl;
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
            let package = purl.as_deref().map(|text| (text, Purl::parse(text)));
            let package = match &package {
                Some((text, Err(_))) => {
                    let why = "it is of a kind that no lockfile holds";
                    out.leave(file, at, &file.shown(text), why);
                    continue;
                }
                Some((_, Ok(purl))) => Some(purl),
                None => None,
            };
            let version = package.map(|purl| purl.version.as_str());
            let accepted = Accepted {
                package: package.map(|purl| purl.name.as_str()),
                version: version.filter(|version| !version.is_empty()),
                path: path.as_deref(),
                reason: one.text("statement"),
                until: one.text("expired_at"),
                ..of
            };
            out.accept(file, at, accepted);
        }
    }
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
