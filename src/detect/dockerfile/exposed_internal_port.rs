//! dockerfile/exposed-internal-port

use super::Facts;
use super::exposed_admin_port::named;
use super::exposed_port::ExposedPort;
use crate::detect::Sink;

/// Port and what usually listens there.
const PORTS: &[(u16, &str)] = &[
    (21, "FTP, which sends passwords in the clear"),
    (2376, "the Docker API"),
    (2379, "etcd's, which needs no password by itself"),
    (4444, "by habit a debugger's or a remote shell's"),
    (5005, "by habit the Java debugger's"),
    (5678, "by habit the Python debugger's"),
    (6443, "the Kubernetes API"),
    (10250, "the kubelet's API"),
    (11211, "Memcached's, which needs no password by itself"),
];

/// Reports the port of EXPOSE behind which something internal usually answers.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (_, word) in facts.exposed() {
        let Some(text) = word.value.known() else {
            continue;
        };
        // A wide range says nothing about any port of it.
        let is_one = ExposedPort::parse(text)
            .range()
            .is_some_and(|(a, b)| a == b);
        if let Some((_, message)) = named(text, PORTS).filter(|_| is_one) {
            out.report("dockerfile/exposed-internal-port", word.span, message)
                .help("make sure that only those reach it who should, or leave it out");
        }
    }
}
