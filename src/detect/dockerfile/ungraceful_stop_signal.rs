//! dockerfile/ungraceful-stop-signal

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the STOPSIGNAL that no program can answer.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::Stopsignal, Body::Text(word)) = (instruction.keyword, &instruction.body)
        else {
            continue;
        };
        let signal = word.text().to_ascii_uppercase();
        if matches!(
            signal.trim_start_matches("SIG"),
            "KILL" | "9" | "STOP" | "19"
        ) {
            out.report(
                "dockerfile/ungraceful-stop-signal",
                word.span,
                format!("{} ends the program without a word", word.text()),
            )
            .help("leave it to SIGTERM, or name the signal at which the program closes what it has open");
        }
    }
}
