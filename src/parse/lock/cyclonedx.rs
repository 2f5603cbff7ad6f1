//! CycloneDX in JSON (<https://cyclonedx.org/docs/1.6/json/>); what is written in XML is handed on.

use std::borrow::Cow;

use super::bom::{Bill, Component};
use super::{Input, Lockfile, SyntaxError, cyclonedx_xml};
use crate::model::{PackageFacts, Scope, Span};
use crate::parse::json::{Json, Value};

pub const NOT_ONE: &str = "not a CycloneDX document";

pub fn read(input: &Input<'_>) -> Lockfile {
    let start = input.text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('<') {
        return cyclonedx_xml::read(input.text);
    }
    let (json, error) = Json::parse(input.text);
    let mut bill = Bill::default();
    bill.errors.extend(error);
    let Some(root) = json.root() else {
        return bill.into_lockfile();
    };
    // `bom.json` is a name that others use as well.
    if root.text("bomFormat").as_deref() != Some("CycloneDX") && root.get("components").is_none() {
        // `bom.json` is a name that others use as well: translations are named after languages.
        if !input.path.file_name().eq_ignore_ascii_case(b"bom.json") {
            bill.errors.push(SyntaxError {
                span: Span::from_usize(0, input.text.len().min(1)),
                message: NOT_ONE.into(),
            });
        }
        return bill.into_lockfile();
    }
    let about = root.get("metadata").and_then(|meta| meta.get("component"));
    bill.roots
        .extend(about.and_then(|about| about.text("bom-ref")));
    // Components may hold components: walked with a list, not by recursion.
    let mut open: Vec<Value<'_>> = root.get("components").into_iter().collect();
    open.extend(about.and_then(|about| about.get("components")));
    while let Some(list) = open.pop() {
        for value in list.children() {
            open.extend(value.get("components"));
            bill.components.push(component(value));
        }
    }
    for value in root
        .get("dependencies")
        .into_iter()
        .flat_map(Value::children)
    {
        let Some(by) = value.text("ref") else {
            continue;
        };
        let needed = value.get("dependsOn").into_iter().flat_map(Value::children);
        bill.needs
            .extend(needed.filter_map(|needed| Some((by.clone(), needed.as_str()?))));
    }
    bill.into_lockfile()
}

fn component(value: Value<'_>) -> Component<'_> {
    let purl = value.get("purl");
    let name = value.text("name").unwrap_or_default();
    let name = match value.text("group").filter(|group| !group.is_empty()) {
        Some(group) => Cow::Owned(format!("{group}/{name}")),
        None => name,
    };
    let licences = value.get("licenses").into_iter().flat_map(Value::children);
    let licences = licences.filter_map(|entry| {
        let licence = entry.get("license");
        let named = |key| licence.and_then(|licence| licence.text(key));
        let text = entry.text("expression").or(named("id")).or(named("name"))?;
        Some(text.into_owned())
    });
    let hashes = value.get("hashes").into_iter().flat_map(Value::children);
    let hashes =
        hashes.filter_map(|hash| Some(format!("{}:{}", hash.text("alg")?, hash.text("content")?)));
    Component {
        id: value.text("bom-ref").unwrap_or_default(),
        name,
        version: value.text("version").unwrap_or_default(),
        span: purl.map_or_else(|| value.span(), Value::span),
        purl: purl.and_then(Value::as_str),
        scope: scope(value.text("scope").as_deref()),
        facts: PackageFacts {
            licences: licences.collect(),
            integrity: hashes.collect(),
            ..PackageFacts::default()
        },
    }
}

/// What a component is needed for, in the words of the specification.
pub fn scope(word: Option<&str>) -> Option<Scope> {
    match word? {
        "required" => Some(Scope::Prod),
        "optional" => Some(Scope::Optional),
        "excluded" => Some(Scope::Dev),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{FileKind, RepoPath};
    use crate::parse::lock::{self, Beside};

    #[test]
    fn only_a_name_that_belongs_to_bills_alone_makes_other_json_an_error() {
        for (path, errors) in [("i18n/bom.json", 0), ("a.cdx.json", 1)] {
            let text = b"{\"title\": \"Judul\"}";
            let path_of = RepoPath::from(path);
            let read = lock::read(FileKind::CycloneDx, &path_of, text, &Beside::default());
            let read = read.expect("a reader");
            assert_eq!(read.errors.len(), errors, "{path}");
        }
    }
}
