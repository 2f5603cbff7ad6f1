//! dockerfile/constant-platform

use super::Facts;
use crate::detect::Sink;

/// Reports the FROM that is bound to one platform.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let platform = facts
            .file
            .from_of(stage)
            .and_then(|from| from.flag("platform"))
            .and_then(|flag| flag.value.as_ref());
        if let Some(platform) = platform.filter(|platform| !platform.raw.contains('$')) {
            out.report(
                "dockerfile/constant-platform",
                platform.span,
                format!("this stage is always built for {}", platform.text()),
            )
            .help("leave the platform to the build, or write $BUILDPLATFORM");
        }
    }
}
