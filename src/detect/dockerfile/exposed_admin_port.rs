//! dockerfile/exposed-admin-port

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

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
    for instruction in &facts.file.instructions {
        let (Keyword::Expose, Body::Words(words)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        for word in words {
            let Some((first, last)) = word.value.known().and_then(ports) else {
                continue;
            };
            let Some((port, what)) = PORTS.iter().find(|(port, _)| (first..=last).contains(port))
            else {
                continue;
            };
            let message = if first == last {
                format!("port {port} is {what}")
            } else {
                format!("the range holds port {port}, {what}")
            };
            let aliases: &[&str] = if *port == 22 {
                &["DS-0004", "CKV_DOCKER_1"]
            } else {
                &[]
            };
            out.report("dockerfile/exposed-admin-port", word.span, message)
                .aliases(aliases)
                .help("administer containers from outside, with docker exec or kubectl exec");
        }
    }
}

/// First and last container port of `80`, `80-90/tcp` or `127.0.0.1:8080:80`; none for UDP.
fn ports(word: &str) -> Option<(u16, u16)> {
    let (ports, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
    if !protocol.eq_ignore_ascii_case("tcp") {
        return None;
    }
    let container = ports.rsplit(':').next()?;
    let (first, last) = container.split_once('-').unwrap_or((container, container));
    Some((first.parse().ok()?, last.parse().ok()?))
}
