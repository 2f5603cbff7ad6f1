//! Every format, fed with names and texts that nobody should trust.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll::model::{
    Confidence, Evidence, FileKind, Finding, Fingerprint, Fix, Label, Origin, Redacted, RepoPath,
    Report, Role, RuleId, Safety, Severity, SkipReason, Skipped, Source, SourceId, SourceTable,
    Span, Stats, Suppressed, SuppressedBy, ToolInfo,
};
use plimsoll::report::{Format, RenderContext};
use plimsoll::rules::RuleSet;
use serde_json::Value;

/// Every byte but the separators, then every class of invisible or reordering character.
fn hostile() -> Vec<u8> {
    let mut bytes: Vec<u8> = (1..=255u8).filter(|b| *b != b'/').collect();
    bytes.extend("\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{2028}\n::error::x".bytes());
    bytes
}

fn source(id: u32, path: &[u8], bytes: &[u8]) -> Source {
    Source::new(
        SourceId(id),
        RepoPath::new(path),
        FileKind::Text,
        bytes,
        Origin::Buffer,
    )
}

fn finding(span: Span, text: &str) -> Finding {
    let label = |role| Label {
        source: SourceId(0),
        span,
        text: text.to_owned(),
        role,
    };
    Finding {
        rule: RuleId::new("policy/unused-suppression"),
        aliases: vec![text.to_owned()],
        severity: Severity::High,
        confidence: Confidence::High,
        message: text.to_owned(),
        labels: vec![
            label(Role::Primary),
            label(Role::Secondary),
            label(Role::Flow(1)),
        ],
        help: Some(text.to_owned()),
        fixes: vec![Fix {
            title: text.to_owned(),
            safety: Safety::Safe,
            edits: vec![plimsoll::model::Edit {
                source: SourceId(0),
                span,
                with: text.to_owned(),
            }],
            creates: vec![plimsoll::model::NewFile {
                path: RepoPath::from(text),
                text: text.to_owned(),
            }],
        }],
        fingerprint: Fingerprint::of(&[b"x"]),
        evidence: Evidence::Secret(Redacted::new("abc_", 40)),
        appearance: None,
    }
}

fn in_second_source(mut finding: Finding) -> Finding {
    for label in &mut finding.labels {
        label.source = SourceId(1);
    }
    finding
}

fn report(sources: Vec<Source>, findings: Vec<Finding>) -> Report {
    let text = String::from_utf8_lossy(&hostile()).into_owned();
    let suppressed = findings
        .iter()
        .map(|f| Suppressed {
            finding: f.clone(),
            by: SuppressedBy::Config {
                reason: Some(text.clone()),
            },
        })
        .collect();
    Report {
        findings,
        suppressed,
        unused_suppressions: vec![],
        skipped: vec![
            Skipped {
                path: RepoPath::new(&hostile()),
                reason: SkipReason::Unreadable(text.clone()),
            },
            Skipped {
                path: RepoPath::new(&hostile()),
                reason: SkipReason::Symlink,
            },
        ],
        stats: Stats::default(),
        tool: ToolInfo {
            policy: vec![text],
            ..ToolInfo::default()
        },
        sources: SourceTable(
            sources
                .into_iter()
                .map(|s| (s.id, Arc::new(s)))
                .collect::<BTreeMap<_, _>>(),
        ),
        rules: Arc::new(RuleSet::embedded()),
    }
}

fn hostile_report() -> Report {
    let text = String::from_utf8_lossy(&hostile()).into_owned();
    let body = hostile();
    let len = body.len();
    report(
        vec![
            source(0, &hostile(), &body),
            source(1, b"::error::x", b"x\n"),
        ],
        vec![
            finding(Span::from_usize(20, 40), &text),
            finding(Span::from_usize(0, len), &text),
            finding(Span::from_usize(len, len + 50), &text),
            in_second_source(finding(Span::new(0, 1), &text)),
        ],
    )
}

