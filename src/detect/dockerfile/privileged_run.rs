//! dockerfile/privileged-run

use super::Facts;
use crate::detect::Sink;
use crate::model::Severity;

/// Reports the flag that lets a RUN out of its sandbox.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for flag in facts.file.instructions.iter().flat_map(|i| &i.flags) {
        let value = flag.value.as_ref().map(|value| value.text());
        let (severity, message) = match (flag.name.as_str(), value) {
            ("security", Some("insecure")) => (
                Severity::High,
                "this command runs without the build's sandbox",
            ),
            ("network", Some("host")) => (
                Severity::Medium,
                "this command reaches everything that listens on the build host",
            ),
            _ => continue,
        };
        out.report("dockerfile/privileged-run", flag.span, message)
            .severity(severity)
            .help("delete the flag; do what truly needs it outside the image's build");
    }
}
