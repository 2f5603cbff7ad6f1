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
        let Some(platform) = platform.filter(|platform| {
            let builds = ["BUILDPLATFORM", "TARGETPLATFORM"];
            !builds.iter().any(|name| platform.raw.contains(name))
        }) else {
            continue;
        };
        let (message, aliases): (_, &[&str]) = if platform.raw.contains('$') {
            let message = format!(
                "{} decides the platform, whatever the build is for",
                platform.raw
            );
            (message, &["DL3029"])
        } else {
            let message = format!("this stage is always built for {}", platform.text());
            (
                message,
                &[
                    "DL3029",
                    "FromPlatformFlagConstDisallowed",
                    "avoid-platform-with-from",
                ],
            )
        };
        out.report("dockerfile/constant-platform", platform.span, message)
            .aliases(aliases)
            .help("leave the platform to the build, or write $BUILDPLATFORM");
    }
}
