//! The eight keys and salts of `wp-config.php`.

use crate::detect::secret::assignment;
use crate::detect::secret::candidate::{Candidate, Rank, Weight};
use crate::detect::secret::text::Text;
use crate::detect::secret::value;
use crate::model::{Confidence, Redacted, Span};

/// What the names hold that ordinary words of secrets do not.
pub const ANCHORS: &[&str] = &["_salt", "logged_in_key", "nonce_key", "auth_key"];

const NAMES: &[&[u8]] = &[
    b"AUTH_KEY",
    b"SECURE_AUTH_KEY",
    b"LOGGED_IN_KEY",
    b"NONCE_KEY",
    b"AUTH_SALT",
    b"SECURE_AUTH_SALT",
    b"LOGGED_IN_SALT",
    b"NONCE_SALT",
];

/// Characters of a salt.
const LENGTH: usize = 64;

/// A key or salt at a word of its name.
pub fn check(text: &Text<'_>, hit: std::ops::Range<usize>) -> Option<Candidate> {
    let name = assignment::name_around(text, hit);
    if !NAMES.contains(&text.slice(name.clone())) {
        return None;
    }
    let found = assignment::parse(text, name).ok()?;
    let written = text.slice(found.value.clone());
    // What WordPress writes there itself has spaces and few different characters.
    let random = (LENGTH..=LENGTH + 4).contains(&written.len()) && value::entropy(written) >= 4.6;
    if !found.quoted || !random {
        return None;
    }
    let span = Span::from(found.value.clone());
    Some(Candidate {
        rule: "secret/wordpress-salt",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: Weight::Full,
        confidence: Confidence::High,
        message: format!("Key or salt of a WordPress site is written into {}", text.called(span.start as usize)),
        help: "Generate new keys and salts, which ends all sessions, and read them from the environment".to_owned(),
        redacted: Redacted::new("", written.len()),
    })
}
