use std::ops::Range;

use super::super::{base64, candidate::Candidate, text::Text, value};
use super::{Key, Proof, object};

pub const ANCHOR: &str = "kty";

/// What `kty` may say.
const KINDS: [&[u8]; 4] = [b"RSA", b"EC", b"OKP", b"oct"];
/// The members that only a private key has.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
/// Fewest characters of a private member: 128 bits.
const SHORTEST: usize = 22;

/// How the keys begin that the specifications print (RFC 7515, 7517 and 8037).
const PUBLISHED: &[&[u8]] = &[
    b"AyM1SysPpbyDfgZl",
    b"870MB6gfuTJ4HtUn",
    b"X4cTteJY_gn4FYPs",
    b"GawgguFyGrWKav7A",
    b"nWGxne_9WmC6hEr0",
    b"Eq5xpGnNCivDflJs",
];

/// A JSON Web Key with a private member.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let rest = text.slice(hit.end..text.bytes.len().min(hit.end + 16));
    let skip = rest.iter().take_while(|b| !b.is_ascii_alphabetic()).count();
    let value = rest.get(skip..).unwrap_or_default();
    if skip == 0 || !KINDS.iter().any(|kind| value.starts_with(kind)) {
        return (hit.end, None);
    }
    let object = match object::around(text, hit.start) {
        Ok(object) => object,
        Err(done) => return (done, None),
    };
    let candidate = key(text, &object).map(|key| key.into_candidate(text));
    (object.end, candidate)
}

fn key(text: &Text<'_>, object: &Range<usize>) -> Option<Key> {
    let member = |name: &str| object::member(text, object, name);
    let kind = text.slice(member("kty")?);
    let label = member(if kind == b"oct" { "k" } else { "d" })?;
    let secret = text.slice(label.clone());
    let proof = match kind {
        b"RSA" => {
            let length = |range: Range<usize>| base64::decode(text.slice(range)).map(|b| b.len());
            let modulus = member("n").and_then(length)?;
            let private = length(label.clone())?;
            fits(modulus >= 64 && private <= modulus && private * 2 > modulus)
        }
        b"EC" | b"OKP" => {
            let length = base64::decode(secret)?.len();
            fits([32, 48, 56, 57, 66].contains(&length))
        }
        b"oct" => fits(base64::decode(secret)?.len() >= 16),
        _ => return None,
    };
    if secret.len() < SHORTEST
        || value::is_made_up(secret)
        || PUBLISHED.iter().any(|start| secret.starts_with(start))
    {
        return None;
    }
    // A member called `p` or `k` stands in public keys too, where it is no private number.
    let others = PRIVATE.iter().filter_map(|name| member(name));
    let mask = others
        .filter(|range| range.len() >= SHORTEST)
        .fold(label.clone(), |mask, range| {
            mask.start.min(range.start)..mask.end.max(range.end)
        });
    Some(Key {
        rule: "secret/jwk-private-key",
        what: "private JSON Web Key",
        proof,
        label,
        mask,
        prefix: "",
        help: "Make a new key, publish its public part alone, and take the old one out of the set that verifiers read",
    })
}

fn fits(whole: bool) -> Proof {
    if whole { Proof::Whole } else { Proof::Looks }
}
