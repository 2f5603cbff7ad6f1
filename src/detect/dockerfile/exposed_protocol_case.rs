//! dockerfile/exposed-protocol-case

use super::Facts;
use super::exposed_port::ExposedPort;
use crate::detect::Sink;
use crate::model::Safety;

/// Reports the protocol of EXPOSE in capitals.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (_, word) in facts.exposed() {
        let Some(protocol) = ExposedPort::parse(&word.raw).protocol else {
            continue;
        };
        if !protocol.contains('$') && protocol.contains(|c: char| c.is_ascii_uppercase()) {
            out.report(
                "dockerfile/exposed-protocol-case",
                word.span,
                format!("the protocol is written {protocol}"),
            )
            .help("write protocols in small letters")
            .fix(
                "write it in small letters",
                Safety::Safe,
                word.span,
                word.raw.to_ascii_lowercase(),
            );
        }
    }
}
