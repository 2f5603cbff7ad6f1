//! dockerfile/workdir-in-kernel

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the WORKDIR that lies in a file system of the kernel.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::Workdir, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let path = word.text();
        let is_kernels = ["/proc", "/sys", "/dev", "/boot"].iter().any(|folder| {
            path.strip_prefix(folder)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if is_kernels && !path.starts_with("/dev/shm") {
            out.report(
                "dockerfile/workdir-in-kernel",
                word.span,
                format!("{path} belongs to the kernel"),
            )
            .help("work in a folder of your own, for example /app");
        }
    }
}
