//! dockerfile/unverified-add

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use aho_corasick::AhoCorasick;

use super::Facts;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::{Body, Dockerfile, Keyword, Word};

/// What stands in a command that compares a sum or a signature.
const CHECKS: &[&str] = &[
    "sum -c",
    "sum --check",
    "sum -a",
    "--verify",
    "gpgv",
    "cosign",
    "minisign",
];

/// Reports the remote source of an ADD that nothing ties to its content.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let checked = OnceCell::new();
    for instruction in &facts.file.instructions {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        if instruction.keyword != Keyword::Add || instruction.has_flag("checksum") {
            continue;
        }
        for source in sources {
            let url = source.text();
            let is_checked = || {
                let checked = checked.get_or_init(|| self::checked(facts.file));
                let is_later = |name| {
                    checked
                        .get(name)
                        .is_some_and(|at| *at > instruction.span.start)
                };
                names(destination, source).into_iter().any(is_later)
            };
            if names_commit(url) || is_checked() {
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

/// The names by which later steps may know what an ADD brings.
fn names<'i>(destination: &'i Word, source: &'i Word) -> [&'i str; 2] {
    let url = source.text();
    let url = url.split(['?', '#']).next().unwrap_or(url);
    [destination.text(), url].map(|path| path.rsplit('/').next().unwrap_or_default())
}

/// Which of the names stand in a RUN that compares a sum or a signature, and the last one that does.
fn checked(file: &Dockerfile) -> HashMap<&str, u32> {
    let transfers = file.instructions.iter().filter_map(|i| match &i.body {
        Body::Transfer {
            sources,
            destination,
        } if i.keyword == Keyword::Add => Some((sources, destination)),
        _ => None,
    });
    let known: HashSet<&str> = transfers
        .flat_map(|(sources, to)| sources.iter().flat_map(move |source| names(to, source)))
        .filter(|name| name.len() > 2)
        .collect();
    let known = Vec::from_iter(known);
    let mut checked = HashMap::new();
    let Ok(finder) = AhoCorasick::new(&known) else {
        return checked;
    };
    for step in file
        .instructions
        .iter()
        .filter(|i| i.keyword == Keyword::Run)
    {
        let bodies = step.heredocs.iter().map(|heredoc| heredoc.body.as_str());
        for text in std::iter::once(step.line.as_str()).chain(bodies) {
            if !CHECKS.iter().any(|check| text.contains(check)) {
                continue;
            }
            for found in finder.find_overlapping_iter(text) {
                if let Some(name) = known.get(found.pattern().as_usize()) {
                    checked.insert(*name, step.span.start);
                }
            }
        }
    }
    checked
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
