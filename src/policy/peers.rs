//! The ignore comments of other tools, understood through the aliases of our rules.

use crate::model::{Finding, Source};

/// Where a peer's comment applies, seen from its own line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Line,
    /// Its line and the next one that is not a comment.
    LineAndNext,
    Next,
    File,
}

/// What a peer's comment silences.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// The ids that it lists.
    Ids,
    /// The ids that it lists, or every finding of a family where it lists none.
    IdsOrFamily(&'static str),
    Family(&'static str),
}

const COMMENTS: &[(&str, Scope, Target)] = &[
    ("hadolint global ignore=", Scope::File, Target::Ids),
    ("hadolint ignore=", Scope::Next, Target::Ids),
    ("check=skip=", Scope::File, Target::Ids),
    ("trivy:ignore:", Scope::LineAndNext, Target::Ids),
    ("checkov:skip=", Scope::File, Target::Ids),
    (
        "nosemgrep",
        Scope::LineAndNext,
        Target::IdsOrFamily("source"),
    ),
    ("nosec", Scope::Line, Target::IdsOrFamily("source")),
    ("gitleaks:allow", Scope::Line, Target::Family("secret")),
    ("betterleaks:allow", Scope::Line, Target::Family("secret")),
    ("kingfisher:ignore", Scope::Line, Target::Family("secret")),
    (
        "pragma: allowlist secret",
        Scope::Line,
        Target::Family("secret"),
    ),
    (
        "pragma: allowlist nextline secret",
        Scope::Next,
        Target::Family("secret"),
    ),
];

/// One comment of a peer.
#[derive(Debug)]
pub struct PeerIgnore {
    comment: &'static str,
    first: u32,
    last: u32,
    ids: Vec<String>,
    family: Option<&'static str>,
}

impl PeerIgnore {
    /// True where the comment silences a finding whose primary label touches these lines.
    pub fn covers(&self, finding: &Finding, first: u32, last: u32) -> bool {
        if self.first > last || first > self.last {
            return false;
        }
        let listed = finding
            .aliases
            .iter()
            .any(|alias| self.ids.iter().any(|id| same_id(id, alias)));
        listed || (self.ids.is_empty() && self.family == Some(finding.rule.family()))
    }

    pub fn comment(&self) -> &'static str {
        self.comment.trim_end_matches(['=', ':'])
    }
}

/// Peers write their ids in several ways: with dots, with a namespace in front, in lower case.
fn same_id(written: &str, alias: &str) -> bool {
    let tail = |id: &str| id.rsplit(['.', '/']).next().unwrap_or(id).to_owned();
    written.eq_ignore_ascii_case("all")
        || written.eq_ignore_ascii_case(alias)
        || tail(written).eq_ignore_ascii_case(&tail(alias))
}

/// All comments of peers in a source; called only for sources with findings.
pub fn peer_ignores(source: &Source) -> Vec<PeerIgnore> {
    let lines = source.lines();
    let text = |n: u32| source.text(lines.line_range(n, &source.bytes).into());
    let mut found = Vec::new();
    for (comment, scope, target) in COMMENTS {
        for at in memchr::memmem::find_iter(&source.bytes, comment.as_bytes()) {
            let line = lines.line(u32::try_from(at).unwrap_or(u32::MAX));
            let range = lines.line_range(line, &source.bytes);
            if !in_comment(&source.text((range.start..at.max(range.start)).into())) {
                continue;
            }
            let tail = source.text((at + comment.len()..range.end.max(at + comment.len())).into());
            let ids = if matches!(target, Target::Family(_)) {
                Vec::new()
            } else {
                ids(&tail)
            };
            let (first, last) = match scope {
                Scope::Line => (line, line),
                Scope::File => (0, u32::MAX),
                Scope::Next | Scope::LineAndNext => {
                    let mut next = line + 1;
                    while next < lines.count() && text(next).trim_start().starts_with(['#', '/']) {
                        next += 1;
                    }
                    (line, super::comment::statement_end(source, next))
                }
            };
            let family = match target {
                Target::Ids => None,
                Target::IdsOrFamily(family) | Target::Family(family) => Some(*family),
            };
            if !ids.is_empty() || family.is_some() {
                found.push(PeerIgnore {
                    comment,
                    first,
                    last,
                    ids,
                    family,
                });
            }
        }
    }
    found
}

fn in_comment(before: &str) -> bool {
    ["#", "//", "/*", "--", "<!--", ";"]
        .iter()
        .any(|leader| before.contains(leader))
}

/// The ids after a marker: words of letters, digits, `-`, `_`, `.`, between commas or blanks, up to
/// the first other thing.
fn ids(tail: &str) -> Vec<String> {
    let tail = tail.trim_start_matches([':', '=', ' ', '[']);
    let mut ids = Vec::new();
    for part in tail.split([',', ' ']) {
        let id: String = part
            .chars()
            .take_while(|c| c.is_alphanumeric() || "-_./".contains(*c))
            .collect();
        if id.is_empty() && part.is_empty() {
            continue;
        }
        let looks_like_id = id.len() >= 2
            && (id.bytes().any(|b| b.is_ascii_digit())
                || id.contains(['-', '.', '_'])
                || id.eq_ignore_ascii_case("all")
                || id.chars().any(char::is_uppercase));
        if !looks_like_id {
            break;
        }
        let ends = id.len() < part.len();
        ids.push(id);
        if ends {
            break;
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_end_where_the_reason_starts() {
        assert_eq!(ids("DL3006,SC2046 # why"), ["DL3006", "SC2046"]);
        assert_eq!(ids("CKV_DOCKER_3:built by root"), ["CKV_DOCKER_3"]);
        assert_eq!(ids(": python.lang.x-y because"), ["python.lang.x-y"]);
        assert!(ids(" because I say so").is_empty());
    }

    #[test]
    fn ids_are_compared_without_case_and_namespace() {
        assert!(same_id(
            "python.lang.security.subprocess-shell-true",
            "subprocess-shell-true"
        ));
        assert!(same_id("dl3006", "DL3006"));
        assert!(!same_id("DL3006", "DL3007"));
    }
}
