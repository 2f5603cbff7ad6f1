//! Takes every secret's text out of what leaves detection.

use std::collections::BTreeMap;

use crate::model::{Evidence, Finding, Fingerprint, Source, Span};

/// Secrets shorter than this are masked in place but not searched for in other texts: a
/// three-letter password would blank half the words of a message.
const SHORTEST_SEARCHED: usize = 6;

/// Replaces each secret's text, wherever a finding quotes it, by asterisks; drops fixes that would
/// write one.
pub fn scrub(findings: &mut [Finding], source: &Source, secrets: &[Span]) {
    let mut texts: Vec<String> = secrets
        .iter()
        .flat_map(|span| {
            let text = source.text(*span).into_owned();
            let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
            lines.into_iter().chain([text])
        })
        .filter(|text| text.len() >= SHORTEST_SEARCHED)
        .collect();
    // Longest first: a secret that holds another one must go as a whole.
    texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    texts.dedup();
    if texts.is_empty() {
        return;
    }
    let clean = |text: &mut String| {
        for secret in &texts {
            if text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), "***");
            }
        }
    };
    for finding in findings {
        clean(&mut finding.message);
        if let Some(help) = &mut finding.help {
            clean(help);
        }
        for label in &mut finding.labels {
            clean(&mut label.text);
        }
        finding.fixes.retain(|fix| {
            !fix.edits.iter().any(|edit| {
                texts
                    .iter()
                    .any(|secret| edit.with.contains(secret.as_str()))
            })
        });
        for fix in &mut finding.fixes {
            clean(&mut fix.title);
        }
        match &mut finding.evidence {
            Evidence::Image { reference } => clean(reference),
            Evidence::Ships { stage, path } => {
                clean(stage);
                clean(path);
            }
            Evidence::Package { purl, path, .. } => {
                clean(purl);
                path.iter_mut().for_each(clean);
            }
            Evidence::None | Evidence::Secret(_) => {}
        }
    }
}

/// Gives every finding of a source its identity: rule, path and context, never a line number.
///
/// The context is the masked text of the lines that the primary label touches, white space folded;
/// equal contexts are told apart by their order. Packages are identified by what they are.
pub fn fingerprint(findings: &mut [Finding], masked: &Source) {
    let mut seen: BTreeMap<Fingerprint, u64> = BTreeMap::new();
    for finding in findings {
        let path = masked.path.as_bytes();
        let rule = finding.rule.as_str().as_bytes();
        let base = match &finding.evidence {
            Evidence::Package { purl, advisory, .. } => {
                Fingerprint::of(&[rule, path, purl.as_bytes(), advisory.as_bytes()])
            }
            _ => Fingerprint::of(&[rule, path, &context(finding, masked)]),
        };
        let ordinal = seen.entry(base).or_default();
        finding.fingerprint = if *ordinal == 0 {
            base
        } else {
            Fingerprint::of(&[base.to_string().as_bytes(), &ordinal.to_le_bytes()])
        };
        *ordinal += 1;
    }
}

/// Longest context that is hashed: a minified file's line is not one.
const CONTEXT: usize = 400;

fn context(finding: &Finding, masked: &Source) -> Vec<u8> {
    let Some(label) = finding.primary() else {
        return Vec::new();
    };
    let lines = masked.lines();
    let first = lines.line_range(lines.line(label.span.start), &masked.bytes);
    let last = lines.line_range(lines.line(label.span.end), &masked.bytes);
    let whole = Span::from_usize(first.start, last.end);
    let span = if whole.len() as usize <= CONTEXT {
        whole
    } else {
        label.span
    };
    let bytes = masked.slice(span);
    let words = bytes[..bytes.len().min(4 * CONTEXT)]
        .split(|b| b.is_ascii_whitespace())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Confidence, FileKind, Label, Origin, RepoPath, Role, RuleId, Severity, SourceId,
    };

    fn source(text: &str) -> Source {
        Source::new(
            SourceId(0),
            RepoPath::from("f"),
            FileKind::Text,
            text.as_bytes(),
            Origin::Buffer,
        )
    }

    fn finding(start: u32, end: u32) -> Finding {
        Finding {
            rule: RuleId::new("a/b"),
            aliases: vec![],
            severity: Severity::Low,
            confidence: Confidence::Low,
            message: "value hunter2hunter2 in clear".into(),
            labels: vec![Label {
                source: SourceId(0),
                span: Span::new(start, end),
                text: String::new(),
                role: Role::Primary,
            }],
            help: None,
            fixes: vec![],
            fingerprint: Fingerprint::default(),
            evidence: Evidence::None,
        }
    }

    #[test]
    fn a_message_that_quotes_a_secret_loses_it() {
        let mut findings = [finding(0, 1)];
        scrub(
            &mut findings,
            &source("p=hunter2hunter2"),
            &[Span::new(2, 16)],
        );
        assert_eq!(findings[0].message, "value *** in clear");
    }

    #[test]
    fn a_fingerprint_survives_moved_lines_and_tells_twins_apart() {
        let mut before = [finding(0, 1)];
        fingerprint(&mut before, &source("x  = 1\n"));
        let mut after = [finding(2, 3), finding(8, 9)];
        fingerprint(&mut after, &source("\n\nx = 1\nx = 1\n"));
        assert_eq!(before[0].fingerprint, after[0].fingerprint);
        assert_ne!(after[0].fingerprint, after[1].fingerprint);
    }
}
