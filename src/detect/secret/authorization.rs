use crate::model::{Confidence, Redacted, Span};

use super::base64;
use super::candidate::{Candidate, Rank, Weight};
use super::place::Place;
use super::text::Text;
use super::value;

pub const BEARER: &str = "bearer ";
pub const BASIC: &str = "basic ";

/// Longest token that is looked at.
const LONGEST: usize = 4096;

/// The credentials behind `Bearer ` or `Basic `, which end at `at`.
pub fn check(text: &Text<'_>, at: usize, scheme: &str) -> Option<Candidate> {
    let range = token(text, at);
    let (token, length) = (text.slice(range.clone()), range.len());
    let convincing = match scheme {
        BASIC => is_user_and_password(token),
        _ => token.len() >= 20 && value::is_random_token(token) && !value::is_reference(token),
    };
    let place = text.place(at);
    if !convincing || matches!(place, Place::Lockfile | Place::Translation) {
        return None;
    }
    let span = Span::from_usize(at, at + length);
    Some(Candidate {
        rule: "secret/authorization-header",
        rank: Rank::Header,
        label: span,
        mask: span,
        weight: if place.is_lenient() { Weight::Note } else { Weight::Full },
        confidence: if place.is_lenient() { Confidence::Low } else { Confidence::Medium },
        message: format!("Credentials of an Authorization header are written into {}", text.called(at)),
        help: "Revoke or change them, and build the header at run time from the environment or a secret store".to_owned(),
        redacted: Redacted::new("", length),
    })
}

/// The token that starts at `at`.
pub fn token(text: &Text<'_>, at: usize) -> std::ops::Range<usize> {
    let rest = text.slice(at..text.bytes.len().min(at + LONGEST));
    let of_token = |b: &&u8| {
        b.is_ascii_alphanumeric() || matches!(**b, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    };
    at..at + rest.iter().take_while(of_token).count()
}

fn is_user_and_password(token: &[u8]) -> bool {
    let decode = || -> Option<bool> {
        let text = base64::decode(token)?;
        let colon = text.iter().position(|b| *b == b':')?;
        let (user, password) = (text.get(..colon)?, text.get(colon + 1..)?);
        let printable = text.iter().all(|b| b.is_ascii_graphic());
        let meant = password.len() >= 5
            && user != password
            && !value::is_common(password)
            && !value::is_made_up(password)
            && !value::is_reference(password);
        Some(printable && meant)
    };
    token.len() >= 12 && decode().unwrap_or(false)
}
