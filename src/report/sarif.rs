use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::{
    Confidence, Finding, Label, Level, NewFile, Report, Role, Rule, Severity, SkipReason,
    Suppressed, SuppressedBy,
};
use crate::text::Position;

use super::place::{edited, place};
use super::{RenderContext, Reporter, advisory_remarks, line_hash, uri};

/// SARIF 2.1.0, within what GitHub code scanning takes.
pub(super) struct Sarif;

/// GitHub shows the first 5,000 results of a run.
const MOST_RESULTS: usize = 5000;

impl Reporter for Sarif {
    fn write(&self, report: &Report, _cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
        let mut worst: Vec<&Finding> = report.findings.iter().collect();
        let dropped = worst.len().saturating_sub(MOST_RESULTS);
        if dropped > 0 {
            worst.sort_by_key(|f| std::cmp::Reverse(f.severity));
            worst.truncate(MOST_RESULTS);
        }
        // Only rules with results are described: the whole set would be most of the file.
        let mut index: BTreeMap<&str, usize> = BTreeMap::new();
        let all = worst
            .iter()
            .copied()
            .chain(report.suppressed.iter().map(|s| &s.finding));
        for finding in all {
            index.insert(finding.rule.as_str(), 0);
        }
        let mut rules = Vec::new();
        for (at, (id, slot)) in index.iter_mut().enumerate() {
            *slot = at;
            rules.push(describe(id, report.rules.get(id)));
        }
        let mut hashes = line_hash::LineHashes::default();
        let mut results: Vec<Value> = worst
            .iter()
            .filter_map(|f| result(report, f, None, &index, &mut hashes))
            .collect();
        results.extend(
            report
                .suppressed
                .iter()
                .filter(|s| {
                    let old = [SuppressedBy::UnchangedLine, SuppressedBy::KnownBefore];
                    !old.contains(&s.by)
                })
                .take(MOST_RESULTS - results.len().min(MOST_RESULTS))
                .filter_map(|s| result(report, &s.finding, Some(s), &index, &mut hashes)),
        );
        let mut notes: Vec<Value> = report
            .skipped
            .iter()
            .take(MOST_RESULTS)
            .map(|s| {
                json!({
                    "level": if s.reason.is_incomplete() { "warning" } else { "note" },
                    "message": { "text": format!("{}: {}", s.path.to_text(), s.reason) },
                    "descriptor": { "id": s.reason.code() },
                })
            })
            .collect();
        notes.extend(advisory_remarks(report).into_iter().map(|remark| {
            json!({
                "level": "warning",
                "message": { "text": format!("advisories: {remark}") },
                "descriptor": { "id": "advisories" },
            })
        }));
        if dropped > 0 {
            notes.push(json!({
                "level": "warning",
                "message": { "text": format!("{dropped} more findings of lower severity are left out") },
                "descriptor": { "id": "too-many-findings" },
            }));
        }
        let failed = report
            .skipped
            .iter()
            .any(|s| matches!(s.reason, SkipReason::DetectorFailed(_)));
        let document = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "plimsoll",
                    "semanticVersion": report.tool.version,
                    "rules": rules,
                }},
                "automationDetails": { "id": "plimsoll/" },
                "columnKind": "utf16CodeUnits",
                "invocations": [{
                    "executionSuccessful": !failed,
                    "toolExecutionNotifications": notes,
                }],
                "results": results,
            }],
        });
        serde_json::to_writer(&mut *w, &document)?;
        writeln!(w)
    }
}

fn describe(id: &str, rule: Option<&Rule>) -> Value {
    let Some(rule) = rule else {
        return json!({ "id": id });
    };
    let mut tags = vec!["security".to_owned(), rule.category.to_string()];
    tags.extend(
        rule.cwe
            .iter()
            .map(|cwe| format!("external/cwe/cwe-{cwe:03}")),
    );
    let first = rule
        .docs
        .text()
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or(&rule.title);
    json!({
        "id": id,
        "name": rule.title,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": first },
        "help": { "text": rule.docs.text(), "markdown": rule.docs.text() },
        "defaultConfiguration": { "level": rule.severity.level() },
        "properties": {
            "tags": tags,
            "precision": match rule.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            "security-severity": security_severity(rule.severity),
        },
    })
}

