use std::ops::Range;

use super::super::{base64, candidate::Candidate, text::Text};
use super::{Key, Proof, base64_run};

/// How the secret keys of minisign (behind a password, and without) and of signify begin.
pub const ANCHORS: &[&str] = &["rwrty0iy", "rwqaaeiy", "rwrcs"];

const LONGEST: usize = 256;

/// A secret key of minisign or signify: one line of base64 of a fixed length.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let run = base64_run(text, hit.start, LONGEST);
    let end = run.end;
    (end, key(text, run).map(|key| key.into_candidate(text)))
}

fn key(text: &Text<'_>, run: Range<usize>) -> Option<Key> {
    let bytes = base64::decode(text.slice(run.clone()))?;
    let (what, encrypted) = match (bytes.get(..6)?, bytes.len()) {
        (b"EdScB2", 158) => ("secret key of minisign", true),
        (b"Ed\0\0B2", 158) => ("secret key of minisign", false),
        // The four bytes behind the mark count the rounds of the key derivation.
        ([b'E', b'd', b'B', b'K', ..], 104) => {
            ("secret key of signify", bytes.get(4..8) != Some(&[0; 4]))
        }
        _ => return None,
    };
    Some(Key {
        rule: "secret/signing-key",
        what,
        proof: if encrypted {
            Proof::Encrypted
        } else {
            Proof::Whole
        },
        label: run.clone(),
        mask: run,
        prefix: "",
        help: "Make a new pair, publish its public key, and sign where no repository and no image holds the secret one",
    })
}
