//! Files that ask for builds, judged by what they hand over.

use super::credential::is_secret_name;
use crate::detect::secret::{is_made_up, is_reference};
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, Severity, Span};
use crate::parse::Document;
use crate::parse::builds::{Form, read};

const RULE: &str = "dockerfile/secret-build-argument";

/// Judges compose files, bake files and workflows.
#[derive(Debug)]
pub struct BuildFiles;

impl Detector for BuildFiles {
    fn family(&self) -> &'static str {
        "dockerfile"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[
            FileKind::Compose,
            FileKind::Workflow,
            FileKind::Json,
            FileKind::Text,
        ])
    }

    fn check(&self, _: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let source = doc.source;
        if !out.is_enabled(RULE) || Form::of(&source.path).is_none() {
            return;
        }
        let mut seen: Vec<Span> = Vec::new();
        for build in read(&source.path, &source.bytes) {
            for arg in &build.args {
                if seen.contains(&arg.span) {
                    continue;
                }
                seen.push(arg.span);
                let written = source.text(arg.span);
                let is_handed_over = written
                    .split("${{")
                    .skip(1)
                    .any(|expression| expression.trim_start().starts_with("secrets."));
                let is_literal = arg.value.as_deref().is_some_and(|value| {
                    let bytes = value.as_bytes();
                    is_secret_name(&arg.name)
                        && bytes.len() >= 4
                        && !is_reference(bytes)
                        && !is_made_up(bytes)
                });
                let (message, severity) = if is_handed_over {
                    (
                        format!(
                            "{} is a secret of the workflow and given as a build argument, which the image's history shows",
                            arg.name
                        ),
                        Severity::High,
                    )
                } else if is_literal {
                    (
                        format!(
                            "{} is given as a build argument in the clear, and the image's history shows it too",
                            arg.name
                        ),
                        Severity::High,
                    )
                } else {
                    continue;
                };
                if is_literal
                    && let Some(value) = &arg.value
                    && let Some(at) = written.rfind(value.as_str())
                {
                    let start = arg.span.start as usize + at;
                    out.mask(Span::from_usize(start, start + value.len()));
                }
                out.report(RULE, arg.span, message)
                    .severity(severity)
                    .help("give it as a secret of the build (secrets:) and read it with RUN --mount=type=secret");
            }
        }
    }
}
