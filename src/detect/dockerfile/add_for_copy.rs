//! dockerfile/add-for-copy

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Body, Instruction, Keyword};

const ARCHIVES: &[&str] = &[
    ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".tbz2", ".xz", ".txz", ".lzma", ".tlz", ".zst",
    ".tzst", ".z",
];

/// Reports the ADD that does nothing a COPY would not do.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        if is_replaceable(instruction) {
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

/// True for an ADD of plain files alone.
pub(super) fn is_replaceable(instruction: &Instruction) -> bool {
    let (Keyword::Add, Body::Transfer { sources, .. }) = (instruction.keyword, &instruction.body)
    else {
        return false;
    };
    let certain = sources
        .iter()
        .all(|source| source.value.known().is_some_and(is_plain));
    let only_add = ["checksum", "unpack", "keep-git-dir"]
        .iter()
        .any(|flag| instruction.has_flag(flag));
    certain && !only_add
}

/// True for a source that is neither an address nor an archive.
pub(super) fn is_plain(source: &str) -> bool {
    let is_remote = source.contains("://") || source.starts_with("git@");
    !is_remote && !is_archive(source)
}

pub(super) fn is_archive(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    let lower = lower.trim_end_matches(['*', '"', '\'']);
    ARCHIVES.iter().any(|ending| lower.ends_with(ending))
}
