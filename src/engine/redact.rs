//! Takes every secret's text out of what leaves detection.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::detect::Allowed;
use crate::model::{Evidence, Finding, Fingerprint, Mark, Source, Span};
use crate::rules::RuleSet;

/// Secrets shorter than this are masked in place but not searched for in other texts: a
/// three-letter password would blank half the words of a message.
const SHORTEST_SEARCHED: usize = 6;

/// Secrets' texts, in bytes together, that are searched for. A file with more is nothing that a
/// person wrote, and its findings are told in the rules' own words instead.
const MOST_SEARCHED: usize = 1 << 20;

/// Replaces each secret's text, wherever a finding quotes it, by asterisks; drops fixes that would
/// write one.
pub fn scrub(findings: &mut [Finding], source: &Source, secrets: &[Span], rules: &RuleSet) {
    if findings.is_empty() || secrets.is_empty() {
        return;
    }
    let mut texts: Vec<String> = Vec::new();
    let mut size = 0;
    for span in secrets {
        let text = source.text(*span);
        size += 2 * text.len();
        if size > MOST_SEARCHED {
            break;
        }
        texts.extend(text.lines().map(|line| line.trim().to_owned()));
        texts.push(text.into_owned());
    }
    texts.retain(|text| text.len() >= SHORTEST_SEARCHED);
    texts.sort();
    texts.dedup();
    // Leftmost and longest: a secret that holds another one goes as a whole.
    let searched = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&texts)
        .ok()
        .filter(|_| size <= MOST_SEARCHED);
    for finding in findings {
        match &searched {
            Some(searched) => clean(finding, searched),
            None => retell(finding, rules),
        }
    }
}

fn clean(finding: &mut Finding, secrets: &AhoCorasick) {
    finding.clean(|text| {
        let masked = || secrets.replace_all(text, &vec!["***"; secrets.patterns_len()]);
        secrets.is_match(text).then(masked)
    });
}

/// Leaves of a finding only what cannot quote its file.
fn retell(finding: &mut Finding, rules: &RuleSet) {
    let rule = rules.get(finding.rule.as_str());
    finding.message = rule.map_or_else(String::new, |rule| rule.title.to_string());
    finding.help = None;
    finding.fixes.clear();
    for label in &mut finding.labels {
        label.text.clear();
    }
    if !matches!(finding.evidence, Evidence::Secret(_)) {
        finding.evidence = Evidence::None;
    }
}

/// Gives every finding of a source its identity: rule, path, context and, where it points at a
/// secret, that secret's mark; never a line number. See [`Fingerprint`].
///
/// The context is the masked text of the lines that the primary label touches, white space folded;
/// equal contexts are told apart by their order. Packages are identified by what they are.
pub fn fingerprint(findings: &mut [Finding], source: &Source, secrets: &[Span]) {
    fingerprint_after(findings, source, secrets, &mut Seen::default());
}

/// How often each context came, in all parts of a file so far.
pub type Seen = BTreeMap<Fingerprint, u64>;

/// The same, where other parts of the file came before this one.
pub fn fingerprint_after(
    findings: &mut [Finding],
    source: &Source,
    secrets: &[Span],
    seen: &mut Seen,
) {
    let masked = source.masked(secrets);
    let secrets = joined(secrets);
    for finding in findings {
        let path = masked.path.as_bytes();
        let rule = finding.rule.as_str().as_bytes();
        let base = match &finding.evidence {
            Evidence::Package(advice) => {
                let parts = [rule, advice.purl.as_bytes(), advice.advisory.as_bytes()];
                Fingerprint::in_file(path, &parts, None)
            }
            Evidence::Dependency(package) => {
                Fingerprint::in_file(path, &[rule, package.purl.as_bytes()], None)
            }
            _ => {
                let context = context(finding, &masked);
                let mark = Mark::of(
                    pointed_at(finding, &secrets)
                        .iter()
                        .map(|s| source.slice(*s)),
                );
                Fingerprint::in_file(path, &[rule, &context], mark)
            }
        };
        let ordinal = seen.entry(base).or_default();
        finding.fingerprint = base.again(*ordinal);
        *ordinal += 1;
    }
}

