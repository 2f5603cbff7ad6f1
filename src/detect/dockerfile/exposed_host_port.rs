//! dockerfile/exposed-host-port

use super::Facts;
use super::exposed_port::ExposedPort;
use crate::detect::Sink;
use crate::model::Safety;

/// Reports the word of EXPOSE that names a port of the host.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (_, word) in facts.exposed() {
        let port = ExposedPort::parse(word.text());
        let Some(host) = port.host else {
            continue;
        };
        let mut kept = port.container.to_owned();
        if let Some(protocol) = port.protocol {
            kept = format!("{kept}/{protocol}");
        }
        let finding = out
            .report(
                "dockerfile/exposed-host-port",
                word.span,
                format!("EXPOSE cannot publish a port: \"{host}:\" has no effect"),
            )
            .help("keep the container's port; publish it with docker run -p");
        if !port.container.is_empty() && !word.raw.contains(['$', '"', '\'']) {
            finding.fix("keep the container's port", Safety::Safe, word.span, kept);
        }
    }
}
