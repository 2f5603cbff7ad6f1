//! dockerfile/sensitive-file

use super::Facts;
use super::sensitive_path::judge;
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the source of a COPY or ADD that brings a file of credentials into the image.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        let is_local = matches!(instruction.keyword, Keyword::Add | Keyword::Copy)
            && !instruction.has_flag("from");
        let Some(stage) = facts.file.stage_of(instruction) else {
            continue;
        };
        if !is_local || !stage.ships {
            continue;
        }
        for source in sources {
            let path = source.text();
            let Some(sensitive) = judge(path) else {
                continue;
            };
            let shown = stage
                .name
                .as_ref()
                .map_or_else(|| stage.index.to_string(), |name| name.raw.clone());
            out.report(
                "dockerfile/sensitive-file",
                source.span,
                format!("{path} goes into the image: {}", sensitive.what),
            )
            .severity(sensitive.severity)
            .confidence(sensitive.confidence)
            .evidence(Evidence::Ships {
                stage: shown,
                path: path.to_owned(),
            })
            .help("mount it for the one command that needs it (RUN --mount=type=secret), or give it to the container when it starts");
        }
    }
}
