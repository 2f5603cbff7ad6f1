//! dockerfile/unverified-add

use super::Facts;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the remote source of an ADD that nothing ties to its content.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        if instruction.keyword != Keyword::Add || instruction.has_flag("checksum") {
            continue;
        }
        for source in sources {
            let url = source.text();
            let (severity, what, help) = match Remote::of(url) {
                None | Some(Remote::GitCommit) => continue,
                Some(Remote::Git) => (
                    Severity::Medium,
                    "whatever this branch or tag holds today goes into the build",
                    "name the commit after #, or give it with --checksum",
                ),
                Some(Remote::Plain) => (
                    Severity::High,
                    "anybody on the way can change this download, and nothing checks it",
                    "use https and give the file's digest with --checksum=sha256:",
                ),
                Some(Remote::Https) => (
                    Severity::Medium,
                    "nothing checks what this download brings",
                    "give the file's digest with --checksum=sha256:",
                ),
            };
            out.report("dockerfile/unverified-add", source.span, what)
                .severity(severity)
                .help(help);
        }
    }
}

enum Remote {
    Https,
    /// HTTP or FTP.
    Plain,
    Git,
    /// Git, at a commit.
    GitCommit,
}

impl Remote {
    fn of(url: &str) -> Option<Self> {
        let lower = url.to_ascii_lowercase();
        let is_http = lower.starts_with("http://") || lower.starts_with("https://");
        let (address, reference) = match lower.split_once('#') {
            Some((address, fragment)) => (address, fragment.split(':').next()),
            None => match lower.split_once('?') {
                Some((address, query)) => (address, git_ref(query)),
                None => (lower.as_str(), None),
            },
        };
        let is_git = lower.starts_with("git@")
            || lower.starts_with("git://")
            || lower.starts_with("ssh://")
            || (is_http && address.ends_with(".git"));
        if is_git {
            let is_commit = reference
                .is_some_and(|r| r.len() >= 40 && r.chars().all(|c| c.is_ascii_hexdigit()))
                || lower.contains("checksum=");
            return Some(if is_commit {
                Self::GitCommit
            } else {
                Self::Git
            });
        }
        if lower.starts_with("https://") {
            return Some(Self::Https);
        }
        (is_http || lower.starts_with("ftp://")).then_some(Self::Plain)
    }
}

fn git_ref(query: &str) -> Option<&str> {
    query.split('&').find_map(|part| {
        part.strip_prefix("ref=")
            .or_else(|| part.strip_prefix("commit="))
    })
}
