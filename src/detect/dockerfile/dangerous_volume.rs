//! dockerfile/dangerous-volume

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

const PATHS: &[&str] = &[
    "/", "/etc", "/root", "/proc", "/sys", "/dev", "/boot", "/bin", "/sbin", "/usr", "/lib",
    "/var", "/run", "/var/run",
];

/// Reports the VOLUME that asks for a part of the system, or for the Docker socket.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::Volume, Body::Words(words)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        for word in words {
            let path = word.text();
            let trimmed = path.trim_end_matches('/');
            let is_socket = trimmed.ends_with("docker.sock");
            if is_socket || PATHS.contains(&trimmed) || path == "/" {
                let aliases: &[&str] = if is_socket {
                    &["dockerd-socket-mount"]
                } else {
                    &[]
                };
                let message = if is_socket {
                    "whoever holds the Docker socket is root on the host".to_owned()
                } else {
                    format!(
                        "{path} belongs to the system, and a volume hides what the image has there"
                    )
                };
                out.report("dockerfile/dangerous-volume", word.span, message)
                    .aliases(aliases)
                    .help("declare a folder of the application's own data");
            }
        }
    }
}
