use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::detect::{Collected, Context, DETECTORS, Detector, Sink};
use crate::guard::LIMITS;
use crate::join::Around;
use crate::model::{FileKind, Finding, SkipReason, Source, Span};
use crate::parse::Document;
use crate::parse::builds::inline;

use super::redact;

/// What the detectors say about one source.
#[derive(Debug)]
pub struct Checked {
    pub findings: Vec<Finding>,
    /// What to mask wherever the source is shown.
    pub secrets: Vec<Span>,
    pub skipped: Vec<SkipReason>,
    pub packages: u64,
}

/// Runs every detector that wants the source's kind. A detector that panics costs its own findings
/// and is reported; the others go on.
pub fn check_source(cx: &Context<'_>, source: &Source) -> Checked {
    check_source_in(cx, source, None)
}

/// The same, with the repository around the source.
pub fn check_source_in(cx: &Context<'_>, source: &Source, around: Option<&Around<'_>>) -> Checked {
    let large = source.bytes.len() as u64 > LIMITS.parse;
    let doc = match around {
        Some(around) if !large && cx.rules.any_of("dockerfile") => {
            catch_unwind(AssertUnwindSafe(|| {
                around.document(source, &cx.given.wanted)
            }))
            .ok()
        }
        _ => {
            let mut document = Document::new(source);
            document.wanted.clone_from(&cx.given.wanted);
            Some(document)
        }
    };
    let mut out = Sink::new(cx.rules, source.id);
    let doc = doc.unwrap_or_else(|| {
        out.skip(SkipReason::DetectorFailed(
            "what stands around the file".into(),
        ));
        Document::new(source)
    });
    if source.kind == FileKind::Binary {
        out.skip(SkipReason::Binary);
    } else if large {
        out.skip(SkipReason::TooLargeToParse {
            limit: LIMITS.parse,
        });
    }
    let fits =
        |d: &&&dyn Detector| d.kinds().contains(source.kind) && (!large || d.reads_large_files());
    for detector in DETECTORS.iter().filter(fits) {
        let run = catch_unwind(AssertUnwindSafe(|| detector.check(cx, &doc, &mut out)));
        if run.is_err() {
            // The panic's own words could quote the file: they are not repeated.
            out.skip(SkipReason::DetectorFailed(format!(
                "the {} checks",
                detector.family()
            )));
        }
    }
    let mut collected = out.into_collected();
    if source.kind == FileKind::Compose && !large {
        check_inline(cx, source, &mut collected);
    }
    collected.findings.retain(|f| cx.rules.shows(f));
    redact::scrub(
        &mut collected.findings,
        source,
        &collected.secrets,
        cx.rules.set(),
    );
    sort(&mut collected.findings);
    // Two targets may inherit the same fault.
    collected.findings.dedup_by(|b, a| {
        let place = |f: &Finding| f.primary().map(|label| label.span);
        a.rule == b.rule && a.message == b.message && place(a) == place(b)
    });
    if !collected.findings.is_empty() {
        redact::fingerprint(&mut collected.findings, source, &collected.secrets);
    }
    Checked {
        findings: collected.findings,
        secrets: collected.secrets,
        skipped: collected.skipped,
        packages: collected.packages,
    }
}

/// Checks the Dockerfiles that stand inside a compose file, and moves what is found to where it
/// stands there.
fn check_inline(cx: &Context<'_>, source: &Source, collected: &mut Collected) {
    if memchr::memmem::find(&source.bytes, b"dockerfile_inline").is_none() {
        return;
    }
    for inline in inline(&source.path, &source.text_all()) {
        let kind = FileKind::Dockerfile;
        let bytes = inline.text.as_str().as_bytes();
        let path = source.path.clone();
        let inner = Source::new(source.id, path, kind, bytes, source.origin.clone());
        let checked = check_source(cx, &inner);
        let secrets = checked.secrets.iter().map(|span| inline.text.span(*span));
        collected.secrets.extend(secrets);
        let own = |f: &Finding| f.rule.as_str().starts_with("dockerfile/");
        for mut finding in checked.findings.into_iter().filter(own) {
            for label in &mut finding.labels {
                label.span = inline.text.span(label.span);
            }
            // A fix is written for a file of its own: the lines here are indented.
            finding.fixes.clear();
            collected.findings.push(finding);
        }
    }
}

/// By place, then by rule: the order in which a file is read.
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| {
            let label = f.primary();
            (
                label.map(|l| l.source),
                label.map(|l| l.span),
                f.rule.clone(),
                f.message.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
}
