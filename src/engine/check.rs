use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::archive::Format;
use crate::detect::{Collected, Context, DETECTORS, Detector, Sink};
use crate::guard::LIMITS;
use crate::join::Around;
use crate::model::{FileKind, Finding, SkipReason, Source, Span};
use crate::parse::builds::inline;
use crate::parse::{Document, lock};

use super::redact::{self, Seen};

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

/// The same for a source that nobody is shown where nothing is found in it: what to mask is looked
/// for only where something is.
pub fn judge_source(cx: &Context<'_>, source: &Source) -> Checked {
    check(cx, source, None, Effort::UNSHOWN)
}

/// The same, with the repository around the source.
pub fn check_source_in(cx: &Context<'_>, source: &Source, around: Option<&Around<'_>>) -> Checked {
    check(cx, source, around, Effort::SHOWN)
}

fn check(
    cx: &Context<'_>,
    source: &Source,
    around: Option<&Around<'_>>,
    effort: Effort,
) -> Checked {
    let is_large = source.bytes.len() as u64 > LIMITS.parse;
    let reach = if is_large { Reach::Text } else { Reach::All };
    let mut checked = gather(cx, source, around, reach, effort);
    identify(&mut checked, source, &mut Seen::default());
    checked
}

/// Runs the secrets' detector alone.
pub fn check_secrets(cx: &Context<'_>, source: &Source) -> Checked {
    let mut checked = gather(cx, source, None, Reach::Secrets, Effort::SHOWN);
    identify(&mut checked, source, &mut Seen::default());
    checked
}

/// Which checks a source is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    All,
    /// Those that parse nothing.
    Text,
    /// Those that need no repository around the file: it lies in an archive.
    Alone,
    /// Secrets and nothing else.
    Secrets,
}

impl Reach {
    fn takes(self, detector: &dyn Detector, kind: FileKind) -> bool {
        detector.kinds().contains(kind)
            && match self {
                Self::All => true,
                Self::Text => detector.reads_large_files(),
                // What a Dockerfile does depends on what stands around it.
                Self::Alone if kind == FileKind::Dockerfile => detector.reads_large_files(),
                Self::Alone => detector.family() != "dockerfile",
                Self::Secrets => detector.family() == "secret",
            }
    }
}

/// Gives what was found its identity.
pub(super) fn identify(checked: &mut Checked, source: &Source, seen: &mut Seen) {
    if !checked.findings.is_empty() {
        redact::fingerprint_after(&mut checked.findings, source, &checked.secrets, seen);
    }
}

/// True where a rule that is on looks at what stands around this file.
fn wants_around(cx: &Context<'_>, source: &Source) -> bool {
    let has_companions = || lock::has_companions(source.kind, &source.path);
    cx.rules.any_of("dockerfile") || (cx.rules.any_of("dependency") && has_companions())
}

/// From this size on, a source is parsed while another thread looks at its text: a single lockfile
/// is all that many a commit changes.
const LONG: usize = 128 << 10;

/// What may be spent on a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// How many threads may work on it.
    pub threads: usize,
    /// It is shown even where nothing is found in it, so what to mask must be known.
    pub is_shown: bool,
}

impl Effort {
    /// One thread, for a source that is shown.
    pub const SHOWN: Self = Self {
        threads: 1,
        is_shown: true,
    };
    /// One thread, for a source that is shown where something is found in it.
    pub const UNSHOWN: Self = Self {
        threads: 1,
        is_shown: false,
    };
}

/// What the detectors say, without fingerprints.
pub(super) fn gather(
    cx: &Context<'_>,
    source: &Source,
    around: Option<&Around<'_>>,
    reach: Reach,
    effort: Effort,
) -> Checked {
    let large = source.bytes.len() as u64 > LIMITS.parse;
    let doc = match around {
        Some(around) if reach == Reach::All && wants_around(cx, source) => {
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
    if let Some(reason) = not_in_full(source.kind, &source.bytes, large, reach) {
        out.skip(reason);
    }
    let (readers, parsers): (Vec<_>, Vec<_>) = DETECTORS
        .iter()
        .filter(|detector| reach.takes(**detector, source.kind))
        .partition(|detector| detector.reads_large_files());
    let is_long = source.bytes.len() >= LONG && !parsers.is_empty();
    let read = || {
        let mut out = Sink::new(cx.rules, source.id);
        run(&readers, cx, &Document::new(source), &mut out);
        out.into_collected()
    };
    // Nobody asked for secrets: they are looked for where a source is shown, to mask them. What
    // stands in a compose file comes later.
    let is_shown = effort.is_shown || source.kind == FileKind::Compose;
    let masks_only = !is_shown && reach != Reach::Secrets && !cx.rules.any_of("secret");
    let shares = effort.threads > 1 && is_long && !masks_only;
    let mut collected = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(LIMITS.stack);
        let aside = shares.then(|| builder.spawn_scoped(scope, read));
        run(&parsers, cx, &doc, &mut out);
        let mut collected = out.into_collected();
        if !masks_only || !collected.findings.is_empty() {
            collected.merge(match aside {
                Some(Ok(thread)) => thread.join().unwrap_or_else(|_| read()),
                _ => read(),
            });
        }
        collected
    });
    if source.kind == FileKind::Compose && reach == Reach::All {
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
    if let Some(allowed) = &cx.given.allowed {
        redact::allow(&mut collected.findings, source, &collected.secrets, allowed);
    }
    Checked {
        findings: collected.findings,
        secrets: collected.secrets,
        skipped: collected.skipped,
        packages: collected.packages,
    }
}

fn run(detectors: &[&&dyn Detector], cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
    for detector in detectors {
        let run = catch_unwind(AssertUnwindSafe(|| detector.check(cx, doc, out)));
        if run.is_err() {
            // The panic's own words could quote the file: they are not repeated.
            out.skip(SkipReason::DetectorFailed(format!(
                "the {} checks",
                detector.family()
            )));
        }
    }
}

/// Why not everything that could be is checked in a file of this kind that begins like this.
pub(super) fn not_in_full(
    kind: FileKind,
    head: &[u8],
    large: bool,
    reach: Reach,
) -> Option<SkipReason> {
    let limit = LIMITS.parse;
    match kind {
        _ if Format::of(head).is_some() => Some(SkipReason::Archive),
        FileKind::Binary => Some(SkipReason::Binary),
        _ if large => Some(SkipReason::TooLargeToParse { limit }),
        FileKind::Dockerfile if reach == Reach::Alone => Some(SkipReason::NoContext),
        _ => None,
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
        collected.packages += checked.packages;
        let families = ["dockerfile/", "dependency/"];
        let own = |f: &Finding| families.iter().any(|own| f.rule.as_str().starts_with(own));
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
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
}
