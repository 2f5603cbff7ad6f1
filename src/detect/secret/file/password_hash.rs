//! secret/password-hash

use crate::detect::secret::candidate::{Candidate, Rank, Weight};
use crate::detect::secret::place::Place;
use crate::detect::secret::text::Text;
use crate::detect::secret::value;
use crate::model::{Confidence, Redacted, Span};

/// What begins the second field of `.htpasswd`, `shadow` and their like.
pub const ANCHORS: &[&str] = &[
    ":$apr1$", ":$1$", ":$5$", ":$6$", ":$y$", ":$2a$", ":$2b$", ":$2y$", ":{sha}", ":{ssha}",
];

/// Longest user name and hash.
const USER: usize = 64;
const HASH: usize = 256;

/// The hash of a line `user:hash` or `user:hash:...`, whose first colon stands at `at`.
pub fn check(text: &Text<'_>, at: usize) -> Option<Candidate> {
    let user = text.line_before(at, USER);
    let of_user = |b: &u8| b.is_ascii_alphanumeric() || b"._-@".contains(b);
    let starts_line = at == user.len() || text.at(at - user.len() - 1) == Some(b'\n');
    if user.is_empty() || !starts_line || !user.iter().all(of_user) {
        return None;
    }
    let rest = text.slice(at + 1..text.bytes.len().min(at + 1 + HASH));
    let of_hash = |b: &&u8| b.is_ascii_alphanumeric() || b"$./+=,{}".contains(*b);
    let length = rest.iter().take_while(of_hash).count();
    let hash = rest.get(..length)?;
    let ends = matches!(rest.get(length), None | Some(b':' | b'\n' | b'\r'));
    let body = hash.rsplit(|b| b"$}".contains(b)).next()?;
    let lies = matches!(text.place(at), Place::Lockfile | Place::Translation);
    if !ends || lies || body.len() < 20 || value::is_made_up(body) {
        return None;
    }
    let span = Span::from_usize(at + 1, at + 1 + length);
    Some(Candidate {
        rule: "secret/password-hash",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: Weight::Full,
        confidence: Confidence::Medium,
        message: format!(
            "Password hash of a user is written into {}",
            text.called(at)
        ),
        help: "Change the password, and create the file where it is used".to_owned(),
        redacted: Redacted::new("", length),
    })
}
