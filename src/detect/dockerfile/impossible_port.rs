//! dockerfile/impossible-port

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the port that no network has.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::Expose, Body::Words(words)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        for word in words {
            let Some(known) = word.value.known() else {
                continue;
            };
            let ports = known.split('/').next().unwrap_or_default();
            let impossible = ports
                .rsplit(':')
                .next()
                .unwrap_or_default()
                .split('-')
                .find(|port| {
                    let digits = !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
                    digits && port.parse::<u16>().is_err()
                });
            if let Some(port) = impossible {
                out.report(
                    "dockerfile/impossible-port",
                    word.span,
                    format!("{port} is no port; the highest is 65535"),
                );
            }
        }
    }
}
