//! dockerfile/requested-device

use super::Facts;
use crate::detect::Sink;

/// Reports the flag that gives a RUN a device of the build host.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for flag in facts.file.instructions.iter().flat_map(|i| &i.flags) {
        if flag.name == "device" {
            let device = flag.value.as_ref().map_or("a device", |value| value.text());
            out.report(
                "dockerfile/requested-device",
                flag.span,
                format!("this command reaches {device} of the build host"),
            )
            .help("leave the device out of the build, or keep this builder for trusted files only");
        }
    }
}
