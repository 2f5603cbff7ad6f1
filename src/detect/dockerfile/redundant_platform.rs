//! dockerfile/redundant-platform

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};

/// Reports the `--platform` that says what holds anyway.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let flag = facts
            .file
            .from_of(stage)
            .and_then(|from| from.flag("platform"));
        let Some((flag, platform)) = flag.and_then(|flag| Some((flag, flag.value.as_ref()?)))
        else {
            continue;
        };
        if !matches!(
            platform.raw.as_str(),
            "$TARGETPLATFORM" | "${TARGETPLATFORM}"
        ) {
            continue;
        }
        // A gap of two bytes has no room for a continuation: it is blank and goes as well.
        let gap = stage.image.span.start.saturating_sub(flag.span.end);
        let end = flag.span.end + if gap <= 2 { gap } else { 0 };
        out.report(
            "dockerfile/redundant-platform",
            flag.span,
            format!("{} is the platform of this stage anyway", platform.raw),
        )
        .help("leave the flag out")
        .fix(
            "Delete the flag",
            Safety::Safe,
            Span::new(flag.span.start, end),
            "",
        );
    }
}
