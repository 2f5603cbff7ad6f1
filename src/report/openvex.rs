use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::advisory::sha256;
use crate::model::{Confidence, Finding, Report, SuppressedBy};

use super::{RenderContext, Reporter};

/// What is known to be wrong with packages, and what was decided about it, as an OpenVEX document
/// (<https://github.com/openvex/spec>, version 0.2.0). The same findings make the same document:
/// its time is the one that is given, or else the day of the advisories.
pub(super) struct OpenVex;

/// Statements that a later one of the same vulnerability and package does not replace.
const STATUS: [&str; 4] = ["affected", "under_investigation", "fixed", "not_affected"];

impl Reporter for OpenVex {
    fn write(&self, report: &Report, cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
        let mut statements: BTreeMap<(&str, &str), (usize, Value)> = BTreeMap::new();
        let found = report.findings.iter().map(|finding| (finding, None));
        let silenced = report.suppressed.iter().map(|s| (&s.finding, Some(&s.by)));
        for (finding, by) in found.chain(silenced) {
            let Some(advice) = finding.advice().filter(|_| is_about_defect(finding)) else {
                continue;
            };
            let (status, reason) = decided(finding, by);
            let rank = STATUS.iter().position(|name| *name == status).unwrap_or(0);
            let key = (advice.purl.as_str(), advice.advisory.as_str());
            // What counts in one file is not taken away by what is ignored in another.
            if statements.get(&key).is_none_or(|(known, _)| rank < *known) {
                statements.insert(key, (rank, statement(finding, status, reason)));
            }
        }
        let statements: Vec<Value> = statements.into_values().map(|(_, value)| value).collect();
        let statements = Value::from(statements);
        let day = match report.tool.advisories.date.as_str() {
            "" => "1970-01-01",
            day => day,
        };
        let time = cx.timestamp.clone();
        let document = json!({
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": format!("https://openvex.dev/docs/public/vex-{}", sha256(statements.to_string().as_bytes())),
            "author": "plimsoll",
            "timestamp": time.unwrap_or_else(|| format!("{day}T00:00:00Z")),
            "version": 1,
            "tooling": format!("plimsoll {}", report.tool.version),
            "statements": statements,
        });
        serde_json::to_writer_pretty(&mut *w, &document)?;
        writeln!(w)
    }
}

/// True for what makes a package vulnerable: that nobody maintains it is nothing to be affected by.
fn is_about_defect(finding: &Finding) -> bool {
    matches!(
        finding.rule.as_str(),
        "dependency/vulnerable" | "dependency/malicious"
    )
}

/// The status of a finding, and why. What is only known already is no less true.
fn decided<'r>(finding: &Finding, by: Option<&'r SuppressedBy>) -> (&'static str, Option<&'r str>) {
    match by {
        Some(SuppressedBy::Vex { status, reason }) => (status, reason.as_deref()),
        Some(
            SuppressedBy::Inline {
                reason: Some(reason),
            }
            | SuppressedBy::Config {
                reason: Some(reason),
            },
        ) => ("not_affected", Some(reason)),
        _ if finding.confidence == Confidence::Low => ("under_investigation", None),
        _ => ("affected", None),
    }
}

fn statement(finding: &Finding, status: &str, reason: Option<&str>) -> Value {
    let mut said = json!({ "status": status });
    if let Some(advice) = finding.advice() {
        said["vulnerability"] = json!({
            "name": advice.advisory,
            "aliases": advice.aliases,
        });
        if !advice.url.is_empty() {
            said["vulnerability"]["@id"] = json!(advice.url);
        }
        said["products"] = json!([{
            "@id": advice.purl,
            "identifiers": { "purl": advice.purl },
        }]);
    }
    match status {
        "affected" => {
            let help = finding.help.as_deref();
            said["action_statement"] = help.unwrap_or("update the package").into();
        }
        "not_affected" => said["impact_statement"] = reason.unwrap_or_default().into(),
        _ => {
            if let Some(reason) = reason {
                said["status_notes"] = reason.into();
            }
        }
    }
    said
}
