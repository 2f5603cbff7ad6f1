//! SPDX 2.2 and 2.3 (<https://spdx.github.io/spdx-spec/v2.3/>): as JSON, YAML and
//! tag-value; RDF is handed on.

use std::borrow::Cow;

use super::bom::{Bill, Component};
use super::{Input, Lockfile, SyntaxError, spdx_rdf};
use crate::model::{PackageFacts, Span};
use crate::parse::json::{self, Json};
use crate::parse::yaml::{self, Yaml};

/// SPDX says so where nobody knows.
const UNKNOWN: [&str; 2] = ["NOASSERTION", "NONE"];

pub fn read(input: &Input<'_>) -> Lockfile {
    let name = input.path.file_name().to_ascii_lowercase();
    let start = input.text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('<') {
        return spdx_rdf::read(input.text);
    }
    if start.starts_with('{') {
        let (json, error) = Json::parse(input.text);
        let mut lockfile = json
            .root()
            .map_or_else(Lockfile::default, |root| of(Value::Json(root)));
        lockfile.errors.extend(error);
        return lockfile;
    }
    if name.ends_with(b".yml") || name.ends_with(b".yaml") {
        let yaml = Yaml::parse(input.text);
        let mut lockfile = yaml
            .root()
            .map_or_else(Lockfile::default, |root| of(Value::Yaml(root)));
        if !yaml.is_complete {
            lockfile.errors.push(SyntaxError {
                span: Span::from_usize(0, input.text.len().min(1)),
                message: "not YAML to its end".into(),
            });
        }
        return lockfile;
    }
    tags(input.text).into_lockfile()
}

/// The same document in two syntaxes.
#[derive(Clone, Copy)]
enum Value<'v> {
    Json(json::Value<'v>),
    Yaml(yaml::Value<'v>),
}

impl<'v> Value<'v> {
    fn get(self, key: &str) -> Option<Self> {
        match self {
            Self::Json(value) => value.get(key).map(Self::Json),
            Self::Yaml(value) => value.get(key).map(Self::Yaml),
        }
    }

    fn as_str(self) -> Option<Cow<'v, str>> {
        match self {
            Self::Json(value) => value.as_str(),
            Self::Yaml(value) => value.as_str().map(Cow::Borrowed),
        }
    }

    fn text(self, key: &str) -> Option<Cow<'v, str>> {
        self.get(key)?.as_str()
    }

    fn span(self) -> Span {
        match self {
            Self::Json(value) => value.span(),
            Self::Yaml(value) => value.span(),
        }
    }

    /// The items of the list under a key.
    fn list(self, key: &str) -> Vec<Self> {
        match self.get(key) {
            Some(Self::Json(value)) => value.children().map(Self::Json).collect(),
            Some(Self::Yaml(value)) => value.items().map(Self::Yaml).collect(),
            None => Vec::new(),
        }
    }
}

fn of(root: Value<'_>) -> Lockfile {
    let mut bill = Bill::default();
    bill.roots.extend(
        root.list("documentDescribes")
            .iter()
            .filter_map(|id| id.as_str()),
    );
    for package in root.list("packages") {
        let mut component = Component {
            id: package.text("SPDXID").unwrap_or_default(),
            name: package.text("name").unwrap_or_default(),
            version: package.text("versionInfo").unwrap_or_default(),
            span: package.get("name").unwrap_or(package).span(),
            ..Component::default()
        };
        for reference in package.list("externalRefs") {
            let locator = reference.get("referenceLocator");
            if let (Some("purl"), Some(locator)) =
                (reference.text("referenceType").as_deref(), locator)
            {
                component.purl = locator.as_str();
                component.span = locator.span();
            }
        }
        let hashes = package.list("checksums");
        let hashes = hashes.iter().filter_map(|hash| {
            let value = hash.text("checksumValue")?;
            Some(format!("{}:{value}", hash.text("algorithm")?))
        });
        component.facts = facts(
            package.text("licenseDeclared"),
            package.text("downloadLocation"),
            hashes.collect(),
        );
        bill.components.push(component);
    }
    for relation in root.list("relationships") {
        let end = |key| relation.text(key).unwrap_or_default();
        relate(
            &mut bill,
            end("spdxElementId"),
            &end("relationshipType"),
            end("relatedSpdxElement"),
        );
    }
    bill.into_lockfile()
}

