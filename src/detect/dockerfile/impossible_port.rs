//! dockerfile/impossible-port

use super::Facts;
use super::exposed_port::ExposedPort;
use crate::detect::Sink;

/// Reports the port that no network has.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (_, word) in facts.exposed() {
        let Some(known) = word.value.known() else {
            continue;
        };
        let impossible = ExposedPort::parse(known).container.split('-').find(|port| {
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
