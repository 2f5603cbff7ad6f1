//! The ignore comments of other tools, understood through the aliases of our rules.

mod ids;
mod reach;

use std::cell::OnceCell;

use crate::model::{FileKind, Finding, Source, Span};
use crate::parse::dockerfile::Dockerfile;
use crate::rules::is_same_id;

use super::ignore::Ignore;
use ids::Said;

/// Where a comment applies, seen from its own line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Line,
    /// Its line and the next one that is not a comment.
    LineAndNext,
    Next,
    /// The stage whose FROM is below.
    Stage,
    File,
    /// The file as a directive, the instruction below as a comment.
    Directive,
    /// The line, the next one, and from above the first instruction or a FROM also what is missing.
    Trivy,
}

/// How the ids after a marker are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Between commas.
    List,
    /// `skip=A,B;error=true`.
    Settings,
    /// `ID:exp:2027-01-31`.
    Trivy,
    /// `ID:reason`.
    Checkov,
    /// Between commas or blanks, and not always there.
    Words,
    None,
}

/// A kind of comment.
#[derive(Debug, PartialEq, Eq)]
pub struct Peer {
    /// A blank stands for one or more, before `=` for none or more.
    marker: &'static str,
    scope: Scope,
    form: Form,
    /// The family that it silences where it lists no id.
    family: Option<&'static str>,
    /// Whether there is a place for a reason.
    pub says_why: bool,
}

const fn peer(marker: &'static str, scope: Scope, form: Form) -> Peer {
    Peer {
        marker,
        scope,
        form,
        family: None,
        says_why: true,
    }
}

const fn mute(
    marker: &'static str,
    scope: Scope,
    form: Form,
    family: Option<&'static str>,
) -> Peer {
    Peer {
        marker,
        scope,
        form,
        family,
        says_why: matches!(form, Form::Words),
    }
}

static PEERS: &[Peer] = &[
    peer("hadolint global ignore =", Scope::File, Form::List),
    peer("hadolint stage ignore =", Scope::Stage, Form::List),
    peer("hadolint ignore =", Scope::Next, Form::List),
    mute("check =", Scope::Directive, Form::Settings, None),
    peer("trivy:ignore:", Scope::Trivy, Form::Trivy),
    peer("checkov:skip=", Scope::File, Form::Checkov),
    peer("tally global ignore =", Scope::File, Form::List),
    peer("tally ignore =", Scope::Next, Form::List),
    peer("droast global ignore =", Scope::File, Form::List),
    peer("droast ignore =", Scope::Next, Form::List),
    peer("shellcheck disable =", Scope::Next, Form::List),
    mute("nosemgrep", Scope::LineAndNext, Form::Words, Some("source")),
    mute("nosec", Scope::Line, Form::Words, Some("source")),
    mute("gitleaks:allow", Scope::Line, Form::None, Some("secret")),
    mute("betterleaks:allow", Scope::Line, Form::None, Some("secret")),
    mute("kingfisher:ignore", Scope::Line, Form::None, Some("secret")),
    mute(
        "pragma: allowlist secret",
        Scope::Line,
        Form::None,
        Some("secret"),
    ),
    mute(
        "pragma: allowlist nextline secret",
        Scope::Next,
        Form::None,
        Some("secret"),
    ),
];

