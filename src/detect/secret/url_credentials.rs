use std::ops::Range;

use crate::model::{Confidence, Redacted, Span};

use super::assignment::{Assignment, Style};
use super::candidate::{Candidate, Rank, Weight};
use super::generic_credential;
use super::place::Place;
use super::text::Text;
use super::value;

/// What stands before user and password in a connection string of Oracle.
pub const ORACLE: &str = "oracle:thin:";

/// Longest part before the `@` that is looked at, with the host behind it.
const REACH: usize = 400;

/// User, password and host, as places in the text.
#[derive(Debug)]
struct Login {
    user: Range<usize>,
    password: Range<usize>,
    host: Range<usize>,
}

/// A password before the host of a URL whose `://` starts at `at`.
pub fn check(text: &Text<'_>, at: usize) -> Option<Candidate> {
    let scheme = text.slice(at.saturating_sub(24)..at);
    if !scheme.last().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    found(text, login(text, at + 3, b':')?)
}

/// `jdbc:oracle:thin:user/password@host`, of which the needle ends at `at`.
pub fn check_oracle(text: &Text<'_>, at: usize) -> Option<Candidate> {
    found(text, login(text, at, b'/')?)
}

fn found(text: &Text<'_>, login: Login) -> Option<Candidate> {
    let place = text.place(login.password.start);
    let (user, written) = (
        text.slice(login.user.clone()),
        text.slice(login.password.clone()),
    );
    // `https://TOKEN:x-oauth-basic@github.com`
    let (secret, written) = match written {
        b"x-oauth-basic" | b"x-auth-token" | b"api_token" => (login.user.clone(), user),
        _ => (login.password.clone(), written),
    };
    let decoded = percent_decoded(written);
    let host = text.slice(login.host.clone());
    if !is_plausible(user, &decoded, host) && secret != login.user {
        return None;
    }
    let random = value::is_random_token(&decoded);
    let convincing = random || is_password(text, &login, secret.clone());
    let local = is_local(host);
    let known = is_host(host);
    // Where the host is nobody's, or the place one of examples, the password has to convince alone.
    let lenient = place.is_lenient() || local || !known || secret == login.user;
    if matches!(place, Place::Lockfile | Place::Translation) || (lenient && !convincing) {
        return None;
    }
    let span = Span::from(secret);
    Some(Candidate {
        rule: "secret/url-credentials",
        rank: Rank::Url,
        label: span,
        mask: span,
        weight: if lenient { Weight::Less } else { Weight::Full },
        confidence: match (lenient, random) {
            (false, true) => Confidence::High,
            _ => Confidence::Medium,
        },
        message: format!("Password stands in a URL in {}", text.called(span.start as usize)),
        help: "Change the password where it is valid, and give user and password to the program apart from the URL, from the environment or a secret store".to_owned(),
        redacted: Redacted::new("", span.len() as usize),
    })
}

/// Splits what starts at `start` at the sign between user and password, and at the `@`.
fn login(text: &Text<'_>, start: usize, sign: u8) -> Option<Login> {
    let rest = text.slice(start..text.bytes.len().min(start + REACH));
    let stop = rest
        .iter()
        .position(|b| !b.is_ascii_graphic() || b"\"'`<>\\|^".contains(b));
    let whole = rest.get(..stop.unwrap_or(rest.len()))?;
    let colon = memchr::memchr(sign, whole)?;
    if sign == b'/' && whole.get(..colon)?.contains(&b'@') {
        // The host comes first: there is no user.
        return None;
    }
    let path = whole
        .iter()
        .position(|b| matches!(b, b'/' | b'?' | b'#'))
        .filter(|_| sign == b':')
        .unwrap_or(whole.len());
    if path < colon {
        return None;
    }
    let at = match memchr::memrchr(b'@', whole.get(..path)?) {
        Some(at) if at > colon => at,
        // A password may hold what begins a path elsewhere; a port may not.
        _ if sign == b':' && is_no_port(whole.get(colon + 1..path)?) => {
            memchr::memrchr(b'@', whole).filter(|at| *at > colon)?
        }
        _ => return None,
    };
    let host = whole.get(at + 1..)?;
    let host = host.strip_prefix(b"//").unwrap_or(host);
    let host_start = whole.len() - host.len();
    let host_end = host
        .iter()
        .position(|b| matches!(b, b':' | b',' | b')' | b';' | b'/' | b'?' | b'#'))
        .unwrap_or(host.len());
    Some(Login {
        user: start..start + colon,
        password: start + colon + 1..start + at,
        host: start + host_start..start + host_start + host_end,
    })
}

/// False for the digits of a port, and for what a template makes of one.
fn is_no_port(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_alphabetic) && !text.contains(&b'{') && !text.contains(&b'$')
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits
            .filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

