//! dockerfile/unverified-add

use super::Facts;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::{Body, Instruction, Keyword};

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
            if names_commit(url) || is_checked_later(facts, instruction, url) {
                continue;
            }
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

/// True where the path holds a whole commit: what is there cannot change.
fn names_commit(url: &str) -> bool {
    let is_commit = |part: &str| part.len() == 40 && part.bytes().all(|b| b.is_ascii_hexdigit());
    url.starts_with("https://") && url.split(['/', '#', '?']).any(is_commit)
}

/// True where a later RUN of the file compares a sum or a signature of a file of that name.
fn is_checked_later(facts: &Facts<'_>, add: &Instruction, url: &str) -> bool {
    let Body::Transfer { destination, .. } = &add.body else {
        return false;
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let names = [
        name(destination.text()),
        name(url.split(['?', '#']).next().unwrap_or(url)),
    ];
    let checks = [
        "sum -c",
        "sum --check",
        "sum -a",
        "--verify",
        "gpgv",
        "cosign",
        "minisign",
    ];
    facts.file.instructions.iter().any(|later| {
        let text = later.line.as_str();
        let bodies = later.heredocs.iter().map(|heredoc| heredoc.body.as_str());
        later.keyword == Keyword::Run
            && later.span.start > add.span.start
            && std::iter::once(text).chain(bodies).any(|text| {
                checks.iter().any(|check| text.contains(check))
                    && names
                        .iter()
                        .any(|name| name.len() > 2 && text.contains(name.as_str()))
            })
    })
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
