//! Secrets that a structure tells: keys in every dress, key stores, wallets.

mod armour;
mod bare_key;
mod browser_passwords;
mod der;
mod gcp_user_credentials;
mod jwk;
mod keystore_json;
mod object;
mod openssh;
mod pgp;
mod private_key;
mod putty;
mod recovery_phrase;
mod signing_key;
mod store;
mod tink;

use std::ops::Range;

use crate::model::{Confidence, FileKind, Redacted, Span};

use super::candidate::{Candidate, Rank, Weight};
use super::text::Text;

/// A structure that begins with one of its anchors or holds it.
#[derive(Debug)]
pub struct Structure {
    /// What the automaton looks for, in lower case.
    pub anchors: &'static [&'static str],
    /// Whether it is looked for in binaries.
    pub in_binaries: bool,
    /// What stands at a hit, and up to where the text needs no second look for this structure.
    pub check: fn(&Text<'_>, Range<usize>) -> (usize, Option<Candidate>),
}

pub static STRUCTURES: &[Structure] = &[
    Structure {
        anchors: &[private_key::ANCHOR],
        in_binaries: true,
        check: private_key::check,
    },
    Structure {
        anchors: bare_key::ANCHORS,
        in_binaries: false,
        check: bare_key::check,
    },
    Structure {
        anchors: &[putty::ANCHOR],
        in_binaries: false,
        check: putty::check,
    },
    Structure {
        anchors: &[jwk::ANCHOR],
        in_binaries: false,
        check: jwk::check,
    },
    Structure {
        anchors: &[tink::ANCHOR],
        in_binaries: false,
        check: tink::check,
    },
    Structure {
        anchors: signing_key::ANCHORS,
        in_binaries: false,
        check: signing_key::check,
    },
    Structure {
        anchors: &[gcp_user_credentials::ANCHOR],
        in_binaries: false,
        check: gcp_user_credentials::check,
    },
    Structure {
        anchors: &[keystore_json::ANCHOR],
        in_binaries: false,
        check: keystore_json::check,
    },
    Structure {
        anchors: &[browser_passwords::ANCHOR],
        in_binaries: false,
        check: browser_passwords::check,
    },
    Structure {
        anchors: recovery_phrase::ANCHORS,
        in_binaries: false,
        check: recovery_phrase::check,
    },
];

/// What no anchor leads to: files that their first bytes tell, and lines of words.
pub fn of_file(text: &Text<'_>) -> Vec<Candidate> {
    match text.kind {
        FileKind::Binary => store::check(text).into_iter().collect(),
        _ => recovery_phrase::check_lines(text),
    }
}

/// What a structure proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It decodes to what it says it is.
    Whole,
    /// The same, but it opens only with a passphrase.
    Encrypted,
    /// It has the looks, and does not decode.
    Looks,
}

/// Where a key stands and what is known of it.
struct Key {
    rule: &'static str,
    /// What messages call it, in lower case.
    what: &'static str,
    proof: Proof,
    label: Range<usize>,
    mask: Range<usize>,
    /// The public text that it begins with.
    prefix: &'static str,
    help: &'static str,
}

impl Key {
    fn into_candidate(self, text: &Text<'_>) -> Candidate {
        let lenient = text.place(self.label.start).is_lenient();
        let called = text.called(self.label.start);
        let what = self.what;
        let (weight, confidence, message) = match self.proof {
            // A key is one wherever it stands; in tests fewer of them open something.
            Proof::Whole => (
                if lenient { Weight::Less } else { Weight::Full },
                Confidence::High,
                format!("{what} is written into {called}"),
            ),
            Proof::Encrypted => (
                Weight::Medium,
                Confidence::Medium,
                format!("{what} is written into {called}, behind a passphrase"),
            ),
            Proof::Looks => (
                Weight::Medium,
                Confidence::Medium,
                format!("what looks like a {what} is written into {called}"),
            ),
        };
        let whole = self.label.start.min(self.mask.start)..self.label.end.max(self.mask.end);
        let mut redacted = Redacted::new(self.prefix, whole.len());
        redacted.checksum = (self.proof != Proof::Looks).then_some(true);
        Candidate {
            rule: self.rule,
            // What its characters spell by chance is no secret of another kind.
            rank: Rank::Document,
            label: Span::from(self.label),
            mask: Span::from(self.mask),
            weight,
            confidence,
            message,
            help: self.help.to_owned(),
            redacted,
        }
    }
}

/// The run of characters of base64 that starts at `at`, padding included.
fn base64_run(text: &Text<'_>, at: usize, longest: usize) -> Range<usize> {
    let rest = text.slice(at..text.bytes.len().min(at + longest));
    let of_base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'+' | b'/');
    let length = rest.iter().take_while(of_base64).count();
    let padding = rest.iter().skip(length).take(2);
    at..at + length + padding.take_while(|b| **b == b'=').count()
}
