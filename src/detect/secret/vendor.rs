//! Which vendor's secret is it? Tokens with a mark of their own tell it themselves, the others by
//! the words around them.

use std::ops::Range;

use crate::model::{Confidence, Redacted, Span};

use super::automaton::Engine;
use super::candidate::{Candidate, Rank, Weight};
use super::credential_name;
use super::kind::{Kind, Match};
use super::near::{Nearness, Seen};
use super::place::Place;
use super::text::Text;

/// The token that starts with a kind's prefix at `at`.
pub fn at_prefix(
    engine: &Engine,
    text: &Text<'_>,
    at: usize,
    kind: usize,
    prefix: usize,
) -> Option<Candidate> {
    let kind = engine.kinds.get(kind)?;
    let prefix = kind.pattern.prefixes.get(prefix)?;
    let found = kind.at_prefix(text.bytes, at, prefix)?;
    let rank = Rank::Prefix(kind.precision(prefix));
    Some(described(text, kind, found, rank))
}

/// A value as a vendor's secret: of the kinds of whose form it is, the one whose word stands
/// nearest. Where the name speaks of another vendor, it is none of them.
pub fn of_value(
    engine: &Engine,
    text: &Text<'_>,
    name: Option<&Range<usize>>,
    value: Range<usize>,
) -> Option<Candidate> {
    let value = without_scheme(text, value);
    let fitting = engine.named.fitting(&engine.kinds, text.bytes, &value);
    if fitting.is_empty() {
        return None;
    }
    let seen = engine
        .named
        .words(&engine.kinds)
        .around(text.bytes, name, &value);
    let named = name.map(|name| text.slice(name.clone()));
    let vendors = seen.iter().filter(|seen| seen.is_vendors);
    let nearest = vendors.map(|seen| seen.nearness).min();
    let in_name = nearest == Some(Nearness::Name);
    let on_line = in_name || matches!(nearest, Some(Nearness::Line(_)));
    let counts = |s: &&Seen| match s.nearness {
        Nearness::Name => true,
        Nearness::Line(_) => !in_name,
        Nearness::Lines(_) => !on_line,
    };
    let (kind, found) = seen
        .iter()
        .filter(counts)
        .filter_map(|seen| {
            let (at, found) = fitting.iter().find(|(kind, _)| *kind == seen.kind)?;
            let kind = engine.kinds.get(*at)?;
            let spoken = found.marked
                || named.is_none_or(|name| match seen.nearness {
                    Nearness::Name => !credential_name::is_of_something_else(name),
                    _ => credential_name::is_bare(name),
                });
            spoken.then_some((seen, kind, *found))
        })
        .min_by_key(|(seen, _, found)| {
            (seen.nearness, !found.marked, std::cmp::Reverse(seen.length))
        })
        .map(|(_, kind, found)| (kind, found))?;
    let place = text.place(found.start);
    (place != Place::Lockfile).then(|| described(text, kind, found, Rank::Named))
}

/// The first argument of a call that `name` begins: `linode.Client("...")`.
pub fn argument(text: &Text<'_>, name: &Range<usize>) -> Option<Range<usize>> {
    let rest = text.slice(name.end..text.bytes.len().min(name.end + CALL));
    let of_path = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'.' | b':');
    let path = rest.iter().take_while(of_path).count();
    let inside = rest.get(path..)?.strip_prefix(b"(")?.trim_ascii_start();
    let inside = inside.strip_prefix(b"\\").unwrap_or(inside);
    let mark = *inside.first().filter(|b| b"\"'`".contains(b))?;
    let start = name.end + rest.len() - inside.len() + 1;
    let value = text.slice(start..text.bytes.len().min(start + ARGUMENT));
    let length = memchr::memchr3(mark, b'\\', b'\n', value)?;
    (length > 0 && value.get(length) != Some(&b'\n')).then_some(start..start + length)
}

/// Longest path of a call, and longest argument.
const CALL: usize = 60;
const ARGUMENT: usize = 300;

/// The last word of `Bearer x`, `Token token=x`, `SSWS x`.
fn without_scheme(text: &Text<'_>, value: Range<usize>) -> Range<usize> {
    let bytes = text.slice(value.clone());
    let scheme = bytes
        .iter()
        .position(|b| matches!(b, b' ' | b'='))
        .filter(|at| *at > 0 && *at <= 16 && bytes.iter().take(*at).all(u8::is_ascii_alphabetic));
    let Some(scheme) = scheme else { return value };
    let rest = bytes.get(scheme + 1..).unwrap_or_default();
    let inner = rest.strip_prefix(b"token=").unwrap_or(rest);
    let inner = inner.strip_prefix(b"\"").unwrap_or(inner);
    // What ends in `=` is padded base64, not a scheme.
    match inner.is_empty() || inner.starts_with(b"=") {
        true => value,
        false => value.end - inner.len()..value.end,
    }
}