/// The middle of the band that GitHub shows under the same word.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn result(
    report: &Report,
    finding: &Finding,
    suppressed: Option<&Suppressed>,
    index: &BTreeMap<&str, usize>,
    hashes: &mut line_hash::LineHashes,
) -> Option<Value> {
    let primary = finding.primary()?;
    let at = place(report, primary)?;
    let line_hash = hashes.of(at.source, at.source.lines().line(primary.span.start));
    let related: Vec<Value> = finding
        .labels
        .iter()
        .filter(|l| l.role == Role::Secondary)
        .enumerate()
        .filter_map(|(n, l)| {
            let mut location = location(report, l)?;
            location["id"] = n.into();
            location["message"] = json!({ "text": l.text });
            Some(location)
        })
        .collect();
    let flow = || {
        let labels = finding.labels.iter();
        labels.filter(|l| matches!(l.role, Role::Flow(_)))
    };
    // A flow ends where the finding is.
    let ends_there = |l: &Label| l.source == primary.source && l.span == primary.span;
    let end = flow().next_back().filter(|last| !ends_there(last));
    let steps: Vec<Value> = flow()
        .map(|label| (label, &label.text))
        .chain(end.map(|_| (primary, &finding.message)))
        .filter_map(|(label, text)| {
            let mut location = location(report, label)?;
            location["message"] = json!({ "text": text });
            Some(json!({ "location": location }))
        })
        .collect();
    let fixes: Vec<Value> = finding
        .fixes
        .iter()
        .map(|fix| {
            let changes: Vec<Value> = fix
                .edits
                .iter()
                .filter_map(|edit| {
                    let label = edited(edit);
                    let place = location(report, &label)?;
                    Some(json!({
                        "artifactLocation": place["physicalLocation"]["artifactLocation"],
                        "replacements": [{
                            "deletedRegion": place["physicalLocation"]["region"],
                            "insertedContent": { "text": edit.with },
                        }],
                    }))
                })
                .chain(fix.creates.iter().map(created))
                .collect();
            json!({ "description": { "text": fix.title }, "artifactChanges": changes })
        })
        .collect();
    let mut text = match &finding.help {
        Some(help) => format!("{}. {help}", finding.message),
        None => finding.message.clone(),
    };
    if let Some((_, member)) = at.source.path.in_archive() {
        text = format!("{}: {text}", member_place(member, at.start));
    }
    let mut result = json!({
        "ruleId": finding.rule.as_str(),
        "ruleIndex": index.get(finding.rule.as_str()),
        "level": match finding.severity.level() {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        },
        "message": { "text": text },
        "locations": [location(report, primary)?],
        "partialFingerprints": {
            "primaryLocationLineHash": line_hash,
            "plimsollFindingHash/v1": finding.fingerprint.to_string(),
        },
        "properties": { "confidence": finding.confidence.name() },
    });
    if let Some(appearance) = &finding.appearance {
        let commit = appearance.commit.as_ref();
        let properties = &mut result["properties"];
        properties["commit"] = json!(commit.map(|commit| commit.id.as_str()));
        properties["authorDate"] = json!(commit.map(|c| c.author_date.to_string()));
        properties["versions"] = appearance.versions.into();
        properties["inHead"] = json!(appearance.in_head);
        result["message"]["text"] = format!("{text} ({})", appearance.fate()).into();
    }
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if !steps.is_empty() {
        result["codeFlows"] = json!([{ "threadFlows": [{ "locations": steps }] }]);
    }
    if !fixes.is_empty() {
        result["fixes"] = fixes.into();
    }
    if report.tool.baseline.is_some() {
        let known = suppressed.is_some_and(|s| s.by == SuppressedBy::Baseline);
        result["baselineState"] = if known { "unchanged" } else { "new" }.into();
    }
    if let Some(suppressed) = suppressed {
        let (kind, reason) = match &suppressed.by {
            SuppressedBy::Inline { reason } => ("inSource", reason.clone()),
            SuppressedBy::Config { reason } => ("external", reason.clone()),
            SuppressedBy::Vex { status, reason } => {
                let reason = reason.as_ref().map(|why| format!(": {why}"));
                let words = format!("VEX: {status}{}", reason.unwrap_or_default());
                ("external", Some(words))
            }
            SuppressedBy::Baseline => ("external", Some("in the baseline".to_owned())),
            SuppressedBy::UnchangedLine | SuppressedBy::KnownBefore => ("external", None),
        };
        let mut suppression = json!({ "kind": kind });
        if let Some(reason) = reason {
            suppression["justification"] = reason.into();
        }
        result["suppressions"] = json!([suppression]);
    }
    Some(result)
}

/// A new file, as text put at the start of a file that is empty so far.
fn created(file: &NewFile) -> Value {
    let mut encoded = String::new();
    uri::encode_path(file.path.as_bytes(), &mut encoded);
    json!({
        "artifactLocation": { "uri": encoded },
        "replacements": [{
            "deletedRegion": { "byteOffset": 0, "byteLength": 0 },
            "insertedContent": { "text": file.text },
        }],
    })
}

/// A place in a file in an archive.
fn member_place(member: &[u8], at: Position) -> String {
    let member = String::from_utf8_lossy(member);
    format!("{member}:{}:{}", at.line, at.column)
}

fn location(report: &Report, label: &Label) -> Option<Value> {
    let at = place(report, label)?;
    let mut encoded = String::new();
    if let Some((archive, member)) = at.source.path.in_archive() {
        uri::encode_path(archive.as_bytes(), &mut encoded);
        return Some(json!({
            "physicalLocation": {
                "artifactLocation": { "uri": encoded },
                // An archive has no lines; without one, nothing is shown at all.
                "region": { "startLine": 1 },
            },
            "logicalLocations": [{
                "fullyQualifiedName": member_place(member, at.start),
                "kind": "member",
            }],
        }));
    }
    uri::encode_path(at.source.path.as_bytes(), &mut encoded);
    let region = |start: Position, end: Position| {
        json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        })
    };
    Some(json!({
        "physicalLocation": {
            "artifactLocation": { "uri": encoded },
            "region": region(at.start_utf16, at.end_utf16),
        },
    }))
}
