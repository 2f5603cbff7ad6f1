//! dockerfile/forbidden-trigger

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Keyword;

/// Reports the instruction that ONBUILD does not take.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        // Every other ONBUILD is the instruction that it triggers.
        if instruction.keyword == Keyword::Onbuild && !instruction.keyword_span.is_empty() {
            out.report(
                "dockerfile/forbidden-trigger",
                instruction.keyword_span,
                "ONBUILD cannot trigger FROM, MAINTAINER or another ONBUILD",
            )
            .help("the build stops here; write an instruction that acts on the image");
        }
    }
}