/// The finding for a token of a kind that a rule file describes.
fn described(text: &Text<'_>, kind: &Kind, found: Match, rank: Rank) -> Candidate {
    let prefix = text.slice(found.start..found.body);
    let body = text.slice(found.body..found.end);
    let check = kind.pattern.checksum;
    let checksum = check.and_then(|check| check.judge(prefix, body));
    let tells = check.and_then(|check| check.tells(body));
    let span = Span::from_usize(found.start, found.end);
    let mut redacted = Redacted::new(&String::from_utf8_lossy(prefix), found.end - found.start);
    redacted.checksum = checksum;
    let name = format!("{}{}", kind.pattern.name, tells.unwrap_or_default());
    let called = text.called(found.start);
    let message = match checksum {
        Some(false) => format!(
            "what looks like a {name} is written into {called}, but its checksum does not match"
        ),
        _ => format!("{name} is written into {called}"),
    };
    let (weight, confidence) = match checksum {
        Some(false) => (Weight::Note, Confidence::Low),
        Some(true) => (Weight::Full, Confidence::High),
        // A token is one wherever it stands; in tests and documents more of them are dead.
        None if text.place(found.start).is_lenient() => (Weight::Less, Confidence::Medium),
        None if rank == Rank::Named => (Weight::Full, Confidence::Medium),
        None => (Weight::Full, Confidence::High),
    };
    Candidate {
        rule: kind.id,
        rank,
        label: span,
        mask: span,
        weight,
        confidence,
        message,
        help: format!(
            "Revoke it ({}), then {}",
            kind.pattern.revoke, kind.pattern.instead
        ),
        redacted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn kind(id: &'static str, words: &str) -> Kind {
        let json =
            format!(r#"{{"name":"t","revoke":"r","instead":"i",{words},"body":["hex{{16}}"]}}"#);
        Kind::new(id, serde_json::from_str(&json).expect("a pattern")).expect("a kind")
    }

    fn kind_of(text: &str, name: &str) -> Option<&'static str> {
        let kinds = vec![
            kind("secret/quay", r#""near":["quay"]"#),
            kind("secret/pier", r#""near":["pier"]"#),
            kind("secret/box", r#""named":["box"]"#),
        ];
        let engine = Engine::new(kinds);
        let (path, origin) = (RepoPath::from("a.env"), Origin::Buffer);
        let source = Source::new(SourceId(0), path, FileKind::Env, text.as_bytes(), origin);
        let start = text.rfind("3f9a")?;
        let name = text.find(name).map(|at| at..at + name.len());
        let found = of_value(
            &engine,
            &Text::new(&source),
            name.as_ref(),
            start..start + 16,
        );
        found.map(|candidate| candidate.rule)
    }

    #[test]
    fn the_nearest_word_names_the_kind() {
        let value = "3f9a07c5d2e8b164";
        for (text, name, kind) in [
            (
                "QUAY_URL=x\nPIER_TOKEN={}",
                "PIER_TOKEN",
                Some("secret/pier"),
            ),
            (
                "PIER_URL=x\nQUAY_TOKEN={}",
                "QUAY_TOKEN",
                Some("secret/quay"),
            ),
            ("# quay\ntoken={}\npier=1", "token", Some("secret/quay")),
            ("token={} # Pier", "token", Some("secret/pier")),
            ("x = quay.token = {} # pier", "token", Some("secret/quay")),
            ("token={}", "token", None),
            ("BOX_SECRET={}", "BOX_SECRET", Some("secret/box")),
            ("INBOX_SECRET={}", "INBOX_SECRET", None),
            ("box: 1\nsecret={}", "secret", None),
        ] {
            let text = text.replace("{}", value);
            assert_eq!(kind_of(&text, name), kind, "{text}");
        }
    }

    #[test]
    fn what_is_somebody_elses_or_no_credential_is_of_no_kind() {
        let value = "3f9a07c5d2e8b164";
        for (text, name) in [
            ("# quay\nHARBOUR_TOKEN={}", "HARBOUR_TOKEN"),
            ("QUAY_COMMIT={}", "QUAY_COMMIT"),
            ("# quay\ncommit={}", "commit"),
            ("QUAY_IMAGE_ID={}", "QUAY_IMAGE_ID"),
        ] {
            let text = text.replace("{}", value);
            assert_eq!(kind_of(&text, name), None, "{text}");
        }
    }
}
