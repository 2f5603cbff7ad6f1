//! dockerfile/deprecated-maintainer

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports MAINTAINER.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        if instruction.keyword != Keyword::Maintainer {
            continue;
        }
        let mut finding = out
            .report(
                "dockerfile/deprecated-maintainer",
                instruction.keyword_span,
                "MAINTAINER was replaced by labels",
            )
            .help("write LABEL org.opencontainers.image.authors=");
        if let Body::Text(word) = &instruction.body
            && !word.raw.contains(['"', '\'', '\\', '$'])
        {
            finding = finding.fix(
                "Write a label",
                Safety::Safe,
                instruction.span,
                format!("LABEL org.opencontainers.image.authors=\"{}\"", word.raw),
            );
        }
        finding.text("deprecated since Docker 1.13");
    }
}
