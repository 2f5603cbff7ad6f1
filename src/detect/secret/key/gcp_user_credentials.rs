use std::ops::Range;

use super::super::{candidate::Candidate, text::Text, value};
use super::{Key, Proof, object};

pub const ANCHOR: &str = "authorized_user";

/// Fewest characters of a refresh token.
const SHORTEST: usize = 20;

/// The file in which `gcloud` keeps a person's login for programs.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let object = match object::around(text, hit.start) {
        Ok(object) => object,
        Err(done) => return (done, None),
    };
    let candidate = key(text, &object).map(|key| key.into_candidate(text));
    (object.end, candidate)
}

fn key(text: &Text<'_>, object: &Range<usize>) -> Option<Key> {
    let label = object::member(text, object, "refresh_token")?;
    let client = object::member(text, object, "client_secret")?;
    let secret = text.slice(label.clone());
    let real =
        secret.len() >= SHORTEST && !value::is_made_up(secret) && value::entropy(secret) > 3.0;
    real.then(|| Key {
        rule: "secret/gcp-user-credentials",
        what: "login of a Google Cloud user",
        proof: Proof::Whole,
        mask: label.start.min(client.start)..label.end.max(client.end),
        label,
        prefix: "",
        help: "Revoke it (`gcloud auth application-default revoke`), then let the program use the identity of where it runs",
    })
}
