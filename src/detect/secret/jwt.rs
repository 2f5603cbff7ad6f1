use serde_json::Value;

use crate::advisory::Day;
use crate::model::{Confidence, Redacted, Span};

use super::base64;
use super::candidate::{Candidate, Rank, Weight};
use super::kind::starts_token;
use super::place::Place;
use super::text::Text;

/// Longest part of a token that is looked at.
const PART: usize = 16 << 10;
/// Least length of a signature; an HMAC of 256 bits has 43 characters.
const SIGNATURE: usize = 20;

/// A JSON Web Token whose first part starts at `at`: three parts of base64, the first two JSON,
/// the first with `alg`. Returns where the text that was looked at ends, too.
pub fn check(text: &Text<'_>, at: usize, today: Option<Day>) -> (usize, Option<Candidate>) {
    let header = part(text.bytes, at);
    let payload = next_part(text.bytes, header.end);
    let Some(payload) = payload.filter(|_| starts_token(text.bytes, at)) else {
        return (header.end, None);
    };
    let signature = next_part(text.bytes, payload.end);
    let end = signature.as_ref().map_or(payload.end, |part| part.end);
    let candidate = signature
        .filter(|part| part.len() >= SIGNATURE)
        .and_then(|_| Token::decode(text.bytes, &header, &payload))
        .and_then(|token| judge(text, &token, Span::from_usize(at, end), today));
    (end, candidate)
}

/// True for a value whose header and claims decode: what it is worth is judged here.
pub fn is_token(value: &[u8]) -> bool {
    let header = part(value, 0);
    next_part(value, header.end)
        .is_some_and(|payload| Token::decode(value, &header, &payload).is_some())
}

type Part = std::ops::Range<usize>;

struct Token {
    algorithm: String,
    claims: Value,
}

impl Token {
    fn decode(bytes: &[u8], header: &Part, payload: &Part) -> Option<Self> {
        Some(Self {
            algorithm: json(bytes, header)?.get("alg")?.as_str()?.to_owned(),
            claims: json(bytes, payload)?,
        })
    }

    /// Tokens that are public by design, or printed in specifications and tutorials.
    fn is_published(&self) -> bool {
        let is = |claim: &str, value: &str| self.text(claim) == Some(value);
        is("sub", "1234567890")
            || is("name", "John Doe")
            || is("role", "anon")
            || is("iss", "supabase-demo")
            || (is("iss", "joe") && self.number("exp") == Some(1_300_819_380))
    }

    /// Nobody needs the token: it is not signed, or it opens nothing without a seed.
    fn is_harmless(&self) -> bool {
        self.algorithm.eq_ignore_ascii_case("none") || self.algorithm == "ed25519-nkey"
    }

    fn is_expired(&self, today: Option<Day>) -> bool {
        let day = self.number("exp").map(|seconds| seconds / 86_400);
        matches!((day, today), (Some(day), Some(today)) if day < u64::from(today.days()))
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    fn number(&self, claim: &str) -> Option<u64> {
        let value = self.claims.get(claim)?;
        value.as_u64().or_else(|| value.as_f64().map(|n| n as u64))
    }
}

fn judge(text: &Text<'_>, token: &Token, span: Span, today: Option<Day>) -> Option<Candidate> {
    let at = span.start as usize;
    let place = text.place(at);
    if token.is_published() || token.is_harmless() || place == Place::Lockfile {
        return None;
    }
    let what = match token.text("role") {
        Some("service_role") => "Supabase service key (JSON Web Token)".to_owned(),
        // Only names of algorithms are short; anything else is the file's own text.
        _ if token.algorithm.len() <= 8
            && token.algorithm.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            format!("JSON Web Token ({})", token.algorithm)
        }
        _ => "JSON Web Token".to_owned(),
    };
    let expired = token.is_expired(today);
    let called = text.called(at);
    Some(Candidate {
        rule: "secret/jwt",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: match expired || place == Place::Example {
            true => Weight::Note,
            false => Weight::Full,
        },
        confidence: match expired || place.is_lenient() {
            true => Confidence::Medium,
            false => Confidence::High,
        },
        message: match expired {
            true => format!("{what} that has expired is written into {called}"),
            false => format!("{what} is written into {called}"),
        },
        help: "End the session or rotate the key that signed it; let the program ask for a token when it runs".to_owned(),
        redacted: Redacted::new("eyJ", span.range().len()),
    })
}

fn json(bytes: &[u8], part: &Part) -> Option<Value> {
    let text = base64::decode(bytes.get(part.clone())?)?;
    let value: Value = serde_json::from_slice(&text).ok()?;
    value.is_object().then_some(value)
}

fn part(bytes: &[u8], start: usize) -> Part {
    let rest = bytes
        .get(start..bytes.len().min(start + PART))
        .unwrap_or_default();
    let length = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count();
    start..start + length
}

fn next_part(bytes: &[u8], end: usize) -> Option<Part> {
    (bytes.get(end) == Some(&b'.')).then(|| part(bytes, end + 1))
}
