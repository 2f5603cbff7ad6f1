//! CycloneDX 1.6 in JSON (<https://cyclonedx.org/docs/1.6/json/>).

use serde_json::{Map, Value, json};

use super::inventory::{Component, Inventory, Vulnerability, hash, is_expression};
use crate::model::{Scope, SuppressedBy};

/// The reference of the repository itself.
const ROOT: &str = "repository";

/// Writes a bill of materials.
pub fn cyclonedx(inventory: &Inventory<'_>) -> serde_json::Result<String> {
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": metadata(inventory),
        "components": inventory.components.iter().map(component).collect::<Vec<_>>(),
        "dependencies": dependencies(inventory),
        "vulnerabilities": inventory.vulnerabilities.iter().map(vulnerability).collect::<Vec<_>>(),
    });
    let number = Inventory::uuid(&document.to_string());
    document["serialNumber"] = json!(format!("urn:uuid:{number}"));
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn metadata(inventory: &Inventory<'_>) -> Value {
    let mut metadata = json!({
        "lifecycles": [{ "phase": "pre-build" }],
        "tools": { "components": [{
            "type": "application", "name": "plimsoll", "version": inventory.tool_version,
        }] },
        "component": { "type": "application", "bom-ref": ROOT, "name": inventory.name },
    });
    if let Some(created) = inventory.created {
        metadata["timestamp"] = json!(created);
    }
    metadata
}

fn component((reference, component): (&String, &Component<'_>)) -> Value {
    let package = component.package;
    let mut object = Map::new();
    object.insert("type".into(), json!("library"));
    object.insert("bom-ref".into(), json!(reference));
    object.insert("name".into(), json!(package.name));
    if !package.version.is_empty() {
        object.insert("version".into(), json!(package.version));
    }
    match package.scope {
        Scope::Prod => object.insert("scope".into(), json!("required")),
        Scope::Optional => object.insert("scope".into(), json!("optional")),
        Scope::Dev => object.insert("scope".into(), json!("excluded")),
        Scope::Unknown => None,
    };
    let hashes: Vec<Value> = package
        .facts
        .integrity
        .iter()
        .filter_map(|written| hash(written))
        .map(|(algorithm, digits)| json!({ "alg": algorithm, "content": digits }))
        .collect();
    // Several hashes of one kind are those of several files: which is installed is not known.
    if hashes.len() == 1 {
        object.insert("hashes".into(), json!(hashes));
    }
    match &package.facts.licences[..] {
        [] => {}
        [one] if is_expression(one) => {
            object.insert("licenses".into(), json!([{ "expression": one }]));
        }
        several => {
            let named = several
                .iter()
                .map(|name| json!({ "license": { "name": name } }));
            object.insert("licenses".into(), named.collect());
        }
    }
    if let Some(purl) = &component.purl {
        object.insert("purl".into(), json!(purl));
    }
    let places: Vec<Value> = component
        .places
        .iter()
        .map(|(path, line)| json!({ "location": path.to_text(), "line": line }))
        .collect();
    object.insert("evidence".into(), json!({ "occurrences": places }));
    Value::Object(object)
}

fn dependencies(inventory: &Inventory<'_>) -> Vec<Value> {
    let root = json!({ "ref": ROOT, "dependsOn": inventory.direct });
    let none = std::collections::BTreeSet::new();
    let others = inventory.components.keys().map(|reference| {
        let needs = inventory.needs.get(reference).unwrap_or(&none);
        json!({ "ref": reference, "dependsOn": needs })
    });
    std::iter::once(root).chain(others).collect()
}

fn vulnerability((id, vulnerability): (&&str, &Vulnerability<'_>)) -> Value {
    let finding = vulnerability.finding;
    let advice = vulnerability.advice;
    let references: Vec<Value> = advice
        .aliases
        .iter()
        .map(|alias| json!({ "id": alias, "source": { "name": database(alias) } }))
        .collect();
    let affects: Vec<Value> = vulnerability
        .affects
        .iter()
        .map(|reference| json!({ "ref": reference }))
        .collect();
    let mut object = json!({
        "bom-ref": format!("vulnerability:{id}"),
        "id": id,
        "source": { "name": database(id) },
        "references": references,
        "ratings": [{ "severity": finding.severity.name(), "method": "other" }],
        "description": finding.message,
        "affects": affects,
    });
    if !advice.url.is_empty() {
        object["source"]["url"] = json!(advice.url);
    }
    if let Some(help) = &finding.help {
        object["recommendation"] = json!(help);
    }
    if let Some(by) = vulnerability.set_aside {
        object["analysis"] = analysis(by);
    }
    object
}

fn analysis(by: &SuppressedBy) -> Value {
    match by {
        SuppressedBy::Inline { reason } | SuppressedBy::Config { reason } => json!({
            "state": "in_triage",
            "response": ["will_not_fix"],
            "detail": reason.as_deref().unwrap_or("ignored without a reason"),
        }),
        SuppressedBy::Baseline => json!({ "state": "in_triage", "detail": "in the baseline" }),
        SuppressedBy::Vex { status, reason } => json!({
            "state": if *status == "fixed" { "resolved" } else { "not_affected" },
            "detail": reason.as_deref().unwrap_or(status),
        }),
        SuppressedBy::UnchangedLine | SuppressedBy::KnownBefore => {
            json!({ "state": "in_triage" })
        }
    }
}

/// The database that an id comes from.
fn database(id: &str) -> &str {
    match id.split('-').next().unwrap_or(id) {
        "GHSA" => "GitHub",
        "CVE" => "NVD",
        "RUSTSEC" => "RustSec",
        "PYSEC" => "PyPA",
        "GO" => "Go",
        "MAL" => "OpenSSF",
        other => other,
    }
}
