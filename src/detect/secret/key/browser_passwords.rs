use std::ops::Range;

use super::super::{candidate::Candidate, text::Text};
use super::{Key, Proof, object};

pub const ANCHOR: &str = "encryptedpassword";
pub const RULE: &str = "secret/browser-passwords";
pub const HELP: &str =
    "Change the passwords that it holds, and keep browser profiles outside the repository";

/// How the key is named with which Firefox encrypts every password.
const KEY_NAME: &[u8] = b"EEPgAAAAAAAAAAAAAAAA";

/// The passwords that Firefox keeps in `logins.json`: one finding a file.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let area = hit.start..text.bytes.len().min(hit.end + 400);
    let label = object::member(text, &area, "encryptedPassword").filter(|range| {
        let text = text.slice(range.clone());
        text.first() == Some(&b'M') && memchr::memmem::find(text, KEY_NAME).is_some()
    });
    let Some(label) = label else {
        return (hit.end, None);
    };
    let key = Key {
        rule: RULE,
        what: "password store of Firefox",
        proof: Proof::Encrypted,
        mask: label.clone(),
        label,
        prefix: "",
        help: HELP,
    };
    (text.bytes.len(), Some(key.into_candidate(text)))
}
