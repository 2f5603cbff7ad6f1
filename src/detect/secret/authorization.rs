use std::ops::Range;

use crate::model::{Confidence, Redacted, Span};

use super::assignment::{self, Assignment, Style};
use super::base64;
use super::candidate::{Candidate, Rank, Weight};
use super::generic_credential;
use super::place::Place;
use super::text::Text;
use super::value;

pub const BEARER: &str = "bearer ";
pub const BASIC: &str = "basic ";
/// The header's name, whose value may be of any scheme or of none.
pub const FIELD: &str = "authorization";
/// What holds user and password of a registry in the configurations of Docker and npm.
pub const LOGINS: &[&str] = &["\"auth\"", "_auth=", "_auth ="];

const HEADER: &str = "Credentials of an Authorization header are";

/// Longest token that is looked at.
const LONGEST: usize = 4096;

/// Credentials that specifications use as examples.
const DOCUMENTED: &[&[u8]] = &[
    b"gX1fBat3bV",
    b"7Fjfp0ZBr1KtDRbnfVdmIw",
    b"open sesame",
    b"OpenSesame",
    b"mF_9.B5f-4.1JqM",
];

/// The credentials behind `Bearer ` or `Basic `, which end at `at`.
pub fn check(text: &Text<'_>, at: usize, scheme: &str) -> Option<Candidate> {
    let token = token(text, at);
    let named = is_in_header(text, at.saturating_sub(scheme.len()));
    let convincing = match scheme {
        BASIC => is_login(text, &token, named),
        _ => is_token(text, &token, named),
    };
    convincing.then(|| found(text, token, HEADER)).flatten()
}

/// The header's value at `hit`, where it is of another scheme than those two; and up to where the
/// header has been read.
pub fn field(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let name = assignment::name_around(text, hit.clone());
    let Ok(given) = assignment::parse(text, name) else {
        return (hit.end, None);
    };
    let done = given.value.start;
    let token = behind_scheme(text, given.value).filter(|token| is_token(text, token, true));
    (done, token.and_then(|token| found(text, token, HEADER)))
}

/// `"auth": "..."`, `_auth=...`: the base64 of user and password.
pub fn login(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let name = assignment::name_around(text, hit.clone());
    match assignment::parse(text, name) {
        Ok(given) if is_login(text, &given.value, false) => {
            let login = "User and password of a registry are";
            (given.value.start, found(text, given.value, login))
        }
        _ => (hit.end, None),
    }
}

fn found(text: &Text<'_>, token: Range<usize>, what: &str) -> Option<Candidate> {
    let place = text.place(token.start);
    if matches!(place, Place::Lockfile | Place::Translation) {
        return None;
    }
    let span = Span::from(token.clone());
    Some(Candidate {
        rule: "secret/authorization-header",
        rank: Rank::Header,
        label: span,
        mask: span,
        weight: if place.is_lenient() { Weight::Less } else { Weight::Full },
        confidence: Confidence::Medium,
        message: format!("{what} written into {}", text.called(token.start)),
        help: "Revoke or change them, and build the header at run time from the environment or a secret store".to_owned(),
        redacted: Redacted::new("", token.len()),
    })
}

/// The token that starts at `at`, behind more blanks or not.
pub fn token(text: &Text<'_>, at: usize) -> Range<usize> {
    let rest = text.slice(at..text.bytes.len().min(at + LONGEST));
    let blanks = rest.iter().take(4).take_while(|b| **b == b' ').count();
    let of_token = |b: &&u8| {
        b.is_ascii_alphanumeric()
            || matches!(
                **b,
                b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=' | b'|' | b':'
            )
    };
    let rest = rest.get(blanks..).unwrap_or_default();
    let length = rest.iter().take_while(of_token).count();
    let stop = rest.get(..length).unwrap_or_default();
    let stop = stop.iter().rposition(|b| !b".:|".contains(b));
    at + blanks..at + blanks + stop.map_or(0, |last| last + 1)
}

/// `Authorization: Bearer`, `"Bearer ...`: not a sentence about bearers.
fn is_in_header(text: &Text<'_>, at: usize) -> bool {
    let before = text.slice(at.saturating_sub(48)..at);
    matches!(before.last(), Some(b'"' | b'\'' | b'`'))
        || before
            .windows(FIELD.len())
            .any(|piece| piece.eq_ignore_ascii_case(FIELD.as_bytes()))
}

fn is_token(text: &Text<'_>, token: &Range<usize>, named: bool) -> bool {
    let written = text.slice(token.clone());
    !written.is_empty()
        && !is_stand_in(written)
        && (value::is_random_token(written)
            || value::is_uuid(written)
            || (named && written.len() >= 8 && is_password(text, token)))
}

