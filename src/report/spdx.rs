//! SPDX 2.3 in JSON (<https://spdx.github.io/spdx-spec/v2.3/>).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::inventory::{Component, Inventory, hash, is_expression};

const UNKNOWN: &str = "NOASSERTION";
const ROOT: &str = "SPDXRef-Repository";
/// The format wants a time, and nothing in a repository says which: the same repository gives the
/// same document.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// Writes a bill of materials.
pub fn spdx(inventory: &Inventory<'_>) -> serde_json::Result<String> {
    let ids: BTreeMap<&String, String> = inventory
        .components
        .keys()
        .enumerate()
        .map(|(at, reference)| (reference, format!("SPDXRef-Package-{}", at + 1)))
        .collect();
    let id = |reference: &String| ids.get(reference).map_or(UNKNOWN, String::as_str);
    let mut known: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
    for (advisory, vulnerability) in &inventory.vulnerabilities {
        let url = match &*vulnerability.advice.url {
            "" => advisory,
            url => url,
        };
        for reference in &vulnerability.affects {
            known.entry(reference).or_default().push(url);
        }
    }
    let mut packages = vec![json!({
        "SPDXID": ROOT,
        "name": inventory.name,
        "downloadLocation": UNKNOWN,
        "filesAnalyzed": false,
        "licenseConcluded": UNKNOWN,
        "licenseDeclared": UNKNOWN,
        "copyrightText": UNKNOWN,
        "primaryPackagePurpose": "APPLICATION",
    })];
    for (reference, component) in &inventory.components {
        let advisories = known.get(reference).map_or(&[][..], Vec::as_slice);
        packages.push(package(id(reference), component, advisories));
    }
    let relation = |from: &str, kind: &str, to: &str| json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to });
    let mut relations = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", ROOT)];
    for direct in &inventory.direct {
        relations.push(relation(ROOT, "DEPENDS_ON", id(direct)));
    }
    for (by, needs) in &inventory.needs {
        for needed in needs {
            relations.push(relation(id(by), "DEPENDS_ON", id(needed)));
        }
    }
    // What nothing is known to need is in the repository all the same.
    let needed: BTreeSet<&String> = inventory.needs.values().flatten().collect();
    for reference in inventory.components.keys() {
        if !inventory.direct.contains(reference) && !needed.contains(reference) {
            relations.push(relation(ROOT, "CONTAINS", id(reference)));
        }
    }
    let body = json!({ "packages": packages, "relationships": relations });
    let number = Inventory::uuid(&body.to_string());
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": inventory.name,
        "documentNamespace": format!("urn:uuid:{number}"),
        "creationInfo": {
            "created": inventory.created.unwrap_or(NO_TIME),
            "creators": [format!("Tool: plimsoll-{}", inventory.tool_version)],
        },
        "packages": body["packages"],
        "relationships": body["relationships"],
    });
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn package(id: &str, component: &Component<'_>, advisories: &[&str]) -> Value {
    let package = component.package;
    let facts = &package.facts;
    let declared = match &facts.licences[..] {
        [one] if is_expression(one) => one,
        _ => UNKNOWN,
    };
    let places: Vec<String> = component
        .places
        .iter()
        .map(|(path, line)| format!("{}:{line}", path.to_text()))
        .collect();
    let mut references: Vec<Value> = Vec::new();
    if let Some(purl) = &component.purl {
        references.push(json!({
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl,
        }));
    }
    for advisory in advisories {
        references.push(json!({
            "referenceCategory": "SECURITY",
            "referenceType": "advisory",
            "referenceLocator": advisory,
        }));
    }
    let mut object = json!({
        "SPDXID": id,
        "name": package.name,
        "downloadLocation": facts.resolved.as_deref().filter(|url| is_location(url)).unwrap_or(UNKNOWN),
        "filesAnalyzed": false,
        "licenseConcluded": UNKNOWN,
        "licenseDeclared": declared,
        "copyrightText": UNKNOWN,
        "primaryPackagePurpose": "LIBRARY",
        "sourceInfo": format!("named by {}", places.join(", ")),
        "externalRefs": references,
    });
    if !package.version.is_empty() {
        object["versionInfo"] = json!(package.version);
    }
    if let [one] = &facts.integrity[..]
        && let Some((algorithm, digits)) = hash(one)
    {
        let algorithm = algorithm.replace('-', "");
        object["checksums"] = json!([{ "algorithm": algorithm, "checksumValue": digits }]);
    }
    object
}

/// True for what the format takes as a place to download from.
fn is_location(url: &str) -> bool {
    let schemes = [
        "https://",
        "http://",
        "git+https://",
        "git+ssh://",
        "git+http://",
    ];
    schemes.iter().any(|scheme| url.starts_with(scheme)) && !url.contains([' ', '\n'])
}
