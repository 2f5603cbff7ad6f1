//! dockerfile/stepwise-workdir

use super::Facts;
use super::relative_workdir::is_relative;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the WORKDIR that goes on from an earlier one.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let (Keyword::Workdir, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let follows_one = facts.file.state_before(place).workdir.is_some();
        if follows_one && is_relative(word) {
            out.report(
                "dockerfile/stepwise-workdir",
                word.span,
                format!("{} goes on from an earlier WORKDIR", word.text()),
            )
            .help("write the whole path");
        }
    }
}