/// Base64 of user and password. What decodes to no text at all is judged as a token.
fn is_login(text: &Text<'_>, token: &Range<usize>, named: bool) -> bool {
    let written = text.slice(token.clone());
    if written.len() < 12 || is_stand_in(written) {
        return false;
    }
    let Some(decoded) = base64::decode(written) else {
        return false;
    };
    if !decoded.iter().all(|b| b.is_ascii_graphic() || *b == b' ') {
        return value::is_random_token(written) || (named && is_password(text, token));
    }
    let Some(colon) = memchr::memchr(b':', &decoded) else {
        return false;
    };
    let (user, password) = decoded.split_at(colon);
    let password = password.get(1..).unwrap_or_default();
    password.len() >= 5
        && user != password
        && !DOCUMENTED.contains(&password)
        && !value::is_common(password)
        && !value::is_made_up(password)
        && !value::is_reference(password)
}

fn is_stand_in(token: &[u8]) -> bool {
    DOCUMENTED.contains(&token)
        || value::is_reference(token)
        || value::is_made_up(token)
        || value::is_common(token)
}

fn is_password(text: &Text<'_>, token: &Range<usize>) -> bool {
    let given = Assignment {
        name: token.clone(),
        value: token.clone(),
        quoted: true,
        style: Style::Position,
    };
    generic_credential::check(text, &given).is_some()
}

/// `Token X`, `token="X"`, `Token token=X`, `X`; of `Bearer` and `Basic` others take care.
fn behind_scheme(text: &Text<'_>, value: Range<usize>) -> Option<Range<usize>> {
    // A bare value may end behind its scheme.
    let line = text.slice(value.start..text.bytes.len().min(value.start + LONGEST));
    let scheme = line
        .iter()
        .take(24)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count();
    let word = line.get(..scheme)?;
    if [&b"bearer"[..], b"basic", b"digest", b"negotiate"]
        .iter()
        .any(|other| word.eq_ignore_ascii_case(other))
        || word.starts_with(b"AWS4-")
    {
        return None;
    }
    let mut at = value.start;
    if scheme > 0 && line.get(scheme) == Some(&b' ') {
        at += scheme + 1;
    }
    for sign in [&b"token="[..], b"key=", b"auth=", b"apikey="] {
        if text.slice(at..at + sign.len()) == sign {
            at += sign.len();
        }
    }
    while matches!(text.at(at), Some(b'"' | b'\\')) {
        at += 1;
    }
    let token = token(text, at);
    (token.start == at && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};
    use crate::rules::example::expand;

    fn token_of(written: &str) -> Option<String> {
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
        let lower = written.to_ascii_lowercase();
        let hit = |needle: &str| lower.find(needle).map(|at| at..at + needle.len());
        let candidate = [BEARER, BASIC]
            .iter()
            .find_map(|scheme| check(&text, hit(scheme)?.end, scheme))
            .or_else(|| field(&text, hit(FIELD)?).1)
            .or_else(|| login(&text, LOGINS.iter().find_map(|login| hit(login))?).1)?;
        Some(source.text(candidate.label).into_owned())
    }

    #[test]
    fn tokens_of_every_scheme_are_found() {
        let token = expand("${rand:alnum:32}").into_owned();
        for before in [
            "h = \"Authorization: Bearer ",
            "headers = {\"Authorization\": \"Bearer ",
            "headers = {\"Authorization\": \"Token ",
            "headers = {\"authorization\": \"",
            "headers = {\"Authorization\": \"token token=",
            "x = \"curl -H 'Authorization: SSWS ",
            "x = \"curl -H 'Authorization: ApiKey ",
            "{\\\"Authorization\\\": \\\"Bearer ",
        ] {
            let text = format!("{before}{token}\"}}");
            assert_eq!(token_of(&text), Some(token.clone()), "{text}");
        }
    }

    #[test]
    fn logins_are_found_whether_they_decode_or_not() {
        for text in [
            "\"Basic ${base64:harbour:tide!andWind7}\"",
            "\"Basic ${rand:alnum:28}\"",
            "//registry.npmjs.org/:_auth=${base64:harbour:tide!andWind7}",
            "{\"auths\": {\"x.io\": {\"auth\": \"${base64:harbour:tide!andWind7}\"}}}",
        ] {
            assert!(token_of(text).is_some(), "{text}");
        }
    }

    #[test]
    fn variables_stand_ins_and_sentences_are_none() {
        for text in [
            "\"Authorization: Bearer \" + token",
            "\"Authorization: Bearer ${TOKEN}\"",
            "f\"Authorization: Bearer {token}\"",
            "\"Authorization: Bearer <your-token>\"",
            "\"Authorization: Bearer YOUR_ACCESS_TOKEN\"",
            "\"Authorization: Basic ${base64:user:pass}\"",
            "\"Authorization: Basic ${base64:Aladdin:open sesame}\"",
            "\"Basic authentication is required\"",
            "the bearer authentication_is_required_here_2",
            "{\"Authorization\": \"required\"}",
            "authorization = get_authorization(request)",
        ] {
            assert_eq!(token_of(text), None, "{text}");
        }
    }
}
