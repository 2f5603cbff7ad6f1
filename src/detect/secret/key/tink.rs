use std::ops::Range;

use super::super::{base64, candidate::Candidate, text::Text, value};
use super::{Key, Proof, object};

pub const ANCHOR: &str = "keymaterialtype";

/// Fewest characters of a key: 128 bits and what Tink writes around them.
const SHORTEST: usize = 24;

/// A key of a Tink keyset in clear text. Encrypted keysets have no such member.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let object = match object::around(text, hit.start) {
        Ok(object) => object,
        Err(done) => return (done, None),
    };
    let candidate = key(text, &object).map(|key| key.into_candidate(text));
    (object.end, candidate)
}

fn key(text: &Text<'_>, object: &Range<usize>) -> Option<Key> {
    let kind = object::member(text, object, "keyMaterialType")?;
    if !matches!(text.slice(kind), b"SYMMETRIC" | b"ASYMMETRIC_PRIVATE") {
        return None;
    }
    let label = object::member(text, object, "value")?;
    let secret = text.slice(label.clone());
    let real = secret.len() >= SHORTEST && !value::is_made_up(secret);
    real.then(|| Key {
        rule: "secret/tink-keyset",
        what: "key of a Tink keyset",
        proof: match base64::decode(secret) {
            Some(_) => Proof::Whole,
            None => Proof::Looks,
        },
        mask: label.clone(),
        label,
        prefix: "",
        help: "Rotate the keyset, then keep it encrypted by a key of a key management service",
    })
}
