//! What shellcheck says, as findings.

use serde::Deserialize;

use crate::engine::Scan;
use crate::model::{Confidence, Evidence, Finding, Fingerprint, Label, Role, Severity, Span};
use crate::rules::ActiveRules;

use super::rule;
use super::script::Script;

#[derive(Deserialize)]
struct Answer {
    comments: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    file: String,
    line: usize,
    end_line: usize,
    column: usize,
    end_column: usize,
    level: String,
    code: u32,
    message: String,
}

/// One remark about one text of a batch.
pub(super) struct Comment {
    pub script: usize,
    raw: Raw,
}

/// The remarks in an answer; `None` where it is not in the form that was asked for.
pub(super) fn comments(answer: &[u8]) -> Option<Vec<Comment>> {
    let answer: Answer = serde_json::from_slice(answer).ok()?;
    let read = |raw: Raw| {
        let script = raw.file.strip_suffix(".sh")?.parse().ok()?;
        Some(Comment { script, raw })
    };
    Some(answer.comments.into_iter().filter_map(read).collect())
}

impl Comment {
    /// The remark at its place in the source; `None` where it is about what we put in front, or
    /// about less than is asked for.
    pub fn finding(self, script: &Script, scan: &Scan, rules: &ActiveRules) -> Option<Finding> {
        let raw = self.raw;
        let source = scan.sources.get(script.source)?;
        let start = script.offset(raw.line, raw.column)?;
        let end = script.offset(raw.end_line, raw.end_column)?.max(start);
        // A place between two characters is shown as the one behind it.
        let rest = script.text.as_str().get(start as usize..)?;
        let least = rest.chars().next().map_or(0, char::len_utf8);
        let end = if end > start {
            end
        } else {
            start + u32::try_from(least).unwrap_or(0)
        };
        let rule = rules.get(rule(source))?;
        let code = format!("SC{:04}", raw.code);
        let severity = match raw.level.as_str() {
            "error" => Severity::High,
            "warning" => Severity::Medium,
            _ => Severity::Low,
        };
        let finding = Finding {
            rule: rule.id.clone(),
            severity: rules.severity_of(rule.id.as_str()).unwrap_or(severity),
            confidence: Confidence::Medium,
            message: format!("{code}: {}", raw.message.trim().trim_end_matches('.')),
            labels: vec![Label {
                source: source.id,
                span: script.text.span(Span::new(start, end)),
                text: String::new(),
                role: Role::Primary,
            }],
            help: Some(format!(
                "https://www.shellcheck.net/wiki/{code} explains it"
            )),
            fixes: Vec::new(),
            fingerprint: Fingerprint::default(),
            evidence: Evidence::None,
            appearance: None,
            aliases: vec![code],
        };
        rules.shows(&finding).then_some(finding)
    }
}
