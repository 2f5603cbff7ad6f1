use std::ops::Range;

use super::super::{base64, candidate::Candidate, text::Text};
use super::private_key::{HELP, LONGEST};
use super::{Key, Proof, base64_run, der};

/// What stands at a fixed place in the base64 of every key of a kind: version and algorithm.
const MARKS: &[(&[u8], usize)] = &[
    // RSA in PKCS #8, and in PKCS #1 from 2048 and from 1024 bits.
    (b"IBADANBgkqhkiG9w0BAQEFAASC", 6),
    (b"IBAAKCA", 6),
    (b"IBAAKBg", 6),
    // P-256, P-384 and P-521 in SEC 1, and in PKCS #8 with the public key and without.
    (b"MHcCAQEEI", 0),
    (b"MIGkAgEBBD", 0),
    (b"MIHcAgEBBEI", 0),
    (b"AgEAMBMGByqGSM49AgEG", 4),
    (b"AgEAMBAGByqGSM49AgEG", 4),
    (b"CAQAwEwYHKoZIzj0CAQY", 2),
    // Ed25519 and X25519.
    (b"MC4CAQAwBQYDK2V", 0),
];

/// The same for the automaton.
pub const ANCHORS: &[&str] = &[
    "ibadanbgkqhkig9w0baqefaasc",
    "ibaakca",
    "ibaakbg",
    "mhccaqeei",
    "migkagebbd",
    "mihcagebbei",
    "ageambmgbyqgsm49ageg",
    "ageambagbyqgsm49ageg",
    "caqawewyhkozizj0caqy",
    "mc4caqawbqydk2v",
];

/// Longest key in base64.
const LONGEST_RUN: usize = LONGEST * 4 / 3;

/// The base64 of a key's DER, as a value of its own.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let bytes = text.slice(hit.clone());
    let mark = MARKS.iter().find(|(mark, _)| *mark == bytes);
    let Some(start) = mark.and_then(|(_, offset)| hit.start.checked_sub(*offset)) else {
        return (hit.end, None);
    };
    let before = start.checked_sub(1).and_then(|at| text.at(at));
    let inside = before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    // The first bytes tell how long the whole is.
    let head = text.slice(start..text.bytes.len().min(start + 8));
    let length = base64::decode(head).and_then(|head| der::sequence_length(&head));
    let Some(length) = length.filter(|_| !inside) else {
        return (hit.end, None);
    };
    let run = base64_run(text, start, LONGEST_RUN);
    let whole = base64::decode(text.slice(run.clone())).is_some_and(|key| key.len() == length);
    let candidate = whole.then(|| {
        let key = Key {
            rule: "secret/private-key",
            what: "private key",
            proof: Proof::Whole,
            label: run.clone(),
            mask: run.clone(),
            prefix: "",
            help: HELP,
        };
        key.into_candidate(text)
    });
    (run.end, candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_automaton_looks_for_the_same_marks() {
        let marks: Vec<_> = MARKS
            .iter()
            .map(|(mark, _)| mark.to_ascii_lowercase())
            .collect();
        let anchors: Vec<_> = ANCHORS
            .iter()
            .map(|anchor| anchor.as_bytes().to_vec())
            .collect();
        assert_eq!(marks, anchors);
    }
}
