use serde_json::Value;

use crate::model::{Confidence, Redacted, Span};

use super::base64;
use super::candidate::{Candidate, Rank, Weight};
use super::kind::starts_token;
use super::place::Place;
use super::text::Text;

/// Longest part of a token that is looked at.
const PART: usize = 16 << 10;

/// A JSON Web Token whose first part starts at `at`: three parts of base64, the first two JSON,
/// the first with `alg`. Returns where the text that was looked at ends, too.
pub fn check(text: &Text<'_>, at: usize) -> (usize, Option<Candidate>) {
    let header = part(text, at);
    let payload = next_part(text, header.end);
    let Some(payload) = payload.filter(|_| starts_token(text.bytes, at)) else {
        return (header.end, None);
    };
    let signature = next_part(text, payload.end);
    let end = signature.as_ref().map_or(payload.end, |part| part.end);
    (end, judge(text, &header, &payload, signature))
}

type Part = std::ops::Range<usize>;

fn judge(
    text: &Text<'_>,
    header: &Part,
    payload: &Part,
    signature: Option<Part>,
) -> Option<Candidate> {
    let signature = signature.filter(|part| part.len() >= 20)?;
    let alg = json(text, header)?.get("alg")?.as_str()?.to_owned();
    let claims = json(text, payload)?;
    if is_published(&claims) || text.place(header.start) == Place::Lockfile {
        return None;
    }
    let end = signature.end;
    let span = Span::from_usize(header.start, end);
    let is_service = claims.get("role").and_then(Value::as_str) == Some("service_role");
    let lenient = text.place(header.start).is_lenient();
    let what = match is_service {
        true => "Supabase service key (JSON Web Token)".to_owned(),
        // Only names of algorithms are short; anything else is the file's own text.
        false if alg.len() <= 8 && alg.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            format!("JSON Web Token ({alg})")
        }
        false => "JSON Web Token".to_owned(),
    };
    Some(Candidate {
        rule: "secret/jwt",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: if lenient { Weight::Note } else { Weight::Full },
        confidence: if lenient { Confidence::Medium } else { Confidence::High },
        message: format!("{what} is written into {}", text.called(header.start)),
        help: "End the session or rotate the key that signed it; let the program ask for a token when it runs".to_owned(),
        redacted: Redacted::new("eyJ", end - header.start),
    })
}

/// Tokens that are public by design or printed in every tutorial.
fn is_published(claims: &Value) -> bool {
    let is = |claim: &str, value: &str| claims.get(claim).and_then(Value::as_str) == Some(value);
    is("sub", "1234567890") || is("name", "John Doe") || is("role", "anon")
}

fn json(text: &Text<'_>, part: &Part) -> Option<Value> {
    let value: Value = serde_json::from_slice(&base64::decode(text.slice(part.clone()))?).ok()?;
    value.is_object().then_some(value)
}

fn part(text: &Text<'_>, start: usize) -> Part {
    let rest = text.slice(start..text.bytes.len().min(start + PART));
    let length = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count();
    start..start + length
}

fn next_part(text: &Text<'_>, end: usize) -> Option<Part> {
    (text.at(end) == Some(b'.')).then(|| part(text, end + 1))
}
