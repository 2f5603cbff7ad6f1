//! dockerfile/invalid-exec-form

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Command, Keyword};

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
        out.report(
            "dockerfile/invalid-exec-form",
            script.text.source_span(),
            format!("this runs in a shell as it stands: {cause}"),
        )
        .help("write a JSON array of strings in double quotes");
    }
}

/// `[` opens a shell's test as well, but then a blank follows and `]` seldom ends the command.
fn is_meant_as_json(text: &str, keyword: Keyword) -> bool {
    let Some(inner) = text.strip_prefix('[') else {
        return false;
    };
    let quoted = inner
        .trim_start()
        .starts_with(['"', '\'', '\u{201c}', '\u{201d}']);
    let is_test = keyword == Keyword::Run && inner.starts_with(char::is_whitespace);
    text.ends_with(']') && (quoted || inner.contains(',')) && !is_test && !inner.starts_with('[')
}
