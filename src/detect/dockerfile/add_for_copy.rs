//! dockerfile/add-for-copy

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Body, Keyword};

const ARCHIVES: &[&str] = &[
    ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz", ".lzma", ".tlz", ".zst",
    ".tzst", ".z",
];

/// Reports the ADD that does nothing a COPY would not do.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::Add, Body::Transfer { sources, .. }) =
            (instruction.keyword, &instruction.body)
        else {
            continue;
        };
        let is_plain = |source: &str| {
            let lower = source.to_ascii_lowercase();
            let lower = lower.trim_end_matches('*');
            let is_remote = lower.contains("://") || lower.starts_with("git@");
            !is_remote && !ARCHIVES.iter().any(|ending| lower.ends_with(ending))
        };
        let certain = sources
            .iter()
            .all(|s| s.value.known().is_some_and(is_plain));
        let only_add = ["checksum", "unpack", "keep-git-dir"]
            .iter()
            .any(|flag| instruction.has_flag(flag));
        if certain && !only_add {
            out.report(
                "dockerfile/add-for-copy",
                instruction.keyword_span,
                "ADD would also unpack archives and fetch addresses, and nothing here needs it",
            )
            .help("write COPY")
            .fix("Write COPY", Safety::Safe, instruction.keyword_span, "COPY");
        }
    }
}
