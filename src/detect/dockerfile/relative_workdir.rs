//! dockerfile/relative-workdir

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword, Word};

/// Reports the WORKDIR whose place depends on what the base image says.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let (Keyword::Workdir, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let follows_one = facts.file.state_before(place).workdir.is_some();
        let as_written = is_relative(word);
        if !follows_one && (as_written || word.value.known().is_some_and(is_relative_path)) {
            // hadolint does not look into variables.
            let aliases: &[&str] = if as_written {
                &[
                    "DL3000",
                    "WorkdirRelativePath",
                    "DS-0009",
                    "CKV_DOCKER_10",
                    "use-absolute-workdir",
                ]
            } else {
                &["WorkdirRelativePath"]
            };
            out.report(
                "dockerfile/relative-workdir",
                word.span,
                format!(
                    "{} lies wherever the base image's working folder is",
                    word.text()
                ),
            )
            .aliases(aliases)
            .help("write the whole path");
        }
    }
}

/// True where a path is relative as it is written; what begins with a variable may be anything.
pub(super) fn is_relative(word: &Word) -> bool {
    let path = word.raw.trim_matches(['"', '\'']);
    !path.starts_with('$') && is_relative_path(path)
}

fn is_relative_path(path: &str) -> bool {
    let has_drive = path.get(1..2) == Some(":");
    !path.starts_with(['/', '\\']) && !has_drive
}