impl Peer {
    /// The comment by name.
    pub fn name(&self) -> &'static str {
        self.marker.trim_end_matches([' ', '=', ':'])
    }

    /// True where one of its ids means a finding.
    pub fn means(&self, id: &str, finding: &Finding) -> bool {
        finding.aliases.iter().any(|alias| {
            is_same_id(id, alias)
                || match self.form {
                    Form::Settings => id.eq_ignore_ascii_case("all") && is_buildkit(alias),
                    Form::Trivy => {
                        id == "*" && is_same_id("DS", alias.get(..2).unwrap_or_default())
                    }
                    _ => false,
                }
        })
    }

    /// True where it silences a finding without naming it.
    pub fn silences_family(&self, finding: &Finding) -> bool {
        self.family == Some(finding.rule.family())
    }

    /// True for a word that is no id of its tool, so that the tool itself drops it.
    pub fn is_foreign(&self, id: &str) -> bool {
        self.marker.starts_with("hadolint")
            && !id.get(..2).is_some_and(|head| {
                matches!(head, "DL" | "SC")
                    && id.len() == 6
                    && id.bytes().skip(2).all(|b| b.is_ascii_digit())
            })
    }

    /// Where the marker ends in a text that begins with it.
    fn matches(&self, text: &str) -> Option<usize> {
        let mut rest = text;
        let mut marker = self.marker.chars().peekable();
        while let Some(c) = marker.next() {
            if c == ' ' {
                let body = rest.trim_start_matches([' ', '\t']);
                if body.len() == rest.len() && marker.peek() != Some(&'=') {
                    return None;
                }
                rest = body;
            } else {
                rest = rest.strip_prefix(c)?;
            }
        }
        Some(text.len() - rest.len())
    }
}

/// BuildKit's names are words in camel case, which nobody else's ids are.
fn is_buildkit(alias: &str) -> bool {
    alias.starts_with(|c: char| c.is_ascii_uppercase())
        && alias.bytes().all(|b| b.is_ascii_alphabetic())
        && alias.bytes().any(|b| b.is_ascii_lowercase())
}

const LEADERS: [&str; 6] = ["#", "//", "/*", "--", "<!--", ";"];

/// Comments of peers of one kind in one source that are read; more than any person writes.
const MOST: usize = 10_000;

/// All comments of peers in a source; called only for sources that a report needs.
pub fn peer_ignores(source: &Source) -> Vec<Ignore> {
    let file = OnceCell::new();
    let dockerfile = || -> Option<&Dockerfile> {
        (source.kind == FileKind::Dockerfile)
            .then(|| file.get_or_init(|| Dockerfile::parse(&source.bytes)))
    };
    let mut found = Vec::new();
    for peer in PEERS {
        let word = peer.marker.split(' ').next().unwrap_or(peer.marker);
        let places = memchr::memmem::find_iter(&source.bytes, word.as_bytes());
        let read = places.filter_map(|at| read(source, peer, at, &dockerfile));
        found.extend(read.take(MOST));
    }
    found.sort_by_key(|ignore: &Ignore| ignore.span);
    found
}

fn read<'d>(
    source: &Source,
    peer: &'static Peer,
    at: usize,
    dockerfile: &dyn Fn() -> Option<&'d Dockerfile>,
) -> Option<Ignore> {
    let lines = source.lines();
    let line = lines.line(u32::try_from(at).ok()?);
    let range = lines.line_range(line, &source.bytes);
    let before = source.text((range.start..at.max(range.start)).into());
    let text = source.text((at..range.end.max(at)).into());
    // Lossy text would move the places.
    let text = std::str::from_utf8(text.as_bytes()).ok()?;
    let end = peer.matches(text)?;
    let leads = match peer.form {
        Form::List | Form::Settings => before.trim_end().ends_with(['#', '/']),
        _ => is_in_comment(&before),
    };
    if !leads {
        return None;
    }
    let said = Said::read(peer.form, &text[end..]);
    if said.ids.is_empty() && peer.family.is_none() {
        return None;
    }
    let base = at + end;
    let stands_alone = LEADERS.iter().any(|l| before.trim_start().starts_with(l));
    Some(Ignore {
        peer: Some(peer),
        span: Span::from_usize(at, at + text.trim_end().len()),
        rules: said
            .ids
            .into_iter()
            .map(|(id, offset)| {
                let start = base + offset;
                let span = Span::from_usize(start, start + id.len());
                (id, span)
            })
            .collect(),
        reason: said.reason,
        until: said.until,
        problem: said.problem,
        reach: reach::of(source, dockerfile(), peer.scope, line, stands_alone)?,
    })
}

fn is_in_comment(before: &str) -> bool {
    LEADERS.iter().any(|leader| before.contains(leader))
}
