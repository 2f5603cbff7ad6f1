//! dockerfile/invalid-exec-form

use super::Facts;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::dockerfile::{Command, Keyword};
use crate::text::Mapped;

/// Reports the command that was meant as a JSON array and goes to a shell instead.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Some(Command::Shell(script)) = instruction.command() else {
            continue;
        };
        let text = script.text.as_str().trim();
        if script.is_heredoc || !is_meant_as_json(text, instruction.keyword) {
            continue;
        }
        let cause = if text.contains('\'') {
            "JSON strings stand in double quotes"
        } else if text.contains(['\u{201c}', '\u{201d}']) {
            "the quotes are typographic ones"
        } else if text.replace(char::is_whitespace, "").ends_with(",]") {
            "a comma stands before the bracket"
        } else {
            "it is not a JSON array of strings"
        };
        let is_main = matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint);
        let aliases: &[&str] = match instruction.keyword {
            _ if is_main => &["tally/invalid-json-form", "DL3025", "JSONArgsRecommended"],
            Keyword::Healthcheck => &["tally/invalid-json-form", "DL3025"],
            _ => &["tally/invalid-json-form"],
        };
        let mut finding = out
            .report(
                "dockerfile/invalid-exec-form",
                script.text.source_span(),
                format!("this runs in a shell as it stands: {cause}"),
            )
            .aliases(aliases);
        if let Some(array) = mended(&script.text) {
            let span = script.text.source_span();
            finding = finding.fix("Write a JSON array", Safety::Safe, span, array);
        }
        finding.help("write a JSON array of strings in double quotes");
    }
}

/// `[` opens a shell's test as well, but then a blank follows and `]` seldom ends the command.
pub(super) fn is_meant_as_json(text: &str, keyword: Keyword) -> bool {
    let Some(inner) = text.strip_prefix('[') else {
        return false;
    };
    let quoted = inner
        .trim_start()
        .starts_with(['"', '\'', '\u{201c}', '\u{201d}']);
    let is_test = keyword == Keyword::Run && inner.starts_with(char::is_whitespace);
    text.ends_with(']') && (quoted || inner.contains(',')) && !is_test && !inner.starts_with('[')
}

/// The array that was meant, where other quotes or one comma less make the text one.
fn mended(text: &Mapped) -> Option<String> {
    if text.source_span().len() != text.len()
        || text.as_str().contains(['"', '\\']) && text.as_str().contains('\'')
    {
        return None;
    }
    let quoted = text.as_str().replace(['\'', '\u{201c}', '\u{201d}'], "\"");
    let inner = quoted.trim().strip_suffix(']')?.trim_end();
    let array = format!("{}]", inner.strip_suffix(',').unwrap_or(inner));
    serde_json::from_str::<Vec<String>>(&array)
        .is_ok()
        .then_some(array)
}
