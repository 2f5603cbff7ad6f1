//! dockerfile/instruction-before-from

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Keyword;

/// Reports the first instruction that stands where only ARG may.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(instruction) = facts
        .file
        .instructions
        .iter()
        .take_while(|i| i.keyword != Keyword::From)
        .find(|i| !matches!(i.keyword, Keyword::Arg | Keyword::Unknown))
    else {
        return;
    };
    let has_from = facts
        .file
        .instructions
        .iter()
        .any(|i| i.keyword == Keyword::From);
    let message = if has_from {
        format!(
            "{} stands before the first FROM",
            instruction.keyword.name()
        )
    } else {
        "no FROM says what the image is made from".to_owned()
    };
    out.report(
        "dockerfile/instruction-before-from",
        instruction.keyword_span,
        message,
    )
    .help("begin with FROM; only ARG may stand before it");
}