/// Notes which configured ignores mean a secret by its text or by its line.
pub fn allow(findings: &mut [Finding], source: &Source, secrets: &[Span], allowed: &Allowed) {
    let secrets = joined(secrets);
    for finding in findings {
        let line = finding.primary().map(|label| {
            let line = source.lines().line(label.span.start);
            let range = source.lines().line_range(line, &source.bytes);
            let near = Span::from_usize(
                range
                    .start
                    .max(label.span.range().start.saturating_sub(LINE)),
                range.end.min(label.span.range().end + LINE),
            );
            source.slice(near)
        });
        let pointed = pointed_at(finding, &secrets).first();
        if let (Some(line), Some(span)) = (line, pointed)
            && let Evidence::Secret(redacted) = &mut finding.evidence
        {
            redacted.allowed = allowed.covering(source.slice(*span), line);
        }
    }
}

/// Bytes of a line on each side of a secret that an ignore is compared with.
const LINE: usize = 4096;

/// The spans in order, those that overlap as one.
fn joined(spans: &[Span]) -> Vec<Span> {
    let mut spans = spans.to_vec();
    spans.sort();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.end > span.start => *last = last.cover(span),
            _ => joined.push(span),
        }
    }
    joined
}

/// The secrets that a finding is about: those that its primary label touches; where it marks the
/// header of a block, the one behind it.
fn pointed_at<'s>(finding: &Finding, secrets: &'s [Span]) -> &'s [Span] {
    let Some(label) = finding.primary() else {
        return &[];
    };
    let first = secrets.partition_point(|s| s.end <= label.span.start);
    let after = first + secrets[first..].partition_point(|s| s.start < label.span.end);
    let is_secret = matches!(finding.evidence, Evidence::Secret(_));
    let after = if first == after && is_secret {
        (after + 1).min(secrets.len())
    } else {
        after
    };
    secrets.get(first..after).unwrap_or_default()
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
        Confidence, FileKind, Label, Origin, Redacted, RepoPath, Role, RuleId, Severity, SourceId,
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
            appearance: None,
        }
    }

    #[test]
    fn a_message_that_quotes_a_secret_loses_it() {
        let mut findings = [finding(0, 1)];
        scrub(
            &mut findings,
            &source("p=hunter2hunter2"),
            &[Span::new(2, 16)],
            &RuleSet::embedded(),
        );
        assert_eq!(findings[0].message, "value *** in clear");
    }

    #[test]
    fn a_file_of_nothing_but_secrets_is_told_in_the_rules_words() {
        let text = "hunter2hunter2 ".repeat(100_000);
        let spans: Vec<Span> = (0..100_000)
            .map(|n| Span::new(n * 15, n * 15 + 14))
            .collect();
        let mut findings = [finding(0, 1)];
        scrub(&mut findings, &source(&text), &spans, &RuleSet::embedded());
        assert!(!findings[0].message.contains("hunter2"));
    }

    #[test]
    fn a_fingerprint_survives_moved_lines_and_tells_twins_apart() {
        let mut before = [finding(0, 1)];
        fingerprint(&mut before, &source("x  = 1\n"), &[]);
        let mut after = [finding(2, 3), finding(8, 9)];
        fingerprint(&mut after, &source("\n\nx = 1\nx = 1\n"), &[]);
        assert_eq!(before[0].fingerprint, after[0].fingerprint);
        assert_ne!(after[0].fingerprint, after[1].fingerprint);
    }

    #[test]
    fn another_secret_of_the_same_length_in_the_same_place_is_another_finding() {
        let of = |text: &str, label: Span, secret: Span| {
            let mut findings = [finding(label.start, label.end)];
            findings[0].evidence = Evidence::Secret(Redacted::new("", 4));
            fingerprint(&mut findings, &source(text), &[secret]);
            findings[0].fingerprint
        };
        let value = Span::new(2, 6);
        assert_ne!(of("p=kX3v", value, value), of("p=Qm9d", value, value));
        assert_eq!(
            of("p=kX3v", value, value),
            of("\n  p=kX3v", Span::new(5, 9), Span::new(5, 9))
        );
        let (header, body) = (Span::new(0, 5), Span::new(6, 10));
        assert_ne!(
            of("BEGIN\nkX3v", header, body),
            of("BEGIN\nQm9d", header, body)
        );
    }

    #[test]
    fn a_finding_beside_a_secret_does_not_depend_on_it() {
        let of = |text: &str| {
            let mut findings = [finding(0, 1)];
            fingerprint(&mut findings, &source(text), &[Span::new(2, 6)]);
            findings[0].fingerprint
        };
        assert_eq!(of("p=kX3v"), of("p=Qm9d"));
    }
}
