//! dockerfile/copy-from-itself

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Keyword;

/// Reports the COPY that takes its files from the stage it stands in.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Some(stage) = facts.file.stage_of(instruction) else {
            continue;
        };
        let from = instruction
            .flag("from")
            .and_then(|flag| flag.value.as_ref());
        let (Keyword::Copy, Some(from)) = (instruction.keyword, from) else {
            continue;
        };
        let named = stage.name.as_ref().is_some_and(|name| {
            name.raw.eq_ignore_ascii_case(from.text())
                && facts.file.stage_named(&name.raw, stage.index).is_none()
        });
        if named || from.text() == stage.index.to_string() {
            // hadolint compares names only, letter by letter.
            let is_theirs = stage.name.as_ref().is_some_and(|name| name.raw == from.raw);
            let aliases: &[&str] = if is_theirs {
                &["DL3023", "DS-0006", "copy-from-own-alias"]
            } else {
                &["DS-0006"]
            };
            out.report(
                "dockerfile/copy-from-itself",
                from.span,
                format!("{} is this very stage", from.text()),
            )
            .aliases(aliases)
            .help("name an earlier stage, or leave --from out");
        }
    }
}
