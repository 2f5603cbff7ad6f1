use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::model::{
    Appearance, Evidence, Finding, Label, RepoPath, Report, Role, Severity, SuppressedBy,
};

use super::place::{Place, edited, place};
use super::{RenderContext, Reporter};

/// The report as one JSON object; the contract of other tools (schema version 1).
pub(super) struct Json;

impl Reporter for Json {
    fn write(&self, report: &Report, _cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
        let findings: Vec<Value> = report
            .findings
            .iter()
            .filter_map(|f| finding(report, f))
            .collect();
        let skipped: Vec<Value> = report
            .skipped
            .iter()
            .map(|s| {
                placed(
                    &s.path,
                    json!({ "reason": s.reason.code(), "detail": s.reason.to_string() }),
                )
            })
            .collect();
        let document = json!({
            "schema_version": 1,
            "tool": tool(report),
            "summary": summary(report),
            "findings": findings,
            "skipped": skipped,
        });
        serde_json::to_writer_pretty(&mut *w, &document)?;
        writeln!(w)
    }
}

fn tool(report: &Report) -> Value {
    let advisories = &report.tool.advisories;
    json!({
        "name": "plimsoll",
        "version": report.tool.version,
        "rules_hash": report.tool.rules_hash,
        "advisories": {
            "set": advisories.set,
            "date": advisories.date,
            "records": advisories.records,
            "hash": advisories.hash,
            "sources": advisories.sources,
            "problems": advisories.problems,
            "stale": advisories.stale.map(|stale| {
                json!({ "days": stale.days, "max_age": stale.max_age })
            }),
        },
        "policy": report.tool.policy,
    })
}

fn summary(report: &Report) -> Value {
    let by_severity: Map<String, Value> = Severity::ALL
        .into_iter()
        .map(|s| (s.name().to_owned(), report.count(s).into()))
        .collect();
    let count = |wanted: fn(&SuppressedBy) -> bool| {
        report.suppressed.iter().filter(|s| wanted(&s.by)).count()
    };
    let mut summary = json!({
        "files_checked": report.stats.files_checked,
        "files_skipped": report.skipped.len(),
        "bytes_checked": report.stats.bytes_checked,
        "kinds": report.stats.by_kind,
        "packages": report.stats.packages,
        "findings": by_severity,
        "suppressed": count(|by| matches!(by, SuppressedBy::Inline { .. } | SuppressedBy::Config { .. })),
        "vex": count(|by| matches!(by, SuppressedBy::Vex { .. })),
        "baseline": count(|by| matches!(by, SuppressedBy::Baseline)),
        "unchanged": count(|by| matches!(by, SuppressedBy::UnchangedLine)),
        "known_before": count(|by| matches!(by, SuppressedBy::KnownBefore)),
        "unused_suppressions": report.unused_suppressions.len(),
        "incomplete": report.is_incomplete(),
    });
    if report.stats.commits > 0 {
        summary["commits_checked"] = report.stats.commits.into();
    }
    summary
}

fn range(at: &Place<'_>, label: &Label) -> Value {
    let byte = |offset: u32| at.source.start.byte + u64::from(offset);
    json!({
        "start": {
            "line": at.start.line,
            "column": at.start.column,
            "byte": byte(label.span.start),
        },
        "end": { "line": at.end.line, "column": at.end.column, "byte": byte(label.span.end) },
    })
}

fn finding(report: &Report, finding: &Finding) -> Option<Value> {
    let primary = finding.primary()?;
    let at = place(report, primary)?;
    let rule = report.rules.get(finding.rule.as_str());
    let labels: Vec<Value> = finding
        .labels
        .iter()
        .filter_map(|label| {
            let at = place(report, label)?;
            let (role, step) = match label.role {
                Role::Primary => ("primary", Value::Null),
                Role::Secondary => ("secondary", Value::Null),
                Role::Flow(n) => ("flow", n.into()),
            };
            Some(placed(
                &at.source.path,
                json!({
                    "range": range(&at, label),
                    "text": label.text,
                    "role": role,
                    "step": step,
                }),
            ))
        })
        .collect();
    let fixes: Vec<Value> = finding
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .filter_map(|edit| {
                    let label = edited(edit);
                    let at = place(report, &label)?;
                    Some(json!({
                        "path": at.source.path.to_text(),
                        "range": range(&at, &label),
                        "with": edit.with,
                    }))
                })
                .collect();
            let mut shown = json!({ "title": fix.title, "safety": fix.safety, "edits": edits });
            if !fix.creates.is_empty() {
                let files = fix.creates.iter();
                shown["creates"] = files
                    .map(|file| json!({ "path": file.path.to_text(), "text": file.text }))
                    .collect();
            }
            shown
        })
        .collect();
    let evidence = match &finding.evidence {
        Evidence::None => Value::Null,
        other => serde_json::to_value(other).ok()?,
    };
    let mut shown = json!({
        "rule": finding.rule.as_str(),
        "aliases": finding.aliases,
        "family": finding.rule.family(),
        "category": rule.map(|r| r.category.as_ref()),
        "cwe": rule.map(|r| r.cwe.as_slice()).unwrap_or_default(),
        "severity": finding.severity,
        "level": finding.severity.level(),
        "confidence": finding.confidence,
        "message": finding.message,
        "range": range(&at, primary),
        "labels": labels,
        "help": finding.help,
        "fixes": fixes,
        "fingerprint": finding.fingerprint.to_string(),
        "evidence": evidence,
    });
    if let Some(appearance) = &finding.appearance {
        shown["commit"] = commit(appearance);
    }
    Some(placed(&at.source.path, shown))
}

/// Says where something is: the path of a file that can be opened and, in an archive, the member,
/// in which the range is then.
fn placed(path: &RepoPath, mut what: Value) -> Value {
    match path.in_archive() {
        Some((archive, member)) => {
            what["path"] = archive.to_text().into();
            what["member"] = String::from_utf8_lossy(member).into();
        }
        None => what["path"] = path.to_text().into(),
    }
    what
}

/// Where in the history a secret first stood, and what became of it.
fn commit(appearance: &Appearance) -> Value {
    let commit = appearance.commit.as_ref();
    json!({
        "id": commit.map(|commit| commit.id.as_str()),
        "author_date": commit.map(|commit| commit.author_date.to_string()),
        "kind": commit.map(|commit| if commit.is_tag { "tag" } else { "commit" }),
        "in_message": appearance.in_message,
        "versions": appearance.versions,
        "in_head": appearance.in_head,
    })
}
