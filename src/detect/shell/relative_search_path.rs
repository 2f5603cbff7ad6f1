//! relative-search-path: programs or libraries are taken from a folder that others fill.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{PartKind, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for assignment in &shell.script.assignments {
        // In front of one command it is about that command, which is often in the same folder.
        let what = match assignment.name.as_str() {
            "PATH" => "a program",
            "LD_LIBRARY_PATH" | "LD_PRELOAD" => "a library",
            _ => continue,
        };
        if assignment.prefix_of.is_some() {
            continue;
        }
        let text = assignment.value.text.as_str();
        let mut start = 0;
        for entry in text.split(':') {
            let span = assignment.value.span_of(start, start + entry.len());
            start += entry.len() + 1;
            if !is_written(&assignment.value, entry) {
                continue;
            }
            let whose = if matches!(entry, "." | "./") && text.contains(':') {
                "the folder that the caller is in"
            } else if entry.starts_with("/tmp/") || entry.starts_with("/var/tmp/") {
                "a folder that everybody may write to"
            } else {
                continue;
            };
            let message = format!("{} looks for {what} in {whose}", assignment.name);
            out.report(rule, span, message)
                .text("searched, too")
                .help("name folders that only root or the caller may write to, from the root on");
        }
    }
}

/// True for a folder that stands here, and not in a variable.
fn is_written(value: &Word, entry: &str) -> bool {
    let literal = value
        .parts
        .iter()
        .filter(|part| part.kind == PartKind::Literal);
    literal
        .flat_map(|part| part.text.split(':'))
        .any(|written| written == entry)
}
