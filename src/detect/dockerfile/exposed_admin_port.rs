//! dockerfile/exposed-admin-port

use super::Facts;
use super::exposed_port::ExposedPort;
use crate::detect::Sink;

/// Port and what listens there.
const PORTS: &[(u16, &str)] = &[
    (22, "SSH"),
    (23, "Telnet"),
    (512, "rexec"),
    (513, "rlogin"),
    (514, "rsh"),
    (2375, "the Docker API without encryption"),
    (3389, "Remote Desktop"),
    (5900, "VNC"),
    (5901, "VNC"),
    (9229, "the Node.js debugger"),
];

/// Reports the port of EXPOSE at which somebody could take the container over.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (instruction, word) in facts.exposed() {
        let Some((port, message)) = word.value.known().and_then(|text| named(text, PORTS)) else {
            continue;
        };
        let aliases: &[&str] = if port == 22 {
            &["DS-0004", "CKV_DOCKER_1"]
        } else {
            &[]
        };
        let finding = out
            .report("dockerfile/exposed-admin-port", word.span, message)
            .aliases(aliases)
            .help("administer containers from outside, with docker exec or kubectl exec");
        // Of a range, the rest may be meant.
        if word.raw.contains(&port.to_string()) && !word.raw.contains('-') {
            let (title, safety, span) = facts.without(instruction, word);
            finding.fix(title, safety, span, "");
        }
    }
}

/// The first port of a table that a word of EXPOSE names or holds, and what to say about it.
pub(super) fn named(text: &str, ports: &[(u16, &str)]) -> Option<(u16, String)> {
    let exposed = ExposedPort::parse(text);
    let (first, last) = exposed.range().filter(|_| exposed.is_tcp())?;
    let (port, what) = ports
        .iter()
        .find(|(port, _)| (first..=last).contains(port))?;
    let message = if first == last {
        format!("port {port} is {what}")
    } else {
        format!("the range holds port {port}, {what}")
    };
    Some((*port, message))
}
