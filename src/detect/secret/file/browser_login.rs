//! `logins.json` of Firefox: passwords, encrypted with a key that lies beside them.

use crate::detect::secret::assignment;
use crate::detect::secret::candidate::{Candidate, Rank, Weight};
use crate::detect::secret::text::Text;
use crate::detect::secret::value;
use crate::model::{Confidence, Redacted, Span};

pub const ANCHOR: &str = "\"encryptedpassword\"";

/// What a block of DER with the algorithm that Firefox uses begins with.
const START: &[u8] = b"M";
const SHORTEST: usize = 40;

/// The encrypted password at its name.
pub fn check(text: &Text<'_>, hit: std::ops::Range<usize>) -> Option<Candidate> {
    let found = assignment::parse(text, hit.start + 1..hit.end - 1).ok()?;
    let written = text.slice(found.value.clone());
    let of_base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b);
    let fits = written.len() >= SHORTEST
        && written.starts_with(START)
        && written.iter().all(of_base64)
        && !value::is_made_up(written);
    let span = Span::from(found.value.clone());
    fits.then(|| Candidate {
        rule: "secret/browser-login",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: Weight::Full,
        confidence: Confidence::Medium,
        message: "Password that a browser saved lies in the repository".to_owned(),
        help: "Change the password, and take the browser's profile out of the repository"
            .to_owned(),
        redacted: Redacted::new("", written.len()),
    })
}
