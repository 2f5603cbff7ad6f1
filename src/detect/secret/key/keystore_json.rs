use std::ops::Range;

use super::super::{candidate::Candidate, text::Text, value};
use super::{Key, Proof, object};

pub const ANCHOR: &str = "kdfparams";

/// How far from the parameters the text itself stands.
const REACH: usize = 1200;
/// Fewest hex digits of a key.
const SHORTEST: usize = 64;

/// The key of an Ethereum account behind a passphrase.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let end = text.bytes.len().min(hit.end + REACH);
    let area = hit.start.saturating_sub(REACH)..end;
    let label = object::member(text, &area, "ciphertext").filter(|range| {
        let text = text.slice(range.clone());
        text.len() >= SHORTEST && value::is_hex(text) && !value::is_made_up(text)
    });
    let candidate = label.map(|label| {
        let key = Key {
            rule: "secret/ethereum-keystore",
            what: "key of an Ethereum account",
            proof: Proof::Encrypted,
            mask: label.clone(),
            label,
            prefix: "",
            help: "Move what the account holds to a new one if the passphrase may be guessed, and mount the key store where the program runs",
        };
        key.into_candidate(text)
    });
    (end, candidate)
}
