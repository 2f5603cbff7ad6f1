//! `config/master.key` of Rails: 32 hexadecimal digits that open `credentials.yml.enc`.

use crate::detect::secret::candidate::{Candidate, Rank, Weight};
use crate::detect::secret::text::Text;
use crate::detect::secret::value;
use crate::model::{Confidence, Redacted, Span};

const DIGITS: usize = 32;

/// The key, where the file is called so and holds nothing else.
pub fn check(text: &Text<'_>) -> Option<Candidate> {
    if text.bytes.len() > DIGITS + 2 || !text.is_named(&[".key"]) {
        return None;
    }
    let key = text.bytes.trim_ascii_end();
    if key.len() != DIGITS || !value::is_hex(key) || value::is_made_up(key) {
        return None;
    }
    let span = Span::from_usize(0, DIGITS);
    Some(Candidate {
        rule: "secret/rails-master-key",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: Weight::Full,
        confidence: Confidence::High,
        message: "Master key of a Rails application lies in the repository".to_owned(),
        help: "Encrypt the credentials with a new key, change what they hold, and give the key to the program as RAILS_MASTER_KEY".to_owned(),
        redacted: Redacted::new("", DIGITS),
    })
}
