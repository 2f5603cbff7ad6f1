use std::ops::Range;

use super::super::{candidate::Candidate, text::Text};
use super::private_key::{HELP, LONGEST, SHORTEST};
use super::{Key, Proof};

pub const ANCHOR: &str = "putty-user-key-file-";

/// A private key as PuTTY stores it.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let rest = text.slice(hit.end..text.bytes.len().min(hit.start + LONGEST));
    // Up to the next key: no byte belongs to two.
    let length = memchr::memmem::find(rest, b"PuTTY-User-Key-File-").unwrap_or(rest.len());
    let end = hit.end + length;
    let area = text.slice(hit.start..end);
    (end, key(area, &hit).map(|key| key.into_candidate(text)))
}

fn key(area: &[u8], hit: &Range<usize>) -> Option<Key> {
    const PRIVATE: &[u8] = b"Private-Lines: ";
    let private = memchr::memmem::find(area, PRIVATE)?;
    // A key file goes on with its version and the number of lines; code that reads one does not.
    let digit = |at: usize| area.get(at).is_some_and(u8::is_ascii_digit);
    let mac = memchr::memmem::find(area.get(private..)?, b"Private-M");
    let end = mac.map_or(area.len(), |found| private + found);
    let whole = digit(ANCHOR.len()) && digit(private + PRIVATE.len());
    (whole && end - private > SHORTEST).then(|| Key {
        rule: "secret/private-key",
        what: "private key of PuTTY",
        proof: match memchr::memmem::find(area, b"Encryption: none") {
            Some(_) => Proof::Whole,
            None => Proof::Encrypted,
        },
        label: hit.clone(),
        mask: hit.start + private..hit.start + end,
        prefix: "PuTTY-User-Key-File-",
        help: HELP,
    })
}