pub fn facts(
    licence: Option<Cow<'_, str>>,
    location: Option<Cow<'_, str>>,
    integrity: Vec<String>,
) -> PackageFacts {
    let known = |text: Option<Cow<'_, str>>| {
        text.filter(|text| !UNKNOWN.contains(&&**text))
            .map(Cow::into_owned)
    };
    PackageFacts {
        licences: known(licence).into_iter().collect(),
        resolved: known(location),
        integrity,
        ..PackageFacts::default()
    }
}

/// Takes over one relationship, where it is one of need.
pub fn relate<'t>(bill: &mut Bill<'t>, from: Cow<'t, str>, kind: &str, to: Cow<'t, str>) {
    match kind {
        "DESCRIBES" => bill.roots.push(to),
        "DESCRIBED_BY" => bill.roots.push(from),
        "DEPENDS_ON" | "CONTAINS" => bill.needs.push((from, to)),
        _ if kind.ends_with("DEPENDENCY_OF") || kind == "CONTAINED_BY" => {
            bill.needs.push((to, from));
        }
        _ => {}
    }
}

/// Tag-value: `Tag: value` a line, `<text>` over several lines.
fn tags(text: &str) -> Bill<'_> {
    let mut bill = Bill::default();
    let mut at = 0;
    let mut inside_text = false;
    let mut is_spdx = false;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let was_inside = inside_text;
        inside_text = (was_inside || line.contains("<text>")) && !line.contains("</text>");
        let Some((tag, value)) = line.split_once(':').filter(|_| !was_inside) else {
            continue;
        };
        let lead = tag.len() + 1 + (value.len() - value.trim_start().len());
        let value = value.trim();
        let span = Span::from_usize(start + lead, start + lead + value.len());
        let value = Cow::Borrowed(value);
        let package = bill.components.last_mut();
        match (tag.trim(), package) {
            ("SPDXVersion", _) => is_spdx = true,
            ("PackageName", _) => bill.components.push(Component {
                name: value,
                span,
                ..Component::default()
            }),
            ("SPDXID", Some(package)) if package.id.is_empty() => package.id = value,
            ("PackageVersion", Some(package)) => package.version = value,
            ("ExternalRef", Some(package)) => {
                let mut words = value.split_whitespace().skip(1);
                if let (Some("purl"), Some(purl)) = (words.next(), words.next()) {
                    let end = span.end as usize;
                    package.span = Span::from_usize(end - purl.len().min(value.len()), end);
                    package.purl = Some(Cow::Owned(purl.to_owned()));
                }
            }
            ("PackageLicenseDeclared", Some(package)) => {
                package.facts.licences = facts(Some(value), None, Vec::new()).licences;
            }
            ("PackageDownloadLocation", Some(package)) => {
                package.facts.resolved = facts(None, Some(value), Vec::new()).resolved;
            }
            ("PackageChecksum", Some(package)) => package.facts.integrity.push(value.into_owned()),
            ("Relationship", _) => {
                let words: Vec<&str> = value.split_whitespace().collect();
                if let [from, kind, to, ..] = words[..] {
                    let own = |id: &str| Cow::Owned(id.to_owned());
                    relate(&mut bill, own(from), kind, own(to));
                }
            }
            _ => {}
        }
    }
    if !is_spdx && !text.trim().is_empty() {
        bill.errors.push(SyntaxError {
            span: Span::from_usize(0, text.len().min(1)),
            message: "not an SPDX document".into(),
        });
    }
    bill
}
