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
    /// Those of flake8-bandit, among the codes of others: `noqa: E501, S608`.
    Codes,
    None,
}

/// A kind of comment.
#[derive(Debug, PartialEq, Eq)]
pub struct Peer {
    /// A blank stands for one or more, before `=` for none or more; `~` for none or more; `^` for
    /// blanks or hyphens.
    marker: &'static str,
    scope: Scope,
    form: Form,
    /// The families that it silences where it lists no id.
    families: &'static [&'static str],
    /// Whether its tool looks for the words alone, so that files without comments can have it.
    anywhere: bool,
    /// Whether there is a place for a reason.
    pub says_why: bool,
}

const fn peer(marker: &'static str, scope: Scope, form: Form) -> Peer {
    Peer {
        marker,
        scope,
        form,
        families: &[],
        anywhere: false,
        says_why: true,
    }
}

const fn mute(
    marker: &'static str,
    scope: Scope,
    form: Form,
    families: &'static [&'static str],
) -> Peer {
    Peer {
        marker,
        scope,
        form,
        families,
        anywhere: false,
        says_why: matches!(form, Form::Words),
    }
}

/// What silences every secret on its line, in a comment or not.
const fn allow(marker: &'static str) -> Peer {
    Peer {
        anywhere: true,
        ..mute(marker, Scope::Line, Form::None, &["secret"])
    }
}

/// The comments of detect-secrets, old and new spelling.
const fn pragma(marker: &'static str, scope: Scope) -> Peer {
    mute(marker, scope, Form::None, &["secret"])
}

static PEERS: &[Peer] = &[
    peer("hadolint global ignore =", Scope::File, Form::List),
    peer("hadolint stage ignore =", Scope::Stage, Form::List),
    peer("hadolint ignore =", Scope::Next, Form::List),
    mute("check =", Scope::Directive, Form::Settings, &[]),
    peer("trivy:ignore:", Scope::Trivy, Form::Trivy),
    peer("checkov:skip=", Scope::File, Form::Checkov),
    peer("tally global ignore =", Scope::File, Form::List),
    peer("tally ignore =", Scope::Next, Form::List),
    peer("droast global ignore =", Scope::File, Form::List),
    peer("droast ignore =", Scope::Next, Form::List),
    peer("shellcheck disable =", Scope::Next, Form::List),
    mute("nosemgrep", Scope::LineAndNext, Form::Words, &["source"]),
    mute("nosec", Scope::Line, Form::Words, &["source", "secret"]),
    mute("noqa:", Scope::Line, Form::Codes, &[]),
    mute("NOQA:", Scope::Line, Form::Codes, &[]),
    allow("gitleaks:allow"),
    allow("betterleaks:allow"),
    allow("kingfisher:ignore"),
    allow("trufflehog:ignore"),
    pragma("pragma:~allowlist^secret", Scope::Line),
    pragma("pragma:~whitelist^secret", Scope::Line),
    pragma("pragma:~allowlist^nextline^secret", Scope::Next),
    pragma("pragma:~whitelist^nextline^secret", Scope::Next),
];

impl Peer {
    /// The comment by name.
    pub fn name(&self) -> String {
        let name = self.marker.trim_end_matches([' ', '=', ':']);
        name.replace(['~', '^'], " ")
    }

    fn first_word(&self) -> &'static str {
        let word = self.marker.split([' ', '~', '^']).next();
        word.unwrap_or(self.marker)
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
        self.families.contains(&finding.rule.family())
    }

    /// The families that it silences without naming a rule.
    pub fn families(&self) -> &'static [&'static str] {
        self.families
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
            if c == '~' {
                rest = rest.trim_start_matches([' ', '\t']);
            } else if c == '^' {
                let body = rest.trim_start_matches([' ', '\t', '-']);
                if body.len() == rest.len() {
                    return None;
                }
                rest = body;
            } else if c == ' ' {
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

/// Words of which one stands in every source with a comment that silences secrets: whoever judges
/// the comments must see those sources even where nothing was found.
pub const IN_ANY_FILE: &[&str] = &[
    "leaks:allow",
    "kingfisher:ignore",
    "trufflehog:ignore",
    "pragma:",
];

/// BuildKit's names are words in camel case, which nobody else's ids are.
fn is_buildkit(alias: &str) -> bool {
    alias.starts_with(|c: char| c.is_ascii_uppercase())
        && alias.bytes().all(|b| b.is_ascii_alphabetic())
        && alias.bytes().any(|b| b.is_ascii_lowercase())
}

const LEADERS: [&str; 8] = ["#", "//", "/*", "--", "<!--", ";", "'", "%"];

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
    // A package manager leaves no comment in what it writes; a secret in it may still be allowed.
    let silences = |peer: &&Peer| !source.kind.is_lockfile() || peer.families.contains(&"secret");
    for peer in PEERS.iter().filter(silences) {
        let places = memchr::memmem::find_iter(&source.bytes, peer.first_word().as_bytes());
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
    // A word that stands in every line of a lockfile, `checksum`, must cost little.
    let rest = source.bytes.get(at..)?;
    let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    // Lossy text would move the places.
    let text = std::str::from_utf8(rest.get(..end)?).ok()?;
    let end = peer.matches(text)?;
    let lines = source.lines();
    let line = lines.line(u32::try_from(at).ok()?);
    let range = lines.line_range(line, &source.bytes);
    let before = source.text((range.start..at.max(range.start)).into());
    let leads = match peer.form {
        Form::List | Form::Settings => before.trim_end().ends_with(['#', '/']),
        Form::None if peer.anywhere => true,
        _ => is_in_comment(&before),
    };
    if !leads {
        return None;
    }
    let said = Said::read(peer.form, &text[end..]);
    if said.ids.is_empty() && peer.families.is_empty() {
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
    LEADERS.iter().any(|leader| match *leader {
        // Quotation marks and remainders stand everywhere: as comments they stand before the words.
        "'" | "%" => before.trim_end().ends_with(leader),
        leader => before.contains(leader),
    })
}
