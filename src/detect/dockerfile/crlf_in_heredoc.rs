//! dockerfile/crlf-in-heredoc

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::{Command, Heredoc, Instruction};

/// Reports the first line of a script in a here-document that ends in CR LF.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        for heredoc in &instruction.heredocs {
            if !is_script(instruction, heredoc) {
                continue;
            }
            let start = heredoc.body.source_span().start;
            let body = Span::new(start, heredoc.terminator.start);
            let text = facts.source.slice(body);
            let mut returns = memchr::memchr_iter(b'\r', text)
                .filter(|at| text.get(at + 1) == Some(&b'\n'))
                .map(|at| Span::from_usize(at, at + 1).offset(start));
            let Some(first) = returns.next() else {
                continue;
            };
            let edits = std::iter::once(first).chain(returns);
            out.report(
                "dockerfile/crlf-in-heredoc",
                first,
                "the line ends in CR LF, and the builder hands the CR to the shell",
            )
            .help("save the file with LF alone; \"Dockerfile* text eol=lf\" in .gitattributes keeps it so")
            .fix_all(
                "end the lines of the here-document in LF",
                Safety::Safe,
                edits.map(|at| (at, String::new())).collect(),
            );
        }
    }
}

/// What a Unix shell runs now, or what is written down to be run later.
fn is_script(instruction: &Instruction, heredoc: &Heredoc) -> bool {
    match instruction.command() {
        Some(Command::Shell(script)) => script.dialect.is_unix_shell(),
        _ => heredoc.body.as_str().starts_with("#!"),
    }
}
