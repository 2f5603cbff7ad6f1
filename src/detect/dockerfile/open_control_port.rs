//! dockerfile/open-control-port

use super::Facts;
use super::control_port::opened_by;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Command, Keyword};
use crate::text::Mapped;

/// Reports the word by which the program of an image lets itself be controlled from everywhere.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in facts.deployed() {
        let mut words: Vec<(&str, Span)> = Vec::new();
        match &instruction.body {
            Body::Env(pairs) => {
                for value in pairs.iter().filter_map(|pair| pair.value.as_ref()) {
                    words.push((value.text(), value.span));
                }
            }
            Body::Command(command)
                if matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint) =>
            {
                match command {
                    Command::Exec(list) => {
                        words.extend(list.iter().map(|word| (word.as_str(), word.source_span())))
                    }
                    Command::Shell(script) => words.extend(plain_words(&script.text)),
                }
            }
            _ => {}
        }
        for (word, span) in words {
            if let Some(what) = opened_by(word) {
                out.report(
                    "dockerfile/open-control-port",
                    span,
                    format!("this opens {what}"),
                )
                .help(
                    "leave it out of the image; switch it on for one container, bound to 127.0.0.1",
                );
            }
        }
    }
}

fn plain_words(text: &Mapped) -> impl Iterator<Item = (&str, Span)> {
    let whole = text.as_str();
    whole.split_whitespace().map(move |word| {
        let at = word.as_ptr() as usize - whole.as_ptr() as usize;
        (word, text.span(Span::from_usize(at, at + word.len())))
    })
}