fn is_password(text: &Text<'_>, login: &Login, value: Range<usize>) -> bool {
    let given = Assignment {
        name: login.user.clone(),
        value,
        quoted: true,
        style: Style::Position,
    };
    generic_credential::check(text, &given).is_some()
}

fn is_plausible(user: &[u8], password: &[u8], host: &[u8]) -> bool {
    (4..=200).contains(&password.len())
        && password.iter().all(u8::is_ascii_graphic)
        && (is_host(host) || host.is_empty() || b"${%[#".contains(&host[0]))
        && !is_example_host(host)
        && !user.eq_ignore_ascii_case(password)
        && !value::is_reference(password)
        && !value::is_reference(user)
        && !value::is_made_up(password)
        && !value::is_common(password)
        && !password
            .iter()
            .any(|b| matches!(b, b'{' | b'}' | b'[' | b']' | b'(' | b')' | b'*' | b','))
        && !is_name(password)
}

fn is_host(host: &[u8]) -> bool {
    host.first().is_some_and(u8::is_ascii_alphanumeric)
        && host
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
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
        || [&b".test"[..], b".invalid", b".example"]
            .iter()
            .any(|end| host.ends_with(end))
}

fn is_local(host: &[u8]) -> bool {
    // A name without a dot is a service of the same network of containers.
    host == b"localhost"
        || host.starts_with(b"127.")
        || host == b"0.0.0.0"
        || host.ends_with(b".local")
        || !host.contains(&b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};
    use crate::rules::example::expand;

    fn secret(written: &str) -> Option<String> {
        let path = RepoPath::from("a.py");
        let written = expand(written).into_owned();
        let source = Source::new(
            SourceId(0),
            path,
            FileKind::Python,
            written.as_bytes(),
            Origin::Buffer,
        );
        let text = Text::new(&source);
        let candidate = match written.find(ORACLE) {
            Some(at) => check_oracle(&text, at + ORACLE.len()),
            None => check(&text, written.find("://")?),
        }?;
        Some(source.text(candidate.label).into_owned())
    }

    #[test]
    fn passwords_of_every_scheme_are_found() {
        let password = expand("${join:t1de|andW|1nd7}").into_owned();
        for (before, after) in [
            ("postgres://app:", "@db.harbour.io/app"),
            (
                "mysql+pymysql://app:",
                "@db.harbour.io:3306/app?charset=utf8",
            ),
            ("mongodb+srv://app:", "@a.harbour.io,b.harbour.io/app"),
            ("redis://:", "@cache.harbour.io:6379/0"),
            ("amqp://app:", "@mq.harbour.io"),
            ("ftp://app:", "@10.2.3.4/x"),
            ("https://ann@harbour.io:", "@harbour.io/x"),
            ("postgres://app:", "@localhost/app"),
            ("postgres://app:", "@db:5432/app"),
            ("postgres://app:", "@${DB_HOST}/app"),
            ("jdbc:oracle:thin:app/", "@//db.harbour.io:1521/x"),
            ("jdbc:oracle:thin:app/", "@db.harbour.io:1521:x"),
        ] {
            let url = format!("x = \"{before}{password}{after}\"");
            assert_eq!(secret(&url), Some(password.clone()), "{url}");
        }
        for odd in [
            "x9Kq/z7WvP3t",
            "x9Kq#z7WvP3t",
            "x9Kq@z7WvP3t",
            "x9Kq%40z7WvP3t",
        ] {
            let url = format!("x = \"postgres://app:{odd}@db.harbour.io/app\"");
            assert_eq!(secret(&url).as_deref(), Some(odd), "{url}");
        }
        let url = "https://${rand:hex:40}:x-oauth-basic@github.com/a/b.git";
        assert_eq!(secret(url), Some(expand("${rand:hex:40}").into_owned()));
    }

    #[test]
    fn ports_variables_and_stand_ins_are_none() {
        for url in [
            "http://harbour.io:8080/a@b",
            "http://harbour.io/a:t1deandW1nd7@b.io",
            "postgres://user:pass@db.harbour.io/app",
            "postgres://app:app@localhost/app",
            "postgres://postgres:postgres@db/app",
            "postgres://app:password@localhost/app",
            "postgres://foo:bar@db.harbour.io",
            "postgres://app:%s@db.harbour.io/app",
            "postgres://app:${PASSWORD}@db.harbour.io/app",
            "postgres://app:t1deandW1nd7@example.com/app",
            "ssh://git@harbour.io:2222/a.git",
            "https://harbour.io/@scope/name@1.2.3:x",
            "jdbc:oracle:thin:@//db.harbour.io:1521/x",
        ] {
            assert_eq!(secret(url), None, "{url}");
        }
    }
}
