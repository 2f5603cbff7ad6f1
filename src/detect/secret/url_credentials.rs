use crate::model::{Confidence, Redacted, Span};

use super::candidate::{Candidate, Rank, Weight};
use super::place::Place;
use super::text::Text;
use super::value;

/// Longest part before the `@` that is looked at.
const USERINFO: usize = 400;

/// A password before the host of a URL whose `://` starts at `at`.
pub fn check(text: &Text<'_>, at: usize) -> Option<Candidate> {
    let start = at + 3;
    let rest = text.slice(start..text.bytes.len().min(start + USERINFO));
    let stop = rest.iter().position(|b| {
        b.is_ascii_whitespace()
            || b.is_ascii_control()
            || matches!(
                b,
                b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b'^'
            )
    });
    let authority = rest.get(..stop.unwrap_or(rest.len()))?;
    let sign = authority.iter().rposition(|b| *b == b'@')?;
    let (userinfo, host) = (authority.get(..sign)?, authority.get(sign + 1..)?);
    let colon = userinfo.iter().position(|b| *b == b':')?;
    let (user, password) = (userinfo.get(..colon)?, userinfo.get(colon + 1..)?);
    let host_end = host
        .iter()
        .position(|b| matches!(b, b':' | b',' | b')' | b';' | b']' | b'}'))
        .unwrap_or(host.len());
    let host = host.get(..host_end)?;
    if !is_scheme(text, at) || !is_convincing(user, password, host) {
        return None;
    }
    let random = value::is_random_token(password);
    let place = text.place(at);
    if place == Place::Example && !random {
        return None;
    }
    let local = is_local(host);
    if local && !random && !value::is_password(password, true) {
        return None;
    }
    let lenient = place.is_lenient() || local;
    let mask = Span::from_usize(start + colon + 1, start + sign);
    Some(Candidate {
        rule: "secret/url-credentials",
        rank: Rank::Url,
        label: mask,
        mask,
        weight: if lenient { Weight::Note } else { Weight::Full },
        confidence: match (lenient, random) {
            (true, _) => Confidence::Low,
            (false, true) => Confidence::High,
            (false, false) => Confidence::Medium,
        },
        message: format!("Password stands in a URL in {}", text.called(at)),
        help: "Change the password where it is valid, and give user and password to the program apart from the URL, from the environment or a secret store".to_owned(),
        redacted: Redacted::new("", password.len()),
    })
}

fn is_scheme(text: &Text<'_>, at: usize) -> bool {
    let before = text.slice(at.saturating_sub(24)..at);
    before.last().is_some_and(u8::is_ascii_alphanumeric)
}

fn is_convincing(user: &[u8], password: &[u8], host: &[u8]) -> bool {
    let same = |a: &[u8], b: &[u8]| a.eq_ignore_ascii_case(b);
    let host_like = host.first().is_some_and(u8::is_ascii_alphanumeric)
        && host
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && !is_example_host(host);
    (4..=200).contains(&password.len())
        && password.iter().all(u8::is_ascii_graphic)
        && host_like
        && !same(user, password)
        && !value::is_reference(password)
        && !value::is_reference(user)
        && !value::is_made_up(password)
        && !value::is_common(password)
        && !password
            .iter()
            .any(|b| matches!(b, b'{' | b'}' | b'[' | b']' | b'(' | b')' | b'*' | b','))
        && !is_name(password)
}

/// Capitals and lines only: the name of a variable. Small letters only, as words: a stand-in.
fn is_name(password: &[u8]) -> bool {
    let plain = |test: fn(&u8) -> bool| {
        password
            .iter()
            .all(|b| test(b) || matches!(b, b'_' | b'-' | b'.'))
    };
    (plain(u8::is_ascii_uppercase) || plain(u8::is_ascii_alphabetic))
        && super::words::is_wordlike(password)
}

fn is_example_host(host: &[u8]) -> bool {
    let host = host.to_ascii_lowercase();
    let has = |part: &[u8]| memchr::memmem::find(&host, part).is_some();
    has(b"example")
        || has(b"foo")
        || has(b"hostname")
        || [
            &b"host"[..],
            b"server",
            b"domain",
            b"bar",
            b"a",
            b"b",
            b"domain.com",
            b"host.com",
            b"test.com",
        ]
        .contains(&host.as_slice())
        || [&b".test"[..], b".invalid", b".local", b".example"]
            .iter()
            .any(|end| host.ends_with(end))
}

fn is_local(host: &[u8]) -> bool {
    // A name without a dot is a service of the same network of containers.
    host == b"localhost" || host.starts_with(b"127.") || host == b"0.0.0.0" || !host.contains(&b'.')
}
