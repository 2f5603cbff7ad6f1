//! dockerfile/windows-flag

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Base, ImageReference, Keyword};

/// Reports what Windows containers do not have: owners and modes of files, signals.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let Base::Image(image) = &facts.file.root_of(stage).base else {
            continue;
        };
        if !ImageReference::parse(image).is_some_and(|image| {
            let name = image.familiar();
            name.starts_with("mcr.microsoft.com/windows")
        }) {
            continue;
        }
        for instruction in facts.file.instructions_of(stage) {
            for flag in &instruction.flags {
                if matches!(flag.name.as_str(), "chown" | "chmod") {
                    out.report(
                        "dockerfile/windows-flag",
                        flag.span,
                        format!(
                            "--{} does nothing on Windows, or stops the build",
                            flag.name
                        ),
                    )
                    .fix("remove the flag", Safety::Unsafe, flag.span, "")
                    .help("set rights with icacls in a RUN");
                }
            }
            if instruction.keyword == Keyword::Stopsignal {
                out.report(
                    "dockerfile/windows-flag",
                    instruction.keyword_span,
                    "Windows has no signals: this stops no container",
                )
                .fix(
                    "remove the instruction",
                    Safety::Unsafe,
                    instruction.span,
                    "",
                )
                .help("let the program handle CTRL_SHUTDOWN_EVENT");
            }
        }
    }
}
