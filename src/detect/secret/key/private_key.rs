use std::ops::Range;

use super::super::{base64, candidate::Candidate, text::Text, value};
use super::armour::Armour;
use super::{Key, Proof, der, openssh, pgp};
use crate::rules::pattern::secret::Checksum;

pub const ANCHOR: &str = "-----begin";

/// Longest key that is read; an RSA key of 16,384 bits has 12 KiB.
pub const LONGEST: usize = 24 << 10;
/// Fewest characters of base64 of a real key (Ed25519 in PKCS #8).
pub const SHORTEST: usize = 60;
/// Shortest longest line of one.
const LINE: usize = 32;
/// Length of a seed of NATS.
const SEED: usize = 58;

pub const HELP: &str = "Make a new key pair, take the old public key out wherever it is trusted, and keep the private key outside the repository";

/// A private key in PEM armour whose first line starts at a hit.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let Some((label, header_end)) = header(text.bytes, hit.start) else {
        return (hit.end, None);
    };
    if !is_private(label) {
        return (header_end, None);
    }
    let rest = text.slice(header_end..text.bytes.len().min(header_end + LONGEST));
    let stop = memchr::memmem::find(rest, b"-----").unwrap_or(rest.len());
    let before = text.slice(hit.start.saturating_sub(2)..hit.start);
    let in_difference = matches!(before, [b'\n', b'+' | b'-'] | [b'+' | b'-']);
    let armour = Armour::read(rest.get(..stop).unwrap_or_default(), in_difference);
    let end = header_end + armour.end;
    let candidate = judge(label, &armour).map(|verdict| {
        let of_account = is_service_account(text, hit.start, end);
        let key = Key {
            rule: if of_account {
                "secret/gcp-service-account"
            } else {
                verdict.rule
            },
            what: if of_account {
                "key of a Google Cloud service account"
            } else {
                verdict.what
            },
            proof: verdict.proof,
            label: hit.start..header_end,
            mask: header_end..end,
            prefix: "-----BEGIN",
            help: HELP,
        };
        key.into_candidate(text)
    });
    (end.max(header_end), candidate)
}

/// What the line says that begins a block, and where it ends.
fn header(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let start = at + ANCHOR.len();
    let head = bytes.get(start..bytes.len().min(start + 48))?;
    let length = memchr::memmem::find(head, b"-----")?;
    Some((head.get(..length)?, start + length + 5))
}

fn is_private(label: &[u8]) -> bool {
    label.ends_with(b"PRIVATE KEY")
        || label.ends_with(b"PRIVATE KEY BLOCK")
        || label.ends_with(b" NKEY SEED")
}

/// What a block is.
struct Verdict {
    rule: &'static str,
    what: &'static str,
    proof: Proof,
}

/// What a block with this label holds; `None` where it holds no key.
fn judge(label: &[u8], armour: &Armour) -> Option<Verdict> {
    let body = armour.base64.as_slice();
    if label.ends_with(b" NKEY SEED") {
        let holds = body.len() == SEED && Checksum::Nkey.judge(b"", body) == Some(true);
        return holds.then_some(Verdict {
            rule: "secret/nats-seed",
            what: "NATS seed",
            proof: Proof::Whole,
        });
    }
    if armour.cut || body.len() < SHORTEST || armour.longest < LINE || value::is_made_up_block(body)
    {
        return None;
    }
    if label.ends_with(b"BLOCK") {
        let (base64, bytes) = pgp::checked(body);
        let bytes = bytes.or_else(|| base64::decode(base64)).unwrap_or_default();
        return Some(Verdict {
            rule: "secret/pgp-private-key",
            what: "PGP private key",
            proof: proof(pgp::secret_key(&bytes).map(|encrypted| (true, encrypted))),
        });
    }
    let bytes = base64::decode(body).unwrap_or_default();
    let told = match label.starts_with(b" OPENSSH") {
        true => openssh::read(&bytes),
        false if armour.encrypted => Some((!bytes.is_empty(), true)),
        false => Some((der::is_whole(&bytes), label.starts_with(b" ENCRYPTED"))),
    };
    Some(Verdict {
        rule: "secret/private-key",
        what: "private key",
        proof: proof(told),
    })
}

/// What a format that was read says: whether all of it is there, and whether it is encrypted.
fn proof(told: Option<(bool, bool)>) -> Proof {
    match told {
        Some((_, true)) => Proof::Encrypted,
        Some((true, false)) => Proof::Whole,
        _ => Proof::Looks,
    }
}

/// True for the JSON file of a service account: its type stands close to the key.
fn is_service_account(text: &Text<'_>, start: usize, end: usize) -> bool {
    let around = text.slice(start.saturating_sub(600)..text.bytes.len().min(end + 1200));
    memchr::memmem::find(around, b"service_account").is_some()
        && memchr::memmem::find(around, b"client_email").is_some()
}
