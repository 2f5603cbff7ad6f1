//! dockerfile/inline-ignore

use super::Facts;
use crate::detect::Sink;

/// Reports the comment that switches codes of hadolint off.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for comment in &facts.file.comments {
        let ignored = comment
            .text
            .strip_prefix("hadolint")
            .and_then(|rest| rest.trim_start().strip_prefix("ignore"))
            .and_then(|rest| rest.trim_start().strip_prefix('='))
            .map(str::trim)
            .filter(|codes| codes.starts_with(|c: char| c.is_ascii_alphanumeric()));
        if let Some(codes) = ignored {
            out.report(
                "dockerfile/inline-ignore",
                comment.span,
                format!("{codes} is ignored here, and nothing says until when"),
            )
            .help("write `plimsoll: ignore[rule] reason, until=YYYY-MM-DD` instead");
        }
    }
}
