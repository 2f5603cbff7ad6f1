//! dockerfile/unpinned-frontend

use super::Facts;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::{DirectiveName, ImageReference};

/// Reports the `# syntax=` image that may be another one tomorrow.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for directive in &facts.file.directives {
        if directive.name != DirectiveName::Syntax {
            continue;
        }
        let image = directive
            .value
            .split_whitespace()
            .next()
            .unwrap_or_default();
        let Some(reference) = ImageReference::parse(image) else {
            continue;
        };
        if reference.digest.is_some() {
            continue;
        }
        let is_official = matches!(
            reference.familiar().as_str(),
            "docker/dockerfile" | "docker/dockerfile-upstream"
        );
        let floats = !reference
            .tag
            .is_some_and(|tag| tag.starts_with(|c: char| c.is_ascii_digit()));
        let (severity, message) = match (is_official, floats) {
            // The builder's own makers keep what a major version means.
            (true, false) => continue,
            (true, true) => (
                Severity::Low,
                format!("{image} names no version of the build language"),
            ),
            (false, _) => (
                Severity::Medium,
                format!("{image} runs the build and is not pinned by a digest"),
            ),
        };
        out.report("dockerfile/unpinned-frontend", directive.span, message)
            .severity(severity)
            .help(if is_official {
                "write docker/dockerfile:1"
            } else {
                "append @sha256: and the digest of the version that you reviewed"
            });
    }
}