fn render(report: &Report, format: Format) -> Vec<u8> {
    let cx = RenderContext {
        verbose: true,
        hint: Some(String::from_utf8_lossy(&hostile()).into_owned()),
        ..RenderContext::default()
    };
    let mut out = Vec::new();
    format
        .reporter()
        .write(report, &cx, &mut out)
        .expect("writes");
    out
}

#[test]
fn nothing_that_a_file_chose_reaches_the_terminal() {
    for format in [Format::Pretty, Format::Concise] {
        let text = String::from_utf8(render(&hostile_report(), format)).expect("UTF-8");
        for c in text.chars() {
            let harmless = c == '\n' || (c >= ' ' && !('\u{7f}'..='\u{9f}').contains(&c));
            let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
            assert!(harmless && !hidden, "{} lets {c:?} through", format.name());
        }
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("::")),
            "{} lets a line look like a command of a CI",
            format.name()
        );
    }
}

#[test]
fn machine_formats_stay_valid_whatever_a_file_is_called() {
    for format in [Format::Json, Format::Sarif] {
        let bytes = render(&hostile_report(), format);
        serde_json::from_slice::<Value>(&bytes)
            .unwrap_or_else(|e| panic!("{}: {e}", format.name()));
    }
}

#[cfg(feature = "lsp")]
#[test]
fn editors_get_one_line_of_json_a_file() {
    let lsp = render(&hostile_report(), Format::Lsp);
    let lines: Vec<&[u8]> = lsp
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines.len(), 2, "one PublishDiagnosticsParams a file");
    serde_json::from_slice::<Value>(lines[0]).expect("JSON");
}

#[test]
fn json_keeps_its_contract() {
    let report = report(
        vec![source(0, b"a/b.py", "é = 1\nx = 2\n".as_bytes())],
        vec![finding(Span::new(7, 8), "words")],
    );
    let json: Value = serde_json::from_slice(&render(&report, Format::Json)).expect("JSON");
    assert_eq!(json["schema_version"], 1);
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().expect("object").keys().cloned().collect()
    };
    let finding = &json["findings"][0];
    for key in [
        "rule",
        "aliases",
        "family",
        "category",
        "cwe",
        "severity",
        "level",
        "confidence",
        "message",
        "path",
        "range",
        "labels",
        "help",
        "fixes",
        "fingerprint",
        "evidence",
    ] {
        assert!(keys(finding).contains(&key.to_owned()), "{key}");
    }
    assert_eq!(finding["range"]["start"]["line"], 2);
    assert_eq!(finding["range"]["start"]["column"], 1);
    assert_eq!(finding["range"]["start"]["byte"], 7);
    assert_eq!(finding["level"], "error");
    assert_eq!(finding["fixes"][0]["edits"][0]["with"], "words");
    assert_eq!(json["skipped"][1]["reason"], "symlink");
    for key in ["files_checked", "files_skipped", "suppressed", "baseline"] {
        assert!(keys(&json["summary"]).contains(&key.to_owned()), "{key}");
    }
}

#[test]
fn editors_and_sarif_count_utf16_units() {
    let report = report(
        vec![source(0, b"a.py", "😀x = 2\n".as_bytes())],
        vec![finding(Span::new(4, 5), "words")],
    );
    #[cfg(feature = "lsp")]
    {
        let lsp: Value = serde_json::from_slice(&render(&report, Format::Lsp)).expect("JSON");
        assert_eq!(lsp["diagnostics"][0]["range"]["start"]["character"], 2);
        assert_eq!(lsp["diagnostics"][0]["range"]["start"]["line"], 0);
    }
    let sarif: Value = serde_json::from_slice(&render(&report, Format::Sarif)).expect("JSON");
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let region = &run["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startColumn"], 3);
    assert_eq!(region["startLine"], 1);
}

#[test]
fn a_long_line_does_not_make_a_long_report() {
    let mut line = vec![b'a'; 4_000_000];
    line.extend(b"\n");
    let report = report(
        vec![source(0, b"min.js", &line)],
        vec![finding(Span::new(2_000_000, 2_000_010), "here")],
    );
    assert!(render(&report, Format::Pretty).len() < 64 << 10);
}
